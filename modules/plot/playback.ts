import type { Stroke } from './stroke.ts'

/** One step of a plot's history: a stroke drawn or changed, or taken away (`stroke` null). */
export interface PlayStep {
  at: number
  station: string
  author: string
  layer: string
  key: string
  stroke: Stroke | null
}

/** What stood after the first `count` steps, by `layer key`; goes on from an earlier moment where one is given. */
export function strokesAfter(steps: readonly PlayStep[], count: number, from?: { count: number; strokes: ReadonlyMap<string, Stroke> }): Map<string, Stroke> {
  const start = from && from.count <= count ? from : { count: 0, strokes: new Map<string, Stroke>() }
  const found = new Map(start.strokes)
  for (const { layer, key, stroke } of steps.slice(start.count, count)) {
    const id = `${layer} ${key}`
    if (stroke) found.set(id, stroke)
    else found.delete(id)
  }
  return found
}

/** How long to wait before the next step, ms: as it was, with pauses cut short, divided by the speed. */
export function pauseBeforeStep(steps: readonly PlayStep[], next: number, speed: number): number {
  const [before, after] = [steps[next - 1], steps[next]]
  if (!before || !after) return 0
  return Math.max(30, Math.min(longestPause, Math.max(0, after.at - before.at)) / speed)
}

const longestPause = 2_000
