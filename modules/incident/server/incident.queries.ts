import type { ExpressionBuilder } from 'kysely'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Db } from '#core/sql/server/database.ts'
import { grades } from '#modules/norms/index.ts'
import { readRows, type RowLog } from '#core/sql/server/readRows.ts'
import { idOfSubject } from '#core/ledger/index.ts'
import { incidentItemSchema, type IncidentsAnswer, type incidentsQuery } from '../incident.api.ts'
import { gramsOfWord, wordsOf } from './grams.ts'
import type { IncidentTables } from './incident.tables.ts'

type Query = z.output<typeof incidentsQuery>
/** A whole ULID is looked up, not searched: its letters are no words. */
const looksLikeId = /^[0-9a-hjkmnp-tv-z]{26}$/

type Columns = ExpressionBuilder<IncidentTables, 'incident'>

export async function listIncidents(db: Db, { log, codeName }: { log: RowLog; codeName(code: string): string | null }, query: Query): Promise<IncidentsAnswer> {
  const found = db.withTables<IncidentTables>().selectFrom('incident').where((columns) => columns.and(conditionsOf(columns, query)))
  const { total } = await found.select((columns) => columns.fn.countAll<number | string>().as('total')).executeTakeFirstOrThrow()
  const ordered = query.sort === 'level' ? found.orderBy('level_rank').orderBy('updated_at', 'desc') : found.orderBy(query.sort === 'occurred' ? 'occurred_at' : 'updated_at', 'desc')
  // The subject settles ties, so that pages neither skip nor repeat.
  const rows = await ordered.orderBy('subject', 'desc').limit(query.size).offset((query.page - 1) * query.size).select(['subject', 'lead', 'code', 'row']).execute()
  return {
    ...readRows(rows, log, ({ subject, lead }) => ({ id: idOfSubject(subject), station: lead }), ({ row, code }) => incidentItemSchema.parse({ ...JSON.parse(row) as object, codeName: codeName(code) })),
    total: Number(total),
  }
}

function conditionsOf(columns: Columns, query: Query) {
  const words = wordsOf((query.q ?? '').replaceAll(/(?<=[0-9a-z]{26})\.[xt]\b/gi, ''))
  return [
    query.status ? columns('status', '=', query.status) : columns('status', '!=', 'draft'),
    ...(query.mode ? [columns('mode', '=', query.mode)] : []),
    ...(query.level ? [columns('level_rank', '=', grades.indexOf(query.level) + 1)] : []),
    ...(query.lead ? [columns('lead', '=', query.lead)] : []),
    ...(query.code ? [columns('code', 'like', `${query.code}%`)] : []),
    ...(query.division ? [columns('division', 'like', `${query.division.length > 6 ? query.division : query.division.replace(/(00)+$/, '')}%`)] : []),
    ...(query.from === undefined ? [] : [columns('occurred_at', '>=', query.from)]),
    ...(query.until === undefined ? [] : [columns('occurred_at', '<=', query.until)]),
    // Signs alone are no words, and stand in no text that is searched.
    ...(words.length === 0 && query.q?.trim() ? [sql<boolean>`1 = 0`] : []),
    ...words.flatMap((word) => (looksLikeId.test(word) ? [columns('subject', 'like', `incident/${word.toUpperCase()}%`)] : holdsWord(columns, word))),
  ]
}

/** Each pair narrows by the index; the text itself then settles whether they stand together. */
function holdsWord(columns: Columns, word: string) {
  const grams = gramsOfWord(word)
  const holding = (condition: (gram: ExpressionBuilder<IncidentTables, 'incident_gram'>) => ReturnType<ExpressionBuilder<IncidentTables, 'incident_gram'>['and']>) =>
    columns('subject', 'in', columns.selectFrom('incident_gram').select('incident_gram.subject').where(condition))
  if (grams.length === 0) return [sql<boolean>`search like ${`%${word}%`}`]
  return [...grams.slice(0, 8).map((gram) => holding((g) => g.and([g('gram', '=', gram)]))), sql<boolean>`search like ${`%${word}%`}`]
}
