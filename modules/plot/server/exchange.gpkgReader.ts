import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refuse } from '#core/kernel/index.ts'
import { converter, convertGeometry } from '#core/geo/crs.ts'
import type { Geometry } from '#core/geo/geojson.ts'
import { openGeoPackage, openStrange } from '#core/geo/server/import/geopackageSource.ts'
import { knownCrs, tooMany } from '../exchange.geojson.ts'
import { addFeature, importLimits, newImport, type ImportResult } from '../exchange.read.ts'

const maxTables = 60

/** Strokes of all feature tables of a GeoPackage; the tables become layer names unless the strokes name theirs. */
export async function importGeoPackage(bytes: Uint8Array, signal = new AbortController().signal): Promise<ImportResult> {
  const folder = await mkdtemp(join(tmpdir(), 'fengsui-plot-'))
  const file = join(folder, 'plot.gpkg')
  try {
    await writeFile(file, bytes)
    const result = newImport()
    for (const table of featureTables(file)) await addTable(result, file, table, signal)
    return result
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function addTable(result: ImportResult, file: string, table: string, signal: AbortSignal): Promise<void> {
  const source = await openGeoPackage(file, { layer: table })
  try {
    const convert = source.crs === null ? null : converter(knownCrs(source.crs), 'EPSG:4490')
    for await (const batch of source.features(signal)) {
      for (const { geometry, properties, unreadable } of batch) {
        if (result.features >= importLimits.features) throw tooMany()
        const read = geometry as Geometry | null
        addFeature(result, { geometry: read && convert ? convertGeometry(read, convert) : read, properties, layerName: table.slice(0, 60), unreadable })
      }
    }
  } finally {
    await source.close()
  }
}

/** Real tables only: a view is somebody's program. */
function featureTables(file: string): string[] {
  const db = openStrange(file)
  try {
    const real = new Set(db.prepare(`select name from sqlite_master where type = 'table'`).all().map(({ name }) => String(name)))
    if (!real.has('gpkg_contents')) throw refuse('plot.import-unreadable', '不是 GeoPackage：没有 gpkg_contents 表', 'This is not a GeoPackage: there is no table gpkg_contents')
    const tables = db.prepare(`select table_name as t from gpkg_contents where data_type = 'features' limit ${maxTables}`).all().map(({ t }) => String(t)).filter((t) => real.has(t))
    if (tables.length === 0) throw refuse('plot.import-empty', 'GeoPackage 中没有要素表', 'There is no table of features in the GeoPackage')
    return tables
  } finally {
    db.close()
  }
}
