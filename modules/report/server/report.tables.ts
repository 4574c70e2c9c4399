import { folded } from '#core/kernel/index.ts'
import { bigInteger } from '#core/sql/server/columns.ts'
import type { Migration } from '#core/sql/server/database.ts'
import type { LedgerPart, Writer } from '#core/ledger/server/ledger.ts'
import { grades } from '#modules/norms/index.ts'
import { deadlinesOf, pendingUrges } from '../report.deadlines.ts'
import { hopOf, isParty, type ReportState } from '../report.state.ts'
import { rowOf } from '../report.view.ts'

/** One report as lists need it: columns to filter and sort by, and `row`, the JSON that is shown. */
export interface ReportTable {
  subject: string
  id: string
  incident_id: string
  kind: string
  mode: string
  status: string
  /** 1 (特别重大) to 4; 5 when not graded. */
  level_rank: number
  title: string
  station: string
  occurred_at: number
  learned_at: number
  sent_at: number | null
  changed_at: number
  is_own: number
  wants_acceptance: number
  /** This station's own next unmet deadline. */
  next_due: number | null
  /** When this station must urge by itself. */
  urge_at: number | null
  request_key: string | null
  /** Folded words for searching. */
  search: string
  row: string
}

export interface ReportDeadlineTable {
  subject: string
  kind: string
  station: string
  due: number
  met_at: number | null
}

export type ReportTables = { report: ReportTable; report_deadline: ReportDeadlineTable }

export const reportTables: Migration[] = [
  {
    name: 'report-001',
    up: async (db) => {
      await db.schema.createTable('report')
        .addColumn('subject', 'text', (c) => c.primaryKey())
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('incident_id', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('mode', 'text', (c) => c.notNull())
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('level_rank', bigInteger, (c) => c.notNull())
        .addColumn('title', 'text', (c) => c.notNull())
        .addColumn('station', 'text', (c) => c.notNull())
        .addColumn('occurred_at', bigInteger, (c) => c.notNull())
        .addColumn('learned_at', bigInteger, (c) => c.notNull())
        .addColumn('sent_at', bigInteger)
        .addColumn('changed_at', bigInteger, (c) => c.notNull())
        .addColumn('is_own', bigInteger, (c) => c.notNull())
        .addColumn('wants_acceptance', bigInteger, (c) => c.notNull())
        .addColumn('next_due', bigInteger)
        .addColumn('urge_at', bigInteger)
        .addColumn('request_key', 'text')
        .addColumn('search', 'text', (c) => c.notNull())
        .addColumn('row', 'text', (c) => c.notNull())
        .execute()
      await db.schema.createTable('report_deadline')
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('station', 'text', (c) => c.notNull())
        .addColumn('due', bigInteger, (c) => c.notNull())
        .addColumn('met_at', bigInteger)
        .execute()
      await db.schema.createIndex('report_by_change').on('report').columns(['is_own', 'changed_at']).execute()
      await db.schema.createIndex('report_by_incident').on('report').columns(['incident_id', 'sent_at']).execute()
      await db.schema.createIndex('report_by_status').on('report').columns(['status', 'is_own']).execute()
      await db.schema.createIndex('report_by_learned').on('report').columns(['learned_at']).execute()
      await db.schema.createIndex('report_by_wanted').on('report').columns(['wants_acceptance']).execute()
      await db.schema.createIndex('report_by_urge').on('report').columns(['urge_at']).execute()
      await db.schema.createIndex('report_by_request').on('report').columns(['request_key']).execute()
      await db.schema.createIndex('report_deadline_by_subject').on('report_deadline').columns(['subject']).execute()
      await db.schema.createIndex('report_deadline_by_due').on('report_deadline').columns(['station', 'met_at', 'due']).execute()
    },
  },
]

/** Rewrites a report's rows from its new state. A station that only passes a report on holds its facts, but lists nothing. */
export const projectReport: NonNullable<LedgerPart['project']> = {
  report: async (writer, subject, state) => project(writer, subject, state),
}

/** A statement has room for some 32,000 values. */
const deadlinesAtOnce = 1000

async function project({ tx, self, now }: Pick<Writer, 'tx' | 'self' | 'now'>, subject: string, state: ReportState): Promise<void> {
  const db = tx.withTables<ReportTables>()
  await db.deleteFrom('report_deadline').where('subject', '=', subject).execute()
  await db.deleteFrom('report').where('subject', '=', subject).execute()
  const row = rowOf(state, self)
  if (!row || !isParty(state, self)) return
  const deadlines = deadlinesOf(state, now)
  const own = deadlines.filter((deadline) => deadline.station === self && deadline.metAt === null)
  const hop = hopOf(state, self)
  const grade = row.level.reporting ?? row.level.initial
  await db.insertInto('report').values({
    subject,
    id: row.id,
    incident_id: row.incidentId,
    kind: row.kind,
    mode: row.mode,
    status: row.status,
    level_rank: grade === null ? grades.length + 1 : grades.indexOf(grade) + 1,
    title: row.title,
    station: row.station,
    occurred_at: row.occurredAt,
    learned_at: row.learnedAt,
    sent_at: row.sentAt,
    changed_at: row.changedAt,
    is_own: state.author === self ? 1 : 0,
    wants_acceptance: hop && !hop.accepted && !state.merged && !state.closed ? 1 : 0,
    next_due: own.length === 0 ? null : Math.min(...own.map(({ due }) => due)),
    urge_at: pendingUrges(state, self)[0]?.due ?? null,
    request_key: state.author === self ? state.requestKey : null,
    search: searchText(state),
    row: JSON.stringify(row),
  }).execute()
  for (let i = 0; i < deadlines.length; i += deadlinesAtOnce) {
    await db.insertInto('report_deadline').values(deadlines.slice(i, i + deadlinesAtOnce).map(({ kind, station, due, metAt }) => ({ subject, kind, station, due, met_at: metAt }))).execute()
  }
}

/** Ids are not among it: their random letters are no words. */
function searchText({ content }: ReportState): string {
  if (!content) return ''
  return folded([content.title, content.place.address, content.place.division, content.code, content.text, ...Object.values(content.details ?? {})].join('\n'))
}
