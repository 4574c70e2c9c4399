import { describe, expect, it } from 'vitest'
import type { DocView, LiveDoc, Presence, Room } from '#core/live/liveDoc.ts'
import { en } from './plot.en.ts'
import { zh } from './plot.zh.ts'
import { beginDrawing } from '../drawing.ts'
import { plainStroke, type Hand, type Stroke, type StrokeBody } from '../stroke.ts'
import { PlotDesk, strokeId } from './desk.ts'
import { holderOf, hostOf, personOf, restingHand, toldHand } from './hands.ts'

const line = (change: Partial<StrokeBody> = {}): StrokeBody => ({ ...plainStroke, shape: 'line', points: [[78, 41], [79, 42]], ...change })

/** A live plane in the page: what is written is there at once. */
function pretended(mayWrite = true) {
  const values = new Map<string, Stroke>()
  const written: { key: string; value: unknown }[] = []
  const told: Hand[] = []
  let others: Presence<Hand>[] = []
  let onDoc: () => void = () => undefined
  let onRoom: () => void = () => undefined
  const view = (): DocView<Stroke> => ({ values: new Map(values), state: 'live', mayWrite, unsent: 0, refused: null, rejected: [] })
  const doc: LiveDoc<Stroke> = {
    name: 'layer/l', snapshot: view, history: () => [], close: () => undefined,
    subscribe: (listener) => { onDoc = listener; return () => undefined },
    set: (key, value) => {
      written.push({ key, value })
      if (value) values.set(key, { ...(value as StrokeBody), at: 1, by: 'p', byName: '甲', station: '65' })
      else values.delete(key)
      onDoc()
    },
  }
  const room: Room<Hand> = { others: () => others, subscribe: (listener) => { onRoom = listener; return () => undefined }, tell: (hand) => { told.push(hand) }, close: () => undefined }
  const desk = new PlotDesk('p', { openDoc: () => doc, openRoom: () => room }, (work) => { work() })
  desk.allow(true)
  desk.setLayers(['l'])
  desk.patch({ active: 'l' })
  return { desk, doc, written, told, say: (next: Presence<Hand>[]) => { others = next; onRoom() }, theirs: (key: string, body: StrokeBody) => { values.set(key, { ...body, at: 2, by: 'q', byName: '乙', station: '65/6529' }); onDoc() } }
}

const other = (body: unknown, id = 'b'): Presence<Hand> => ({ id, station: '65/6529', name: '乙', own: false, body: body as Hand })

describe('the desk', () => {
  it('a gesture tells its draft while it goes on and is one write when it ends', () => {
    const { desk, told, written } = pretended()
    const pen = { shape: 'line' as const, symbol: '', style: {} }
    desk.patch({ pen, drawing: { ...beginDrawing(pen), points: [[78, 41]], next: [78.5, 41.5] } })
    expect(told.at(-1)?.draft).toMatchObject({ key: null, layer: 'l', stroke: { points: [[78, 41], [78.5, 41.5]] } })
    expect(written).toEqual([])
    desk.add([line()])
    desk.patch({ drawing: beginDrawing(pen) })
    expect(written).toHaveLength(1)
    expect(told.at(-1)?.draft).toBeNull()
  })

  it('what is selected is told as held, if it is ours to write', () => {
    const { desk, told } = pretended()
    const [id] = desk.add([line()])
    desk.patch({ selected: new Set([id!]) })
    expect(told.at(-1)?.holds).toEqual([id])
    const onlooker = pretended(false)
    onlooker.theirs('k', line())
    onlooker.desk.patch({ selected: new Set([strokeId('l', 'k')]) })
    expect(onlooker.told.at(-1)?.holds).toEqual([])
  })

  it('what another holds is not to be taken, until the hand lets go', () => {
    const { desk, say } = pretended()
    const [id] = desk.add([line()])
    say([other({ ...restingHand, holds: [id] })])
    expect(desk.mayEdit(id!)).toBe(false)
    say([])
    expect(desk.mayEdit(id!)).toBe(true)
  })

  it('undo takes back one’s own act, leaves what another has changed since, and says so', () => {
    const { desk, theirs, written } = pretended()
    const [id] = desk.add([line()])
    const key = id!.split(' ')[1]!
    expect(desk.turn('undo')).toBe(0)
    expect(written.at(-1)).toEqual({ key, value: null })
    expect(desk.turn('redo')).toBe(0)
    theirs(key, line({ label: '改过' }))
    expect(desk.turn('undo')).toBe(1)
    expect(desk.bodyAt('l', key)?.label).toBe('改过')
    expect(desk.turn('undo')).toBeNull()
  })

  it('writes nothing where one may not', () => {
    const { desk, written } = pretended(false)
    expect(desk.add([line()])).toEqual([])
    const viewer = pretended()
    viewer.desk.allow(false)
    expect(viewer.desk.add([line()])).toEqual([])
    expect([...written, ...viewer.written]).toEqual([])
  })

  it('forgets the selection of what is gone', () => {
    const { desk, doc } = pretended()
    const [id] = desk.add([line()])
    desk.patch({ selected: new Set([id!]) })
    doc.set(id!.split(' ')[1]!, null)
    expect(desk.state.get().selected.size).toBe(0)
  })
})

describe('others’ hands', () => {
  it.each([
    ['nothing', {}], ['wrong types', { at: 'here', draft: 7, holds: 'all', view: [], hosting: 'yes' }], ['places off the earth', { at: [999, 5], view: { center: [0, 95], zoom: 3, bearing: 0 } }],
    ['a stroke of no known form', { draft: { key: null, layer: 'l', stroke: { shape: 'dragon', points: [] } } }], ['numbers that are none', { at: [null, 3], view: { center: [1, 1], zoom: NaN, bearing: 0 } }],
  ])('%s from another screen shows nothing', (_what, body) => {
    expect(personOf(other(body) as never).hand).toEqual(restingHand)
  })

  it('a long draft is told with fewer points, and never more than a room takes', () => {
    const points = Array.from({ length: 3_000 }, (_, i): [number, number] => [78 + i / 10_000, 41.123456789])
    const told = toldHand({ ...restingHand, draft: { key: null, layer: 'l', stroke: line({ points, remark: 'x'.repeat(2_000) }) }, holds: Array.from({ length: 400 }, (_, i) => `${'l'.repeat(60)} ${i}`) })
    expect(told.draft?.stroke.points.length).toBeLessThanOrEqual(200)
    expect(told.draft?.stroke.points.at(-1)).toEqual([78.2999, 41.123457])
    expect(JSON.stringify(told).length).toBeLessThanOrEqual(8_192)
  })

  it('names who holds a stroke, and one host for all', () => {
    const people = [other({ ...restingHand, hosting: true }, 'c'), other({ ...restingHand, hosting: true, holds: ['l k'] }, 'b')].map((one) => personOf(one as never))
    expect(hostOf(people)?.id).toBe('b')
    expect(holderOf(people, 'l k')?.id).toBe('b')
    expect(holderOf(people, 'l x')).toBeUndefined()
  })
})

it('English says everything Chinese says, with the same blanks', () => {
  const blanks = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).join()
  for (const [key, text] of Object.entries(zh)) expect([key, blanks(en[key as keyof typeof zh])]).toEqual([key, blanks(text)])
})
