import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#lab/e2e/browser.ts'
import { symbolSvg } from '#modules/plot/symbolArt.ts'
import { symbols } from '#modules/plot/symbols.ts'

let browser: Browser
let page: Page
beforeAll(async () => {
  browser = await openBrowser()
  page = await browser.newPage()
})
afterAll(() => browser.close())

/** Runs in the page: pictures drawn small on white, and for each pair how many pixels differ clearly. */
const compare = `async (svgs) => {
  const rasters = []
  for (const svg of svgs) {
    const image = new Image()
    image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg)
    await image.decode()
    const canvas = new OffscreenCanvas(32, 32).getContext('2d')
    canvas.fillStyle = '#fff'
    canvas.fillRect(0, 0, 32, 32)
    canvas.drawImage(image, 0, 0, 32, 32)
    rasters.push(canvas.getImageData(0, 0, 32, 32).data)
  }
  const alike = []
  rasters.forEach((a, i) => rasters.slice(i + 1).forEach((b, j) => {
    let differ = 0
    for (let p = 0; p < a.length; p += 4) if (Math.abs(a[p] - b[p]) + Math.abs(a[p + 1] - b[p + 1]) + Math.abs(a[p + 2] - b[p + 2]) > 96) differ++
    alike.push([differ, i, i + 1 + j])
  }))
  return alike.sort((x, y) => x[0] - y[0]).slice(0, 5)
}`

it('no two symbols look alike at 32 pixels, labels left out: of 1,024 pixels at least 80 differ clearly', async () => {
  const points = symbols.filter((s) => s.frame !== 'none')
  const closest = await page.evaluate(`(${compare})(${JSON.stringify(points.map((s) => symbolSvg(s.code, { size: 32, label: '' })))})`) as [number, number, number][]
  expect(closest).toHaveLength(5)
  expect(closest[0]![0], closest.map(([n, i, j]) => `${points[i]!.code} ${points[j]!.code}: ${n}`).join(', ')).toBeGreaterThanOrEqual(80)
})

it('lines, areas, words and arrows differ too', async () => {
  const others = symbols.filter((s) => s.frame === 'none')
  const closest = await page.evaluate(`(${compare})(${JSON.stringify(others.map((s) => symbolSvg(s.code, { size: 32, label: '' })))})`) as [number, number, number][]
  expect(closest[0]![0], closest.map(([n, i, j]) => `${others[i]!.code} ${others[j]!.code}: ${n}`).join(', ')).toBeGreaterThanOrEqual(8)
})
