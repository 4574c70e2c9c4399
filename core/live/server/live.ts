import type { z } from 'zod'
import type { Address } from '#core/kernel/index.ts'
import type { Reach } from '#core/ledger/index.ts'
import type { Person, Role } from '#core/http/roles.ts'
import type { Screen, ScreenTraffic } from '#core/http/server/live.ts'
import type { DocCard, Limit } from '../card.ts'
import type { Stamped } from '../stamped.ts'

/** What a module gives the live plane: one kind of document, named `KIND/ID`. */
export interface LiveKind<Value extends Stamped = Stamped> {
  kind: string
  /** Of one value; its schema includes the stamp. A value it does not read is refused at every edge. */
  value: z.ZodType<Value>
  /** Who may do what here, from the ledger; undefined when this station knows no such document. Asked often: must be quick. */
  card(id: string): DocCard | undefined
  /** Roles that may open, and roles that may write. */
  readers: readonly Role[]
  writers: readonly Role[]
}

/** A room: where people see each other's hands. Named `KIND/ID`; presence in it is never stored. */
export interface RoomKind {
  kind: string
  /** Who may hear it; undefined when there is no such room here. */
  reach(id: string): Reach | undefined
  readers: readonly Role[]
}

export interface DocChange {
  doc: string
  keys: string[]
}

/** The live plane of one station (core/live/SPEC.md). */
export interface Live {
  /** Present values by key, those that are gone left out. Undefined when there is no such document. */
  values(doc: string): Promise<ReadonlyMap<string, Stamped> | undefined>
  /** Every value ever written, oldest first (by `at`, then station, then key). */
  history(doc: string): Promise<{ key: string; value: Stamped }[] | undefined>
  /**
   * The same edit as by hand, for machines: resolves when it is on the disk here. `value: null` removes.
   * Fields of the stamp are set here. Throws a Refusal (`live.not-writer`, `live.sealed`, `live.bad-value`, …).
   */
  edit(doc: string, person: Person, changes: { key: string; value: Record<string, unknown> | null }[]): Promise<void>
  /** How far each chain of `station` in this document reaches here; for withdrawing a grant and for sealing. */
  limits(doc: string, stations: readonly Address[]): Promise<Record<Address, Limit>>
  /** Cards may have changed (facts arrived): admission is looked at again, peers and screens are told. */
  cardsChanged(docs: readonly string[]): void
  onChange(listener: (change: DocChange) => void): () => void
  /** What was turned away, newest first. */
  refusals(limit: number): Promise<LiveRefusal[]>
  /** Entries that peer has not yet said to be on its disk; null while nothing is known. */
  behind(peer: Address): number | null
  /** Takes in one screen of `WS /api/live`. */
  openScreen(screen: Screen): ScreenTraffic
  stop(): Promise<void>
}

export interface LiveRefusal {
  at: number
  /** A peer's address, or `person:ID`. */
  from: string
  doc: string
  code: string
  detail: string
}

