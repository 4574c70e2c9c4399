import { sql, type ExpressionBuilder } from 'kysely'
import type { z } from 'zod'
import { folded } from '#core/kernel/index.ts'
import type { Db } from '#core/sql/server/database.ts'
import { readRows, type RowLog } from '#core/sql/server/readRows.ts'
import { reportRow, type CountsAnswer, type ListAnswer, type listQuery } from '../report.api.ts'
import { grades } from '#modules/norms/index.ts'
import type { ReportTables } from './report.tables.ts'

type Query = z.output<typeof listQuery>
/** A ULID, with or without what follows it in an id, is looked up, not searched: its letters are no words. */
const looksLikeId = /^0[0-9a-hjkmnp-tv-z]{25}[0-9a-z]*(\.[xt])?$/

type Columns = ExpressionBuilder<ReportTables, 'report'>

/** Shown as running out from half an hour before. */
const soonMs = 30 * 60_000

const sortColumns = {
  changedAt: 'changed_at', sentAt: 'sent_at', learnedAt: 'learned_at', occurredAt: 'occurred_at', level: 'level_rank', nextDue: 'next_due', title: 'title',
} as const

export async function listReports(db: Db, { self, now, log, nameOf }: { self: string; now: number; log: RowLog; nameOf(station: string): string }, query: Query): Promise<ListAnswer> {
  const found = db.withTables<ReportTables>().selectFrom('report').where((columns) => columns.and(conditionsOf(columns, self, query, now)))
  const { total } = await found.select((columns) => columns.fn.countAll<number | string>().as('total')).executeTakeFirstOrThrow()
  const direction = query.sort.startsWith('-') ? 'desc' : 'asc'
  const column = sortColumns[query.sort.replace('-', '') as keyof typeof sortColumns]
  const rows = await found
    .select(['id', 'station', 'row', 'next_due', (columns) => columns.case().when(isLate(columns, now)).then(columns.lit(1)).else(columns.lit(0)).end().as('late')])
    // What has no value comes last either way; the subject settles ties, so that pages neither skip nor repeat.
    .orderBy(column, (order) => (column === 'sent_at' || column === 'next_due' ? order[direction]().nullsLast() : order[direction]()))
    .orderBy('subject', 'desc')
    .limit(query.size)
    .offset((query.page - 1) * query.size)
    .execute()
  return {
    ...readRows(rows, log, (row) => row, ({ row, station, next_due, late }) => reportRow.parse({ ...JSON.parse(row) as object, stationName: nameOf(station), nextDue: next_due, late: late === 1 })),
    total: Number(total),
  }
}

function conditionsOf(columns: Columns, self: string, query: Query, now: number) {
  const words = folded(query.q ?? '').split(/\s+/).filter(Boolean)
  return [
    ...(query.box === 'all' ? [] : [columns('is_own', '=', query.box === 'out' ? 1 : 0)]),
    ...(query.status ? [columns('status', '=', query.status)] : []),
    ...(query.kind ? [columns('kind', '=', query.kind)] : []),
    ...(query.level ? [columns('level_rank', '=', grades.indexOf(query.level) + 1)] : []),
    ...(query.mode ? [columns('mode', '=', query.mode)] : []),
    ...(query.incidentId ? [columns('incident_id', '=', query.incidentId)] : []),
    ...(query.from === undefined ? [] : [columns('learned_at', '>=', query.from)]),
    ...(query.to === undefined ? [] : [columns('learned_at', '<=', query.to)]),
    ...(query.need === 'acceptance' ? [columns('wants_acceptance', '=', 1)] : []),
    ...(query.need === 'overdue' ? [ownDeadline(columns, self, 0, now)] : []),
    ...(query.need === 'dueSoon' ? [ownDeadline(columns, self, now, now + soonMs)] : []),
    ...words.map((word) => (looksLikeId.test(word) ? isAbout(columns, word.slice(0, 26).toUpperCase()) : holds(word))),
  ]
}

/** A report by its own id or by its incident's. */
function isAbout(columns: Columns, id: string) {
  return columns.or([columns('subject', 'like', `report/${id}%`), columns('incident_id', 'like', `${id}%`)])
}

function holds(word: string) {
  return sql<boolean>`search like ${`%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`} escape '\\'`
}

function ownDeadline(columns: Columns, self: string, after: number, until: number) {
  return columns('subject', 'in', columns.selectFrom('report_deadline').select('report_deadline.subject')
    .where('report_deadline.station', '=', self).where('met_at', 'is', null).where('due', '>=', after).where('due', '<', until))
}

function isLate(columns: Columns, now: number) {
  return columns.exists(columns.selectFrom('report_deadline').select('due')
    .whereRef('report_deadline.subject', '=', 'report.subject')
    .where((deadline) => deadline.or([deadline('met_at', '>', deadline.ref('due')), deadline.and([deadline('met_at', 'is', null), deadline('due', '<', now)])])))
}

/** The badges of the duty desk. */
export async function countReports(db: Db, self: string, now: number): Promise<CountsAnswer> {
  const tables = db.withTables<ReportTables>()
  const count = async (condition: (columns: Columns) => ReturnType<Columns['and']>): Promise<number> => {
    const { total } = await tables.selectFrom('report').where(condition).select((columns) => columns.fn.countAll<number | string>().as('total')).executeTakeFirstOrThrow()
    return Number(total)
  }
  const instructions = await tables.selectFrom('report_deadline').where('station', '=', self).where('kind', '=', 'instruction').where('met_at', 'is', null)
    .select((columns) => columns.fn.countAll<number | string>().as('total')).executeTakeFirstOrThrow()
  return {
    unaccepted: await count((columns) => columns.and([columns('wants_acceptance', '=', 1)])),
    overdue: await count((columns) => columns.and([ownDeadline(columns, self, 0, now)])),
    dueSoon: await count((columns) => columns.and([ownDeadline(columns, self, now, now + soonMs)])),
    drafts: await count((columns) => columns.and([columns('status', '=', 'draft'), columns('is_own', '=', 1)])),
    awaitingSignature: await count((columns) => columns.and([columns('status', '=', 'submitted'), columns('is_own', '=', 1)])),
    instructions: Number(instructions.total),
  }
}

/**
 * What a new report of an incident stands upon, oldest first: the one sent last, and this station's own that still wait
 * to be followed. Not all of them: a long disaster has hundreds.
 */
export async function earlierReportsOf(db: Db, incidentId: string): Promise<string[]> {
  const sent = db.withTables<ReportTables>().selectFrom('report').where('incident_id', '=', incidentId).where('sent_at', 'is not', null).select(['subject', 'sent_at'])
  const latest = await sent.orderBy('sent_at', 'desc').orderBy('subject', 'desc').limit(1).execute()
  const waiting = await sent.where('is_own', '=', 1).where((columns) => columns.or([
    columns('status', '=', 'returned'),
    columns.exists(columns.selectFrom('report_deadline').select('due').whereRef('report_deadline.subject', '=', 'report.subject').where('report_deadline.kind', 'in', ['followUp', 'final']).where('met_at', 'is', null)),
  ])).execute()
  const bySubject = new Map([...waiting, ...latest].map((row) => [row.subject, row.sent_at ?? 0]))
  return [...bySubject].sort(([a, sentA], [b, sentB]) => sentA - sentB || (a < b ? -1 : 1)).map(([subject]) => subject)
}

/** The report that an earlier request with the same key has made. */
export async function reportByRequest(db: Db, requestKey: string): Promise<string | undefined> {
  const row = await db.withTables<ReportTables>().selectFrom('report').where('request_key', '=', requestKey).select('subject').executeTakeFirst()
  return row?.subject
}

/** Reports that this station has to urge for by now, a few at a time; `aside` are not looked at. */
export async function reportsToUrge(db: Db, now: number, aside: readonly string[]): Promise<string[]> {
  const rows = await db.withTables<ReportTables>().selectFrom('report').where('urge_at', '<=', now).$if(aside.length > 0, (q) => q.where('subject', 'not in', aside)).orderBy('urge_at').limit(50).select('subject').execute()
  return rows.map(({ subject }) => subject)
}
