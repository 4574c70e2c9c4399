import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { until } from '#lab/federation/client.ts'
import { graveFaults, overflow, sizes } from './browser.ts'
import { prefecture, useHouse, type Seat } from './house.ts'
import { quake, reportAtCounty } from './seed.ts'
import { saying } from './words.ts'

const house = useHouse()
const epicentre = '/map?c=78.63,41.26,12'
const canvas = (page: Page) => page.locator('.map-canvas canvas')

/** Opens the map, as far as its tools being there. */
async function look({ page, says }: Seat, path = '/map'): Promise<void> {
  await page.goto(path)
  await page.getByRole('button', { name: says.situation['layers.title'], exact: true }).waitFor()
}

/** A point of the map, from the left and from the top, each 0 to 1. */
async function at(page: Page, x: number, y: number): Promise<[number, number]> {
  const box = (await page.locator('.map-canvas').boundingBox())!
  return [box.x + box.width * x, box.y + box.height * y]
}

/** Clicks in the middle until the tiles have brought the incident that is there. */
async function openIncident({ page, says }: Seat, title: string): Promise<void> {
  await until('the incident under the pointer', async () => {
    await page.mouse.click(...await at(page, 0.5, 0.5))
    return await page.getByRole('region', { name: says.situation['card.incident'] }).getByText(title).isVisible() || null
  })
}

/** What the map says its middle is. */
async function middle({ page, says }: Seat): Promise<string> {
  await page.mouse.move(5, 5)
  const reading = page.getByRole('button', { name: new RegExp(`^${says.situation['reading.middle']} `) })
  return (await reading.innerText()).replace(says.situation['reading.middle'], '').trim()
}

async function exerciseAt(): Promise<string> {
  const { incidentId, title } = await reportAtCounty(house.tree, 'sent', quake({ title: '【演练】亚曼苏乡地震', mode: 'exercise' }))
  const duty = await house.tree.at(prefecture).as('duty')
  await until('the incident at the prefecture', () => duty.get(`/api/incidents/${incidentId}`).catch(() => null))
  return title
}

test('乌什县 is found by its initials; the link to the view opens the same view; coordinates as people write them', async () => {
  const seat = await house.sit(prefecture, 'duty')
  const { page, says } = seat
  await look(seat)
  await page.getByRole('combobox', { name: says.situation['search.label'] }).fill('wsx')
  await page.getByRole('option', { name: /乌什县/ }).click()
  await page.getByRole('region', { name: '乌什县' }).waitFor()
  await page.waitForURL(/[?&]c=79\.2\d*,41\.2\d*,9(&|$)/)
  expect(new URL(page.url()).searchParams.get('pin')).toMatch(/^79\.2\d*,41\.2\d*,乌什县$/)
  const view = await middle(seat)

  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: says.situation['link.do'], exact: true }).click()
  const link = await until('the link', () => page.evaluate(() => navigator.clipboard.readText()).then((text) => text || null))
  await page.goto('/duty')
  await look(seat, link.slice(seat.station.url.length))
  expect([await middle(seat), page.url()]).toEqual([view, link])
  await page.reload()
  await page.getByRole('button', { name: says.situation['layers.title'], exact: true }).waitFor()
  expect([await middle(seat), page.url()]).toEqual([view, link])

  await page.getByRole('combobox', { name: says.situation['search.label'] }).fill('41°15′36″N 78°37′48″E')
  await page.keyboard.press('Enter')
  await page.waitForURL(/[?&]c=78\.63,41\.26,11(&|$)/)
})

test('distance and area by the keyboard and the mouse; Esc gives up, and clicks then select again', async () => {
  const title = await exerciseAt()
  const seat = await house.sit(prefecture, 'duty')
  const { page, says } = seat
  await look(seat, epicentre)
  const reading = page.getByRole('status').filter({ hasText: new RegExp(`${says.situation['measure.length']}|${says.situation['measure.size']}|${says.situation['measure.hint.area']}`) })
  await page.keyboard.press('r')
  await page.mouse.click(...await at(page, 0.4, 0.5))
  await page.mouse.dblclick(...await at(page, 0.6, 0.5))
  await reading.getByText('CGCS2000').waitFor()
  // At zoom 12 a fifth of the map's width, by the formula of the tiles.
  const metres = (await canvas(page).boundingBox())!.width * 0.2 * ((40_075_016.686 * Math.cos((41.26 * Math.PI) / 180)) / (512 * 2 ** 12))
  expect(Number(/长度 ([\d.]+) 公里/.exec((await reading.innerText()).replaceAll(/\s+/g, ' '))?.[1]) * 1000 / metres).toBeCloseTo(1, 1)

  await page.keyboard.press('a')
  for (const [x, y] of [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6]] as const) await page.mouse.click(...await at(page, x, y))
  await reading.getByText(/平方公里/).waitFor()
  await page.keyboard.press('Escape')
  await reading.waitFor({ state: 'detached' })
  await openIncident(seat, title)
})

test('a change of theme keeps what is shown, what is hidden and where one is; an exercise says so', async () => {
  const title = await exerciseAt()
  const seat = await house.sit(prefecture, 'duty')
  const { page, says } = seat
  await look(seat, epicentre)
  await openIncident(seat, title)
  await page.getByRole('region', { name: says.situation['card.incident'] }).getByText(says.situation['mode.exercise']).waitFor()
  await page.getByRole('region', { name: says.shell['banner.label'] }).waitFor()
  await page.getByRole('button', { name: says.map['panel.close'] }).click()
  await page.keyboard.press('y')
  await page.getByRole('checkbox', { name: says.situation['base.water'] }).uncheck()
  await page.waitForURL(/[?&]layers=!base\.water(&|$)/)
  const canvasBefore = await canvas(page).elementHandle()
  await page.getByRole('button', { name: says.shell['top.look.light'] }).click()
  await page.locator('html[data-look="light"]').waitFor()
  await openIncident(seat, title)
  expect(await page.getByRole('checkbox', { name: says.situation['base.water'] }).isChecked()).toBe(false)
  expect(new URL(page.url()).searchParams.get('c')).toBe('78.63,41.26,12')
  expect(await canvasBefore?.evaluate((node) => node.isConnected)).toBe(true)
  await page.getByRole('link', { name: says.situation['card.open'] }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
})

test('the map stays behind the pages: the same one, usable, and the page folds away until another is opened', async () => {
  const seat = await house.sit(prefecture, 'duty')
  const { page, says } = seat
  await look(seat)
  const before = await canvas(page).elementHandle()
  await page.keyboard.press('d')
  await page.getByRole('heading', { level: 1, name: says.desk.title }).waitFor()
  const sheet = (await page.locator('main').boundingBox())!
  const map = (await canvas(page).boundingBox())!
  expect([await before?.evaluate((node) => node.isConnected), map.width > 500, map.x + map.width <= sheet.x + 1]).toEqual([true, true, true])
  await page.getByRole('button', { name: says.map['control.zoomIn'] }).click()
  await page.getByRole('button', { name: says.shell['sheet.hide'] }).click()
  await page.locator('main').waitFor({ state: 'hidden' })
  await page.reload()
  await page.getByRole('button', { name: says.shell['sheet.show'] }).waitFor()
  expect(await page.locator('main').isVisible()).toBe(false)
  await page.keyboard.press('i')
  await page.getByRole('heading', { level: 1 }).and(page.locator('main h1')).waitFor()
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('region', { name: says.map['map.label'] }).waitFor({ state: 'hidden' })
})

test('the sheet of paper arrives as PNG and as PDF', async () => {
  await exerciseAt()
  const seat = await house.sit(prefecture, 'duty')
  const { page, says } = seat
  await look(seat, epicentre)
  await page.keyboard.press('p')
  const dialog = page.getByRole('dialog', { name: says.situation['print.do'] })
  for (const [button, magic] of [['PNG', '\u0089PNG'], ['PDF', '%PDF']] as const) {
    await dialog.getByRole('button', { name: button }).click()
    const file = dialog.getByRole('link', { name: new RegExp(`\\.${button.toLowerCase()}$`) })
    await file.waitFor({ timeout: 60_000 })
    const [download] = await Promise.all([page.waitForEvent('download'), file.click()])
    const bytes = await readFile(await download.path())
    expect([download.suggestedFilename(), bytes.subarray(0, 4).toString('latin1')]).toEqual([`阿克苏地区突发事件态势图.${button.toLowerCase()}`, magic])
    expect(bytes.length).toBeGreaterThan(30_000)
  }
})

test('the wall hides everything but the map, what is in hand and the clock; Esc brings it back; time narrows what is shown', async () => {
  const title = await exerciseAt()
  const seat = await house.sit(prefecture, 'duty')
  const { page, says } = seat
  await look(seat, epicentre)
  await page.keyboard.press('w')
  await page.getByRole('complementary', { name: says.situation['wall.list'] }).getByText(title).first().waitFor()
  expect([await page.getByRole('banner').isVisible(), await page.getByRole('toolbar').isVisible(), await graveFaults(page)]).toEqual([false, false, []])
  await page.keyboard.press('Escape')
  await page.getByRole('toolbar', { name: says.map['tools.label'] }).waitFor()
  await page.keyboard.press('t')
  const slider = page.getByRole('region', { name: says.situation['time.title'] })
  await slider.getByRole('img', { name: saying(says.situation['time.bars']) }).waitFor()
  await slider.getByRole('slider', { name: says.situation['time.until'] }).press('Home')
  await page.waitForURL(/[?&]t=[0-9a-z]+,[0-9a-z]+/)
  await slider.getByRole('button', { name: says.situation['time.all'] }).click()
  await page.waitForURL((url) => !url.searchParams.has('t'))
})

test('who may not see the map is not offered it, and asks the station for none', async () => {
  const { page, says } = await house.sit(prefecture, 'security')
  expect(await page.getByRole('link', { name: says.situation.title }).count()).toBe(0)
  await page.goto('/map')
  await page.getByText(says.situation.forbidden).waitFor()
})

describe.each([
  { look: 'dark', size: 'wide', language: 'en' },
  { look: 'light', size: 'phone', language: 'zh' },
  { look: 'dark', size: 'phone', language: 'en' },
] as const)('in $look on a $size screen in $language', (setting) => {
  test('no serious accessibility fault, nothing wider than the screen, no control on another', async () => {
    await exerciseAt()
    const seat = await house.sit(prefecture, 'duty', setting)
    const { page, says } = seat
    const ok = async (state: string) => { expect([state, await graveFaults(page), await overflow(page)]).toEqual([state, [], 0]) }
    await look(seat, epicentre)
    await ok('map')
    for (const tool of ['layers.title', 'time.do'] as const) await page.getByRole('button', { name: says.situation[tool], exact: true }).click()
    await page.getByRole('slider', { name: says.situation['time.until'] }).waitFor()
    await ok('layers and time')
    await page.getByRole('button', { name: says.map['panel.close'] }).click()
    for (const button of await page.getByRole('toolbar').getByRole('button').all()) {
      await button.scrollIntoViewIfNeeded()
      const { width, height } = sizes[setting.size]
      const name = await button.getAttribute('aria-label')
      // What is scrolled into view is on its way for a moment.
      await until(`the whole of ${name} on the screen`, async () => {
        const box = (await button.boundingBox())!
        return box.x >= 0 && box.x + box.width <= width && box.y + box.height <= height
      })
    }
    const parts = await Promise.all(['.map-tools', '.map-controls', '.map-search', '.map-time', '.map-reading'].map(async (part) => ({ part, box: (await page.locator(part).boundingBox())! })))
    const overlaps = parts.flatMap((a, i) => parts.slice(i + 1).filter((b) => a.box.x < b.box.x + b.box.width && b.box.x < a.box.x + a.box.width && a.box.y < b.box.y + b.box.height && b.box.y < a.box.y + a.box.height).map((b) => `${a.part} lies on ${b.part}`))
    expect(overlaps).toEqual([])
  })
})
