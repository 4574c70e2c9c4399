import { stat } from 'node:fs/promises'
import { existsSync, statSync } from 'node:fs'
import { DatabaseSync, constants } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { refuse, type Sentence } from '#core/kernel/index.ts'
import { degreesAssumed, handful, maxFeatureBytes, stopIfAsked, type FeatureSource, type OpenChoices, type RawFeature } from './source.ts'
import { readGeoPackageGeometry } from './wkb.ts'

const maxColumns = 400
const maxTextBytes = 64 * 1024

/**
 * Opens a stranger's SQLite file so that nothing in it runs: read-only, untouched beside (`immutable`), no schema
 * functions, no views, and an authorizer that allows reading tables and nothing else.
 */
export function openStrange(path: string): DatabaseSync {
  if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) {
    throw refuse('import.file-in-use', '文件正被别的软件写入（旁边有 -wal 文件）：请先在该软件中关闭它', 'The file is being written by another program (there is a -wal beside it): close it there first')
  }
  const url = pathToFileURL(path)
  url.search = '?immutable=1'
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(url, { readOnly: true, defensive: true, allowExtension: false, enableDoubleQuotedStringLiterals: false, limits: { length: maxFeatureBytes * 2, attach: 0, triggerDepth: 0, sqlLength: 1_000_000 } })
    db.exec('pragma trusted_schema = off; pragma cell_size_check = on; pragma query_only = on; pragma mmap_size = 0; pragma cache_size = -8000; pragma temp_store = memory')
    db.setAuthorizer((action, _first, second) => {
      if (action === constants.SQLITE_SELECT || action === constants.SQLITE_READ) return constants.SQLITE_OK
      if (action === constants.SQLITE_PRAGMA) return constants.SQLITE_OK
      if (action === constants.SQLITE_FUNCTION && second !== null && ['octet_length', 'typeof', 'lower', 'substr', 'count', 'max'].includes(second)) return constants.SQLITE_OK
      return constants.SQLITE_DENY
    })
    db.prepare('select count(*) from sqlite_master').get()
    return db
  } catch (fault) {
    db?.close()
    throw damaged(fault)
  }
}

interface FeatureTable { table: string; column: string; srs: number }
interface Column { name: string; type: string; key: boolean }

/** One feature table of a GeoPackage (OGC 12-128). */
export async function openGeoPackage(path: string, { layer }: OpenChoices = {}): Promise<FeatureSource> {
  await stat(path)
  const db = openStrange(path)
  try {
    const found = tables(db)
    const chosen = layer === undefined ? (found.length === 1 ? found[0] : undefined) : found.find((t) => t.table === layer)
    if (!chosen) {
      const names = found.map((t) => t.table).join(' ').slice(0, 600)
      if (found.length === 0) throw refuse('import.gpkg-empty', 'GeoPackage 中没有要素表', 'There is no table of features in the GeoPackage')
      throw refuse('import.layer-choose', `GeoPackage 中有 ${found.length} 个图层，请用 --layer 指明一个：${names}`, `There are ${found.length} layers in the GeoPackage; name one with --layer: ${names}`)
    }
    const columns = columnsOf(db, chosen.table)
    if (!columns.some((c) => c.name === chosen.column)) throw refuse('import.gpkg-damaged', `表 ${chosen.table} 没有几何列 ${chosen.column}`, `Table ${chosen.table} has no geometry column ${chosen.column}`)
    const [first, last] = range(db, chosen.table)
    let at = first
    const notes: Sentence[] = found.length > 1 ? [{ zh: `共 ${found.length} 个图层，导入 ${chosen.table}`, en: `${chosen.table} of ${found.length} layers` }] : []
    const crs = crsOf(db, chosen.srs)
    if (crs === null) notes.push(degreesAssumed)
    return {
      format: 'GeoPackage', layer: chosen.table, crs, encoding: 'utf-8', notes,
      progress: () => (last > first ? (at - first) / (last - first) : 1),
      async* features(signal) {
        for (const batch of rowsOf(db, chosen, columns)) {
          stopIfAsked(signal)
          at = batch.rowid
          yield batch.features
        }
      },
      close: async () => db.close(),
    }
  } catch (fault) {
    db.close()
    throw fault
  }
}

function tables(db: DatabaseSync): FeatureTable[] {
  try {
    // Real tables only: a view or virtual table is somebody's program.
    const real = new Map((db.prepare(`select name, sql from sqlite_master where type = 'table'`).all() as { name: string; sql: string | null }[])
      .filter(({ sql }) => !/^\s*create\s+virtual/i.test(sql ?? '')).map(({ name }) => [name.toLowerCase(), name]))
    if (!real.has('gpkg_contents') || !real.has('gpkg_geometry_columns')) throw refuse('import.not-gpkg', '不是 GeoPackage：没有 gpkg_contents 表', 'This is not a GeoPackage: there is no table gpkg_contents')
    const listed = db.prepare(`select g.table_name as t, g.column_name as c, g.srs_id as s from gpkg_geometry_columns g join gpkg_contents k on lower(k.table_name) = lower(g.table_name) where k.data_type = 'features' limit 1000`).all()
    return listed.flatMap(({ t, c, s }) => {
      const table = real.get(String(t).toLowerCase())
      return table && !/^(gpkg_|sqlite_|rtree_)/i.test(table) ? [{ table, column: String(c), srs: Number(s) }] : []
    })
  } catch (fault) {
    throw fault instanceof Error && fault.name === 'Refusal' ? fault : damaged(fault)
  }
}

/** Stored columns; generated ones would run the file's own expressions. */
function columnsOf(db: DatabaseSync, table: string): Column[] {
  return (db.prepare(`pragma table_xinfo(${quoted(table)})`).all() as { name: string; type: string; hidden: number; pk: number }[])
    .filter((c) => c.hidden === 0).slice(0, maxColumns)
    .map((c) => ({ name: c.name, type: c.type.toUpperCase(), key: c.pk === 1 && c.type.toUpperCase() === 'INTEGER' }))
}

function range(db: DatabaseSync, table: string): [number, number] {
  try {
    const one = (order: string) => Number((db.prepare(`select rowid as r from ${quoted(table)} not indexed order by rowid ${order} limit 1`).get() as { r: unknown } | undefined)?.r ?? 0)
    return [one('asc'), one('desc')]
  } catch (fault) {
    throw damaged(fault)
  }
}

function* rowsOf(db: DatabaseSync, { table, column }: FeatureTable, columns: Column[]): Generator<{ rowid: number; features: RawFeature[] }> {
  const attributes = columns.filter((c) => c.name !== column)
  // Lengths are looked at before anything is brought into memory; bytes (pictures and such) are not attributes.
  const shown = attributes.map((c, i) => `case when typeof(${quoted(c.name)}) = 'blob' then null when octet_length(${quoted(c.name)}) > ${maxTextBytes} then substr(${quoted(c.name)}, 1, 8000) else ${quoted(c.name)} end as a${i}`)
  const geometry = quoted(column)
  const select = db.prepare(`select rowid as r, case when typeof(${geometry}) = 'blob' and octet_length(${geometry}) <= ${maxFeatureBytes} then ${geometry} end as g, typeof(${geometry}) as t, octet_length(${geometry}) as n${shown.map((s) => `, ${s}`).join('')} from ${quoted(table)} not indexed order by rowid`)
  select.setReadBigInts(true)
  let last: bigint | null = null
  let number = 0
  let features: RawFeature[] = []
  let size = 0
  try {
    for (const row of select.iterate() as Iterable<Record<string, unknown>>) {
      const rowid = row.r as bigint
      // A damaged tree of pages may lead in circles.
      if (last !== null && rowid <= last) throw new Error('rows out of order')
      last = rowid
      number++
      const properties: Record<string, unknown> = {}
      attributes.forEach((c, i) => {
        const value = row[`a${i}`]
        if (value !== null) properties[c.name] = typeof value === 'bigint' ? numberOf(value, c.type) : value
      })
      features.push({ number, properties, ...geometryOf(row) })
      size += Number(row.n ?? 0)
      if (features.length < handful && size < 4 * 1024 * 1024) continue
      yield { rowid: Number(rowid), features }
      features = []
      size = 0
    }
  } catch (fault) {
    throw damaged(fault)
  }
  yield { rowid: Number(last ?? 0n), features }
}

function geometryOf(row: Record<string, unknown>): Pick<RawFeature, 'geometry' | 'unreadable'> {
  if (row.t === 'null') return { geometry: null }
  if (!(row.g instanceof Uint8Array)) return { geometry: null, unreadable: row.t === 'blob' ? `${String(row.n)} bytes` : `${String(row.t)} instead of geometry` }
  try {
    return { geometry: readGeoPackageGeometry(row.g).geometry }
  } catch (fault) {
    return { geometry: null, unreadable: fault instanceof Error ? fault.message : 'damaged' }
  }
}

function numberOf(value: bigint, type: string): number | string | boolean {
  if (type === 'BOOLEAN') return value !== 0n
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value)
}

function crsOf(db: DatabaseSync, srs: number): string | null {
  try {
    const real = db.prepare(`select 1 from sqlite_master where type = 'table' and lower(name) = 'gpkg_spatial_ref_sys'`).get()
    const row = real && (db.prepare('select organization as o, organization_coordsys_id as c, definition as d from gpkg_spatial_ref_sys where srs_id = ?').get(srs) as { o: unknown; c: unknown; d: unknown } | undefined)
    if (!row || srs <= 0) return null
    if (String(row.o).toUpperCase() === 'EPSG') return `EPSG:${String(row.c)}`
    return typeof row.d === 'string' && row.d.length < 65_536 ? row.d : null
  } catch {
    return null
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function damaged(fault: unknown) {
  return refuse('import.sqlite-damaged', `文件已损坏或不是 SQLite/GeoPackage（${words(fault)}）`, `The file is damaged, or no SQLite / GeoPackage (${words(fault)})`)
}

function words(fault: unknown): string {
  return String(fault instanceof Error ? fault.message : fault).slice(0, 160)
}
