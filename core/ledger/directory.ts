import type { Address, Level, StationKind } from '#core/kernel/index.ts'
import type { HybridTime } from './clock.ts'
import type { Fact } from './fact.ts'

/** A key signs the seq numbers from `fromSeq` to `untilSeq` (null: still in use). Rotation and revocation only move these bounds. */
export interface StationKey {
  publicKey: string
  fromSeq: number
  untilSeq: number | null
  /** The highest number it may ever sign: a thief cannot use up the numbers of an address. A rotated key inherits it. */
  lastSeq?: number
}

/** Numbers a station may use between two keys that its parent gave it: far more than it will ever state, far fewer than there are. */
export const keySpan = 2 ** 36

/** Facts of a wrong clock, taken back into the present by their station (SPEC L-20). */
export interface ClockMending {
  fromSeq: number
  untilSeq: number
  ms: number
}

export interface StationCard {
  address: Address
  name: string
  level: Level
  kind: StationKind
  keys: StationKey[]
  /** Revoked stations keep their card: their old facts still verify. */
  state: 'active' | 'revoked'
  mendings?: ClockMending[]
}

/** What the ledger must know of the tree: the fold of the directory module's facts. */
export interface Directory {
  readonly self: Address
  station(address: Address): StationCard | undefined
  stations(): StationCard[]
}

/** The key that may sign number `seq` of a station, or undefined. */
export function keyFor(card: Pick<StationCard, 'keys'>, seq: number): StationKey | undefined {
  return card.keys.find((k) => seq >= k.fromSeq && (k.untilSeq === null || seq <= k.untilSeq) && seq <= (k.lastSeq ?? k.fromSeq + keySpan))
}

/**
 * A fact as it counts: one of a wrong clock that its station has mended takes the mending's time, in the order of
 * its number. Only facts that claim a later time than the mending move, so none that an honest peer had admitted. Of
 * several mendings the earliest counts, whichever came first.
 */
export function asMended<F extends Pick<Fact, 'seq' | 'at' | 'wall'>>(fact: F, card: Pick<StationCard, 'mendings'> | undefined): F {
  if (!card?.mendings) return fact
  let mending: ClockMending | undefined
  for (const m of card.mendings) if (fact.seq >= m.fromSeq && fact.seq <= m.untilSeq && fact.at[0] > m.ms && isEarlier(m, mending)) mending = m
  return mending ? { ...fact, at: [mending.ms, fact.seq - mending.fromSeq] satisfies HybridTime, wall: mending.ms } : fact
}

function isEarlier(a: ClockMending, b: ClockMending | undefined): boolean {
  return !b || a.ms < b.ms || (a.ms === b.ms && a.fromSeq < b.fromSeq)
}

/** Subjects of this kind are the directory itself; they travel first of all. */
export const directoryKind = 'station'
/** What a station states to take its facts of a wrong clock back into the present. */
export const clockMendedType = `${directoryKind}.clockMended.v1`
/** What a station may state even while it must not state anything else: its silence must not protect a hostile neighbour. */
export const revokedType = `${directoryKind}.revoked.v1`
