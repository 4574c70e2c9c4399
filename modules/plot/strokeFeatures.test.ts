import { describe, expect, it } from 'vitest'
import { drawnFeatures, isValidAt, markImage, mostParts, readImage, styleOfSymbol, symbolImage } from './strokeFeatures.ts'
import { pauseBeforeStep, strokesAfter, type PlayStep } from './playback.ts'
import { plainStroke, shapes, type Shape, type Stroke, type StrokeBody } from './stroke.ts'

const stroke = (shape: Shape, change: Partial<StrokeBody> = {}): StrokeBody => ({ ...plainStroke, shape, points: [[78, 41], [79, 41], [79, 42], [78.5, 42.5], [78.2, 42]], ...change })
const drawn = (one: StrokeBody) => drawnFeatures(one, { id: 'l k', alpha: 1 })

describe('strokes on the map', () => {
  it.each(shapes)('a %s is one to three features, each named, with nothing undefined', (shape) => {
    const features = drawn(stroke(shape, { label: '标注' }))
    expect(features.length).toBeGreaterThan(0)
    expect(features.length).toBeLessThanOrEqual(mostParts)
    expect(features.map(({ properties }) => properties.fid)).toEqual(features.map((_, i) => `l k#${i}`))
    for (const { properties } of features) expect(Object.values(properties)).not.toContain(undefined)
  })

  it('lines and areas of the standard have its decorations and arrows', () => {
    expect(drawn(stroke('line', { symbol: 'E30100' }))[0]!.properties).toMatchObject({ mark: markImage('E30100', ''), markTurns: true })
    expect(drawn(stroke('polygon', { symbol: 'F10200', label: '控制区' })).map(({ properties }) => properties.kind)).toEqual(['area', 'line', 'text'])
    expect(styleOfSymbol('F10100')).toMatchObject({ dash: 'dash-dot' })
  })

  it('a note is its leader line and its words in a box of the standard’s ground', () => {
    const [line, box] = drawn(stroke('note', { label: '集结于此' }))
    expect(line!.geometry.type).toBe('LineString')
    expect(box!.properties).toMatchObject({ kind: 'box', text: '集结于此', fill: '#ffebcd' })
    expect(box!.geometry).toEqual({ type: 'Point', coordinates: [78, 41] })
  })

  it('a picture’s name says what to draw, labels included', () => {
    expect(readImage(symbolImage('A10400', '泥石流'))).toEqual({ kind: 'symbol', code: 'A10400', label: '泥石流' })
    expect(readImage(markImage('E10100', '#00ff00'))).toEqual({ kind: 'mark', code: 'E10100', color: '#00ff00' })
    expect(readImage('incident 11 I actual')).toBeNull()
  })

  it('knows the time of validity', () => {
    expect(isValidAt({ from: null, until: null }, 5)).toBe(true)
    expect(isValidAt({ from: 6, until: null }, 5)).toBe(false)
    expect(isValidAt({ from: 1, until: 5 }, 5)).toBe(false)
  })

  it('10,000 strokes are no obstacle, on a busy machine either', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => stroke(shapes[i % shapes.length]!, { label: String(i) }))
    const began = performance.now()
    const count = many.reduce((sum, one) => sum + drawn(one).length, 0)
    expect(count).toBeGreaterThanOrEqual(10_000)
    expect(performance.now() - began).toBeLessThan(8_000)
  })
})

describe('playback', () => {
  const step = (at: number, key: string, label: string | null): PlayStep => ({ at, station: '65', author: '甲', layer: 'l', key, stroke: label === null ? null : ({ ...stroke('line', { label }), at, by: 'p', byName: '甲', station: '65' } satisfies Stroke) })
  const steps = [step(0, 'a', 'one'), step(1_000, 'b', 'two'), step(60_000, 'a', 'three'), step(60_100, 'b', null)]

  it('shows what stood after each step, going on from an earlier one or from the beginning', () => {
    const labels = (count: number, from?: Parameters<typeof strokesAfter>[2]) => [...strokesAfter(steps, count, from).values()].map(({ label }) => label)
    expect([0, 1, 2, 3, 4].map((n) => labels(n))).toEqual([[], ['one'], ['one', 'two'], ['three', 'two'], ['three']])
    expect(labels(4, { count: 2, strokes: strokesAfter(steps, 2) })).toEqual(['three'])
    expect(labels(1, { count: 3, strokes: strokesAfter(steps, 3) })).toEqual(['one'])
  })

  it('goes at the hand’s own pace, long pauses cut short, faster by its speed', () => {
    expect(pauseBeforeStep(steps, 1, 1)).toBe(1_000)
    expect(pauseBeforeStep(steps, 2, 4)).toBe(500)
    expect(pauseBeforeStep(steps, 3, 16)).toBe(30)
    expect(pauseBeforeStep(steps, 0, 1)).toBe(0)
  })
})
