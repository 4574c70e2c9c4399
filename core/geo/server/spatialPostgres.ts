import { sql, type RawBuilder } from 'kysely'
import { bboxOf, growBox, splitAtMeridian, type BBox } from '../bbox.ts'
import type { Geometry } from '../geojson.ts'
import { spatialEngine, type SpatialEngine } from './spatialEngine.ts'
import { allOf, anyOf, chunksOf, lastOfEach, rowColumns, type StoredRow } from './spatialRows.ts'
import type { SpatialRow } from './spatialTable.ts'

const rowsInOneStatement = 500

/** PostgreSQL: GiST proposes, PostGIS measures. The GeoJSON text is kept beside the shape, so that what is read is what was put. */
export function spatialPostgres(name: string): SpatialEngine {
  const table = sql.table(name)
  const shape = sql.ref('shape')

  // The index holds 4-byte numbers, rounded outward; the columns have every digit.
  const boxMeets = (box: BBox): RawBuilder<unknown> => anyOf(splitAtMeridian(box).map(([west, south, east, north]) => sql`(
    ${shape} && ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326) and east >= ${west} and west <= ${east} and north >= ${south} and south <= ${north})`))
  const shapeOf = (geometry: Geometry): RawBuilder<unknown> => sql`ST_Force2D(ST_SetSRID(ST_GeomFromGeoJSON(${JSON.stringify(geometry)}), 4326))`

  return spatialEngine(name, {
    create: async (db) => {
      await sql`create extension if not exists postgis`.execute(db)
      await sql`create table ${table} (
        id text collate "C" primary key, geometry text not null, properties text not null, at bigint, rank bigint,
        west double precision not null, south double precision not null, east double precision not null, north double precision not null,
        shape geometry(Geometry, 4326) not null)`.execute(db)
      await sql`create index ${sql.id(`${name}_by_shape`)} on ${table} using gist (shape)`.execute(db)
      await sql`create index ${sql.id(`${name}_by_at`)} on ${table} (at)`.execute(db)
    },
    put: async (tx, rows) => {
      for (const some of chunksOf(lastOfEach(rows), rowsInOneStatement)) {
        await sql`insert into ${table} (id, geometry, properties, at, rank, west, south, east, north, shape) values ${sql.join(some.map((row) => valuesOf(row, shapeOf(row.geometry))))}
          on conflict (id) do update set geometry = excluded.geometry, properties = excluded.properties, at = excluded.at, rank = excluded.rank,
            west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north, shape = excluded.shape`.execute(tx)
      }
    },
    remove: async (tx, ids) => {
      for (const some of chunksOf(ids, rowsInOneStatement)) await sql`delete from ${table} where id in (${sql.join(some)})`.execute(tx)
    },
    clear: async (tx) => { await sql`delete from ${table}`.execute(tx) },
    drop: async (tx) => { await sql`drop table if exists ${table}`.execute(tx) },
    boxMeets,
    within: (geometry, metres) => ({
      condition: allOf([boxMeets(growBox(bboxOf(geometry)!, metres)), sql`ST_DWithin(${shape}::geography, ${shapeOf(geometry)}::geography, ${metres}, false)`]),
    }),
    measured: async (db, [lon, lat], box, n, condition) => {
      const metres = sql`ST_Distance(${shape}::geography, ST_SetSRID(ST_MakePoint(${lon}, ${lat}), 4326)::geography, false)`
      const { rows } = await sql<StoredRow & { metres: number }>`select ${rowColumns}, ${metres} as metres from ${table} where ${allOf([boxMeets(box), condition])} order by metres, id limit ${n}`.execute(db)
      return rows
    },
    floor: (value) => sql`floor(${value})`,
  })
}

function valuesOf({ id, geometry, properties, at, rank }: SpatialRow, shape: RawBuilder<unknown>): RawBuilder<unknown> {
  const box = bboxOf(geometry)
  if (!box) throw new TypeError(`a geometry without a position cannot be stored: ${id}`)
  return sql`(${id}, ${JSON.stringify(geometry)}, ${JSON.stringify(properties)}, ${at ?? null}, ${rank ?? null}, ${sql.join([...box])}, ${shape})`
}
