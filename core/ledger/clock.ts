/** Hybrid logical time: physical milliseconds and a counter (Kulkarni et al. 2014). The station is the third part and stands beside it in the fact. */
export type HybridTime = readonly [ms: number, count: number]

export const zeroTime: HybridTime = [0, 0]

/** How far ahead of our clock a fact may be before it waits in quarantine. */
export const maxAheadMs = 5 * 60_000

/** The time of the next fact stated here: after everything seen, never behind the wall clock. */
export function tick(last: HybridTime, now: number): HybridTime {
  return now > last[0] ? [now, 0] : [last[0], last[1] + 1]
}

/** Our hybrid time after seeing a peer's fact. */
export function witness(last: HybridTime, seen: HybridTime): HybridTime {
  return compareTime(last, seen) >= 0 ? last : seen
}

export function compareTime(a: HybridTime, b: HybridTime): number {
  return a[0] - b[0] || a[1] - b[1]
}
