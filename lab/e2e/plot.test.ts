import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { until } from '#lab/federation/client.ts'
import { layerPath, plotAt, plotClient, pointAt, type PlotAnswers, type PlotClient } from '#lab/plot/plotFederation.ts'
import { layerDoc, layerIdOf } from '#modules/plot/index.ts'
import { county, prefecture, region, scene, stationNames, useHouse, type Seat, type SeatOptions } from './house.ts'
import { reportAtCounty } from './seed.ts'
import { saying } from './words.ts'

const house = useHouse()
const slow = { timeout: 60_000 }
const four = [region, prefecture, county, scene] as const
/** The map's canvas is drawn in software here and says that this is slow. */
const mayComplain = /GPU stall due to ReadPixels/
let incident: string
let api: Record<string, PlotClient>

beforeAll(async () => {
  incident = (await reportAtCounty(house.tree, 'sent')).incidentId
  await plotAt(house.tree, four, incident)
  api = Object.fromEntries(await Promise.all(four.map(async (address) => [address, await plotClient(house.tree, address, 'duty')] as const)))
}, 60_000)

const layerOf = (address: string) => layerIdOf(incident, address)
const features = async (at: string, layer: string) => (await api[at]!.ask('GET', layerPath(layer, '/features'))).features as PlotAnswers['features']
const setLink = async (station: string, peer: string, verb: 'cut' | 'heal') => (await house.tree.at(station).as('admin')).post(`/api/links/${encodeURIComponent(peer)}/${verb}`)
const documentAt = async (station: string, layer: string) => {
  const { live } = house.tree.at(station).station
  return JSON.stringify([[...(await live.values(layerDoc(layer))) ?? []].sort(([a], [b]) => (a < b ? -1 : 1)), await live.history(layerDoc(layer))])
}

/** A seat before the open plot, in the middle of the map 78.63 E 41.26 N. */
async function atPlot(address: string, account = 'duty', size: SeatOptions['size'] = 'wide'): Promise<Seat> {
  const seat = await house.sit(address, account, { size, mayComplain })
  await seat.page.goto(`/map?plot=${incident}&c=78.63,41.26,11`)
  await seat.page.getByText(seat.says.plot['line.live'], { exact: true }).waitFor(slow)
  await seat.page.locator('.maplibregl-canvas').waitFor()
  return seat
}

/** Red pixels of a part of the screen, as a share: what is drawn is red, the base map is not. */
async function redness(page: Page, clip: { x: number; y: number; width: number; height: number }): Promise<number> {
  const picture = (await page.screenshot({ clip })).toString('base64')
  return page.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d')
    if (!pen) return 0
    pen.drawImage(image, 0, 0)
    const { data: pixels } = pen.getImageData(0, 0, image.width, image.height)
    let red = 0
    for (let i = 0; i < pixels.length; i += 4) if (pixels[i]! > 120 && pixels[i + 1]! < 70 && pixels[i + 2]! < 80) red++
    return red / (pixels.length / 4)
  }, picture)
}

test('a stroke drawn at the scene moves on the region’s map while it is drawn, then lands; all four see the four levels’ pointers', async () => {
  // One after another, and only the two that are looked at in full size: four maps drawn by the processor are slow.
  const seats: Seat[] = []
  for (const address of four) seats.push(await atPlot(address, 'duty', address === region || address === scene ? 'wide' : 'laptop'))
  const [top, , , hand] = seats as [Seat, Seat, Seat, Seat]
  for (const [i, { page }] of seats.entries()) {
    await page.mouse.move(800 + 100 * i, 300 + 40 * i)
    await page.mouse.move(805 + 100 * i, 305 + 40 * i)
  }
  for (const [i, { page, says }] of seats.entries()) {
    for (const [j, address] of four.entries()) {
      const level = says.plot[`level.${(['region', 'prefecture', 'county', 'scene'] as const)[j]!}`]
      const pointer = page.locator('.plot-pointer', { hasText: `${stationNames[address]} ` }).filter({ hasText: `（${level}）` })
      if (i !== j) await pointer.first().waitFor()
    }
    expect(await page.locator('.plot-pointer').count()).toBe(3)
  }

  const where = { x: 1150, y: 640, width: 300, height: 280 }
  expect(await redness(top.page, where)).toBeLessThan(0.001)
  await hand.page.getByRole('button', { name: hand.says.plot['shape.polygon'] }).click()
  await hand.page.mouse.click(1160, 650)
  await hand.page.mouse.click(1430, 660)
  await hand.page.mouse.move(1300, 760)
  await until('the draft at the region', async () => (await redness(top.page, where)) > 0.002)
  const small = await redness(top.page, where)
  await hand.page.mouse.move(1290, 900)
  await until('the draft grown at the region', async () => (await redness(top.page, where)) > small + 0.002)
  expect(await features(region, layerOf(scene)), 'not drawn yet').toEqual([])
  await top.page.getByRole('tab', { name: top.says.plot['tab.people'] }).click()
  await top.page.getByRole('listitem').filter({ hasText: stationNames[scene] }).getByText(top.says.plot['people.drawing']).waitFor()

  await hand.page.mouse.click(1290, 900)
  await hand.page.keyboard.press('Enter')
  for (const address of four) await until(`the stroke at ${address}`, async () => (await features(address, layerOf(scene))).length === 1)
  const [drawn] = await features(region, layerOf(scene))
  expect(drawn).toMatchObject({ geometry: { type: 'Polygon' }, properties: { station: scene } })
  expect((await api[scene]!.ask('GET', layerPath(layerOf(scene), '/history'))).total, 'a gesture is one value').toBe(1)
  await until('the stroke on the region’s map', async () => (await redness(top.page, where)) > 0.002)

  await hand.page.keyboard.press('Escape')
  await hand.page.getByRole('button', { name: hand.says.plot['tool.undo'] }).click()
  await until('undone at the region', async () => (await features(region, layerOf(scene))).length === 0)
  await until('gone from the region’s map', async () => (await redness(top.page, where)) < 0.001)
  await hand.page.keyboard.press('Control+Shift+Z')
  await until('done again at the region', async () => (await features(region, layerOf(scene))).length === 1)
})

test('with the middle link cut both sides draw on and the screen says so; healed, all four hold the same', async () => {
  const [top, low] = [await atPlot(region), await atPlot(county)]
  await setLink(county, prefecture, 'cut')
  await low.page.getByText(saying(low.says.plot['line.up'])).waitFor()
  const place = async ({ page, says }: Seat, symbol: string, x: number, y: number) => {
    await page.getByRole('searchbox', { name: says.plot['symbols.search'] }).fill(symbol)
    await page.getByRole('button', { name: new RegExp(`^${symbol}`) }).first().click()
    await page.mouse.click(x, y)
    await page.keyboard.press('Escape')
  }
  await place(top, 'D10100', 900, 400)
  await place(low, 'A10300', 1000, 600)
  await until('the county’s own stroke', async () => (await features(county, layerOf(county))).length === 1)
  await until('the region’s own stroke', async () => (await features(region, layerOf(region))).length === 1)
  expect(await features(region, layerOf(county)), 'nothing passes a cut link').toEqual([])
  await setLink(county, prefecture, 'heal')
  for (const layer of [layerOf(region), layerOf(county), layerOf(scene)]) {
    await until(`all equal on ${layer}`, async () => new Set(await Promise.all(four.map((address) => documentAt(address, layer)))).size === 1)
  }
  expect((await features(scene, layerOf(region))).map((f) => f.properties.symbol)).toEqual(['D10100'])
  expect((await features(region, layerOf(county))).map((f) => f.properties.symbol)).toEqual(['A10300'])
  await low.page.getByText(saying(low.says.plot['line.up'])).waitFor({ state: 'hidden' })
})

test('without the station’s socket what one draws is kept, the screen says how much, and it goes up by itself', async () => {
  const seat = await house.sit(county, 'duty', { mayComplain: /GPU stall|WebSocket/ })
  const { page, says, context } = seat
  const network = { up: true, hangUp: (): void => undefined }
  await context.routeWebSocket(/\/api\/live/, (socket) => {
    if (!network.up) {
      void socket.close()
      return
    }
    const server = socket.connectToServer()
    network.hangUp = () => {
      void server.close()
      void socket.close()
    }
  })
  await page.goto(`/map?plot=${incident}&c=78.63,41.26,11`)
  await page.getByText(says.plot['line.live'], { exact: true }).waitFor(slow)
  const before = (await features(county, layerOf(county))).length
  network.up = false
  network.hangUp()
  await page.getByRole('alert').getByText(saying(says.plot['line.offline'], { n: 0 })).waitFor()
  await page.getByRole('button', { name: says.plot['shape.symbol'], exact: true }).click()
  await page.mouse.click(1100, 500)
  await page.getByRole('alert').getByText(saying(says.plot['line.offline'], { n: 1 })).waitFor()
  expect(await features(county, layerOf(county))).toHaveLength(before)
  network.up = true
  await until('the stroke at the station', async () => (await features(county, layerOf(county))).length === before + 1, 40_000)
  await page.getByText(says.plot['line.live'], { exact: true }).waitFor(slow)
})

test('who may only look on sees why, and cannot draw', async () => {
  const before = await documentAt(region, layerOf(region))
  const { page, says } = await atPlot(region, 'audit')
  await page.getByText(says.plot['why.role']).waitFor()
  expect(await page.getByRole('button', { name: says.plot['shape.polygon'] }).isDisabled()).toBe(true)
  expect(await page.getByRole('button', { name: /^A10300/ }).first().isDisabled()).toBe(true)
  await page.mouse.click(1000, 700)
  await page.mouse.click(1100, 700)
  await page.keyboard.press('Enter')
  expect(await documentAt(region, layerOf(region))).toBe(before)
})

test('playback shows who drew what in order, and leaving returns to now', async () => {
  await api[prefecture]!.ask('POST', layerPath(layerOf(prefecture), '/features'), pointAt(78.7, 41.3, '集结', 'X10100'))
  const { page, says } = await atPlot(prefecture)
  await page.getByRole('button', { name: says.plot['tool.play'], exact: true }).click()
  const player = page.getByRole('region', { name: says.plot['play.title'] })
  await player.getByRole('button', { name: says.plot['play.pause'] }).or(player.getByRole('button', { name: says.plot['play.play'] })).first().waitFor()
  await player.getByRole('slider').press('Home')
  await player.getByText(saying(says.plot['play.at'], { n: 0 })).waitFor()
  await player.getByRole('button', { name: says.plot['play.forward'] }).click()
  const [first] = (await api[prefecture]!.ask('GET', `/api/plots/${incident}/history`)).items
  await player.getByRole('status').getByText(stationNames[first!.station as keyof typeof stationNames]).waitFor()
  await player.getByRole('button', { name: says.plot['play.leave'] }).click()
  await player.waitFor({ state: 'hidden' })
})
