import { describe, expect, it } from 'vitest'
import { beside, boxOf, dragged, isInBox, nudged, selectedBy, withoutPoint } from './editing.ts'
import { plainStroke, type StrokeBody } from './stroke.ts'

const area: StrokeBody = { ...plainStroke, shape: 'polygon', points: [[78, 41], [79, 41], [79, 42]], label: '警戒' }

describe('editing', () => {
  it('drags one point, the whole, or a new point between two', () => {
    expect(dragged(area, { kind: 'point', index: 1 }, [79.5, 41]).points).toEqual([[78, 41], [79.5, 41], [79, 42]])
    const whole = dragged(area, { kind: 'body', from: [78, 41] }, [78, 41.5]).points
    expect(whole[0]).toEqual([78, 41.5])
    expect(whole).toHaveLength(3)
    expect(dragged(area, { kind: 'insert', index: 1 }, [78.5, 40.5]).points).toEqual([[78, 41], [78.5, 40.5], [79, 41], [79, 42]])
  })

  it('keeps what a stroke says while it moves', () => {
    expect(dragged(area, { kind: 'body', from: [78, 41] }, [79, 41])).toMatchObject({ label: '警戒', shape: 'polygon' })
  })

  it('takes a point away, but never one too many', () => {
    const four: StrokeBody = { ...area, points: [...area.points, [78, 42]] }
    expect(withoutPoint(four, 3).points).toEqual(area.points)
    expect(withoutPoint(area, 0)).toBe(area)
  })

  it('nudges by pixels: down the screen is south', () => {
    expect(nudged(area, [1, 1], [0.01, 0.01]).points[0]).toEqual([78.01, 40.99])
    expect(beside(area, [0.001, 0.001]).points[0]).toEqual([78.024, 40.976])
  })

  it('a box takes what lies wholly in it', () => {
    expect(isInBox(area, boxOf([79.1, 42.1], [77.9, 40.9]))).toBe(true)
    expect(isInBox(area, boxOf([78.5, 40.9], [80, 43]))).toBe(false)
    const circle: StrokeBody = { ...plainStroke, shape: 'circle', points: [[78, 41], [78.1, 41]] }
    expect(isInBox(circle, boxOf([77.99, 40.99], [78.2, 41.01]))).toBe(false)
  })

  it('a click selects one, Shift adds and takes away, a click beside selects none', () => {
    expect([...selectedBy(new Set(['a']), 'b', false)]).toEqual(['b'])
    expect([...selectedBy(new Set(['a']), 'b', true)]).toEqual(['a', 'b'])
    expect([...selectedBy(new Set(['a', 'b']), 'a', true)]).toEqual(['b'])
    expect([...selectedBy(new Set(['a']), null, false)]).toEqual([])
    expect([...selectedBy(new Set(['a']), null, true)]).toEqual(['a'])
  })
})
