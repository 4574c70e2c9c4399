import { describe, expect, it } from 'vitest'
import { noActs, redo, remember, undo, type Edit } from './undo.ts'
import { plainStroke, type StrokeBody } from './stroke.ts'

const line = (label: string): StrokeBody => ({ ...plainStroke, shape: 'line', points: [[78, 41], [79, 42]], label })
const edit = (key: string, before: StrokeBody | null, after: StrokeBody | null): Edit => ({ layer: 'l', key, before, after })

describe('undo', () => {
  it('takes back a person’s acts in turn and does them again', () => {
    const stack = remember(remember(noActs, [edit('a', null, line('one'))]), [edit('a', line('one'), line('two'))])
    const back = undo(stack, () => line('two'))!
    expect(back.writes).toEqual([{ layer: 'l', key: 'a', value: line('one') }])
    const further = undo(back.stack, () => line('one'))!
    expect(further.writes).toEqual([{ layer: 'l', key: 'a', value: null }])
    expect(undo(further.stack, () => null)).toBeNull()
    const again = redo(further.stack, () => null)!
    expect(again.writes).toEqual([{ layer: 'l', key: 'a', value: line('one') }])
    expect(again.stack.undone).toHaveLength(1)
  })

  it('leaves alone, and names, what somebody else has changed meanwhile, and takes back the rest of the act', () => {
    const stack = remember(noActs, [edit('a', null, line('a')), edit('b', null, line('b'))])
    const back = undo(stack, (_layer, key) => (key === 'a' ? line('theirs') : line('b')))!
    expect(back.writes).toEqual([{ layer: 'l', key: 'b', value: null }])
    expect(back.skipped.map(({ key }) => key)).toEqual(['a'])
    expect(redo(back.stack, () => null)!.writes.map(({ key }) => key)).toEqual(['b'])
  })

  it('forgets an act of which nothing could be taken back', () => {
    const back = undo(remember(noActs, [edit('a', null, line('a'))]), () => null)!
    expect(back).toMatchObject({ writes: [], stack: noActs })
  })

  it('a new act drops what was taken back, and an act that changed nothing is none', () => {
    const back = undo(remember(noActs, [edit('a', null, line('a'))]), () => line('a'))!
    expect(remember(back.stack, [edit('b', null, line('b'))]).undone).toEqual([])
    expect(remember(noActs, [edit('a', line('a'), line('a'))])).toEqual(noActs)
  })
})
