import { area as turfArea } from '@turf/turf'
import { describe, expect, test } from 'vitest'
import { boxesMeet, boxPolygon, bboxOf, growBox, splitAtMeridian } from './bbox.ts'
import { geometrySchema, type Geometry, type Position } from './geojson.ts'
import { areaSquareMetres, areaText, geodesicMetres, lengthMetres, lengthText } from './measure.ts'
import { metresBetween, metresFrom, withinMetres } from './metres.ts'
import { isTile, latOf, metresPerPixel, tileAt, tileBox } from './tiles.ts'

const degree = (d: number, m: number, s: number) => d + m / 60 + s / 3600

describe('measuring', () => {
  test('the geodesic of Geoscience Australia: Flinders Peak to Buninyong, 54 972.271 m', () => {
    const flinders: Position = [degree(144, 25, 29.524_4), -degree(37, 57, 3.720_3)]
    const buninyong: Position = [degree(143, 55, 35.383_9), -degree(37, 39, 10.156_1)]
    expect(geodesicMetres(flinders, buninyong)).toBeCloseTo(54_972.271, 3)
  })

  test('quarter of the equator and of a meridian; nothing; nearly opposite points answer by the sphere', () => {
    expect(geodesicMetres([0, 0], [90, 0])).toBeCloseTo(10_018_754.171, 2)
    expect(geodesicMetres([10, 0], [10, 90])).toBeCloseTo(10_001_965.729, 2)
    expect(geodesicMetres([79, 41], [79, 41])).toBe(0)
    expect(geodesicMetres([0, 0], [179.9, 0.1]) / 20_003_931).toBeCloseTo(1, 2)
    expect(geodesicMetres([179.5, 10], [-179.5, 10])).toBeCloseTo(geodesicMetres([0, 10], [1, 10]), 3)
  })

  test('an eighth of the earth: GeographicLib gives 63 758 202 715 511 m² and 30 022 685 m around it', () => {
    const octant: Geometry = { type: 'Polygon', coordinates: [[[0, 0], [90, 0], [90, 90], [0, 90], [0, 0]]] }
    expect(areaSquareMetres(octant) / 63_758_202_715_511).toBeCloseTo(1, 9)
    expect(lengthMetres(octant)).toBeCloseTo(30_022_685, -1)
  })

  test('holes come off, parts add up, and small areas agree with the sphere within its flattening', () => {
    const outer = boxPolygon([79, 41, 80, 42]) as { coordinates: Position[][] }
    const hole = boxPolygon([79.4, 41.4, 79.6, 41.6]) as { coordinates: Position[][] }
    const whole = areaSquareMetres(boxPolygon([79, 41, 80, 42]))
    expect(areaSquareMetres({ type: 'Polygon', coordinates: [...outer.coordinates, ...hole.coordinates] })).toBeCloseTo(whole - areaSquareMetres(boxPolygon([79.4, 41.4, 79.6, 41.6])), 0)
    expect(areaSquareMetres({ type: 'MultiPolygon', coordinates: [outer.coordinates, hole.coordinates] })).toBeGreaterThan(whole)
    expect(whole / turfArea(boxPolygon([79, 41, 80, 42]) as never)).toBeCloseTo(1, 2)
    expect(areaSquareMetres({ type: 'Point', coordinates: [79, 41] })).toBe(0)
  })

  test('is said with units people use', () => {
    expect([lengthText(3.14), lengthText(835.4), lengthText(12_345), lengthText(1_234_567, 'en')]).toEqual(['3.1 米', '835 米', '12.35 公里', '1235 km'])
    expect([areaText(5_200), areaText(32_100), areaText(252e6), areaText(1_664_897e6, 'en')]).toEqual(['5200 平方米', '3.21 公顷', '252.00 平方公里', '1664897 km²'])
  })
})

describe('distances on the sphere', () => {
  test('from a point to a line, an area, a corner', () => {
    const line: Geometry = { type: 'LineString', coordinates: [[79, 41], [81, 41]] }
    // The great circle between the ends bows 106 m north of the parallel at the middle, by 2 degrees of longitude.
    expect(metresFrom([80, 42], line) / metresBetween([80, 42], [80, 41])).toBeCloseTo(1, 1)
    expect(metresFrom([78, 41], line)).toBeCloseTo(metresBetween([78, 41], [79, 41]), 3)
    expect(metresFrom([79.5, 41.5], boxPolygon([79, 41, 80, 42]))).toBe(0)
    expect(metresFrom([80, 41], { type: 'Point', coordinates: [80, 41.00001] })).toBeCloseTo(1.112, 2)
  })

  test('long shapes are looked at piece by piece and give the same answer', () => {
    const path: Position[] = Array.from({ length: 500 }, (_, i) => [70 + i / 50, 40 + Math.sin(i / 10)])
    const long: Geometry = { type: 'LineString', coordinates: path }
    const slow = (point: Position) => Math.min(...path.slice(1).map((to, i) => metresFrom(point, { type: 'LineString', coordinates: [path[i]!, to] })))
    for (const point of [[75, 42], [69, 40], [81, 45], [75.01, 40.2]] as Position[]) {
      expect(metresFrom(point, long)).toBeCloseTo(slow(point), 6)
      expect(withinMetres(long, slow(point) + 1)({ type: 'Point', coordinates: point })).toBe(true)
      expect(withinMetres(long, slow(point) - 1)({ type: 'Point', coordinates: point })).toBe(false)
    }
  })
})

describe('boxes', () => {
  test('a grown box holds everything within the distance, at any latitude', () => {
    for (const [lon, lat] of [[79, 41], [0, 0], [100, 80], [179.9, -60]] as Position[]) {
      for (const metres of [100, 50_000, 900_000]) {
        const box = growBox([lon, lat, lon, lat], metres)
        for (let bearing = 0; bearing < 360; bearing += 5) {
          const [d, p, t] = [metres / 6_371_008.771_4, (lat * Math.PI) / 180, (bearing * Math.PI) / 180]
          const lat2 = Math.asin(Math.sin(p) * Math.cos(d) + Math.cos(p) * Math.sin(d) * Math.cos(t))
          const lon2 = lon + (Math.atan2(Math.sin(t) * Math.sin(d) * Math.cos(p), Math.cos(d) - Math.sin(p) * Math.sin(lat2)) * 180) / Math.PI
          const [x, y] = [lon2 > 180 ? lon2 - 360 : lon2 < -180 ? lon2 + 360 : lon2, (lat2 * 180) / Math.PI]
          expect(boxesMeet(box, [x, y, x, y]), `${lon},${lat} ${metres} m at ${bearing}°`).toBe(true)
        }
      }
    }
    expect(growBox([10, 89, 10, 89], 200_000)[2]).toBe(180)
  })

  test('boxes across the 180th meridian', () => {
    expect(splitAtMeridian([170, 0, -170, 10])).toEqual([[170, 0, 180, 10], [-180, 0, -170, 10]])
    expect(boxesMeet([170, 0, -170, 10], [-175, 5, -174, 6])).toBe(true)
    expect(boxesMeet([170, 0, -170, 10], [0, 5, 1, 6])).toBe(false)
    expect(bboxOf({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [1, 2] }, { type: 'Point', coordinates: [3, -2] }] })).toEqual([1, -2, 3, 2])
  })
})

describe('tiles', () => {
  test('known tiles: the world, 乌什 at zoom 9, and both edges', () => {
    expect(tileBox({ z: 0, x: 0, y: 0 })).toEqual([-180, expect.closeTo(-85.0511, 3), 180, expect.closeTo(85.0511, 3)])
    const at = tileAt([79.22, 41.21], 9)
    expect(at).toEqual({ z: 9, x: 368, y: 191 })
    const [west, south, east, north] = tileBox(at)
    expect(west <= 79.22 && 79.22 <= east && south <= 41.21 && 41.21 <= north).toBe(true)
    expect(tileAt([180, -90], 3)).toEqual({ z: 3, x: 7, y: 7 })
    expect([latOf(0.5), isTile({ z: 3, x: 8, y: 0 }), isTile({ z: 1.5, x: 0, y: 0 }), isTile({ z: 3, x: 7, y: 7 })]).toEqual([0, false, false, true])
    expect(metresPerPixel(0, 0)).toBeCloseTo(78_271.517, 2)
  })
})

describe('geometries that come in', () => {
  test('are bounded, closed and within the world; the message names the place', () => {
    const long = Array.from({ length: 15_000 }, () => [0, 0])
    const faults = (value: unknown) => geometrySchema.safeParse(value).error?.issues.map((issue) => issue.path.join('.')) ?? []
    expect(faults({ type: 'Point', coordinates: [79, 41] })).toEqual([])
    expect(faults({ type: 'Point', coordinates: [79, 41, 1520] })).toEqual([])
    expect(faults({ type: 'Point', coordinates: [181, 41] })[0]).toContain('coordinates')
    expect(faults({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 1]]] })).toEqual(['coordinates.0'])
    expect(faults({ type: 'LineString', coordinates: [[0, 0]] })).toEqual(['coordinates'])
    expect(faults({ type: 'Circle', coordinates: [0, 0] })).toEqual(['type'])
    expect(faults({ type: 'MultiLineString', coordinates: [long, long] })).toHaveLength(1)
    expect(faults({ type: 'Point', coordinates: [79, Number.NaN] })).not.toEqual([])
  })
})
