import type { Grade } from '#modules/norms/index.ts'

export interface TimeRange {
  from: number
  until: number
}

/** `t=FROM,UNTIL` in whole minutes since 1970, base 36: short enough for a link. Null when it is no range. */
export function readTimeRange(text: string | undefined): TimeRange | null {
  const match = /^([0-9a-z]{1,8}),([0-9a-z]{1,8})$/.exec(text ?? '')
  if (!match) return null
  const [from, until] = [Number.parseInt(match[1]!, 36) * 60_000, Number.parseInt(match[2]!, 36) * 60_000]
  return from < until ? { from, until } : null
}

export function timeRangeText({ from, until }: TimeRange): string {
  return [Math.floor(from / 60_000), Math.ceil(until / 60_000)].map((n) => n.toString(36)).join(',')
}

export type LevelCounts = Record<Grade, number>

/** Every bar of the span, the empty ones too, with what the station counted in those that are not. */
export function denseBars({ from, until, barMs, bars }: { from: number; until: number; barMs: number; bars: readonly (LevelCounts & { at: number })[] }): LevelCounts[] {
  const dense = Array.from({ length: Math.max(1, Math.min(1_000, Math.ceil((until - from) / barMs))) }, (): LevelCounts => ({ I: 0, II: 0, III: 0, IV: 0 }))
  for (const bar of bars) {
    const here = dense[Math.max(0, Math.min(dense.length - 1, Math.floor((bar.at - from) / barMs)))]!
    for (const level of ['I', 'II', 'III', 'IV'] as const) here[level] += bar[level]
  }
  return dense
}

/** The span of the slider: a little more than all incidents, at least an hour, so that the first and the last are not on its very ends. */
export function wholeSpan(first: number, last: number, now: number): TimeRange {
  const end = Math.max(last, now)
  const margin = Math.max(1_800_000, (end - first) / 100)
  return { from: first - margin, until: end + margin }
}

/**
 * The next range while playing, `seconds` of the room's time later; at speed 1 the whole span takes a minute. A range
 * from the very beginning grows, so that one sees what had happened by then; a narrower one moves. Null at the end.
 */
export function played(whole: TimeRange, range: TimeRange, speed: number, seconds: number): TimeRange | null {
  if (range.until >= whole.until) return null
  const step = ((whole.until - whole.from) / 60) * speed * seconds
  const until = Math.min(whole.until, range.until + step)
  return { from: range.from <= whole.from ? whole.from : range.from + (until - range.until), until }
}
