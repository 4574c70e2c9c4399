import { sql, type RawBuilder } from 'kysely'
import type { Dialect } from '#core/sql/server/database.ts'
import type { SpatialFilter, SpatialRow } from './spatialTable.ts'

/** A row as both databases hold it; geometry and properties are JSON text, the box is exact. */
export interface StoredRow {
  id: string
  geometry: string
  properties: string
  at: number | null
  rank: number | null
}

/** Of rows that state none. */
export const unranked = 9

export function readRow({ id, geometry, properties, at, rank }: StoredRow): SpatialRow {
  return {
    id,
    geometry: JSON.parse(geometry) as SpatialRow['geometry'],
    properties: JSON.parse(properties) as Record<string, unknown>,
    ...(at === null ? {} : { at }),
    ...(rank === null ? {} : { rank }),
  }
}

/** For drawing: the geometry is null where the columns say all there is to say. */
export interface ViewedRow extends Omit<StoredRow, 'geometry'> {
  geometry: string | null
  west: number
  south: number
}

/** Whatever its type, what has no extent is drawn as a point. */
export const isSinglePoint = sql`(west = east and south = north)`

export function readViewed({ id, geometry, properties, at, rank, west, south }: ViewedRow): SpatialRow {
  return {
    id,
    geometry: geometry === null ? { type: 'Point', coordinates: [west, south] } : (JSON.parse(geometry) as SpatialRow['geometry']),
    properties: JSON.parse(properties) as Record<string, unknown>,
    at: at ?? undefined,
    rank: rank ?? undefined,
  }
}

export const rowColumns = sql.raw('id, geometry, properties, at, rank')

/** The conditions of a filter, `true` when it has none. */
export function filterSql({ from, until, where }: SpatialFilter = {}): RawBuilder<unknown> {
  return allOf([
    ...(from === undefined ? [] : [sql`at >= ${from}`]),
    ...(until === undefined ? [] : [sql`at <= ${until}`]),
    ...(where ? [sql`(${where})`] : []),
  ])
}

export function allOf(conditions: RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`1 = 1` : sql.join(conditions, sql` and `)
}

export function anyOf(conditions: RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql`(${sql.join(conditions, sql` or `)})`
}

/** A property as text (`true`, `7.1`, `乌什县`), null where it is absent: for conditions in `SpatialFilter.where`. */
export function propertyText(dialect: Dialect, name: string): RawBuilder<string | null> {
  if (dialect === 'postgres') return sql`(properties::jsonb ->> cast(${name} as text))`
  const path = jsonPath(name)
  return sql`(case json_type(properties, ${path}) when 'true' then 'true' when 'false' then 'false' else cast(json_extract(properties, ${path}) as text) end)`
}

/** A property that is a number, null where it is absent or something else. */
export function propertyNumber(dialect: Dialect, name: string): RawBuilder<number | null> {
  if (dialect === 'postgres') return sql`(case jsonb_typeof(properties::jsonb -> cast(${name} as text)) when 'number' then (properties::jsonb ->> cast(${name} as text))::double precision end)`
  const path = jsonPath(name)
  return sql`(case when json_type(properties, ${path}) in ('integer', 'real') then cast(json_extract(properties, ${path}) as real) end)`
}

function jsonPath(name: string): string {
  // SQLite's paths have no way to write a quotation mark; a name that has one is no property of ours.
  return `$."${name.replaceAll(/["\\]/g, '\u0001')}"`
}

/** Rows by id, the last of each id winning: a statement may not touch a row twice. */
export function lastOfEach(rows: readonly SpatialRow[]): SpatialRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

export function* chunksOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size)
}
