import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { featureOf, keyOfFeature, strokeOfFeature, strokesOf } from './plot.features.ts'
import { pointLimits } from './shapes.ts'
import { plainStroke, shapes, type Stroke, type StrokeBody } from './stroke.ts'

const stamp = { at: 5, by: 'p1', byName: '张三', station: '65/6529' }
const body = (change: Partial<StrokeBody> = {}): StrokeBody => ({ ...plainStroke, shape: 'symbol', points: [[80, 41]], ...change })
const feature = (drawn: StrokeBody) => featureOf({ key: 'k', layer: 'l', layerName: '县级', stroke: { ...drawn, ...stamp } })
const faultsOf = (read: ReturnType<typeof strokeOfFeature>) => ('faults' in read ? read.faults.map((f) => f.field) : [])

describe('a stroke as a feature', () => {
  test('says what, who, where and when', () => {
    expect(feature(body({ symbol: 'A10300', label: '断裂带', from: 0 }))).toMatchObject({
      type: 'Feature', id: 'k', geometry: { type: 'Point', coordinates: [80, 41] },
      properties: { symbol: 'A10300', label: '断裂带', author: '张三', station: '65/6529', updatedAt: '1970-01-01T00:00:00.005Z', from: '1970-01-01T00:00:00.000Z', until: null, layer: 'l', layerName: '县级', shape: 'symbol', points: [[80, 41]] },
    })
  })

  test('of any shape comes back the same', () => {
    const some = fc.record({ shape: fc.constantFrom(...shapes), count: fc.integer({ min: 0, max: 5 }), label: fc.string({ maxLength: 20 }), width: fc.constantFrom(0.5, 3, 24) })
    fc.assert(fc.property(some, ({ shape, count, label, width }) => {
      const { min, max } = pointLimits[shape]
      const points = Array.from({ length: Math.min(max, min + count) }, (_, i): [number, number] => [80 + i * 0.31, 41 + ((i * i) % 3) * 0.27])
      const drawn = body({ shape, points, label, width, until: 1_700_000_000_000 })
      const read = JSON.parse(JSON.stringify(feature(drawn))) as ReturnType<typeof featureOf>
      expect(strokeOfFeature(read as never)).toEqual({ value: drawn })
    }), { numRuns: 300 })
  })

  test('written by a later version is passed over', () => {
    const stroke: Stroke = { ...body(), ...stamp }
    expect(strokesOf(new Map([['a', stroke], ['b', { ...stroke, shape: 'hologram' }]])).map(([key]) => key)).toEqual(['a'])
  })
})

describe('a feature as a stroke', () => {
  test.each([
    [{ type: 'Point', coordinates: [80, 41, 900] }, { symbol: 'A10300' }, 'symbol'],
    [{ type: 'Point', coordinates: [80, 41] }, { label: '集结' }, 'text'],
    [{ type: 'LineString', coordinates: [[80, 41], [81, 41]] }, {}, 'line'],
    [{ type: 'Polygon', coordinates: [[[80, 41], [81, 41], [81, 42], [80, 41]]] }, {}, 'polygon'],
    [{ type: 'MultiPoint', coordinates: [[80, 41], [81, 41]] }, { shape: 'circle' }, 'circle'],
  ])('%j %j is a %s', (geometry, properties, shape) => {
    expect(strokeOfFeature({ geometry, properties })).toMatchObject({ value: { shape } })
  })

  test.each([
    [{ properties: {} }, ['geometry']],
    [{ geometry: null, properties: {} }, ['geometry']],
    [{ geometry: { type: 'Point', coordinates: [181, 41] } }, ['geometry']],
    [{ geometry: { type: 'GeometryCollection', geometries: [] } }, ['geometry']],
    [{ geometry: { type: 'Polygon', coordinates: [[], []] } }, ['geometry']],
    [{ geometry: { type: 'MultiPoint', coordinates: [[80, 41]] } }, ['properties.shape']],
    [{ geometry: { type: 'Point', coordinates: [80, 41] }, properties: { shape: 'line' } }, ['geometry']],
    [{ geometry: { type: 'MultiPoint', coordinates: [[80, 41], [81, 41], [82, 41]] }, properties: { shape: 'circle' } }, ['geometry']],
    [{ properties: { shape: 'circle', points: [[80, 41], [800, 41]] } }, ['properties.points.1.0']],
    [{ geometry: { type: 'Point', coordinates: [80, 41] }, properties: { symbol: 'nonsense', width: 99 } }, ['properties.symbol', 'properties.width']],
    [{ geometry: { type: 'Point', coordinates: [80, 41] }, properties: { colour: '#fff' } }, ['properties.colour']],
  ])('%j is turned away at %j', (feature, fields) => {
    expect(faultsOf(strokeOfFeature(feature))).toEqual(fields)
  })

  test('changes only what it names', () => {
    const before = body({ shape: 'circle', points: [[80, 41], [81, 41]], label: '警戒区' })
    expect(strokeOfFeature({ properties: { label: '封控区' } }, before)).toEqual({ value: { ...before, label: '封控区' } })
    expect(strokeOfFeature({ geometry: { type: 'Polygon', coordinates: [[[80, 41], [81, 41], [81, 42], [80, 41]]] } }, before)).toMatchObject({ value: { shape: 'polygon', label: '警戒区' } })
    expect(strokeOfFeature({ geometry: { type: 'LineString', coordinates: [[1, 1], [2, 2]] } }, body({ shape: 'curve' }))).toMatchObject({ value: { shape: 'curve', points: [[1, 1], [2, 2]] } })
  })

  test('read, moved and given back, means where it was moved to', () => {
    const before = body({ shape: 'rectangle', points: [[80, 41], [81, 42]] })
    const read = feature(before)
    expect(read.properties.points).toEqual(before.points)
    expect(strokeOfFeature(read as never, before)).toEqual({ value: before })
    const moved = { ...read, geometry: { type: 'Polygon', coordinates: [[[70, 41], [71, 41], [71, 42], [70, 41]]] } }
    expect(strokeOfFeature(moved as never, before)).toEqual({ value: { ...before, shape: 'polygon', points: [[70, 41], [71, 41], [71, 42]] } })
  })

  test('may bring its own key', () => {
    expect([keyOfFeature({}), keyOfFeature({ id: 'sensor-7' })]).toEqual([{ value: undefined }, { value: 'sensor-7' }])
    expect('faults' in keyOfFeature({ id: 'a/b' }) && 'faults' in keyOfFeature({ id: 7 })).toBe(true)
  })
})
