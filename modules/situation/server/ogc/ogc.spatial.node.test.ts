import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import { bindCql } from '#core/geo/cqlBind.ts'
import { parseCql } from '#core/geo/cqlParse.ts'
import type { Cql } from '#core/geo/cql.ts'
import { spatialTable, type SpatialRow } from '#core/geo/server/spatial.ts'
import type { Database } from '#core/sql/server/database.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { pageOfFeatures } from '../../ogc.memory.ts'
import { geometryQueryable, queryableTypes, type FeatureSource, type ItemsQuery, type OgcFeature } from '../../ogc.source.ts'
import { spatialSource } from './ogc.spatial.ts'
import { splitFilter } from './ogc.sql.ts'

const title = { zh: '', en: '' }
const about: Omit<FeatureSource, 'extent' | 'items' | 'item'> = {
  id: 'things', title, description: title, example: '', time: 'occurredAt',
  queryables: { geometry: geometryQueryable, title: { type: 'text', title }, size: { type: 'number', title }, open: { type: 'boolean', title }, occurredAt: { type: 'instant', title }, updatedAt: { type: 'instant', title } },
}
const table = spatialTable('things')
const quake = Date.UTC(2024, 0, 22, 18, 9)
const titles = ['乌什地震', '乌什%地震', 'a_b', 'a*b', 'a?b', '[ab]', 'A\\B', "it's", '', '😀', '\uffee', 'Ab', 'ab']
const row = (n: number): SpatialRow => ({
  id: `t${String(n).padStart(5, '0')}`,
  geometry: { type: 'Point', coordinates: [70 + (n % 100) / 10, 40 + (n % 37) / 10] },
  properties: {
    ...(n % 7 === 0 ? {} : { title: titles[n % titles.length] }), ...(n % 5 === 0 ? { size: null } : { size: (n % 23) - 11.5 }), ...(n % 3 === 0 ? {} : { open: n % 2 === 0 }),
    occurredAt: quake + n * 3_600_000, updatedAt: n % 11 === 0 ? null : quake + n * 7_200_000,
  },
  at: quake + n * 3_600_000,
})
const rows = Array.from({ length: 4_321 }, (_, n) => row(n))
const iso = (value: unknown) => (typeof value === 'number' ? new Date(value).toISOString() : null)
const features: OgcFeature[] = rows.map(({ id, geometry, properties }) => ({ type: 'Feature', id, geometry, properties: { ...properties, occurredAt: iso(properties.occurredAt), updatedAt: iso(properties.updatedAt) } }))
const bound = (text: string): Cql => {
  const parsed = parseCql(text)
  const result = 'cql' in parsed ? bindCql(parsed.cql, { properties: queryableTypes(about), toLonLat: (position) => position }) : parsed
  if ('fault' in result) throw new Error(`${text}: ${result.fault.message.en}`)
  return result.cql
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const comparison = fc.constantFrom('=', '<>', '<', '>', '<=', '>=')
const text = fc.constantFrom(...titles, 'B', 'z')
const pattern = fc.array(fc.constantFrom('%', '_', '\\', '*', '?', '[', ']', 'a', 'b', 'A', '乌什', '地震', '\\%', '\\_', '^'), { maxLength: 5 }).map((parts) => parts.join(''))
const moment = fc.constantFrom(`DATE('2024-02-03')`, `TIMESTAMP('2024-01-25T00:09:00Z')`, `TIMESTAMP('2024-06-01T00:00:00+08:00')`)
const name = fc.constantFrom('title', 'size', 'open', 'occurredAt', 'updatedAt')
const condition = fc.oneof(
  fc.tuple(comparison, text).map(([op, value]) => `title ${op} ${quoted(value)}`),
  fc.tuple(comparison, text).map(([op, value]) => `${quoted(value)} ${op} title`),
  fc.tuple(fc.constantFrom('LIKE', 'NOT LIKE'), pattern).map(([op, value]) => `title ${op} ${quoted(value)}`),
  pattern.map((value) => `CASEI(title) LIKE CASEI(${quoted(value)})`),
  fc.tuple(comparison, fc.integer({ min: -12, max: 12 })).map(([op, value]) => `size ${op} ${value / 2}`),
  fc.tuple(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -12, max: 12 })).map(([a, b]) => `size BETWEEN ${a} AND ${b}`),
  fc.array(text, { minLength: 1, maxLength: 3 }).map((list) => `title IN (${list.map(quoted).join(', ')})`),
  fc.tuple(fc.constantFrom('=', '<>'), fc.boolean()).map(([op, value]) => `open ${op} ${String(value)}`),
  fc.tuple(fc.constantFrom('occurredAt', 'updatedAt'), comparison, moment).map((parts) => parts.join(' ')),
  fc.tuple(moment, comparison, fc.constantFrom('occurredAt', 'updatedAt')).map((parts) => parts.join(' ')),
  fc.constantFrom('occurredAt < updatedAt', 'TRUE', 'FALSE', `T_DURING(updatedAt, INTERVAL('2024-02-01', '..'))`, 'S_INTERSECTS(geometry, BBOX(71, 40, 74, 42))'),
  fc.tuple(name, fc.constantFrom('IS NULL', 'IS NOT NULL')).map((parts) => parts.join(' ')),
)
const filter = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof({ maxDepth: 3 }, condition, fc.tuple(tie('filter'), fc.constantFrom('AND', 'OR'), tie('filter')).map(([a, op, b]) => `(${a}) ${op} (${b})`), tie('filter').map((inner) => `NOT (${inner})`)),
})).filter
const query = fc.record({
  bbox: fc.option(fc.constantFrom<NonNullable<ItemsQuery['bbox']>>([71, 40.5, 75, 42], [170, -90, -170, 90], [60, 30, 90, 50])),
  period: fc.option(fc.constantFrom({ from: quake, until: quake + 9e9 }, { from: -Infinity, until: quake + 9e8 }, { from: quake + 9e8, until: Infinity })),
  filter: fc.option(filter), limit: fc.constantFrom(1, 7, 100, 5_000), offset: fc.constantFrom(0, 3, 999, 100_000),
})

let cluster: PostgresCluster
let folder: string
beforeAll(async () => {
  cluster = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'fengsui-ogc-'))
})
afterAll(async () => {
  await cluster?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe.each(['sqlite', 'postgres'] as const)('a collection over a spatial table on %s', (dialect) => {
  let database: Database
  let source: FeatureSource
  beforeAll(async () => {
    database = openDatabase(dialect === 'sqlite' ? join(folder, 'ogc.db') : await cluster.url('ogc'))
    await migrate(database, [table.migration], 1)
    await database.write((tx) => table.put(tx, rows))
    source = spatialSource(about, table, database)
  })
  afterAll(() => database?.close())

  it('answers as if every feature had been looked at one by one', async () => {
    await fc.assert(fc.asyncProperty(query, async (asked) => {
      const read: ItemsQuery = { ...asked, filter: asked.filter === null ? null : bound(asked.filter) }
      const [found, expected] = [await source.items(read), pageOfFeatures(features, read, 'occurredAt')]
      expect([found.matched, found.features.map(({ id }) => id)]).toEqual([expected.matched, expected.features.map(({ id }) => id)])
      expect(found.features[0]).toEqual(expected.features[0])
    }), { numRuns: 150 })
  })

  it('pages through all, and goes on rightly when something has changed between two pages', async () => {
    for (const text of [null, `CASEI(title) LIKE 'a%'`]) {
      const asked = { bbox: null, period: null, filter: text === null ? null : bound(text) }
      const expected = pageOfFeatures(features, { ...asked, limit: 10_000, offset: 0 }, null).features.map(({ id }) => id)
      const seen: string[] = []
      for (let offset = 0; offset < expected.length; offset += 500) {
        const { features: page, matched } = await source.items({ ...asked, limit: 500, offset })
        expect(matched).toBe(expected.length)
        seen.push(...page.map(({ id }) => id))
        if (offset === 500) await database.write((tx) => table.put(tx, [rows[0]!]))
      }
      expect(seen).toEqual(expected)
    }
  })

  it('leaves only to the test what the database would answer otherwise', () => {
    const split = (text: string) => {
      const { where, rest } = splitFilter(bound(text), { dialect, types: queryableTypes(about), time: 'occurredAt' })
      return [where !== undefined, rest !== null]
    }
    expect(split(`title LIKE 'a%' AND size > 1 AND occurredAt > DATE('2024-01-01')`)).toEqual([true, false])
    expect(split(`title = 'a' AND S_INTERSECTS(geometry, POINT(1 2))`)).toEqual([true, true])
    expect(split(`title = 'a' OR S_INTERSECTS(geometry, POINT(1 2))`)).toEqual([false, true])
  })

  it('knows its extent and single features', async () => {
    expect(await source.extent()).toEqual({ bbox: [70, 40, 79.9, 43.6], period: { from: quake, until: quake + 4_320 * 3_600_000 } })
    expect(await source.item('t00042')).toEqual(features[42])
    expect(await source.item('nothing')).toBeNull()
  })
})
