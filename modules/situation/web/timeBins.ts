const hour = 3_600_000
const day = 24 * hour
/** The day begins at midnight in Beijing. */
const beijing = 8 * hour
const widths = [5 * 60_000, 10 * 60_000, 30 * 60_000, hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day, 30 * day, 90 * day, 365 * day]

export interface TimeBins {
  from: number
  width: number
  counts: number[]
}

/** Bins of a round width that begin at round times, at most so many, over all of `from`…`until`. */
export function binsOver(from: number, until: number, most: number): TimeBins {
  const span = Math.max(1, until - from)
  const width = widths.find((w) => span / w <= most - 1) ?? Math.ceil(span / (most - 1) / day) * day
  const start = Math.floor((from + beijing) / width) * width - beijing
  return { from: start, width, counts: Array.from({ length: Math.max(1, Math.floor((until - start) / width) + 1) }, () => 0) }
}

/** How many of the times fall into each bin; those outside are in none. */
export function countInto(bins: TimeBins, times: Iterable<number>): TimeBins {
  const counts = [...bins.counts]
  for (const time of times) {
    const at = Math.floor((time - bins.from) / bins.width)
    if (at >= 0 && at < counts.length) counts[at]!++
  }
  return { ...bins, counts }
}

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

/** How far playing moves the window in one second of the room's time at a speed of 1: the whole span in a minute. */
export function playStep(whole: TimeRange, speed: number, seconds: number): number {
  return ((whole.until - whole.from) / 60) * speed * seconds
}
