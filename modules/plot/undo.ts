import type { StrokeBody } from './stroke.ts'

/** What one act of a person did to one stroke; null is where there is none. */
export interface Edit {
  layer: string
  key: string
  before: StrokeBody | null
  after: StrokeBody | null
}

/** One person's acts at one screen: each is taken back as a whole. */
export interface UndoStack {
  done: readonly (readonly Edit[])[]
  undone: readonly (readonly Edit[])[]
}

export const noActs: UndoStack = { done: [], undone: [] }
const mostActs = 200

/** Remembers an act; what had been taken back cannot be done again after it. */
export function remember({ done }: UndoStack, act: readonly Edit[]): UndoStack {
  const real = act.filter(({ before, after }) => !isSameStroke(before, after))
  return real.length === 0 ? { done, undone: [] } : { done: [...done.slice(1 - mostActs), real], undone: [] }
}

export interface Undoing {
  stack: UndoStack
  /** What to write. */
  writes: { layer: string; key: string; value: StrokeBody | null }[]
  /** Left as it is, because somebody else has changed the stroke meanwhile. */
  skipped: readonly Edit[]
}

type Present = (layer: string, key: string) => StrokeBody | null

/** Null when there is nothing to take back. */
export function undo(stack: UndoStack, present: Present): Undoing | null {
  const act = stack.done.at(-1)
  if (!act) return null
  const { writes, skipped, kept } = turned(act, present, 'before', 'after')
  return { stack: { done: stack.done.slice(0, -1), undone: kept.length > 0 ? [...stack.undone, kept] : stack.undone }, writes, skipped }
}

/** Null when there is nothing to do again. */
export function redo(stack: UndoStack, present: Present): Undoing | null {
  const act = stack.undone.at(-1)
  if (!act) return null
  const { writes, skipped, kept } = turned(act, present, 'after', 'before')
  return { stack: { done: kept.length > 0 ? [...stack.done, kept] : stack.done, undone: stack.undone.slice(0, -1) }, writes, skipped }
}

/** Only what still stands as the act left it is turned; an act of which nothing could be is forgotten. */
function turned(act: readonly Edit[], present: Present, to: 'before' | 'after', from: 'before' | 'after') {
  const kept = act.filter((edit) => isSameStroke(present(edit.layer, edit.key), edit[from]))
  return { kept, writes: kept.map((edit) => ({ layer: edit.layer, key: edit.key, value: edit[to] })), skipped: act.filter((edit) => !kept.includes(edit)) }
}

export function isSameStroke(a: StrokeBody | null, b: StrokeBody | null): boolean {
  if (a === b) return true
  if (!a || !b) return false
  return (Object.keys(a) as (keyof StrokeBody)[]).every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]))
}
