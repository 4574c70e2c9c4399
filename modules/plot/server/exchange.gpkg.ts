import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { propertiesOf, type ExchangeProperties, type ExportItem } from '../exchange.ts'
import { strokeGeometry } from '../shapes.ts'
import { geoPackageGeometry } from './exchange.wkb.ts'

const srsId = 4490
const wgs84 = 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
const cgcs2000 = 'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4490"]]'

/** GeoPackage 1.3 (OGC 12-128): the tables it must have, in the words of its annex. */
const schema = `
  pragma application_id = 1196444487;
  pragma user_version = 10300;
  create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer primary key, organization text not null, organization_coordsys_id integer not null, definition text not null, description text);
  create table gpkg_contents (table_name text not null primary key, data_type text not null, identifier text unique, description text default '', last_change datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x double, min_y double, max_x double, max_y double, srs_id integer, constraint fk_gc_r_srs_id foreign key (srs_id) references gpkg_spatial_ref_sys(srs_id));
  create table gpkg_geometry_columns (table_name text not null, column_name text not null, geometry_type_name text not null, srs_id integer not null, z tinyint not null, m tinyint not null, constraint pk_geom_cols primary key (table_name, column_name), constraint uk_gc_table_name unique (table_name), constraint fk_gc_tn foreign key (table_name) references gpkg_contents(table_name), constraint fk_gc_srs foreign key (srs_id) references gpkg_spatial_ref_sys(srs_id));
`

const columns: Readonly<Record<keyof ExchangeProperties, string>> = {
  key: 'text', layer: 'text', layerName: 'text', symbol: 'text', symbolName: 'text', label: 'text', author: 'text', by: 'text', station: 'text',
  updatedAt: 'datetime', from: 'datetime', until: 'datetime', shape: 'text', points: 'text', remark: 'text', color: 'text', fill: 'text',
  opacity: 'double', width: 'double', dash: 'text', size: 'double', rotation: 'double', photos: 'text',
}
const names = Object.keys(columns) as (keyof ExchangeProperties)[]

/** The bytes of a GeoPackage with one table `plot` of all strokes, in CGCS2000. */
export function exportGeoPackage(items: readonly ExportItem[], title = '标绘', now = Date.now()): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-plot-'))
  const file = join(folder, 'plot.gpkg')
  try {
    const db = new DatabaseSync(file)
    try {
      db.exec('pragma journal_mode = off; pragma synchronous = off')
      db.exec(schema)
      db.exec('begin')
      write(db, items, title, now)
      db.exec('commit')
    } finally {
      db.close()
    }
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(db: DatabaseSync, items: readonly ExportItem[], title: string, now: number): void {
  const srs = db.prepare('insert into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, ?)')
  srs.run('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system')
  srs.run('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system')
  srs.run('WGS 84 geodetic', 4326, 'EPSG', 4326, wgs84, 'longitude, latitude in decimal degrees on WGS 84')
  srs.run('China Geodetic Coordinate System 2000', srsId, 'EPSG', srsId, cgcs2000, 'longitude, latitude in decimal degrees on CGCS2000')
  db.exec(`create table plot (fid integer primary key autoincrement not null, geom geometry, ${names.map((name) => `"${name}" ${columns[name]}`).join(', ')})`)
  const insert = db.prepare(`insert into plot (geom, ${names.map((name) => `"${name}"`).join(', ')}) values (?${', ?'.repeat(names.length)})`)
  const box = [Infinity, Infinity, -Infinity, -Infinity]
  for (const item of items) {
    const geometry = geoPackageGeometry(strokeGeometry(item.stroke), srsId)
    widen(box, geometry)
    const properties = propertiesOf(item)
    insert.run(geometry, ...names.map((name) => {
      const value = properties[name]
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
    }))
  }
  const bounds = items.length > 0 ? box : [null, null, null, null]
  db.prepare('insert into gpkg_contents values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run('plot', 'features', title, '', new Date(now).toISOString(), ...bounds, srsId)
  db.prepare('insert into gpkg_geometry_columns values (?, ?, ?, ?, ?, ?)').run('plot', 'geom', 'GEOMETRY', srsId, 0, 0)
}

/** By the envelope in the geometry's header: min x, max x, min y, max y. */
function widen(box: number[], geometry: Uint8Array): void {
  const view = new DataView(geometry.buffer, geometry.byteOffset)
  const edge = (i: number) => view.getFloat64(8 + i * 8, true)
  box[0] = Math.min(box[0]!, edge(0))
  box[1] = Math.min(box[1]!, edge(2))
  box[2] = Math.max(box[2]!, edge(1))
  box[3] = Math.max(box[3]!, edge(3))
}
