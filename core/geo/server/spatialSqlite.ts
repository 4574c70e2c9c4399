import { sql, type RawBuilder } from 'kysely'
import type { Db } from '#core/sql/server/database.ts'
import { statement } from '#core/sql/server/statement.ts'
import { bboxOf, growBox, splitAtMeridian, type BBox } from '../bbox.ts'
import type { Geometry, Position } from '../geojson.ts'
import { metresFrom, withinMetres } from '../metres.ts'
import { spatialEngine, type SpatialEngine } from './spatialEngine.ts'
import { allOf, anyOf, lastOfEach, rowColumns, type StoredRow } from './spatialRows.ts'
import type { SpatialRow } from './spatialTable.ts'

/** SQLite: an R*Tree of boxes beside the table. Its numbers have 4 bytes and are rounded outward, so it only proposes; columns and tests of ours decide. */
export function spatialSqlite(name: string): SpatialEngine {
  const table = sql.table(name)
  const tree = sql.table(`${name}_tree`)

  const boxMeets = (box: BBox): RawBuilder<unknown> => anyOf(splitAtMeridian(box).map(([west, south, east, north]) => sql`(
    n in (select n from ${tree} where tree_east >= ${west} and tree_west <= ${east} and tree_north >= ${south} and tree_south <= ${north})
    and east >= ${west} and west <= ${east} and north >= ${south} and south <= ${north})`))

  return spatialEngine(name, {
    create: async (db) => {
      await sql`create table ${table} (
        n integer primary key autoincrement, id text not null unique, geometry text not null, properties text not null, at integer, rank integer,
        west real not null, south real not null, east real not null, north real not null)`.execute(db)
      await sql`create virtual table ${tree} using rtree(n, tree_west, tree_east, tree_south, tree_north)`.execute(db)
      await sql`create index ${sql.id(`${name}_by_at`)} on ${table} (at)`.execute(db)
    },
    put: async (tx, rows) => {
      for (const row of lastOfEach(rows)) await putOne(tx, name, row)
    },
    remove: async (tx, ids) => {
      for (const id of new Set(ids)) {
        await statement(tx, `delete from ${name}_tree where n = (select n from ${name} where id = ?)`, [id])
        await statement(tx, `delete from ${name} where id = ?`, [id])
      }
    },
    clear: async (tx) => {
      await sql`delete from ${tree}`.execute(tx)
      await sql`delete from ${table}`.execute(tx)
    },
    drop: async (tx) => {
      await sql`drop table if exists ${tree}`.execute(tx)
      await sql`drop table if exists ${table}`.execute(tx)
    },
    boxMeets,
    within: (geometry, metres) => ({ condition: boxMeets(growBox(bboxOf(geometry)!, metres)), test: withinMetres(geometry, metres) }),
    measured: async (db, point, box, n, condition) => {
      const { rows } = await sql<StoredRow>`select ${rowColumns} from ${table} where ${allOf([boxMeets(box), condition])}`.execute(db)
      return nearestOf(rows, point, n)
    },
    floor: (value) => sql`cast(${value} as integer)`,
  })
}

async function putOne(tx: Db, name: string, { id, geometry, properties, at, rank }: SpatialRow): Promise<void> {
  const box = bboxOf(geometry)
  if (!box) throw new TypeError(`a geometry without a position cannot be stored: ${id}`)
  const [stored] = await statement<{ n: number }>(tx, `insert into ${name} (id, geometry, properties, at, rank, west, south, east, north) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (id) do update set geometry = excluded.geometry, properties = excluded.properties, at = excluded.at, rank = excluded.rank,
      west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north returning n`,
  [id, JSON.stringify(geometry), JSON.stringify(properties), at ?? null, rank ?? null, ...box])
  await statement(tx, `insert or replace into ${name}_tree (n, tree_west, tree_east, tree_south, tree_north) values (?, ?, ?, ?, ?)`, [stored!.n, box[0], box[2], box[1], box[3]])
}

function nearestOf(rows: StoredRow[], point: Position, n: number): (StoredRow & { metres: number })[] {
  return rows
    .map((row) => ({ ...row, metres: metresFrom(point, JSON.parse(row.geometry) as Geometry) }))
    .sort((a, b) => a.metres - b.metres || (a.id < b.id ? -1 : 1))
    .slice(0, n)
}
