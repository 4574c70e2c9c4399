import type { Db } from '#core/sql/server/database.ts'
import type { Directory, Fact, HybridTime, Reach, Signer, SubjectType } from '../index.ts'
import type { FactStore } from './factStore.ts'
import type { LedgerPart, Outbox, StoredFact, Writer } from './ledger.ts'

/** What of a ledger lives in memory between writes: a cache of what the last commit left. */
export interface LedgerMemory {
  /** The end of our own chain, and its time. */
  head: { seq: number; id: string; at: HybridTime }
  time: HybridTime
  authoring: boolean
  /** Stamps are slowed by this much to the parent's clock. */
  slowedMs: number
  subjects: Map<string, SubjectEntry>
  /** Writes that have ended since the start. */
  writes: number
  /** Frozen subjects (SPEC L-21). */
  frozen: Set<string>
  /** Facts lie here whose reactions have not run. */
  leftOver: boolean
}

/** Folded subjects kept in memory, those asked for longest ago dropped first. */
const maxCachedSubjects = 5000

export function remember({ subjects }: LedgerMemory, subject: string, entry: SubjectEntry): void {
  subjects.delete(subject)
  subjects.set(subject, entry)
  if (subjects.size > maxCachedSubjects) for (const oldest of subjects.keys()) { subjects.delete(oldest); break }
}

export interface SubjectEntry {
  state: unknown
  reach: Reach
  last: Pick<Fact, 'at' | 'station' | 'id'> | null
  /** The reach on the disk; null for a subject without facts there. */
  savedReach: Reach | null
}

export interface LedgerParts {
  self: string
  version: string
  signer: Signer
  sha256(text: string): string
  verify(text: string, sig: string, publicKey: string): Promise<boolean> | boolean
  directory: Directory & { reload(db: Db): Promise<void> }
  store: FactStore
  outbox: Outbox
  types: Map<string, SubjectType<unknown>>
  schemas: LedgerPart['facts']
  projections: Map<string, NonNullable<LedgerPart['project']>[string][]>
  reactions: Map<string, ((writer: Writer, fact: Fact<never>) => Promise<void>)[]>
}

/** Whether this version reads a fact: `unread` where nothing here knows the type, `misread` where the body is not what the type says. */
export type Reading = 'read' | 'misread' | 'unread'

export function readingOf({ schemas }: Pick<LedgerParts, 'schemas'>, { type, body }: Fact): Reading {
  if (!Object.hasOwn(schemas, type)) return 'unread'
  try {
    return schemas[type]!.safeParse(body).success ? 'read' : 'misread'
  } catch {
    // A schema that throws has not read it.
    return 'misread'
  }
}

/** A sound fact that comes in; `known` where it is stored already (it waited, or was unread). */
export interface Arrival { fact: Fact; from: string | null; reading: Reading; known?: StoredFact }

/** What a module's code threw: which subject it was about, at which stage. The write is tried again with fences around each (SPEC L-21). */
export class ModuleFault extends Error {
  readonly stage: 'fold' | 'projection' | 'reaction'
  readonly subject: string
  readonly fact: Fact | null
  constructor(stage: ModuleFault['stage'], subject: string, fact: Fact | null, cause: unknown) {
    super(`${stage} of ${subject} failed: ${String(cause)}`, { cause })
    this.stage = stage
    this.subject = subject
    this.fact = fact
  }
}
