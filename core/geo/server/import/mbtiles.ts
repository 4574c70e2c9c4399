import { stat } from 'node:fs/promises'
import type { DatabaseSync } from 'node:sqlite'
import { isRefusal, refuse } from '#core/kernel/index.ts'
import type { BBox } from '../../bbox.ts'
import type { TileSource } from '../tileSource.ts'
import { openStrange } from './geopackageSource.ts'
import { maxTileBytes, plainText, vectorLayers } from './pmtilesFile.ts'

/** Where tiles lie: in one table, or shared by their content as the usual makers do behind a view, which we do not run. */
const forms = [
  { tables: ['tiles'], tile: 'select tile_data as d from tiles where zoom_level = ? and tile_column = ? and tile_row = ?', any: 'select zoom_level as z, tile_data as d from tiles limit 1' },
  { tables: ['map', 'images'], tile: 'select i.tile_data as d from map m join images i on i.tile_id = m.tile_id where m.zoom_level = ? and m.tile_column = ? and m.tile_row = ?', any: 'select m.zoom_level as z, i.tile_data as d from map m join images i on i.tile_id = m.tile_id limit 1' },
  { tables: ['tiles_shallow', 'tiles_data'], tile: 'select i.tile_data as d from tiles_shallow m join tiles_data i on i.tile_data_id = m.tile_data_id where m.zoom_level = ? and m.tile_column = ? and m.tile_row = ?', any: 'select m.zoom_level as z, i.tile_data as d from tiles_shallow m join tiles_data i on i.tile_data_id = m.tile_data_id limit 1' },
]

/** An MBTiles (1.3) archive of vector tiles. */
export async function openMbtiles(path: string): Promise<TileSource> {
  const { size, mtimeMs } = await stat(path)
  const db = openStrange(path)
  try {
    return read(db, `${size}-${mtimeMs}`)
  } catch (fault) {
    db.close()
    if (isRefusal(fault)) throw fault
    const words = String(fault instanceof Error ? fault.message : fault).slice(0, 160)
    throw refuse('import.mbtiles-damaged', `MBTiles 文件已损坏（${words}）`, `The MBTiles file is damaged (${words})`)
  }
}

function read(db: DatabaseSync, version: string): TileSource {
  const real = new Set((db.prepare(`select name, sql from sqlite_master where type = 'table'`).all() as { name: string; sql: string | null }[])
    .filter(({ sql }) => !/^\s*create\s+virtual/i.test(sql ?? '')).map(({ name }) => name.toLowerCase()))
  const form = forms.find(({ tables }) => tables.every((table) => real.has(table)))
  if (!form || !real.has('metadata')) throw refuse('import.not-mbtiles', '不是 MBTiles：没有 metadata 表和 tiles 表（tiles 为视图时须是 map/images 或 tiles_shallow/tiles_data）', 'This is not MBTiles: it has no tables metadata and tiles (a view of tiles must be over map and images, or tiles_shallow and tiles_data)')
  const about = new Map((db.prepare(`select name as n, case when octet_length(value) < 4000000 then value end as v from metadata limit 1000`).all() as { n: string | number | null; v: string | number | null }[]).map(({ n, v }) => [String(n), String(v ?? '')]))
  const format = about.get('format') ?? ''
  if (format !== 'pbf' && format !== 'mvt') throw refuse('import.tiles-raster', `底图须为矢量瓦片（pbf），该文件是 ${format.slice(0, 20) || '未注明格式'}`, `The base map must be of vector tiles (pbf); this file holds ${format.slice(0, 20) || 'tiles of no stated format'}`)
  const first = db.prepare(form.any).get() as { z: unknown; d: unknown } | undefined
  if (!first) throw refuse('import.tiles-none', '文件中没有瓦片', 'There are no tiles in the file')
  if (!(first.d instanceof Uint8Array) || first.d.length > maxTileBytes) throw new Error('a tile is no bytes')
  const zoom = (name: string, otherwise: number) => {
    const value = Number(about.get(name) ?? otherwise)
    if (!Number.isInteger(value) || value < 0 || value > 24) throw new Error(`${name} ${String(about.get(name)).slice(0, 20)}`)
    return value
  }
  const [minzoom, maxzoom] = [zoom('minzoom', 0), zoom('maxzoom', 14)]
  if (minzoom > maxzoom) throw new Error(`zooms ${minzoom} to ${maxzoom}`)
  const bounds = (about.get('bounds') ?? '').split(',').map(Number)
  // Without an index each tile would be looked for in the whole file, while the station waits.
  const plan = db.prepare(`explain query plan ${form.tile}`).all(0, 0, 0) as { detail: unknown }[]
  if (plan.some(({ detail }) => String(detail).startsWith('SCAN'))) throw refuse('import.mbtiles-index', 'MBTiles 没有索引，取瓦片会很慢：请用 tippecanoe 或 GDAL 重新生成', 'The MBTiles file has no index and would be slow: make it anew with tippecanoe or GDAL')
  const select = db.prepare(form.tile)
  return {
    minzoom, maxzoom, ...(bounds.length === 4 && bounds.every((n) => Number.isFinite(n)) ? { bounds: bounds as BBox } : {}),
    attribution: plainText(about.get('attribution')), layers: vectorLayers(metadataJson(about.get('json'))),
    version: async () => version,
    tile: async (z, x, y) => {
      // Rows are counted from the south.
      const found = tried(() => select.get(z, x, 2 ** z - 1 - y)) as { d: unknown } | undefined
      if (!(found?.d instanceof Uint8Array) || found.d.length > maxTileBytes) return null
      return { bytes: found.d, gzip: found.d[0] === 0x1f && found.d[1] === 0x8b }
    },
    close: async () => db.close(),
  }
}

/** A damaged page is a tile missing, not a fault of the station. */
function tried(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}

function metadataJson(text: string | undefined): unknown {
  try {
    return text ? JSON.parse(text) : {}
  } catch {
    return {}
  }
}
