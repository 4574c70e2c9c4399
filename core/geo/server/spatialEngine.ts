import { randomUUID } from 'node:crypto'
import { sql, type RawBuilder } from 'kysely'
import type { Db } from '#core/sql/server/database.ts'
import { bboxOf, boxPolygon, growBox, splitAtMeridian, world, type BBox } from '../bbox.ts'
import type { Geometry, Position } from '../geojson.ts'
import { intersector } from '../intersects.ts'
import { allOf, anyOf, filterSql, isSinglePoint, readRow, readViewed, rowColumns, unranked, type StoredRow, type ViewedRow } from './spatialRows.ts'
import type { SpatialCell, SpatialFilter, SpatialPage, SpatialRow, SpatialTable } from './spatialTable.ts'

/** A search as one database answers it: a condition in SQL that misses nothing and, where SQL does not settle it, a test of ours. */
export interface Search {
  condition: RawBuilder<unknown>
  test?: (geometry: Geometry) => boolean
}

/** What differs between the two databases; the rest is written once, in `spatialEngine`. */
export interface SpatialSql {
  create(db: Db): Promise<void>
  put(tx: Db, rows: readonly SpatialRow[]): Promise<void>
  remove(tx: Db, ids: readonly string[]): Promise<void>
  clear(tx: Db): Promise<void>
  drop(tx: Db): Promise<void>
  /** Rows whose own box meets the box, by the index. */
  boxMeets(box: BBox): RawBuilder<unknown>
  within(geometry: Geometry, metres: number): Search
  /** The nearest `n` rows of a box by metres. */
  measured(db: Db, point: Position, box: BBox, n: number, condition: RawBuilder<unknown>): Promise<(StoredRow & { metres: number })[]>
  /** Rounds a positive number down. */
  floor(value: RawBuilder<unknown>): RawBuilder<number>
}

export type SpatialEngine = Omit<SpatialTable, 'name' | 'migration'> & { create(db: Db): Promise<void> }

/** Half the way around the earth: nothing is farther. */
const farthest = 20_037_600
const firstRadius = 250
const leastPage = 500
const largestPage = 20_000

/**
 * Whether shapes meet is decided by `intersector` on both databases, after the index has proposed: GEOS, behind
 * PostGIS, ends the statement with an error on a shape that is not valid, and not everything that is imported is.
 */
export function spatialEngine(name: string, engine: SpatialSql): SpatialEngine {
  const table = sql.table(name)

  function inBox(box: BBox): Required<Search> {
    const tests = splitAtMeridian(box).map((part) => intersector(boxPolygon(part)))
    return { condition: engine.boxMeets(box), test: (geometry) => tests.some((test) => test(geometry)) }
  }

  /** Points and what lies wholly inside are counted by the columns; only what straddles an edge is looked at. */
  async function countIn(db: Db, box: BBox, filter: SpatialFilter): Promise<number> {
    const { condition, test } = inBox(box)
    const holds = anyOf(splitAtMeridian(box).map(([west, south, east, north]) => sql`(west >= ${west} and east <= ${east} and south >= ${south} and north <= ${north})`))
    const sure = await sql<{ count: number }>`select count(*) as count from ${table} where ${allOf([condition, holds, filterSql(filter)])}`.execute(db)
    const straddling = allOf([condition, sql`not ${holds}`, sql`(west < east or south < north)`, filterSql(filter)])
    const { rows } = await sql<{ geometry: string }>`select geometry from ${table} where ${straddling}`.execute(db)
    return Number(sure.rows[0]?.count ?? 0) + rows.filter((row) => test(JSON.parse(row.geometry) as Geometry)).length
  }

  async function changed(tx: Db): Promise<void> {
    const version = randomUUID().slice(0, 13)
    await sql`insert into spatial_version (name, version) values (${name}, ${version}) on conflict (name) do update set version = excluded.version`.execute(tx)
  }

  /** Pages of candidates in order of id, each settled by the test, until enough are found or none are left. */
  async function search(db: Db, { condition, test }: Search, { limit, after, ...filter }: SpatialPage): Promise<SpatialRow[]> {
    const found: SpatialRow[] = []
    for (let last = after; found.length < limit;) {
      const size = test ? Math.min(Math.max(leastPage, limit - found.length), largestPage) : limit
      const conditions = allOf([condition, filterSql(filter), ...(last === undefined ? [] : [sql`id > ${last}`])])
      const { rows } = await sql<StoredRow>`select ${rowColumns} from ${table} where ${conditions} order by id limit ${size}`.execute(db)
      for (const stored of rows) {
        const row = readRow(stored)
        if (!test || test(row.geometry)) found.push(row)
        if (found.length === limit) break
      }
      if (rows.length < size) break
      last = rows.at(-1)!.id
    }
    return found
  }

  /** Drawing asks this many times a second: single points are read from the columns, and rows are put in order only where not all fit. */
  async function inView(db: Db, box: BBox, limit: number, filter: SpatialFilter = {}): Promise<SpatialRow[]> {
    const from = sql`select id, properties, at, rank, west, south, case when ${isSinglePoint} then null else geometry end as geometry
      from ${table} where ${allOf([engine.boxMeets(box), filterSql(filter)])}`
    const unordered = await sql<ViewedRow>`${from} limit ${limit + 1}`.execute(db)
    const { rows } = unordered.rows.length <= limit ? unordered : await sql<ViewedRow>`${from} order by coalesce(rank, ${sql.lit(unranked)}), id limit ${limit}`.execute(db)
    return rows.map(readViewed)
  }

  async function nearest(db: Db, point: Position, n: number, maxMetres = farthest, filter: SpatialFilter = {}) {
    const condition = filterSql(filter)
    const here: BBox = [point[0], point[1], point[0], point[1]]
    for (let radius = firstRadius; ; radius *= 3) {
      const isLast = radius >= Math.min(maxMetres, farthest)
      const reach = Math.min(radius, maxMetres)
      const found = (await engine.measured(db, point, reach >= farthest ? world : growBox(here, reach), n, condition)).filter((row) => row.metres <= reach)
      // All within the radius are known; what is farther may have been left outside the box.
      if (found.length >= n || isLast) return found.map(({ metres, ...stored }) => ({ ...readRow(stored), metres }))
    }
  }

  async function grid(db: Db, [west, south, east, north]: BBox, cell: { lon: number; lat: number }, filter: SpatialFilter = {}): Promise<SpatialCell[]> {
    const [lon, lat] = [sql`((west + east) / 2)`, sql`((south + north) / 2)`]
    // A cell belongs to the box its west and south edges lie in, so that neighbouring boxes count nothing twice.
    const inside = sql`${lon} >= ${west} and ${lon} ${east >= 180 ? sql`<=` : sql`<`} ${east} and ${lat} >= ${south} and ${lat} ${north >= 90 ? sql`<=` : sql`<`} ${north}`
    const isWorld = west <= -180 && south <= -90 && east >= 180 && north >= 90
    const conditions = allOf([...(isWorld ? [] : [engine.boxMeets([west, south, east, north]), inside]), filterSql(filter)])
    const { rows } = await sql<{ lon: number; lat: number; count: number; rank: number; id: string }>`
      select avg(${lon}) as lon, avg(${lat}) as lat, count(*) as count, min(coalesce(rank, ${sql.lit(unranked)})) as rank, min(id) as id
      from ${table} where ${conditions}
      group by ${engine.floor(sql`(${lon} + 180) / ${sql.lit(cell.lon)}`)}, ${engine.floor(sql`(${lat} + 90) / ${sql.lit(cell.lat)}`)}`.execute(db)
    const alone = await byIds(db, rows.filter((row) => Number(row.count) === 1).map((row) => row.id))
    return rows.map(({ id, ...row }) => ({ lon: row.lon, lat: row.lat, count: Number(row.count), rank: Number(row.rank), only: alone.get(id) ?? null }))
  }

  async function byIds(db: Db, ids: string[]): Promise<Map<string, SpatialRow>> {
    const found = new Map<string, SpatialRow>()
    for (let i = 0; i < ids.length; i += leastPage) {
      const { rows } = await sql<StoredRow>`select ${rowColumns} from ${table} where id in (${sql.join(ids.slice(i, i + leastPage))})`.execute(db)
      for (const row of rows) found.set(row.id, readRow(row))
    }
    return found
  }

  const boxed = (geometry: Geometry, ask: () => Promise<SpatialRow[]>) => (bboxOf(geometry) === null ? Promise.resolve([]) : ask())
  return {
    create: async (db) => {
      await db.schema.createTable('spatial_version').ifNotExists().addColumn('name', 'text', (c) => c.primaryKey()).addColumn('version', 'text', (c) => c.notNull()).execute()
      await engine.create(db)
    },
    put: async (tx, rows) => {
      if (rows.length === 0) return
      await engine.put(tx, rows)
      await changed(tx)
    },
    remove: async (tx, ids) => {
      if (ids.length === 0) return
      await engine.remove(tx, ids)
      await changed(tx)
    },
    clear: async (tx) => {
      await engine.clear(tx)
      await changed(tx)
    },
    drop: async (tx) => {
      await engine.drop(tx)
      await sql`delete from spatial_version where name = ${name}`.execute(tx)
    },
    get: async (db, id) => (await byIds(db, [id])).get(id),
    list: (db, page) => search(db, { condition: sql`1 = 1` }, page),
    inBox: (db, box, page) => search(db, inBox(box), page),
    inView,
    intersects: (db, geometry, page) => boxed(geometry, () => search(db, { condition: engine.boxMeets(bboxOf(geometry)!), test: intersector(geometry) }, page)),
    withinDistance: (db, geometry, metres, page) => boxed(geometry, () => search(db, engine.within(geometry, metres), page)),
    nearest,
    count: async (db, box, filter) => {
      if (box) return countIn(db, box, filter ?? {})
      const { rows } = await sql<{ count: number }>`select count(*) as count from ${table} where ${filterSql(filter)}`.execute(db)
      return Number(rows[0]?.count ?? 0)
    },
    extent: async (db) => {
      const { rows } = await sql<Record<'west' | 'south' | 'east' | 'north', number | null>>`select min(west) as west, min(south) as south, max(east) as east, max(north) as north from ${table}`.execute(db)
      const [box] = rows
      return box?.west == null ? null : [box.west, box.south!, box.east!, box.north!]
    },
    grid,
    version: async (db) => {
      const { rows } = await sql<{ version: string }>`select version from spatial_version where name = ${name}`.execute(db)
      return rows[0]?.version ?? 'empty'
    },
  }
}
