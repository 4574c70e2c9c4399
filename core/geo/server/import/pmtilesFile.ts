import { open, type FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Compression, PMTiles, SharedPromiseCache, TileType, type Source } from 'pmtiles'
import { isRefusal, refuse } from '#core/kernel/index.ts'
import type { BBox } from '../../bbox.ts'
import type { TileSource } from '../tileSource.ts'
import { isRecord } from './source.ts'

const unzip = promisify(gunzip)
/** Of a directory or the metadata, packed and unpacked: real ones have a hundredth of it. */
const maxPart = 16 * 1024 * 1024
export const maxTileBytes = 8 * 1024 * 1024

/** A PMTiles (version 3) archive of vector tiles. */
export async function openPmtiles(path: string): Promise<TileSource> {
  const file = await open(path, 'r')
  try {
    return await read(path, file)
  } catch (fault) {
    await file.close()
    throw isRefusal(fault) ? fault : damaged(fault)
  }
}

async function read(path: string, file: FileHandle): Promise<TileSource> {
  const { size, mtimeMs } = await file.stat()
  const source: Source = {
    getKey: () => path,
    getBytes: async (offset, length) => {
      if (!Number.isSafeInteger(offset) || offset < 0 || length < 0 || length > maxPart || offset > size) throw new Error(`bytes ${offset} to ${offset + length} of ${size}`)
      const data = Buffer.alloc(Math.min(length, size - offset))
      const { bytesRead } = await file.read(data, 0, data.length, offset)
      return { data: data.buffer.slice(data.byteOffset, data.byteOffset + bytesRead) as ArrayBuffer }
    },
  }
  const magic = Buffer.from((await source.getBytes(0, 8)).data)
  if (magic.toString('latin1', 0, 7) !== 'PMTiles') throw refuse('import.not-pmtiles', '不是 PMTiles 文件', 'This is not a PMTiles file')
  if (magic[7] !== 3) throw refuse('import.pmtiles-version', `PMTiles 版本为 ${magic[7]}，只能读取第 3 版`, `PMTiles version ${magic[7]}: only version 3 is read`)
  // Directories are unpacked within bounds; tiles go out as they are.
  const archive = new PMTiles(source, new SharedPromiseCache(100, undefined, unpacked), async (bytes) => bytes)
  const header = await archive.getHeader()
  if (header.tileType !== TileType.Mvt) throw refuse('import.tiles-raster', '底图须为矢量瓦片（MVT），该文件是图片瓦片', 'The base map must be of vector tiles (MVT); this file holds pictures')
  if (header.tileCompression !== Compression.Gzip && header.tileCompression !== Compression.None) throw refuse('import.tiles-compression', '瓦片的压缩方式不支持：请用 gzip 重新生成', 'The tiles are compressed in a way we do not read: make them with gzip')
  if (header.minZoom > header.maxZoom || header.maxZoom > 24) throw new Error(`zooms ${header.minZoom} to ${header.maxZoom}`)
  if (header.tileDataOffset + (header.tileDataLength ?? 0) > size || header.leafDirectoryOffset + (header.leafDirectoryLength ?? 0) > size || header.rootDirectoryOffset + header.rootDirectoryLength > size) {
    throw refuse('import.truncated', `文件不完整：应有 ${header.tileDataOffset + (header.tileDataLength ?? 0)} 字节，实有 ${size} 字节`, `The file is not whole: it should have ${header.tileDataOffset + (header.tileDataLength ?? 0)} bytes and has ${size}`)
  }
  const root = await archive.cache.getDirectory(source, header.rootDirectoryOffset, header.rootDirectoryLength, header)
  if (root.length === 0) throw refuse('import.tiles-none', '文件中没有瓦片', 'There are no tiles in the file')
  const metadata: unknown = header.jsonMetadataLength === 0 ? {} : JSON.parse(Buffer.from(await unpacked((await source.getBytes(header.jsonMetadataOffset, header.jsonMetadataLength)).data, header.internalCompression)).toString('utf8'))
  return {
    minzoom: header.minZoom, maxzoom: header.maxZoom,
    bounds: [header.minLon, header.minLat, header.maxLon, header.maxLat] satisfies BBox,
    attribution: plainText(isRecord(metadata) ? metadata.attribution : ''), layers: vectorLayers(metadata),
    version: async () => `${size}-${mtimeMs}`,
    tile: async (z, x, y) => {
      const found = await archive.getZxy(z, x, y).catch(() => undefined)
      if (!found || found.data.byteLength > maxTileBytes) return null
      return { bytes: new Uint8Array(found.data), gzip: header.tileCompression === Compression.Gzip }
    },
    close: () => file.close(),
  }
}

async function unpacked(bytes: ArrayBuffer, compression: Compression): Promise<ArrayBuffer> {
  if (compression === Compression.None || compression === Compression.Unknown) return bytes
  if (compression !== Compression.Gzip) throw new Error(`compression ${compression}`)
  const plain = await unzip(new Uint8Array(bytes), { maxOutputLength: maxPart })
  return plain.buffer.slice(plain.byteOffset, plain.byteOffset + plain.length) as ArrayBuffer
}

/** `vector_layers` of the metadata, as PMTiles and MBTiles both write it. */
export function vectorLayers(metadata: unknown): string[] {
  const layers: unknown = isRecord(metadata) ? metadata.vector_layers : null
  if (!Array.isArray(layers)) return []
  return layers.slice(0, 200).flatMap((layer: unknown) => (isRecord(layer) && typeof layer.id === 'string' ? [layer.id.slice(0, 100)] : []))
}

/** An attribution is shown on our pages: words only. */
export function plainText(value: unknown): string {
  if (typeof value !== 'string') return ''
  // oxlint-disable-next-line no-control-regex
  return value.slice(0, 2000).replace(/<[^>]{0,500}>/g, '').replace(/[<>\u0000-\u001f\u007f]/g, ' ').trim().slice(0, 300)
}

function damaged(fault: unknown) {
  const words = String(fault instanceof Error ? fault.message : fault).slice(0, 160)
  return refuse('import.pmtiles-damaged', `PMTiles 文件已损坏（${words}）`, `The PMTiles file is damaged (${words})`)
}
