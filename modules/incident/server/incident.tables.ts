import { sql } from 'kysely'
import { divisionName } from '#core/geo/divisions.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import { bigInteger } from '#core/sql/server/columns.ts'
import type { Migration } from '#core/sql/server/database.ts'
import { grades } from '#modules/norms/index.ts'
import { incidentRow, isParty } from '../incident.view.ts'
import type { IncidentState } from '../incident.state.ts'
import { gramsOf } from './grams.ts'

/** One incident as lists need it: columns to filter and sort by, and `row`, the JSON that is shown. */
export interface IncidentTable {
  subject: string
  mode: string
  status: string
  code: string
  division: string
  lead: string
  /** 1 (特别重大) to 4 of the working level. */
  level_rank: number
  occurred_at: number
  updated_at: number
  /** What is searched, lower case: grams find candidates, this settles them. */
  search: string
  row: string
}

/** Pairs of neighbouring characters of `search`. */
export interface IncidentGramTable {
  gram: string
  subject: string
}

export type IncidentTables = { incident: IncidentTable; incident_gram: IncidentGramTable }

export const incidentTables: Migration[] = [
  {
    name: 'incident-001',
    up: async (db, dialect) => {
      await db.schema.createTable('incident')
        .addColumn('subject', 'text', (c) => c.primaryKey())
        .addColumn('mode', 'text', (c) => c.notNull())
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('code', 'text', (c) => c.notNull())
        .addColumn('division', 'text', (c) => c.notNull())
        .addColumn('lead', 'text', (c) => c.notNull())
        .addColumn('level_rank', bigInteger, (c) => c.notNull())
        .addColumn('occurred_at', bigInteger, (c) => c.notNull())
        .addColumn('updated_at', bigInteger, (c) => c.notNull())
        .addColumn('search', 'text', (c) => c.notNull())
        .addColumn('row', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createIndex('incident_by_update').on('incident').columns(['updated_at']).execute()
      await db.schema.createIndex('incident_by_time').on('incident').columns(['occurred_at']).execute()
      await db.schema.createIndex('incident_by_level').on('incident').columns(['level_rank', 'updated_at']).execute()
      const grams = db.schema.createTable('incident_gram')
        .addColumn('gram', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('incident_gram_key', ['gram', 'subject'])
      // The key is all there is: without a row number beside it each pair is written once, not twice.
      await (dialect === 'sqlite' ? grams.modifyEnd(sql`without rowid`) : grams).execute()
    },
  },
]

/** Rewrites an incident's row; its pairs only when what is searched has changed, which a follow-up seldom does. */
export async function projectIncident({ tx, self }: Pick<Writer, 'tx' | 'self'>, subject: string, state: IncidentState): Promise<void> {
  const db = tx.withTables<IncidentTables>()
  const before = await db.selectFrom('incident').where('subject', '=', subject).select('search').executeTakeFirst()
  const search = isParty(state, self) ? searchText(state) : null
  if (before && before.search !== search) await db.deleteFrom('incident_gram').where('gram', 'in', gramsOf(before.search)).where('subject', '=', subject).execute()
  if (before) await db.deleteFrom('incident').where('subject', '=', subject).execute()
  if (search === null) return
  const row = incidentRow(state)
  await db.insertInto('incident').values({
    subject,
    mode: row.mode,
    status: row.status,
    code: row.code,
    division: row.place.division,
    lead: row.lead,
    level_rank: grades.indexOf(row.level.working) + 1,
    occurred_at: row.occurredAt,
    updated_at: row.updatedAt,
    search,
    row: JSON.stringify(row),
  }).execute()
  if (before?.search === search) return
  await db.insertInto('incident_gram').values(gramsOf(search).map((gram) => ({ gram, subject }))).execute()
}

function searchText({ title, code, place }: IncidentState): string {
  return [title, place.address, divisionName(place.division), code, place.division].filter(Boolean).join('\n').toLowerCase().normalize('NFKC')
}
