import { sql } from 'kysely'
import { isoTime } from '#core/kernel/index.ts'
import { cqlTest } from '#core/geo/cqlMatch.ts'
import type { SpatialFilter, SpatialRow, SpatialTable } from '#core/geo/server/spatial.ts'
import type { Database } from '#core/sql/server/database.ts'
import { queryableTypes, type FeatureSource, type ItemsQuery, type OgcFeature } from '../../ogc.source.ts'
import { splitFilter } from './ogc.sql.ts'

const scanPage = 2_000
/** Places kept of questions asked lately. */
const maxPlaces = 500

/** A collection over a spatial table, of any size: the database filters, and a client's next page goes on where the last one ended. */
export function spatialSource(about: Omit<FeatureSource, 'extent' | 'items' | 'item'>, table: SpatialTable, database: Pick<Database, 'read' | 'dialect'>): FeatureSource {
  const db = database.read
  const types = queryableTypes(about)
  const instants = Object.keys(types).filter((name) => types[name] === 'instant')
  /** By question and version of the table: after which id the rows from a number on stand. */
  const places = new Map<string, string>()
  const counts = new Map<string, number>()

  function featureOf({ id, geometry, properties }: SpatialRow): OgcFeature {
    const moments = instants.map((name): [string, string | null] => [name, typeof properties[name] === 'number' ? isoTime(properties[name]) : null])
    return { type: 'Feature', id, geometry, properties: { ...properties, ...Object.fromEntries(moments) } }
  }

  async function* rowsAfter(after: string | undefined, { bbox }: ItemsQuery, filter: SpatialFilter): AsyncGenerator<SpatialRow> {
    for (let last = after; ;) {
      const page = { ...filter, limit: scanPage, ...(last === undefined ? {} : { after: last }) }
      const rows = await (bbox ? table.inBox(db, bbox, page) : table.list(db, page))
      yield* rows
      if (rows.length < scanPage) return
      last = rows.at(-1)!.id
    }
  }

  async function items(query: ItemsQuery): Promise<{ features: OgcFeature[]; matched: number }> {
    const { bbox, period, limit, offset } = query
    const { where, rest } = splitFilter(query.filter, { dialect: database.dialect, types, time: about.time })
    const filter: SpatialFilter = {
      ...(period && Number.isFinite(period.from) ? { from: period.from } : {}),
      ...(period && Number.isFinite(period.until) ? { until: period.until } : {}),
      ...(where ? { where } : {}),
    }
    const question = JSON.stringify([await table.version(db), bbox, filter.from, filter.until, query.filter])
    const place = (number: number) => `${number} ${question}`
    let matched = rest === null ? await table.count(db, bbox ?? undefined, filter) : counts.get(question)
    if (offset >= (matched ?? Infinity)) return { features: [], matched: matched ?? 0 }

    // Where nothing is known of the question yet, all is counted, from the first row.
    const mustCount = matched === undefined
    const start = mustCount ? undefined : places.get(place(offset))
    const test = rest ? cqlTest(rest) : null
    const features: OgcFeature[] = []
    let number = start === undefined ? 0 : offset
    for await (const row of rowsAfter(start, query, filter)) {
      const feature = featureOf(row)
      if (test && test(feature) !== true) continue
      if (number >= offset && features.length < limit) features.push(feature)
      number++
      if (!mustCount && features.length === limit) break
    }
    matched ??= number
    if (rest) remember(counts, question, matched)
    if (features.length > 0) remember(places, place(offset + features.length), features.at(-1)!.id)
    return { features, matched }
  }

  return {
    ...about,
    items,
    item: async (id) => {
      const row = await table.get(db, id)
      return row ? featureOf(row) : null
    },
    extent: async () => {
      const { rows } = await sql<{ first: number | null; last: number | null }>`select min(at) as first, max(at) as last from ${sql.table(table.name)}`.execute(db)
      const [first, last] = [rows[0]?.first ?? null, rows[0]?.last ?? null]
      return { bbox: await table.extent(db), period: first === null || last === null ? null : { from: Number(first), until: Number(last) } }
    },
  }
}

/** The oldest goes when there are too many. */
function remember<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.delete(key)
  kept.set(key, value)
  if (kept.size > maxPlaces) kept.delete(kept.keys().next().value!)
}
