import { monotonicFactory, ulid } from 'ulid'

/** A new ULID: sortable by creation time, 26 characters. `random` (0 ≤ x < 1) makes it repeatable in tests. */
export function newId(now: number, random?: () => number): string {
  return ulid(now, random)
}

/** Ids that sort in the order they were made even within one millisecond. */
export function risingIds(): (now: number) => string {
  return monotonicFactory()
}
