/** Wall time comes in as an argument everywhere: epoch milliseconds. */
export interface Clock {
  now(): number
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
