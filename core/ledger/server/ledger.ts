import type { Db } from '#core/sql/server/database.ts'
import type { FaultRow } from './ledger.tables.ts'
import type { Actor, Directory, Fact, FactDraft, FactSchemas, Mode, Reach, SubjectType, WireFact } from '../index.ts'

/** What a command or a reaction may do inside the one write path. Everything it does commits or fails together. */
export interface Writer {
  readonly tx: Db
  readonly now: number
  readonly self: string
  readonly directory: Directory
  /** The folded state of a subject as of now, facts appended in this write included. */
  state<State>(type: SubjectType<State>, subject: string): Promise<State>
  /**
   * States one fact: validates, signs, stores, folds, queues to links.
   * Throws a Refusal when the subject's own rules do not admit it. Its mode is the subject's.
   */
  append<Body extends Record<string, unknown>>(draft: FactDraft<Body>): Promise<Fact<Body>>
}

/** What a module gives the ledger. */
export interface LedgerPart {
  facts: FactSchemas
  subjects: SubjectType[]
  /**
   * Rewrites a module's own tables for one subject from its new state, in the transaction that changed it. Several modules
   * may project one kind, each into tables of its own: they run in the order of the modules.
   */
  project?: Record<string, (writer: Pick<Writer, 'tx' | 'now' | 'self' | 'directory'>, subject: string, state: never) => Promise<void>>
  /**
   * What this station answers by itself when a fact is first admitted here (stated here or arrived), by fact type.
   * Runs once per fact, inside the same transaction. Must look at state before stating: a recovered station sees old facts again.
   */
  reactions?: Record<string, (writer: Writer, fact: Fact<never>) => Promise<void>>
}

/** Told after commit; screens refetch. */
export interface LedgerNews {
  facts: { id: string; type: string; subject: string; station: string; mode: Mode; arrived: boolean }[]
}

/** What became of one fact offered by a peer. */
export type Accepted =
  | { id: string; outcome: 'stored' | 'duplicate' }
  | { id: string; outcome: 'waiting' | 'rejected'; reason: string; detail?: string }

/** Where stored facts go next: implemented by `core/replicate`, called inside the write transaction. */
export interface Outbox {
  /**
   * Queues facts to every link that a reach touches, but not back to `from`. Positions are those of the facts table.
   * `earlier`: stored before this write and travelling further now; `letIn`: it had waited here or was unread. Either may be queued already.
   */
  enqueue(tx: Db, items: { position: number; id: string; text: string; reach: string[]; from: string | null; earlier?: boolean; letIn?: boolean }[]): Promise<void>
  /** The write has failed: what it queued is not there. */
  forget?(): void
  /** Whether a reach that has grown leads over a link that it did not lead over before: only then do earlier facts travel further. */
  opensLink?(tx: Db, before: Reach, after: Reach): Promise<boolean>
}

export interface Ledger {
  readonly self: string
  readonly directory: Directory
  /** One command: `work` reads state, decides, appends; all or nothing. */
  write<T>(actor: Actor, work: (writer: Writer) => Promise<T>): Promise<T>
  /** A batch from a peer, in its order; `inTx` moves the caller's cursor in the same transaction. */
  accept(wires: WireFact[], from: string, inTx?: (tx: Db, results: Accepted[]) => Promise<void>): Promise<Accepted[]>
  /** Folded state outside a write, from the last commit. */
  state<State>(type: SubjectType<State>, subject: string): Promise<State>
  fact(id: string): Promise<StoredFact | undefined>
  factsOf(subject: string): Promise<StoredFact[]>
  /** Re-reads every stored fact: signature, chain, canonical form. */
  verify(): Promise<Verified>
  /** Releases facts whose reason to wait has passed. Called by the scheduler and after directory changes. */
  releaseWaiting(): Promise<number>
  onNews(listener: (news: LedgerNews) => void): () => void
  /** While a restored station is fetching its own later facts it states nothing but revocations: commands get Refusal `station.recovering`. */
  setAuthoring(allowed: boolean): Promise<void>
  /** Folds a subject from what is on the disk, whatever is in memory: a damaged fact found by another is met here. */
  reload(subject: string): Promise<void>
  /** Looks for facts whose bytes have changed on the disk and freezes their subjects, so that a recovery may bring them back. */
  setDamagedAside(): Promise<void>
  /** Subjects frozen by a fact, and reactions that were undone, newest first (SPEC L-21). */
  faults(): Promise<FaultRow[]>
  /** Folds a frozen subject again, and runs its reactions that failed. True when nothing of it is at fault any more. */
  retry(subject: string): Promise<boolean>
  clock(): ClockState
  /** What the link to the parent says of its wall clock now; null when it says nothing of the present. */
  noteParentClock(aheadOfParentMs: number | null): void
  /** After its wall clock was put right: takes this station's own facts of the future back into the present (SPEC L-20). */
  mendClock(actor: Actor): Promise<Fact>
}

export interface Verified {
  checked: number
  bad: { fact: string; reason: string }[]
  /** Numbers of this station's own chain that are not here: it has stated something under each. What its neighbours hold of them comes back by a recovery. */
  gaps: { from: number; to: number }[]
}

export interface StoredFact extends Fact {
  position: number
  receivedAt: number
  /** The peer it arrived from; null when stated here. */
  from: string | null
  status: 'admitted' | 'refused' | 'waiting' | 'unread'
  reason: string | null
  /** Whether this station's reactions to it have run, or have none to run. */
  reacted: boolean
}

/** How this station's clocks stand to each other, in ms. */
export interface ClockState {
  /** How far its own chain is ahead of its wall clock; beyond the bound it states nothing. */
  aheadMs: number
  isSilent: boolean
  /** By how much its stamps are slowed to its parent's clock. */
  slowedMs: number
  /** How far its wall clock is ahead of its parent's; null before that was heard. */
  aheadOfParentMs: number | null
}
