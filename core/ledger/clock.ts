import { maxTick } from '#core/kernel/index.ts'

/** Hybrid logical time: physical milliseconds and a counter (Kulkarni et al. 2014). The station is the third part and stands beside it in the fact. */
export type HybridTime = readonly [ms: number, count: number]

export const zeroTime: HybridTime = [0, 0]

/** How far ahead of our clock a fact may be before it waits in quarantine; so others move our hybrid clock by no more (SPEC L-10). */
export const maxAheadMs = 10_000
/** A station whose own chain is further ahead of its wall clock states nothing (SPEC L-20). */
export const maxOwnAheadMs = 60_000
/** How far a station slows its stamps to its parent's clock at most (SPEC L-20). */
export const maxSlowedMs = 5 * 60_000
/** The wall clock that a fact carries is behind its hybrid time by no more than our chain may be ahead, and ahead of it by no more than stamps are slowed (SPEC L-9). */
export const maxWallBehindMs = maxOwnAheadMs + maxAheadMs
export const maxWallAheadMs = maxSlowedMs + 1_000

/** The time of the next fact stated here: after everything seen, never behind the wall clock. */
export function tick(last: HybridTime, now: number): HybridTime {
  if (now > last[0]) return [now, 0]
  return last[1] < maxTick ? [last[0], last[1] + 1] : [last[0] + 1, 0]
}

/** Our hybrid time after seeing a peer's fact. */
export function witness(last: HybridTime, seen: HybridTime): HybridTime {
  return compareTime(last, seen) >= 0 ? last : seen
}

export function compareTime(a: HybridTime, b: HybridTime): number {
  return a[0] - b[0] || a[1] - b[1]
}
