import type { Address, Level, StationKind } from '#core/kernel/index.ts'

/** A key signs the seq numbers from `fromSeq` to `untilSeq` (null: still in use). Rotation and revocation only move these bounds. */
export interface StationKey {
  publicKey: string
  fromSeq: number
  untilSeq: number | null
}

export interface StationCard {
  address: Address
  name: string
  level: Level
  kind: StationKind
  keys: StationKey[]
  /** Revoked stations keep their card: their old facts still verify. */
  state: 'active' | 'revoked'
}

/** What the ledger must know of the tree: the fold of the directory module's facts. */
export interface Directory {
  readonly self: Address
  station(address: Address): StationCard | undefined
  stations(): StationCard[]
}

/** The key that may sign number `seq` of a station, or undefined. */
export function keyFor(card: StationCard, seq: number): StationKey | undefined {
  return card.keys.find((k) => seq >= k.fromSeq && (k.untilSeq === null || seq <= k.untilSeq))
}

/** Subjects of this kind are the directory itself; they travel first of all. */
export const directoryKind = 'station'
