import { refuse } from '#core/kernel/index.ts'
import { importGeoJson } from '../exchange.geojson.ts'
import type { ImportResult } from '../exchange.read.ts'
import { importGeoPackage } from './exchange.gpkgReader.ts'
import { importKml } from './exchange.kmlReader.ts'

export { exportGeoJson, propertiesOf, type ExchangeProperties, type ExportItem } from '../exchange.ts'
export type { ImportedStroke, ImportResult } from '../exchange.read.ts'
export { exportGeoPackage } from './exchange.gpkg.ts'
export { exportKml } from './exchange.kml.ts'

export const maxImportBytes = 64 * 1024 * 1024
export type ExchangeFormat = 'geojson' | 'kml' | 'gpkg'

/** For downloads. */
export const mediaTypes: Readonly<Record<ExchangeFormat, string>> = {
  geojson: 'application/geo+json', kml: 'application/vnd.google-earth.kml+xml', gpkg: 'application/geopackage+sqlite3',
}

/** Strokes of a file, told by its content, never by its name; throws a Refusal where it is none we read. */
export async function importStrokes(bytes: Uint8Array, signal?: AbortSignal): Promise<ImportResult> {
  if (bytes.length > maxImportBytes) throw refuse('plot.import-too-large', `文件超过 ${maxImportBytes / 1024 / 1024} MB`, `The file is larger than ${maxImportBytes / 1024 / 1024} MB`)
  const format = formatOf(bytes)
  if (format === 'gpkg') return importGeoPackage(bytes, signal)
  const text = decoded(bytes)
  return format === 'kml' ? importKml(text, signal) : importGeoJson(text.replace(/^\ufeff/, ''))
}

function formatOf(bytes: Uint8Array): ExchangeFormat {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 64))
  if (head.startsWith('SQLite format 3\0')) return 'gpkg'
  if (head.startsWith('PK')) throw refuse('plot.import-zip', '这是压缩包（KMZ、ZIP）：请先解压', 'This is an archive (KMZ, ZIP): unpack it first')
  const first = head.replace(/^(ï»¿)?\s*/, '')[0]
  if (first === '<') return 'kml'
  if (first === '{') return 'geojson'
  throw refuse('plot.import-format', '不是 GeoJSON、KML 或 GeoPackage', 'This is no GeoJSON, KML or GeoPackage')
}

/** UTF-8, or what the XML declaration names; GB 18030 where neither reads, for files of older Chinese programs. */
function decoded(bytes: Uint8Array): string {
  const named = /^[^>]{0,80}encoding=["']([\w-]{2,20})["']/.exec(new TextDecoder('latin1').decode(bytes.subarray(0, 120)))?.[1]
  for (const encoding of [named ?? 'utf-8', 'utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      // The next one, then.
    }
  }
  throw refuse('plot.import-encoding', '文字编码无法识别：请存为 UTF-8', 'The text encoding is not recognised: save the file as UTF-8')
}
