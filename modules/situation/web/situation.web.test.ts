import { describe, expect, test } from 'vitest'
import { metresPerPixel } from '#core/geo/tiles.ts'
import { mapParams, readMapSearch, readViewpoint, searchText, viewpointText } from '#core/ui/web/map/mapSearch.ts'
import { scaleBar, zoomForMetresPerPixel } from '#core/ui/web/map/scale.ts'
import { greatCircles } from './greatCircles.ts'
import { binsOver, countInto, playStep, readTimeRange, timeRangeText } from './timeBins.ts'

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
  test('bins have round widths, begin at round Beijing times and hold both ends', () => {
    const bins = binsOver(start, start + 10 * 86_400_000, 60)
    expect([bins.width, new Date(bins.from).toISOString()]).toEqual([6 * 3_600_000, '2024-01-22T16:00:00.000Z'])
    const counted = countInto(bins, [start, start, start + 10 * 86_400_000, start - 86_400_000, start + 99 * 86_400_000])
    expect([counted.counts[0], counted.counts.at(-1), counted.counts.reduce((sum, n) => sum + n, 0)]).toEqual([2, 1, 3])
    expect(counted.counts.length).toBeLessThanOrEqual(60)
  })
  test.each([0, 1, 60_000, 1e9, 1e12, 5e13])('a span of %d ms never makes more bins than asked', (span) => {
    const bins = binsOver(start, start + span, 48)
    expect(bins.counts.length).toBeGreaterThan(0)
    expect(bins.counts.length).toBeLessThanOrEqual(49)
    expect(countInto(bins, [start, start + span]).counts.reduce((sum, n) => sum + n, 0)).toBe(2)
  })
  test('a range survives the link to the minute; nonsense is none', () => {
    const range = { from: start, until: start + 3_600_000 }
    expect(readTimeRange(timeRangeText(range))).toEqual(range)
    for (const text of [undefined, '', '5', '9,5', 'x y,z', '5,5']) expect(readTimeRange(text)).toBeNull()
  })
  test('playing crosses the whole in a minute at speed 1', () => {
    expect(playStep({ from: 0, until: 60_000_000 }, 1, 60)).toBe(60_000_000)
    expect(playStep({ from: 0, until: 60_000_000 }, 8, 0.5)).toBe(4_000_000)
  })
})
