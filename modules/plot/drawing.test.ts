import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginDrawing, draftOf, draw, settled, strokeFrom, type DrawInput, type Drawing, type Pen } from './drawing.ts'
import { isComplete, pointLimits } from './shapes.ts'
import { shapes, strokeBody, type Shape } from './stroke.ts'

const pen = (shape: Shape): Pen => ({ shape, symbol: '', style: {} })
const input = (kind: 'down' | 'move' | 'up' | 'click', x: number, y: number): DrawInput => ({ kind, at: [78 + x / 1000, 41 + y / 1000], pixel: [x, y] })

function run(shape: Shape, inputs: readonly DrawInput[]): { drawing: Drawing; finished: (readonly (readonly [number, number])[])[]; left: boolean } {
  let drawing = beginDrawing(pen(shape))
  const finished: (readonly (readonly [number, number])[])[] = []
  let left = false
  for (const one of inputs) {
    const step = draw(drawing, one)
    drawing = step.drawing
    if (step.finished) finished.push(step.finished)
    left ||= step.leave
  }
  return { drawing, finished, left }
}

describe('drawing', () => {
  it('sets points by clicks and ends with a double click, whose second click sets none', () => {
    const { finished, drawing } = run('line', [input('click', 0, 0), input('move', 40, 0), input('click', 50, 0), input('click', 100, 50), input('click', 101, 50), { kind: 'finish' }])
    expect(finished).toEqual([[[78, 41], [78.05, 41], [78.1, 41.05]]])
    expect(drawing.points).toEqual([])
  })

  it('shows the point a click would set, until then only to look at', () => {
    const { drawing } = run('polygon', [input('click', 0, 0), input('click', 50, 0), input('move', 50, 50)])
    expect(draftOf(drawing)?.points).toEqual([[78, 41], [78.05, 41], [78.05, 41.05]])
    expect(drawing.points).toHaveLength(2)
  })

  it('Backspace takes the last point back, Esc gives up, Esc again puts the pen down', () => {
    const back = run('line', [input('click', 0, 0), input('click', 50, 0), { kind: 'back' }])
    expect(back.drawing.points).toEqual([[78, 41]])
    const given = draw(back.drawing, { kind: 'cancel' })
    expect(given).toMatchObject({ leave: false, drawing: { points: [] } })
    expect(draw(given.drawing, { kind: 'cancel' }).leave).toBe(true)
  })

  it('does not end before there are as many points as the shape needs', () => {
    const { finished, drawing } = run('polygon', [input('click', 0, 0), input('click', 50, 0), { kind: 'finish' }])
    expect(finished).toEqual([])
    expect(drawing.points).toHaveLength(2)
  })

  it('draws freehand while the button is down, and lets the small steps out', () => {
    const { finished } = run('freehand', [input('down', 0, 0), input('move', 1, 1), input('move', 10, 0), input('move', 11, 0), input('move', 20, 5), input('up', 20, 5), input('click', 20, 5)])
    expect(finished).toEqual([[[78, 41], [78.01, 41], [78.02, 41.005]]])
  })

  it.each(['circle', 'rectangle', 'straight-arrow', 'fine-arrow', 'note'] as const)('draws a %s from point to point by one drag or by two clicks', (shape) => {
    const drag = run(shape, [input('down', 0, 0), input('move', 30, 0), input('move', 60, 10), input('up', 60, 10)])
    const clicks = run(shape, [input('down', 0, 0), input('up', 0, 0), input('click', 0, 0), input('move', 30, 0), input('down', 60, 10), input('up', 60, 10), input('click', 60, 10)])
    expect(drag.finished).toEqual([[[78, 41], [78.06, 41.01]]])
    expect(clicks.finished).toEqual(drag.finished)
  })

  it.each(shapes.filter((shape) => pointLimits[shape].max < 10 && !['freehand'].includes(shape)))('a %s ends by itself at the most points it takes', (shape) => {
    const { max } = pointLimits[shape]
    const { finished, drawing } = run(shape, Array.from({ length: max }, (_, i) => input('click', i * 40, (i % 2) * 30)))
    expect(finished).toHaveLength(1)
    expect(isComplete(strokeFrom(pen(shape), finished[0]!))).toBe(true)
    expect(drawing.points).toEqual([])
  })

  it('whatever the hand does, what comes of it is a lawful, complete stroke', () => {
    const kinds = fc.constantFrom('down', 'move', 'up', 'click') as fc.Arbitrary<'down' | 'move' | 'up' | 'click'>
    const anything: fc.Arbitrary<DrawInput> = fc.oneof(
      fc.tuple(kinds, fc.integer({ min: -400, max: 900 }), fc.integer({ min: -50, max: 900 })).map(([kind, x, y]) => ({ kind, at: [x, y / 10] as const, pixel: [x, y] as const })),
      fc.constantFrom<DrawInput>({ kind: 'finish' }, { kind: 'back' }, { kind: 'cancel' }),
    )
    fc.assert(fc.property(fc.constantFrom(...shapes), fc.array(anything, { maxLength: 60 }), (shape, inputs) => {
      const { finished, drawing } = run(shape, inputs)
      for (const points of finished) {
        const stroke = strokeFrom(pen(shape), points)
        expect(strokeBody.safeParse(stroke).success).toBe(true)
      }
      const draft = draftOf(drawing)
      if (draft) expect(strokeBody.safeParse(draft).success).toBe(true)
    }))
  })

  it('a map shown twice over gives longitudes of this world', () => {
    expect(settled([438.63, 41.26])).toEqual([78.63, 41.26])
    expect(settled([-281.37, 95])).toEqual([78.63, 90])
  })
})
