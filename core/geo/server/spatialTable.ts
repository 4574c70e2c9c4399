import type { RawBuilder } from 'kysely'
import type { Db, Migration } from '#core/sql/server/database.ts'
import type { BBox } from '../bbox.ts'
import type { Geometry, Position } from '../geojson.ts'

/** One feature of a spatial table. */
export interface SpatialRow {
  id: string
  /** Degrees, CGCS2000 / WGS 84. A shape across the 180th meridian is cut there (RFC 7946 §3.1.9). */
  geometry: Geometry
  properties: Record<string, unknown>
  /** When it happened or was true, epoch ms: for time filters. */
  at?: number
  /** 1 is the most important: kept first where a tile cannot hold all, and shown by a cluster. */
  rank?: number
}

/** Narrows any search; everything is optional. */
export interface SpatialFilter {
  /** Of `at`, both included; rows without a time pass only where neither is given. */
  from?: number
  until?: number
  /**
   * A condition written with kysely's `sql` on the columns `id`, `at`, `rank`, `west`, `south`, `east`, `north` (the
   * feature's box) and on `propertyText` / `propertyNumber`.
   */
  where?: RawBuilder<unknown>
}

export interface SpatialPage extends SpatialFilter {
  limit: number
  /** The last id of the page before: rows come in order of id, by code point. */
  after?: string
}

/** What one cell of a grid holds: for clusters at low zooms. */
export interface SpatialCell {
  lon: number
  lat: number
  count: number
  /** The least (most important) rank in it. */
  rank: number
  /** The feature itself where there is only one. */
  only: SpatialRow | null
}

/**
 * A table of features with a spatial index, the same on both databases: an R*Tree in SQLite, GiST and PostGIS in
 * PostgreSQL. Boxes and `intersects` work in the plane of longitude and latitude (an edge is
 * straight there); metres are great circles on the mean sphere, within 0.6 % of the ellipsoid. A box with west
 * greater than east lies across the 180th meridian; distances run across it and over the poles. A shape that merely
 * touches counts. What only one database could answer is not offered.
 */
export interface SpatialTable {
  readonly name: string
  /** Makes the table; a layer that comes and goes at run time calls `migration.up(tx, dialect)` itself. */
  readonly migration: Migration
  /** Adds rows, or puts them in the place of those with the same id. */
  put(tx: Db, rows: readonly SpatialRow[]): Promise<void>
  remove(tx: Db, ids: readonly string[]): Promise<void>
  clear(tx: Db): Promise<void>
  /** The end of the table itself. */
  drop(tx: Db): Promise<void>
  get(db: Db, id: string): Promise<SpatialRow | undefined>
  /** All rows in order of id. */
  list(db: Db, page: SpatialPage): Promise<SpatialRow[]>
  inBox(db: Db, box: BBox, page: SpatialPage): Promise<SpatialRow[]>
  /** For drawing: rows whose box meets this one, in any order; where there are more than `limit`, the most important. What has no extent comes as a point, without height. */
  inView(db: Db, box: BBox, limit: number, filter?: SpatialFilter): Promise<SpatialRow[]>
  intersects(db: Db, geometry: Geometry, page: SpatialPage): Promise<SpatialRow[]>
  /** Rows with any point within `metres` of the geometry: a buffer, without building one. */
  withinDistance(db: Db, geometry: Geometry, metres: number, page: SpatialPage): Promise<SpatialRow[]>
  /** Nearest first; ties by id. */
  nearest(db: Db, point: Position, n: number, maxMetres?: number, filter?: SpatialFilter): Promise<(SpatialRow & { metres: number })[]>
  count(db: Db, box?: BBox, filter?: SpatialFilter): Promise<number>
  extent(db: Db): Promise<BBox | null>
  /** Points of a box gathered by cells of so many degrees, counted from −180, −90; shapes count at the middle of their box. */
  grid(db: Db, box: BBox, cell: { lon: number; lat: number }, filter?: SpatialFilter): Promise<SpatialCell[]>
  /** Changes with every put and remove, and never comes back: what an ETag is made of. */
  version(db: Db): Promise<string>
}

/** A table's name goes into SQL as it stands. */
export const tableName = /^[a-z][a-z0-9_]{0,40}$/
