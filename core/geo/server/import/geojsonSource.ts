import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import iconv from 'iconv-lite'
import { refuse, type Sentence } from '#core/kernel/index.ts'
import { JsonScan, notGeoJson, type JsonPiece } from './jsonScan.ts'
import { isRecord, stopIfAsked, type FeatureSource, type OpenChoices, type RawFeature } from './source.ts'

const chunkSize = 256 * 1024
/** What is read beforehand to learn the coordinate system and the encoding. */
const sampleSize = 1024 * 1024

/** GeoJSON of any size: a collection, one feature, or features one after another (GeoJSONSeq, newline-delimited). */
export async function openGeoJson(path: string, { encoding: wanted }: OpenChoices = {}): Promise<FeatureSource> {
  const { size } = await stat(path)
  const sample = await beginningOf(path, sampleSize)
  const { encoding, note } = encodingOf(sample, size, wanted)
  const crs = crsIn(sample, encoding)
  let done = 0
  const controller = new AbortController()
  return {
    format: 'GeoJSON', layer: null, crs, encoding, notes: note ? [note] : [],
    progress: () => (size === 0 ? 1 : done / size),
    async* features(signal) {
      const chunks = createReadStream(path, { highWaterMark: chunkSize, signal: controller.signal })
      yield* featuresOf(decoded(counted(chunks, (bytes) => { done += bytes }), encoding), crs, signal)
    },
    close: async () => controller.abort(),
  }
}

/** Features in a stream of UTF-8 bytes; also of what another program writes to a pipe. */
export async function* featuresOf(chunks: AsyncIterable<Buffer>, crs: string | null, signal: AbortSignal): AsyncGenerator<RawFeature[]> {
  const scan = new JsonScan()
  let number = 0
  const next = (value: unknown): RawFeature => featureOf(value, ++number)
  for await (const chunk of chunks) {
    stopIfAsked(signal)
    const found: RawFeature[] = []
    for (const piece of scan.push(chunk)) {
      if (piece.kind === 'head') continue
      const value = parsed(piece, number + 1)
      if (piece.kind === 'feature' || !isRecord(value)) found.push(next(value))
      else if (value.type === 'FeatureCollection') {
        const late = crsNamed(value)
        if (late !== null && late !== crs) throw refuse('import.crs-late', `坐标系写在要素之后（${late}），请用 --crs 指明`, `The coordinate system stands after the features (${late}); state it with --crs`)
        // Only where the name was written with escapes: the scanner passes such a collection on whole.
        if (Array.isArray(value.features)) for (const feature of value.features) found.push(next(feature))
      } else if (value.type === 'Topology') {
        throw refuse('import.topojson', '这是 TopoJSON：请先转换为 GeoJSON（mapshaper 或 ogr2ogr）', 'This is TopoJSON: convert it to GeoJSON first (mapshaper or ogr2ogr)')
      } else if ('type' in value) found.push(next(value))
      else throw notGeoJson()
    }
    if (found.length > 0) yield found
  }
  scan.end()
}

function featureOf(value: unknown, number: number): RawFeature {
  if (!isRecord(value)) return { number, geometry: null, properties: {}, unreadable: typeof value === 'string' ? value : 'not an object' }
  // A bare geometry is a feature without attributes.
  if (value.type !== 'Feature') return { number, geometry: value, properties: {} }
  const properties = isRecord(value.properties) ? value.properties : {}
  const id = value.id
  return { number, geometry: value.geometry, properties: (typeof id === 'string' || typeof id === 'number') && properties.id === undefined ? { id, ...properties } : properties }
}

/** The JSON of one piece; the parser's own words where it is none. */
function parsed(piece: JsonPiece, number: number): unknown {
  if (!isUtf8(piece.bytes)) throw refuse('import.encoding', `第 ${number} 条要素不是 UTF-8，可能是 GBK：请加 --encoding gbk`, `Feature ${number} is not UTF-8, perhaps GBK: add --encoding gbk`)
  try {
    return JSON.parse(piece.bytes.toString('utf8'))
  } catch (fault) {
    return String(fault instanceof Error ? fault.message : fault).slice(0, 120)
  }
}

export async function beginningOf(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(bytes)
    const { bytesRead } = await file.read(buffer, 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** UTF-8 unless it is not: then GBK, which most Chinese software wrote, and we say so. */
export function encodingOf(sample: Buffer, size: number, wanted?: string): { encoding: string; note: Sentence | null } {
  if (wanted !== undefined) return { encoding: knownEncoding(wanted), note: null }
  if ((sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff)) {
    return { encoding: 'utf-16', note: { zh: '文件以 UTF-16 编码', en: 'The file is in UTF-16' } }
  }
  // The sample may end within a character.
  const whole = sample.length < size ? sample.subarray(0, lastWhole(sample)) : sample
  if (isUtf8(whole)) return { encoding: 'utf-8', note: null }
  return { encoding: 'gb18030', note: { zh: '文字不是 UTF-8，按 GBK 读取；如有乱码请用 --encoding 指明', en: 'The text is not UTF-8 and was read as GBK; if it looks wrong, state it with --encoding' } }
}

/** Where the last whole UTF-8 character ends. */
export function lastWhole(bytes: Buffer): number {
  let end = bytes.length
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    if (length > back) end = bytes.length - back
    break
  }
  return end
}

export function knownEncoding(name: string): string {
  if (!/^[\w.:-]{1,40}$/.test(name) || !iconv.encodingExists(name)) throw refuse('import.encoding-unknown', `不认识编码 ${name}；常用 utf-8、gbk、gb18030、big5`, `No such encoding: ${name}; the usual ones are utf-8, gbk, gb18030 and big5`)
  return name.toLowerCase()
}

async function* counted(chunks: AsyncIterable<Buffer>, tell: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    tell(chunk.length)
    yield chunk
  }
}

async function* decoded(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  let first = true
  if (encoding === 'utf-8' || encoding === 'utf8') {
    for await (const chunk of chunks) {
      // A byte order mark says nothing more.
      yield first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk
      first = false
    }
    return
  }
  const decoder = iconv.getDecoder(encoding)
  for await (const chunk of chunks) yield Buffer.from(decoder.write(chunk))
  yield Buffer.from(decoder.end() ?? '')
}

/** The coordinate system a collection names before its features. */
function crsIn(sample: Buffer, encoding: string): string | null {
  const bytes = encoding === 'utf-8' || encoding === 'utf8' ? withoutMark(sample) : Buffer.from(iconv.decode(sample, encoding))
  for (const piece of new JsonScan().push(bytes)) {
    if (piece.kind === 'feature') return null
    try {
      return crsNamed(JSON.parse(piece.kind === 'head' ? `${piece.bytes.toString('utf8')}]}` : piece.bytes.toString('utf8')))
    } catch {
      return null
    }
  }
  return null
}

const withoutMark = (bytes: Buffer) => (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes)

/** `crs` of GeoJSON 2008: gone from RFC 7946, still written by everyone whose data is not WGS 84. */
function crsNamed(value: unknown): string | null {
  if (!isRecord(value) || !isRecord(value.crs)) return null
  const named: unknown = isRecord(value.crs.properties) ? value.crs.properties.name ?? value.crs.properties.code : null
  return typeof named === 'string' ? named.slice(0, 200) : typeof named === 'number' ? `EPSG:${named}` : null
}
