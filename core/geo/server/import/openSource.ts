import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { refuse } from '#core/kernel/index.ts'
import { openCsv } from './csvSource.ts'
import { openWithGdal } from './gdalSource.ts'
import { openGeoPackage } from './geopackageSource.ts'
import { beginningOf, openGeoJson } from './geojsonSource.ts'
import { openShapefile } from './shapefileSource.ts'
import type { FeatureSource, OpenChoices } from './source.ts'
import { unpack } from './unpack.ts'

/** Opens a file of features by what its first bytes say; its ending only decides where bytes cannot. */
export async function openSource(path: string, choices: OpenChoices = {}): Promise<FeatureSource> {
  const found = await stat(path).catch(() => { throw refuse('import.no-file', `没有文件 ${path}`, `There is no file ${path}`) })
  const ending = extname(path).toLowerCase()
  if (found.isDirectory()) {
    if (ending === '.gdb') return openWithGdal(path, choices)
    throw refuse('import.folder', `${path} 是文件夹，请指明其中的文件`, `${path} is a folder; name a file in it`)
  }
  if (!found.isFile()) throw refuse('import.no-file', `${path} 不是普通文件`, `${path} is not a regular file`)
  if (found.size === 0) throw refuse('import.empty-file', '文件是空的', 'The file is empty')
  const head = await beginningOf(path, 512)
  if (head.toString('latin1', 0, 15) === 'SQLite format 3' && ending !== '.sqlite') return openGeoPackage(path, choices)
  if (ending === '.gpkg') throw refuse('import.not-gpkg', '扩展名是 .gpkg，内容却不是 GeoPackage', 'It is named .gpkg but is no GeoPackage')
  if (ending === '.shp' || (head.length >= 100 && head.readInt32BE(0) === 9994)) return openShapefile(path, choices)
  if (['.dbf', '.shx', '.prj', '.cpg'].includes(ending)) throw refuse('import.shp-part', '请指明 .shp 文件，其余文件放在它旁边即可', 'Name the .shp file; the others only need to lie beside it')
  if (head.toString('latin1', 0, 2) === 'PK' && ending !== '.kmz') return openZip(path, choices)
  if (ending === '.csv' || ending === '.tsv' || ending === '.txt') return openCsv(path, choices)
  if (/^\.(geo)?json(l|s|seq)?$|^\.ndjson$/.test(ending) || /^(\xef\xbb\xbf)?[\s\x1e]*\{/.test(head.toString('latin1'))) return openGeoJson(path, choices)
  return openWithGdal(path, choices)
}

/** A ZIP is unpacked into a folder of its own, which goes when the source is closed. */
async function openZip(path: string, choices: OpenChoices): Promise<FeatureSource> {
  const folder = await mkdtemp(join(tmpdir(), 'fengsui-import-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const files = await unpack(path, folder, choices.signal)
    const inside = files.filter((file) => /\.(shp|gpkg|geojsonl?|json)$/.test(file))
    const [first] = inside
    if (!first) throw refuse('import.zip-nothing', '压缩包内没有 Shapefile、GeoPackage 或 GeoJSON', 'There is no Shapefile, GeoPackage or GeoJSON in the archive')
    if (inside.length > 1) throw refuse('import.zip-several', `压缩包内有 ${inside.length} 个图层文件，请解压后逐个导入`, `There are ${inside.length} layer files in the archive: unpack it and import them one by one`)
    const source = await openSource(first, choices)
    return {
      ...source,
      close: async () => {
        await source.close()
        await remove()
      },
    }
  } catch (fault) {
    await remove()
    throw fault
  }
}
