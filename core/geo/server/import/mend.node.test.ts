import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Position } from '../../geojson.ts'
import { cleanAttributes } from './attributes.ts'
import { crossings } from '../../crossings.ts'
import { wgs84 } from './crs.ts'
import { maxPoints, mendGeometry } from './mend.ts'
import { signedArea } from '../../rings.ts'
import { collection, feature, importAll, importBench } from './testImport.ts'

let bench: Awaited<ReturnType<typeof importBench>>
beforeAll(async () => { bench = await importBench() })
afterAll(() => bench.remove())

const mended = (type: string, coordinates: unknown) => {
  const result = mendGeometry({ type, coordinates }, wgs84)
  return 'skipped' in result ? result.skipped : { ...result.geometry, faults: [...result.faults].sort() }
}
const square = [[80, 40], [82, 40], [82, 42], [80, 42], [80, 40]]
const tangled: Record<string, Position[]> = {
  'a bow tie': [[83, 40], [84, 41], [84, 40], [83, 41], [83, 40]],
  'a bow tie with a corner where it crosses': [[83, 40], [83.5, 40.5], [84, 41], [84, 40], [83.5, 40.5], [83, 41], [83, 40]],
  'a spike': [[80, 40], [82, 40], [82, 42], [81, 42], [81, 45], [81, 42], [80, 42], [80, 40]],
  'an edge gone twice': [[80, 40], [82, 40], [82, 41], [82, 40], [82, 42], [80, 42], [80, 40]],
  'a corner on another edge': [[80, 40], [84, 40], [84, 42], [82, 40], [80, 42], [80, 40]],
  'a star': [[80, 40], [82, 44], [84, 40], [79, 43], [85, 43], [80, 40]],
}

describe('what is put right', () => {
  test.each([
    ['an open ring is closed', 'Polygon', [square.slice(0, 4)], { type: 'Polygon', coordinates: [square], faults: ['ring-closed'] }],
    ['a ring the wrong way is turned', 'Polygon', [square.toReversed()], { type: 'Polygon', coordinates: [square], faults: ['ring-turned'] }],
    ['repeated points are taken out', 'LineString', [[80, 40], [80, 40], [81, 41]], { type: 'LineString', coordinates: [[80, 40], [81, 41]], faults: ['repeated-points'] }],
    ['a hole of two points is left out', 'Polygon', [square, [[80.5, 40.5], [81, 41], [80.5, 40.5]]], { type: 'Polygon', coordinates: [square], faults: ['part-dropped'] }],
    ['one bad part of several is left out', 'MultiLineString', [[[80, 40]], [[80, 40], [81, 41]]], { type: 'LineString', coordinates: [[80, 40], [81, 41]], faults: ['part-dropped'] }],
    ['a height that is no number goes', 'Point', [80, 41, 'high'], { type: 'Point', coordinates: [80, 41], faults: ['height-dropped'] }],
    ['a sound polygon stays as it is', 'Polygon', [square], { type: 'Polygon', coordinates: [square], faults: [] }],
    ['points may coincide', 'MultiPoint', [[80, 40], [80, 40]], { type: 'MultiPoint', coordinates: [[80, 40], [80, 40]], faults: [] }],
  ])('%s', (_name, type, coordinates, wanted) => { expect(mended(type, coordinates)).toEqual(wanted) })
})

describe('what is skipped, with the reason', () => {
  test.each([
    ['Point', [], 'empty-geometry'], ['Polygon', [], 'empty-geometry'], ['MultiPolygon', [[]], 'empty-geometry'],
    ['Point', [NaN, 41], 'not-a-number'], ['Point', ['80', '41'], 'not-a-number'], ['Point', [80], 'not-a-number'], ['Point', [null, null], 'not-a-number'], ['LineString', 'abc', 'not-a-number'], ['Point', [80, Infinity], 'not-a-number'],
    ['Point', [200, 41], 'out-of-range'], ['Point', [80, 91], 'out-of-range'],
    ['LineString', [[80, 41]], 'too-few-points'], ['LineString', [[80, 41], [80, 41]], 'too-few-points'], ['Polygon', [[[80, 41], [81, 41], [80, 41]]], 'too-few-points'],
    ['Circle', [80, 41], 'unknown-geometry'],
  ])('%s %j: %s', (type, coordinates, fault) => { expect(mended(type, coordinates)).toBe(fault) })

  test('nothing, a word, and collections within collections', () => {
    expect(mendGeometry(null, wgs84)).toEqual({ skipped: 'empty-geometry' })
    expect(mendGeometry('POINT(80 41)', wgs84)).toMatchObject({ skipped: 'unknown-geometry' })
    let nested: unknown = { type: 'Point', coordinates: [80, 41] }
    for (let i = 0; i < 10; i++) nested = { type: 'GeometryCollection', geometries: [nested, nested] }
    expect(mendGeometry(nested, wgs84)).toMatchObject({ skipped: 'unknown-geometry' })
  })

  test('too many points, and a scribble that crosses itself without end, in bounded time', () => {
    const line = Array.from({ length: maxPoints + 1 }, (_, i) => [80 + i / 1e7, 41])
    expect(mended('LineString', line)).toBe('too-many-points')
    const begun = performance.now()
    const scribble = Array.from({ length: 100_000 }, (_, i): Position => [80 + ((i * 7919) % 10_007) / 10_007, 40 + ((i * 104_729) % 10_009) / 10_009])
    expect(mended('Polygon', [[...scribble, scribble[0]]])).toBe('too-tangled')
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})

describe('polygons that cross themselves', () => {
  test('come out valid by OGC’s rules, judged by GEOS through GDAL, with what they covered', async () => {
    const path = await bench.write('tangled.geojson', collection(Object.entries(tangled).map(([name, ring]) => feature({ type: 'Polygon', coordinates: [ring] }, { name }))))
    const { rows, report } = await importAll(path)
    expect(report.faults['self-intersection']).toBe(Object.keys(tangled).length)
    await bench.write('mended.geojson', collection(rows.map((row) => ({ type: 'Feature', properties: row.properties, geometry: row.geometry }))))
    const out = await bench.ogr('ogr2ogr', '-f', 'CSV', '/vsistdout/', 'mended.geojson', '-dialect', 'sqlite', '-sql', 'select name, st_isvalid(geometry) as valid, st_area(geometry) as area from mended')
    const lines = out.replaceAll('"', '').trim().split('\n').slice(1).map((line) => line.split(','))
    expect(lines.map(([, valid]) => valid)).toEqual(lines.map(() => '1'))
    const areas = Object.fromEntries(lines.map(([name, , area]) => [name, Number(area)]))
    expect(areas).toMatchObject({ 'a bow tie': 0.5, 'a bow tie with a corner where it crosses': 0.5, 'a spike': 4, 'an edge gone twice': 4 })
  })

  test('are found whatever their first corner and direction', () => {
    fc.assert(fc.property(fc.constantFrom(...Object.values(tangled)), fc.nat(20), fc.boolean(), (ring, turn, back) => {
      const open = ring.slice(0, -1)
      const turned = open.map((_, i) => open[(i + turn) % open.length] as Position)
      const closed = [...turned, turned[0] as Position]
      expect(crossings([back ? closed.reverse() : closed])).toBe('some')
    }))
  })

  test('are not seen where there are none: star-shaped rings of any corners', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: 3, maxLength: 60 }), (radii) => {
      const ring = radii.map((r, i): Position => [80 + r * Math.cos((2 * Math.PI * i) / radii.length), 41 + r * Math.sin((2 * Math.PI * i) / radii.length)])
      const closed = [...ring, ring[0] as Position]
      expect(crossings([closed])).toBe('none')
      expect(signedArea(closed)).toBeGreaterThan(0)
    }))
  })

  test('a coastline of two hundred thousand corners is looked through and left as it is', () => {
    const corners = Array.from({ length: 200_000 }, (_, i): Position => {
      const angle = (2 * Math.PI * i) / 200_000
      const radius = [3, 9, 27, 81, 243, 729, 2187, 6561, 19683].reduce((r, k) => r + (1.6 / Math.sqrt(k)) * Math.sin(angle * k + k), 5)
      return [85 + radius * Math.cos(angle), 41 + radius * Math.sin(angle)]
    })
    const begun = performance.now()
    const result = mendGeometry({ type: 'Polygon', coordinates: [[...corners, corners[0]]] }, wgs84)
    expect('skipped' in result ? result.skipped : [...result.faults]).toEqual([])
    expect(performance.now() - begun).toBeLessThan(10_000)
  })

  test('parts that overlap are made one, and a hole outside is none', () => {
    const other = square.map(([x, y]) => [(x as number) + 1, (y as number) + 1])
    const overlapping = mended('MultiPolygon', [[square], [other]])
    expect(overlapping).toMatchObject({ type: 'Polygon', faults: ['self-intersection'] })
    expect(mended('Polygon', [square, [[90, 40], [90, 41], [91, 41], [91, 40], [90, 40]]])).toMatchObject({ type: 'Polygon', coordinates: [square], faults: ['self-intersection'] })
  })

  test('any coordinates at all: mended and valid in itself, or skipped', () => {
    const corner = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }))
    fc.assert(fc.property(fc.array(fc.array(corner, { maxLength: 12 }), { maxLength: 3 }), (rings) => {
      const result = mendGeometry({ type: 'Polygon', coordinates: rings }, wgs84)
      if ('skipped' in result) return
      const polygons = result.geometry.type === 'Polygon' ? [result.geometry.coordinates] : result.geometry.type === 'MultiPolygon' ? result.geometry.coordinates : []
      expect(polygons.length).toBeGreaterThan(0)
      for (const [outer, ...holes] of polygons) {
        expect(signedArea(outer as Position[])).toBeGreaterThan(0)
        for (const hole of holes) expect(signedArea(hole)).toBeLessThan(0)
      }
    }), { numRuns: 1000 })
  })
})

test('attributes: text without control characters, cut to length, no more than two hundred, nothing but values', () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`a${i}`, i]))
  expect(Object.keys(cleanAttributes(many).properties)).toHaveLength(200)
  const { properties, faults } = cleanAttributes({ 'na\u0000me': 'a\u0000b\u001b[31m\ud800', long: '烽'.repeat(9000), nan: NaN, big: 5n, when: null, deep: { list: ['x'.repeat(9000)] }, small: { a: 1 } })
  expect(properties).toEqual({ name: 'ab[31m', long: '烽'.repeat(8000), nan: null, big: null, when: null, deep: null, small: '{"a":1}' })
  expect([...faults].sort()).toEqual(['attributes-dropped', 'text-cleaned', 'text-cut'])
})
