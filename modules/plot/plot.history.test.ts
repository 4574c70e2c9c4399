import { describe, expect, test } from 'vitest'
import type { Stamped } from '#core/live/stamped.ts'
import { canonicalGeoJson, canonicalHistory } from './canonical.ts'
import { changesOf, mergedHistory, valuesAt } from './plot.history.ts'

const value = (at: number, label: string, gone?: true): Stamped => ({ at, by: 'p', byName: '张三', station: '65', label, shape: 'line', points: [[80, 41], [81, 42]], ...(gone ? { gone } : {}) })
const history = [
  { key: 'a', value: value(1, '甲') }, { key: 'b', value: value(2, '乙') }, { key: 'a', value: value(3, '甲二') },
  { key: 'b', value: value(4, '乙', true) }, { key: 'b', value: value(6, '乙二') },
]
const present = new Map([['a', value(3, '甲二')], ['b', value(6, '乙二')]])

test('each value of a history is an addition, a change, a removal or a return', () => {
  expect(changesOf(history).map(({ key, what }) => `${key} ${what}`)).toEqual(['a added', 'b added', 'a changed', 'b removed', 'b restored'])
})

describe('what stood at a moment', () => {
  const at = (moment: number) => Object.fromEntries([...valuesAt(history, present, moment)].map(([key, v]) => [key, v.label]))

  test('is the last value of each key by then, those removed left out', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map(at)).toEqual([{}, { a: '甲' }, { a: '甲', b: '乙' }, { a: '甲二', b: '乙' }, { a: '甲二' }, { a: '甲二' }, { a: '甲二', b: '乙二' }])
  })

  test('is at the end what the document says, whatever the clocks said', () => {
    const clash = new Map([...present, ['a', value(1, '甲')]])
    expect(Object.fromEntries([...valuesAt(history, clash, 9)].map(([key, v]) => [key, v.label]))).toEqual({ a: '甲', b: '乙二' })
  })
})

test('several layers play back in the order of time', () => {
  const merged = mergedHistory([{ layer: 'x', history: history.slice(0, 2) }, { layer: 'y', history: [{ key: 'c', value: value(1, '丙') }] }])
  expect(merged.map((w) => `${w.layer} ${w.key}`)).toEqual(['x a', 'y c', 'x b'])
})

describe('the sealed form', () => {
  test('is the same text whatever the order of keys and fields', () => {
    const turned = new Map([...present].toReversed().map(([key, v]) => [key, Object.fromEntries(Object.entries(v).toReversed()) as Stamped]))
    expect(canonicalGeoJson('l', turned)).toBe(canonicalGeoJson('l', present))
    expect(canonicalHistory(history.map(({ key, value: v }) => ({ key, value: Object.fromEntries(Object.entries(v).toReversed()) as Stamped })))).toBe(canonicalHistory(history))
  })

  test('is GeoJSON of the control points, every other field among the properties', () => {
    const features = (JSON.parse(canonicalGeoJson('l', present)) as { features: unknown[] }).features
    expect(features[0]).toEqual({
      type: 'Feature', id: 'a', geometry: { type: 'LineString', coordinates: [[80, 41], [81, 42]] },
      properties: { at: 3, by: 'p', byName: '张三', station: '65', label: '甲二', shape: 'line' },
    })
  })

  test('changes with any value, also one that is gone', () => {
    expect(canonicalGeoJson('l', new Map([...present, ['a', value(3, '甲三')]]))).not.toBe(canonicalGeoJson('l', present))
    expect(canonicalHistory(history.filter(({ value: v }) => v.gone !== true))).not.toBe(canonicalHistory(history))
  })

  test.each([['point', [[80, 41]], 'Point'], ['polygon', [[80, 41], [81, 41], [81, 42]], 'Polygon'], ['pincer-arrow', [[80, 41], [81, 41], [81, 42]], 'LineString'], ['line', 'spoiled', undefined]] as const)('%s', (shape, points, type) => {
    const text = canonicalGeoJson('l', new Map([['a', { ...value(1, ''), shape, points }]]))
    expect((JSON.parse(text) as { features: { geometry: { type: string } | null }[] }).features[0]?.geometry?.type).toBe(type)
  })
})
