import type { Address } from '#core/kernel/index.ts'
import type { Reach } from '#core/ledger/index.ts'

/** How far a chain of entries counts: the last number by run; a run not named does not count at all. */
export type Limit = Readonly<Record<string, number>>

/**
 * Who may write a document, from the ledger. Admission is a pure function of the card and the entry, so stations that
 * hold the same facts and the same entries hold the same document, whatever arrived first.
 */
export interface DocCard {
  owner: Address
  /** Stations besides the owner, and the owner itself: `null` without limit, or up to what counted when it was withdrawn. */
  writers: Readonly<Record<Address, Limit | null>>
  /** Who holds it. */
  reach: Reach
  /** Nobody writes any more; `writers` then carries a limit for each. */
  sealed: boolean
}

/** The last number of a chain that counts: 0 for a station that may not write, Infinity without limit. */
export function countsUpTo(card: DocCard, station: Address, run: string): number {
  const limit = card.writers[station]
  if (limit === undefined) return 0
  return limit === null ? Infinity : (limit[run] ?? 0)
}
