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
  /** `unread`: of a type this station does not know yet. */
  status: 'admitted' | 'refused' | 'waiting' | 'unread'
  reason: string | null
  /** 0 while this station's reactions to the fact still have to run. */
  reacted: number
  /** The key that has signed it, once keys of its station have been changed; null before. */
  signed_by: string | null
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
  /** 1 where we have signed it: that it was looked at is remembered for good (see `fateOf`). */
  is_own: number
}

/** What one fact broke here, for the auditor: a subject that is frozen, or a reaction that was undone (SPEC L-21). */
export interface FaultRow {
  number: number
  subject: string
  fact: string
  /** Who stated that fact, and the peer it came from. */
  station: string
  from_peer: string | null
  stage: 'fold' | 'projection' | 'reaction'
  reason: string
  at: number
  /** The program's version: another one tries again. */
  version: string
}

export type LedgerTables = {
  facts: FactRow
  subjects: SubjectRow
  ledger_faults: FaultRow
  turned_away: TurnedAwayRow
}

/** Facts that hold a number of their station's chain: what waits, and what a key signed beyond its end, proves nothing and holds none. */
export const standsInChain = "status != 'waiting' and (reason is null or reason != 'fact.revoked-key')"
/** All the others: a neighbour can make many of them, so that a search of the chain must not pass them one by one. */
export const outOfChain = "(status = 'waiting' or reason = 'fact.revoked-key')"

/**
 * Every fact is in one of two indexes. The one of the chains is the last fence against a fork, whatever the program does: one
 * number, one fact. A database that holds a fork already starts without the fence; `fengsui doctor` names the fork.
 */
const oneNumber: Migration = {
  name: 'ledger-002-one-number',
  up: async (db) => {
    const counts = sql.raw(standsInChain)
    const { rows } = await sql`select 1 from facts where ${counts} group by station, seq having count(*) > 1 limit 1`.execute(db)
    await db.schema.dropIndex('facts_by_chain').execute()
    await sql`create ${sql.raw(rows.length === 0 ? 'unique' : '')} index facts_by_chain on facts (station, seq) where ${counts}`.execute(db)
    await sql`create index facts_out_of_chain on facts (station, seq) where ${sql.raw(outOfChain)}`.execute(db)
  },
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
  {
    name: 'ledger-002-fences',
    up: async (db, dialect) => {
      // Partial, all of them: few facts wait, are unread or have reactions ahead of them.
      for (const index of [
        'facts_waiting_until on facts (reason, at_ms) where status = \'waiting\'',
        'facts_waiting_of on facts (station) where status = \'waiting\'',
        'facts_waiting_from on facts (from_peer, reason) where status = \'waiting\'',
        'facts_unread on facts (station) where status = \'unread\'',
        'facts_misread on facts (station) where status = \'refused\' and reason = \'fact.bad-body\'',
        'facts_unreacted on facts (position) where reacted = 0 and status = \'admitted\'',
        'turned_away_by_peer on turned_away (from_peer, number)',
      ]) await sql.raw(`create index ${index}`).execute(db)
      await db.schema.createTable('ledger_faults')
        .addColumn('number', ...countingKey(dialect))
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('fact', 'text', (c) => c.notNull())
        .addColumn('station', 'text', (c) => c.notNull())
        .addColumn('from_peer', 'text')
        .addColumn('stage', 'text', (c) => c.notNull())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addColumn('at', bigInteger, (c) => c.notNull())
        .addColumn('version', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('ledger_faults_by_subject').on('ledger_faults').columns(['subject', 'fact']).execute()
    },
  },
  oneNumber,
  {
    name: 'ledger-003-signed-by',
    up: async (db) => { await db.schema.alterTable('facts').addColumn('signed_by', 'text').execute() },
  },
  {
    // A neighbour's rubbish pushes out what it brought before, but nothing that we have signed ourselves.
    name: 'ledger-004-own-turned-away',
    up: async (db) => { await db.schema.alterTable('turned_away').addColumn('is_own', bigInteger, (c) => c.notNull().defaultTo(0)).execute() },
  },
]
