import { sql } from 'kysely'
import { bigInteger, countingKey } from '#core/sql/server/columns.ts'
import type { Migration } from '#core/sql/server/database.ts'

export interface FactRow {
  position: number
  id: string
  type: string
  subject: string
  station: string
  seq: number
  at_ms: number
  at_n: number
  mode: string
  text: string
  sig: string
  received_at: number
  from_peer: string | null
  status: 'admitted' | 'refused' | 'waiting'
  reason: string | null
  /** 1 once this station's reactions to the fact have run. */
  reacted: number
}

/** Where a subject must be known. Its state is not stored: it is the fold of its facts. */
export interface SubjectRow {
  subject: string
  kind: string
  /** JSON of a `Reach`. */
  reach: string
}

/** What was turned away at the door, for the auditor: never a fact, so it has no position. */
export interface TurnedAwayRow {
  number: number
  id: string
  reason: string
  detail: string
  text: string
  from_peer: string
  at: number
}

export type LedgerTables = {
  facts: FactRow
  subjects: SubjectRow
  turned_away: TurnedAwayRow
}

export const ledgerTables: Migration[] = [
  {
    name: 'ledger-001',
    up: async (db, dialect) => {
      await db.schema.createTable('facts')
        .addColumn('position', ...countingKey(dialect))
        .addColumn('id', 'text', (c) => c.notNull().unique())
        .addColumn('type', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('station', 'text', (c) => c.notNull())
        .addColumn('seq', bigInteger, (c) => c.notNull())
        .addColumn('at_ms', bigInteger, (c) => c.notNull())
        .addColumn('at_n', bigInteger, (c) => c.notNull())
        .addColumn('mode', 'text', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('sig', 'text', (c) => c.notNull())
        .addColumn('received_at', bigInteger, (c) => c.notNull())
        .addColumn('from_peer', 'text')
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('reason', 'text')
        .addColumn('reacted', bigInteger, (c) => c.notNull())
        .execute()
      await db.schema.createIndex('facts_by_subject').on('facts').columns(['subject', 'position']).execute()
      await db.schema.createIndex('facts_by_chain').on('facts').columns(['station', 'seq']).execute()
      // Partial: almost every fact is admitted, and the auditor asks for the others.
      await db.schema.createIndex('facts_not_admitted').on('facts').column('status').where('status' as never, '!=', 'admitted' as never).execute()
      const subjects = db.schema.createTable('subjects')
        .addColumn('subject', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('reach', 'text', (c) => c.notNull())
      // Kept in the order of its key: one page fewer to write for every fact.
      await (dialect === 'sqlite' ? subjects.modifyEnd(sql`without rowid`) : subjects).execute()
      await db.schema.createTable('turned_away')
        .addColumn('number', ...countingKey(dialect))
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addColumn('detail', 'text', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('from_peer', 'text', (c) => c.notNull())
        .addColumn('at', bigInteger, (c) => c.notNull())
        .execute()
      await db.schema.createIndex('turned_away_by_id').on('turned_away').columns(['id', 'reason']).execute()
    },
  },
]
