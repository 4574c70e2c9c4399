import { refuse } from '#core/kernel/index.ts'
import { maxFeatureBytes } from './source.ts'

/** What the scanner cuts out of a stream of JSON. */
export interface JsonPiece {
  /** `head`: a collection up to its features. `feature`: one of them. `whole`: a top-level object, without its features. */
  kind: 'head' | 'feature' | 'whole'
  bytes: Buffer
}

const [quote, backslash, comma, colon, openArray, closeArray, openObject, closeObject] = Buffer.from('"\\,:[]{}')
const name = Buffer.from('features')
const maxDepth = 64
/** All of a collection but its features. */
const maxHeadBytes = 1024 * 1024

/**
 * Cuts GeoJSON into features without reading the whole: one collection, or one object after another (one to a line,
 * with or without RFC 8142's separators). It follows strings and brackets only; each piece is parsed as JSON by itself.
 */
export class JsonScan {
  private depth = 0
  private inString = false
  private escaped = false
  /** How much of `features` the current string has spelt, −1 when it spells something else. */
  private spelt = -1
  private key = false
  private afterColon = false
  private inFeatures = false
  private hadFeatures = false
  /** Of a collection: what stands around its features. */
  private head: Buffer[] = []
  /** Of a piece that began in an earlier chunk. */
  private kept: Buffer[] = []
  private keptBytes = 0
  private position = 0

  push(chunk: Buffer): JsonPiece[] {
    const found: JsonPiece[] = []
    let start = this.depth > (this.inFeatures ? 2 : 0) ? 0 : -1
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if (this.inString) {
        if (this.escaped) this.escaped = false
        else if (byte === backslash) {
          this.escaped = true
          this.spelt = -1
        } else if (byte === quote) {
          this.inString = false
          this.key = this.spelt === name.length
        } else if (this.spelt >= 0) this.spelt = byte === name[this.spelt] ? this.spelt + 1 : -1
        continue
      }
      switch (byte) {
        case quote:
          if (this.depth === 0 || (this.inFeatures && this.depth === 2)) throw this.damaged(i)
          this.inString = true
          this.spelt = this.depth === 1 ? 0 : -1
          break
        case colon:
          this.afterColon = this.depth === 1 && this.key
          this.key = false
          break
        case openObject: case openArray:
          if (this.depth === 0 && byte === openArray) throw notGeoJson()
          if (this.depth === 2 && this.inFeatures && byte === openArray) throw this.damaged(i)
          if (this.depth === 0 || (this.depth === 2 && this.inFeatures)) start = i
          this.depth++
          if (this.depth > maxDepth) throw refuse('import.json-depth', `JSON 嵌套超过 ${maxDepth} 层，不予读取`, `The JSON is nested more than ${maxDepth} deep; it is not read`)
          if (this.depth === 2 && byte === openArray && this.afterColon && !this.inFeatures) {
            this.head.push(Buffer.from(this.cut(chunk, start, i + 1)))
            this.inFeatures = this.hadFeatures = true
            found.push({ kind: 'head', bytes: this.wholeHead() })
            start = -1
          }
          this.afterColon = false
          break
        case closeObject: case closeArray:
          this.depth--
          if (this.depth < 0) throw this.damaged(i)
          if (this.inFeatures && this.depth === 2) {
            found.push({ kind: 'feature', bytes: this.cut(chunk, start, i + 1) })
            start = -1
          } else if (this.inFeatures && this.depth === 1) {
            if (byte !== closeArray) throw this.damaged(i)
            this.inFeatures = false
            start = i
          } else if (this.depth === 0) {
            this.head.push(this.cut(chunk, start, i + 1))
            found.push({ kind: 'whole', bytes: this.wholeHead() })
            this.head = []
            this.hadFeatures = false
            start = -1
          }
          break
        case comma:
          if (this.depth === 0) throw this.damaged(i)
          this.key = this.afterColon = false
          break
        case 0x20: case 0x0a: case 0x0d: case 0x09: case 0x1e: break
        default:
          if (this.depth === 0 || (this.inFeatures && this.depth === 2)) throw this.position + i === 0 ? notGeoJson() : this.damaged(i)
          this.afterColon = false
      }
    }
    if (start >= 0) this.keep(chunk, start, chunk.length)
    this.position += chunk.length
    return found
  }

  /** Of a file that ended; a file that stops in the middle is not taken for a shorter one. */
  end(): void {
    if (this.depth > 0 || this.inString) throw refuse('import.truncated', `文件不完整：在第 ${this.position} 字节处中断`, `The file is not whole: it breaks off at byte ${this.position}`)
  }

  private keep(chunk: Buffer, start: number, end: number): void {
    this.keptBytes += end - start
    if (this.keptBytes > maxFeatureBytes) throw tooLarge(this.position + start)
    this.kept.push(Buffer.from(chunk.subarray(start, end)))
  }

  /** The piece that ends here, with what was kept of it. */
  private cut(chunk: Buffer, start: number, end: number): Buffer {
    if (this.kept.length === 0) return chunk.subarray(start, end)
    this.keep(chunk, start, end)
    const bytes = Buffer.concat(this.kept)
    this.kept = []
    this.keptBytes = 0
    return bytes
  }

  private wholeHead(): Buffer {
    const bytes = this.head.length === 1 ? this.head[0] as Buffer : Buffer.concat(this.head)
    if (this.hadFeatures && bytes.length > maxHeadBytes) throw tooLarge(this.position)
    return bytes
  }

  private damaged(i: number) {
    return refuse('import.json-damaged', `第 ${this.position + i} 字节处不是正确的 JSON`, `At byte ${this.position + i} it is not proper JSON`)
  }
}

function tooLarge(position: number) {
  return refuse('import.feature-too-large', `第 ${position} 字节附近的一条要素超过 ${maxFeatureBytes / 1048576} MiB，不予读取`, `A feature near byte ${position} has more than ${maxFeatureBytes / 1048576} MiB; it is not read`)
}

export function notGeoJson() {
  return refuse('import.not-geojson', '不是 GeoJSON：应为 FeatureCollection、Feature 或逐行的 Feature', 'This is not GeoJSON: it should be a FeatureCollection, a Feature, or a Feature to a line')
}
