/** Wall time comes in as an argument everywhere: epoch milliseconds. */
export interface Clock {
  now(): number
}

/** Whether a `Date` can hold it: a time that is kept may come from anywhere. */
export function isTime(ms: number): boolean {
  return Math.abs(ms) <= 8.64e15
}

/** RFC 3339 in UTC; null for what no date is. */
export function isoTime(ms: number): string | null {
  return isTime(ms) ? new Date(ms).toISOString() : null
}

export const systemClock: Clock = { now: () => Date.now() }

/** A clock for tests and simulations that moves only when told to. */
export interface TestClock extends Clock {
  advance(ms: number): void
  set(ms: number): void
}

export function testClock(start = Date.UTC(2024, 0, 22, 18, 9)): TestClock {
  let at = start
  return {
    now: () => at,
    advance: (ms) => { at += ms },
    set: (ms) => { at = ms },
  }
}
