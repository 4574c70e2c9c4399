import type { Generated } from 'kysely'
import type { Migration } from '#core/sql/server/database.ts'
import { bigInteger, countingKey } from '#core/sql/server/columns.ts'

/** Signed entries as they came; `updates` holds their parts one after another, each with its length before it. */
export interface LiveEntryTable {
  doc: string
  station: string
  run: string
  first_seq: number
  seq: number
  at: number
  updates: Uint8Array
  sig: string
}

export interface LiveRefusalTable {
  n: Generated<number>
  at: number
  origin: string
  doc: string
  code: string
  detail: string
}

export type LiveTables = { live_entry: LiveEntryTable; live_refusal: LiveRefusalTable }

export const liveTables: Migration[] = [
  {
    name: 'live-001',
    up: async (db, dialect) => {
      await db.schema.createTable('live_entry')
        .addColumn('doc', 'text', (c) => c.notNull())
        .addColumn('station', 'text', (c) => c.notNull())
        .addColumn('run', 'text', (c) => c.notNull())
        .addColumn('first_seq', bigInteger, (c) => c.notNull())
        .addColumn('seq', bigInteger, (c) => c.notNull())
        .addColumn('at', bigInteger, (c) => c.notNull())
        .addColumn('updates', dialect === 'sqlite' ? 'blob' : 'bytea', (c) => c.notNull())
        .addColumn('sig', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('live_entry_key', ['doc', 'station', 'run', 'seq'])
        .execute()
      await db.schema.createTable('live_refusal')
        .addColumn('n', ...countingKey(dialect))
        .addColumn('at', bigInteger, (c) => c.notNull())
        .addColumn('origin', 'text', (c) => c.notNull())
        .addColumn('doc', 'text', (c) => c.notNull())
        .addColumn('code', 'text', (c) => c.notNull())
        .addColumn('detail', 'text', (c) => c.notNull())
        .execute()
    },
  },
]
