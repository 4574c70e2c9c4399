import { sql } from 'kysely'
import { bigInteger, countingKey } from '#core/sql/server/columns.ts'
import type { Db, Migration } from '#core/sql/server/database.ts'
import { fileStore, type FileNameRow, type FileSourceRow, type WantedFileRow } from './fileStore.ts'

/** Facts read at once where all are read. */
const factsPerPage = 1000

/** One row for each neighbour: our cursor in its queue, and what an operator has decided. */
export interface PeerRow {
  peer: string
  direction: 'up' | 'down'
  epoch: number
  taken_epoch: number
  taken_n: number
  taken_head: string
  cut: number
  stuck_code: string | null
  stuck_who: string | null
  /** JSON of `Recovery`; null when none is under way. */
  recovery: string | null
  /** When a recovery from it last ended; 0 before any. */
  recovered_at: number
}

/** The queue: entry `n` of an epoch names a fact; `head` is the running hash up to it. Kept whole, so that a peer may lose its tail and get it again. */
export interface OutRow {
  peer: string
  epoch: number
  n: number
  fact_id: string
  position: number
  head: string
  queued_at: number
}

export interface ReceiptRow {
  number: number
  peer: string
  epoch: number
  n: number
  head: string
  at: number
  text: string
  sig: string
}

export type LinkTables = {
  link_peers: PeerRow
  link_out: OutRow
  link_receipts: ReceiptRow
  link_files: WantedFileRow
  link_file_names: FileNameRow
  link_naming_facts: { position: number; reach: string }
  link_file_sources: FileSourceRow
}

/** Whom a fact that names files asks to be sent to: read from its text each time, long facts made each question dear. */
async function createNamingFacts(db: Db): Promise<void> {
  await db.schema.createTable('link_naming_facts').ifNotExists().addColumn('position', bigInteger, (c) => c.primaryKey()).addColumn('reach', 'text', (c) => c.notNull()).execute()
}

export const linkTables: Migration[] = [
  {
    name: 'replicate-001',
    up: async (db, dialect) => {
      await db.schema.createTable('link_peers')
        .addColumn('peer', 'text', (c) => c.primaryKey())
        .addColumn('direction', 'text', (c) => c.notNull())
        .addColumn('epoch', bigInteger, (c) => c.notNull())
        .addColumn('taken_epoch', bigInteger, (c) => c.notNull())
        .addColumn('taken_n', bigInteger, (c) => c.notNull())
        .addColumn('taken_head', 'text', (c) => c.notNull())
        .addColumn('cut', bigInteger, (c) => c.notNull())
        .addColumn('stuck_code', 'text')
        .addColumn('stuck_who', 'text')
        .addColumn('recovery', 'text')
        .execute()
      const out = db.schema.createTable('link_out')
        .addColumn('peer', 'text', (c) => c.notNull())
        .addColumn('epoch', bigInteger, (c) => c.notNull())
        .addColumn('n', bigInteger, (c) => c.notNull())
        .addColumn('fact_id', 'text', (c) => c.notNull())
        .addColumn('position', bigInteger, (c) => c.notNull())
        .addColumn('head', 'text', (c) => c.notNull())
        .addColumn('queued_at', bigInteger, (c) => c.notNull())
        .addPrimaryKeyConstraint('link_out_key', ['peer', 'epoch', 'n'])
      // Kept in the order of its key: one page fewer to write for every entry.
      await (dialect === 'sqlite' ? out.modifyEnd(sql`without rowid`) : out).execute()
      // By position, not by id: small, and new entries land at its end.
      await db.schema.createIndex('link_out_once').unique().on('link_out').columns(['peer', 'epoch', 'position']).execute()
      await db.schema.createTable('link_receipts')
        .addColumn('number', ...countingKey(dialect))
        .addColumn('peer', 'text', (c) => c.notNull())
        .addColumn('epoch', bigInteger, (c) => c.notNull())
        .addColumn('n', bigInteger, (c) => c.notNull())
        .addColumn('head', 'text', (c) => c.notNull())
        .addColumn('at', bigInteger, (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('sig', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('link_receipts_by_peer').on('link_receipts').columns(['peer', 'number']).execute()
      await db.schema.createTable('link_files')
        .addColumn('sha256', 'text', (c) => c.primaryKey())
        .addColumn('peer', 'text', (c) => c.notNull())
        .addColumn('wanted_at', bigInteger, (c) => c.notNull())
        .execute()
    },
  },
  {
    name: 'replicate-002-files',
    up: async (db, dialect) => {
      await db.schema.alterTable('link_files').addColumn('size', bigInteger).execute()
      await db.schema.alterTable('link_files').addColumn('tried', 'text', (c) => c.notNull().defaultTo('[]')).execute()
      await db.schema.alterTable('link_files').addColumn('rounds', bigInteger, (c) => c.notNull().defaultTo(0)).execute()
      await db.schema.alterTable('link_files').addColumn('not_before', bigInteger, (c) => c.notNull().defaultTo(0)).execute()
      await db.schema.createIndex('link_files_next').on('link_files').columns(['peer', 'not_before', 'wanted_at']).execute()
      const names = db.schema.createTable('link_file_names')
        .addColumn('sha256', 'text', (c) => c.notNull())
        .addColumn('position', bigInteger, (c) => c.notNull())
        .addColumn('size', bigInteger)
        .addPrimaryKeyConstraint('link_file_names_key', ['sha256', 'position'])
      await (dialect === 'sqlite' ? names.modifyEnd(sql`without rowid`) : names).execute()
      await db.schema.createTable('link_file_sources')
        .addColumn('sha256', 'text', (c) => c.primaryKey())
        .addColumn('peer', 'text', (c) => c.notNull())
        .execute()
      await createNamingFacts(db)
      await fileStore(dialect).noteAll(db, factsPerPage)
    },
  },
  {
    name: 'replicate-003-recovered',
    up: async (db) => { await db.schema.alterTable('link_peers').addColumn('recovered_at', bigInteger, (c) => c.notNull().defaultTo(0)).execute() },
  },
  {
    name: 'replicate-004-naming-facts',
    up: createNamingFacts,
  },
]
