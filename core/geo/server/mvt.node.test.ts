import { VectorTile } from '@mapbox/vector-tile'
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import fc from 'fast-check'
import { PbfReader } from 'pbf'
import { describe, expect, test } from 'vitest'
import type { Geometry, Position } from '../geojson.ts'
import { tileBox } from '../tiles.ts'
import { encodeMvt, type MvtFeature } from './mvt.ts'
import { vectorTile } from './vectorTile.ts'

function decode(bytes: Uint8Array) {
  return Object.fromEntries(Object.entries(new VectorTile(new PbfReader(bytes)).layers).map(([name, layer]) => [name, Array.from({ length: layer.length }, (_, i) => {
    const feature = layer.feature(i)
    return { type: feature.type, properties: feature.properties, geometry: feature.loadGeometry().map((part) => part.map(({ x, y }) => [x, y])) }
  })]))
}

describe('encoding tiles', () => {
  test('a reader gets the same as from vt-pbf, whatever the shapes and properties', () => {
    const coordinate = fc.tuple(fc.integer({ min: -128, max: 4224 }), fc.integer({ min: -128, max: 4224 })) as fc.Arbitrary<[number, number]>
    // vt-pbf stumbles over keys that every object has, such as toString.
    const tags = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }).filter((key) => !(key in {})), fc.oneof(fc.string(), fc.boolean(), fc.maxSafeNat(), fc.integer(), fc.double({ noNaN: true, min: -1e15, max: 1e15 }), fc.constant('乌什县'), fc.constant(null)), { maxKeys: 6, noNullPrototype: true })
    const ring = fc.uniqueArray(coordinate, { minLength: 3, maxLength: 6, selector: String }).map((points) => [...points, points[0]!])
    const feature: fc.Arbitrary<MvtFeature> = fc.oneof(
      fc.record({ type: fc.constant(1 as const), geometry: fc.array(coordinate, { minLength: 1, maxLength: 4 }), tags }),
      fc.record({ type: fc.constant(2 as const), geometry: fc.array(fc.array(coordinate, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 3 }), tags }),
      fc.record({ type: fc.constant(3 as const), geometry: fc.array(ring, { minLength: 1, maxLength: 3 }), tags }),
    )
    fc.assert(fc.property(fc.array(feature, { minLength: 1, maxLength: 20 }), (features) => {
      const theirs = fromGeojsonVt({ layer: { features } as never }, { version: 2, extent: 4096 })
      expect(decode(encodeMvt([{ name: 'layer', features }]))).toEqual(decode(theirs))
    }), { numRuns: 300 })
  })

  test('an empty tile has no bytes; empty layers are left out', () => {
    expect(encodeMvt([])).toHaveLength(0)
    expect(encodeMvt([{ name: 'a', features: [] }])).toHaveLength(0)
  })

  test('degrees become tile units; what lies outside is left out; shapes are clipped; collections keep their properties', () => {
    const address = { z: 9, x: 368, y: 191 }
    const [west, south, east, north] = tileBox(address)
    const middle: Position = [(west + east) / 2, 41.2]
    const shapes: Geometry = { type: 'GeometryCollection', geometries: [{ type: 'LineString', coordinates: [[west - 5, middle[1]], [east + 5, middle[1]]] }, { type: 'Point', coordinates: middle }] }
    const tile = decode(vectorTile([{ name: 'things', features: [
      { geometry: { type: 'Point', coordinates: [west, north] }, properties: { name: 'corner' } },
      { geometry: { type: 'Point', coordinates: [west - 1, south - 1] }, properties: { name: 'outside' } },
      { geometry: shapes, properties: { name: 'both' } },
      { geometry: { type: 'Polygon', coordinates: [[[0, 0], [170, 0], [170, 80], [0, 80], [0, 0]]] }, properties: { name: 'around' } },
    ] }], address))
    const byName = (name: string) => tile.things!.filter((feature) => feature.properties.name === name)
    expect(byName('corner')[0]?.geometry).toEqual([[[0, 0]]])
    expect(byName('outside')).toEqual([])
    expect(byName('both').map((feature) => feature.type).sort((a, b) => a - b)).toEqual([1, 2])
    expect(byName('both').find((feature) => feature.type === 2)?.geometry[0]?.map(([x]) => x)).toEqual([-128, 4224])
    expect(new Set(byName('around')[0]?.geometry[0]?.flat())).toEqual(new Set([-128, 4224]))
  })
})
