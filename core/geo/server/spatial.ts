import { PostgresAdapter } from 'kysely'
import type { Db, Dialect } from '#core/sql/server/database.ts'
import { spatialPostgres } from './spatialPostgres.ts'
import { spatialSqlite } from './spatialSqlite.ts'
import { tableName, type SpatialTable } from './spatialTable.ts'

export type { SpatialCell, SpatialFilter, SpatialPage, SpatialRow, SpatialTable } from './spatialTable.ts'
export { propertyNumber, propertyText } from './spatialRows.ts'

/** A table of features of that name, on whichever database each call comes with. */
export function spatialTable(name: string): SpatialTable {
  if (!tableName.test(name)) throw new Error(`not a name for a spatial table: ${name}`)
  const sqlite = spatialSqlite(name)
  const postgres = spatialPostgres(name)
  const on = (db: Db) => (dialectOf(db) === 'postgres' ? postgres : sqlite)
  return {
    name,
    migration: { name: `${name}-spatial-001`, up: (db, dialect) => (dialect === 'postgres' ? postgres : sqlite).create(db) },
    put: (tx, rows) => on(tx).put(tx, rows),
    remove: (tx, ids) => on(tx).remove(tx, ids),
    clear: (tx) => on(tx).clear(tx),
    drop: (tx) => on(tx).drop(tx),
    get: (db, id) => on(db).get(db, id),
    list: (db, page) => on(db).list(db, page),
    inBox: (db, box, page) => on(db).inBox(db, box, page),
    inView: (db, box, limit, filter) => on(db).inView(db, box, limit, filter),
    intersects: (db, geometry, page) => on(db).intersects(db, geometry, page),
    withinDistance: (db, geometry, metres, page) => on(db).withinDistance(db, geometry, metres, page),
    nearest: (db, point, n, maxMetres, filter) => on(db).nearest(db, point, n, maxMetres, filter),
    count: (db, box, filter) => on(db).count(db, box, filter),
    extent: (db) => on(db).extent(db),
    grid: (db, box, cell, filter) => on(db).grid(db, box, cell, filter),
    version: (db) => on(db).version(db),
  }
}

export function dialectOf(db: Db): Dialect {
  return db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite'
}
