import type { Kysely } from 'kysely'

/** The two databases of one program; what differs between them lives in this folder. */
export type Dialect = 'sqlite' | 'postgres'

/** A database handle without tables; a module sees its own with `db.withTables<ReportTables>()`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- Kysely's own "no tables yet"
export type Db = Kysely<{}>

export interface Database {
  readonly dialect: Dialect
  /** For reading outside a write: sees committed data only. */
  readonly read: Db
  /** Runs `work` alone in one durable transaction; commits when it resolves, rolls back when it throws. */
  write<T>(work: (tx: Db) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** One step of a module's tables, run once, in order, inside a transaction. Columns are text, integer, real, blob; times are epoch ms; JSON is text. */
export interface Migration {
  /** `report-001`; never renamed, never edited after release. */
  name: string
  up(db: Db, dialect: Dialect): Promise<void>
}
