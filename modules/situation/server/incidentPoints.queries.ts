import { sql, type RawBuilder } from 'kysely'
import type { Database, Dialect } from '#core/sql/server/database.ts'
import { world, type BBox } from '#core/geo/bbox.ts'
import { propertyText, type SpatialFilter, type SpatialRow } from '#core/geo/server/spatial.ts'
import { grades } from '#modules/norms/index.ts'
import { readRows, type RowLog } from '#core/sql/server/readRows.ts'
import { incidentPropertiesSchema, type IncidentFilter, type IncidentProperties } from '../situation.api.ts'
import { incidentPoints } from './incidentPoints.ts'

export type IncidentPoint = Omit<SpatialRow, 'geometry' | 'properties'> & { geometry: { type: 'Point'; coordinates: [number, number] }; properties: IncidentProperties }

/** What the map asks, as a condition on the table. */
export function filterOf(dialect: Dialect, { from, until, level, code, mode, status }: IncidentFilter): SpatialFilter {
  const conditions: RawBuilder<unknown>[] = [sql`${propertyText(dialect, 'status')} in (${sql.join(status)})`]
  if (level) conditions.push(sql`rank in (${sql.join(level.map((one) => grades.indexOf(one) + 1))})`)
  if (code) conditions.push(sql`(${sql.join(code.map((beginning) => sql`${propertyText(dialect, 'code')} like ${`${beginning}%`}`), sql` or `)})`)
  if (mode) conditions.push(sql`${propertyText(dialect, 'mode')} = ${mode}`)
  return { from, until, where: sql.join(conditions, sql` and `) }
}

/** The gravest and latest first. */
export async function incidentsOnMap({ read, dialect }: Database, box: BBox | undefined, limit: number, filter: IncidentFilter, log: RowLog): Promise<{ points: IncidentPoint[]; truncated: boolean }> {
  const found = await incidentPoints.inView(read, box ?? world, limit + 1, filterOf(dialect, filter))
  const points = readable(found, log).sort((a, b) => (a.rank ?? 9) - (b.rank ?? 9) || (b.at ?? 0) - (a.at ?? 0))
  return { points: points.slice(0, limit), truncated: found.length > limit }
}

/** What another version put here, or a neighbour made odd, is on no map. */
function readable(rows: readonly Pick<SpatialRow, 'id' | 'geometry' | 'properties' | 'at' | 'rank'>[], log: RowLog): IncidentPoint[] {
  return readRows(rows, log, ({ id }) => ({ id, station: '' }), (row) => ({ ...row, properties: incidentPropertiesSchema.parse(row.properties) }) as IncidentPoint).items
}

/** By words of the title, or by the beginning of an id; latest first. */
export async function incidentsByTitle({ read, dialect }: Database, q: string, limit: number, log: RowLog): Promise<IncidentPoint[]> {
  const title = sql`lower(${propertyText(dialect, 'title')})`
  const words = q.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 6)
  const holds = (word: string) => (dialect === 'postgres' ? sql`strpos(${title}, cast(${word} as text)) > 0` : sql`instr(${title}, ${word}) > 0`)
  const byId = /^[0-9a-z]{8,26}(\.[xt])?$/i.test(q) ? sql`id like ${`${q.toUpperCase().replace(/\.[XT]$/, (mark) => mark.toLowerCase())}%`} or ` : sql``
  const { rows } = await sql<{ id: string; properties: string; west: number; south: number; at: number }>`
    select id, properties, west, south, at from ${sql.table(incidentPoints.name)} where ${byId}(${sql.join(words.map(holds), sql` and `)}) order by at desc, id limit ${limit}`.execute(read)
  return readable(rows.map(({ id, properties, west, south, at }) => ({ id, at: Number(at), geometry: { type: 'Point', coordinates: [west, south] }, properties: JSON.parse(properties) as Record<string, unknown> })), log)
}

export interface TimelineBar { at: number; I: number; II: number; III: number; IV: number }

/** How many incidents began in each bar of time, by level. */
export async function incidentTimeline({ read, dialect }: Database, range: { from: number; until: number; bars: number; mode?: IncidentProperties['mode'] }) {
  const { from, until, bars, mode } = range
  const barMs = Math.max(1, Math.ceil((until - from + 1) / bars))
  const table = sql.table(incidentPoints.name)
  const ofMode = mode ? sql`and ${propertyText(dialect, 'mode')} = ${mode}` : sql``
  const { rows } = await sql<{ bar: number; rank: number; count: number }>`
    select bar, rank, count(*) as count from (
      select (at - cast(${from} as bigint)) / cast(${barMs} as bigint) as bar, rank from ${table} where at >= ${from} and at <= ${until} ${ofMode}
    ) as counted group by bar, rank order by bar`.execute(read)
  const byBar = new Map<number, TimelineBar>()
  for (const { bar, rank, count } of rows) {
    const at = from + Number(bar) * barMs
    const entry = byBar.get(at) ?? { at, I: 0, II: 0, III: 0, IV: 0 }
    entry[grades[Number(rank) - 1] ?? 'IV'] += Number(count)
    byBar.set(at, entry)
  }
  const ends = await sql<{ first: number | null; last: number | null }>`select min(at) as first, max(at) as last from ${table}`.execute(read)
  return {
    from, until, barMs, bars: [...byBar.values()], total: rows.reduce((sum, row) => sum + Number(row.count), 0),
    first: ends.rows[0]?.first ?? null, last: ends.rows[0]?.last ?? null,
  }
}
