import { describe, expect, test } from 'vitest'
import { metresPerPixel } from '#core/geo/tiles.ts'
import { mapParams, readMapSearch, readViewpoint, searchText, viewpointText } from '#core/ui/web/map/mapSearch.ts'
import { scaleBar, zoomForMetresPerPixel } from '#core/ui/web/map/scale.ts'
import { palettes } from '#core/ui/palette.ts'
import { greatCircles } from './greatCircles.ts'
import { baseGroupOf } from './baseGroups.ts'
import { factTicks } from './factTicks.ts'
import { homeCode, pinText, readPin } from './pin.ts'
import { onPaper, ratioAt, ratioText, sheetOf, zoomOfRatio } from './printSheet.ts'
import { denseBars, played, readTimeRange, timeRangeText, wholeSpan } from './timeBins.ts'

test('long ways bend, and run on across the 180th meridian; short ones stay as they are', () => {
  const way = greatCircles([[170, 50], [-170, 50]], 100_000)
  expect(way.length).toBeGreaterThan(10)
  expect(way.at(-1)![0]).toBeCloseTo(190)
  expect(Math.max(...way.map(([, lat]) => lat))).toBeGreaterThan(50.4)
  expect(greatCircles([[78, 41], [78.1, 41.1]], 100_000)).toHaveLength(2)
})

describe('the link to a view', () => {
  test.each([
    [{ center: [78.63, 41.26], zoom: 7, bearing: 0 }, '78.63,41.26,7'],
    [{ center: [-0.1234567, 51.5], zoom: 15.128, bearing: -30.04 }, '-0.123457,51.5,15.13,-30'],
  ] as const)('%j ↔ %s', (view, text) => {
    const { center, zoom, bearing } = view
    expect(viewpointText({ center: [...center], zoom, bearing })).toBe(text)
    expect(viewpointText(readViewpoint(text)!)).toBe(text)
  })
  test.each([undefined, '', '78', '78,41', '78,41,x', '78,,7', '200,41,7', '78,91,7', '78,41,-1', '78,41,7,0,0', 'NaN,41,7'])('%s is no view', (text) => {
    expect(readViewpoint(text)).toBeNull()
  })
  test('only the map’s keys, in order, with commas as they are; what the router read as a number is text again', () => {
    const search = readMapSearch({ plot: '01JABC', wall: 1, c: '78.63,41.26,7', box: 'all', layers: null, t: { a: 1 } })
    expect(search).toEqual({ c: '78.63,41.26,7', plot: '01JABC', wall: '1' })
    expect(searchText(search)).toBe('c=78.63,41.26,7&plot=01JABC&wall=1')
    expect(searchText({ pin: '78.63,41.26,乌什&县' })).toBe('pin=78.63,41.26,%E4%B9%8C%E4%BB%80%26%E5%8E%BF')
    expect(new Set(mapParams).size).toBe(mapParams.length)
  })
})

describe('scale', () => {
  test('the world is 512 px wide at zoom 0', () => {
    expect(metresPerPixel(0, 0) * 512).toBeCloseTo(40_075_016.686, 1)
    expect(zoomForMetresPerPixel(41.26, metresPerPixel(41.26, 8.4))).toBeCloseTo(8.4)
  })
  test.each([[1, '100 m'], [9.6, '1 km'], [30, '3 km'], [5_000, '500 km'], [0.012, '1 m'], [0.004, '0.3 m']])('at %d m a pixel a bar of at most 110 px reads %s', (metres, text) => {
    const bar = scaleBar(metres, 110)
    expect([bar.text, bar.pixels <= 110 && bar.pixels > 50]).toEqual([text, true])
  })
})

describe('time', () => {
  const start = Date.UTC(2024, 0, 22, 18, 9)
  test('empty bars stand between the full ones; a count at the very end falls into the last', () => {
    const bars = denseBars({ from: 0, until: 1_000, barMs: 250, bars: [{ at: 250, I: 1, II: 0, III: 2, IV: 0 }, { at: 1_000, I: 0, II: 0, III: 0, IV: 5 }] })
    expect(bars.map(({ I, II, III, IV }) => [I, II, III, IV])).toEqual([[0, 0, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0], [0, 0, 0, 5]])
    expect(denseBars({ from: 5, until: 5, barMs: 1, bars: [] })).toHaveLength(1)
  })
  test('a range survives the link to the minute; nonsense is none', () => {
    const range = { from: start, until: start + 3_600_000 }
    expect(readTimeRange(timeRangeText(range))).toEqual(range)
    for (const text of [undefined, '', '5', '9,5', 'x y,z', '5,5']) expect(readTimeRange(text)).toBeNull()
  })
  test('the slider spans all incidents until now, with room at both ends', () => {
    expect(wholeSpan(start, start, start)).toEqual({ from: start - 1_800_000, until: start + 1_800_000 })
    const { from, until } = wholeSpan(start, start + 1_000, start + 1e9)
    expect([from < start, until > start + 1e9]).toEqual([true, true])
  })
  test('playing grows a range from the beginning, moves a narrower one, and ends', () => {
    const whole = { from: 0, until: 60_000 }
    expect(played(whole, { from: 0, until: 10_000 }, 1, 1)).toEqual({ from: 0, until: 11_000 })
    expect(played(whole, { from: 5_000, until: 10_000 }, 8, 1)).toEqual({ from: 13_000, until: 18_000 })
    expect(played(whole, { from: 50_000, until: 59_500 }, 4, 1)).toEqual({ from: 50_500, until: 60_000 })
    expect(played(whole, { from: 0, until: 60_000 }, 1, 1)).toBeNull()
  })
})

test('facts about an incident become ticks in order, what came in one moment being one', () => {
  expect(factTicks({ openedAt: 10, levelHistory: [{ at: 10, kind: 'initial' }, { at: 30, kind: 'confirmed' }], figureHistory: [{ at: 20, fact: 'a' }, { at: 20, fact: 'b' }], leads: [{ since: 10 }, { since: 25 }], closed: { at: 40 } }))
    .toEqual([{ at: 10, kinds: ['opened', 'level'] }, { at: 20, kinds: ['figures'] }, { at: 25, kinds: ['lead'] }, { at: 30, kinds: ['level'] }, { at: 40, kinds: ['closed'] }])
})

describe('the printed sheet', () => {
  test.each(['A4', 'A3'] as const)('%s landscape: the frame lies within the margins and leaves room for title and foot', (paper) => {
    const sheet = sheetOf(paper, 150)
    const { frame, width, height } = sheet
    expect([sheet.pixels.width, sheet.pixels.height]).toEqual(paper === 'A4' ? [1754, 1240] : [2480, 1754])
    expect([frame.x >= 8, frame.x + frame.width <= width - 8, frame.y >= 20, frame.y + frame.height <= height - 14]).toEqual([true, true, true, true])
  })
  test('the ratio of the paper: at 1:1 000 000 a millimetre is a kilometre', () => {
    const zoom = zoomOfRatio(41.26, 1_000_000)
    expect(ratioAt(41.26, zoom)).toBeCloseTo(1_000_000, 3)
    expect(metresPerPixel(41.26, zoom) / (25.4 / 96)).toBeCloseTo(1_000, 6)
    expect([ratioText(1_234_567), ratioText(250_000), ratioText(987.6)]).toEqual(['1:1 230 000', '1:250 000', '1:988'])
  })
  test('dark colours of the screen become the light ones of paper; others stay', () => {
    expect(onPaper({ a: [palettes.dark.ink, '#dc2f2f'], b: palettes.dark.ground })).toEqual({ a: [palettes.light.ink, '#dc2f2f'], b: palettes.light.ground })
  })
})

test('a pin in the address', () => {
  expect(readPin(pinText({ lon: 78.63, lat: 41.26, name: '乌什县' }))).toEqual({ lon: 78.63, lat: 41.26, name: '乌什县' })
  expect(readPin(pinText({ lon: -1, lat: 2, name: '' }))).toEqual({ lon: -1, lat: 2, name: '' })
  for (const text of [undefined, '', '78', '200,1', '1,91', '1,2,', 'a,b']) expect(readPin(text)).toBeNull()
})

test.each([['65', '650000'], ['65/6529', '652900'], ['65/6529/652927', '652927'], ['65/6529/652927/s1', '652927'], ['65/@seismology', '650000']])('station %s is at home in %s', (address, code) => {
  expect(homeCode(address)).toBe(code)
})

test('what a layer of the base map belongs to: as it says, else by its name; the ground to nothing', () => {
  const of = (layer: object) => baseGroupOf({ id: 'x', source: 'base', type: 'line', ...layer } as never)
  expect([of({ metadata: { group: 'boundaries' } }), of({ 'source-layer': 'rivers' }), of({ id: 'prefecture-line' }), of({ type: 'symbol' }), of({ id: 'land' }), of({ type: 'background', source: undefined }), of({ source: 'incidents' })])
    .toEqual(['boundaries', 'water', 'boundaries', 'places', null, null, null])
})
