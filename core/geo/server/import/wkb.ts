import type { Geometry, Position } from '../../geojson.ts'

/** Bytes that are no geometry we can read; the message says where. */
export class WkbFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WkbFault'
  }
}

const maxDepth = 8

/** How many numbers a position has, and whether the third is a height: a measure is not. */
interface Form { numbers: number; height: boolean }

/**
 * Well-known binary, as ISO (Z +1000, M +2000) or EWKB (flag bits) write it, to GeoJSON. Reads nothing beyond the
 * bytes given and makes room for nothing that they could not hold. Null for an empty geometry.
 */
export function readWkb(bytes: Uint8Array, offset = 0): Geometry | null {
  return new WkbReader(bytes, offset).geometry(0)
}

/** A GeoPackage geometry (OGC 12-128 §2.1.3): a header of its own, then WKB. */
export function readGeoPackageGeometry(bytes: Uint8Array): { srsId: number; geometry: Geometry | null } {
  if (bytes.length < 8 || bytes[0] !== 0x47 || bytes[1] !== 0x50) throw new WkbFault('not a GeoPackage geometry')
  const flags = bytes[3] ?? 0
  const envelope = [0, 32, 48, 48, 64][(flags >> 1) & 7]
  if (envelope === undefined || bytes[2] !== 0) throw new WkbFault('unknown form of GeoPackage geometry')
  if (flags & 0x20) throw new WkbFault('extended GeoPackage geometry')
  const srsId = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getInt32(4, (flags & 1) === 1)
  const geometry = readWkb(bytes, 8 + envelope)
  return { srsId, geometry: flags & 0x10 ? null : geometry }
}

class WkbReader {
  private readonly view: DataView
  private offset: number
  private little = true

  constructor(bytes: Uint8Array, offset: number) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.offset = offset
  }

  geometry(depth: number, wanted?: number): Geometry | null {
    if (depth > maxDepth) throw new WkbFault('geometries nested too deeply')
    const { kind, form } = this.head()
    if (wanted !== undefined && kind !== wanted) throw new WkbFault(`geometry of kind ${kind} where ${wanted} belongs`)
    switch (kind) {
      case 1: {
        const position = this.position(form)
        // A point of NaN is how WKB writes an empty one.
        return position.every((n) => Number.isNaN(n)) ? null : { type: 'Point', coordinates: position }
      }
      case 2: return present({ type: 'LineString', coordinates: this.line(form) })
      case 3: return present({ type: 'Polygon', coordinates: this.rings(form) })
      case 4: return present({ type: 'MultiPoint', coordinates: this.parts(depth, 1) as Position[] })
      case 5: return present({ type: 'MultiLineString', coordinates: this.parts(depth, 2) as Position[][] })
      case 6: return present({ type: 'MultiPolygon', coordinates: this.parts(depth, 3) as Position[][][] })
      case 7: {
        const geometries: Geometry[] = []
        for (let n = this.count(5); n > 0; n--) {
          const part = this.geometry(depth + 1)
          if (part) geometries.push(part)
        }
        return geometries.length === 0 ? null : { type: 'GeometryCollection', geometries }
      }
      default: throw new WkbFault(`geometry of kind ${kind} is not supported`)
    }
  }

  private parts(depth: number, kind: number): unknown[] {
    const parts: unknown[] = []
    for (let n = this.count(kind === 1 ? 21 : 9); n > 0; n--) {
      const part = this.geometry(depth + 1, kind)
      if (part && part.type !== 'GeometryCollection') parts.push(part.coordinates)
    }
    return parts
  }

  private head(): { kind: number; form: Form } {
    this.need(5)
    const order = this.view.getUint8(this.offset)
    if (order > 1) throw new WkbFault(`byte order ${order}`)
    this.little = order === 1
    const type = this.view.getUint32(this.offset + 1, this.little)
    this.offset += 5
    const extended = (type & 0xe0000000) >>> 0
    const plain = type & 0x1fffffff
    if (extended & 0x20000000) this.skip(4)
    const thousands = Math.floor(plain / 1000)
    if (thousands > 3) throw new WkbFault(`geometry of kind ${plain} is not supported`)
    const z = thousands === 1 || thousands === 3 || (extended & 0x80000000) !== 0
    const m = thousands >= 2 || (extended & 0x40000000) !== 0
    return { kind: plain % 1000, form: { numbers: 2 + (z ? 1 : 0) + (m ? 1 : 0), height: z } }
  }

  private rings(form: Form): Position[][] {
    const rings: Position[][] = []
    for (let n = this.count(4); n > 0; n--) rings.push(this.line(form))
    return rings.filter((ring) => ring.length > 0)
  }

  private line(form: Form): Position[] {
    const count = this.count(form.numbers * 8)
    const line: Position[] = []
    for (let i = 0; i < count; i++) line.push(this.position(form))
    return line
  }

  private position({ numbers, height }: Form): Position {
    this.need(numbers * 8)
    const x = this.view.getFloat64(this.offset, this.little)
    const y = this.view.getFloat64(this.offset + 8, this.little)
    const position: Position = height ? [x, y, this.view.getFloat64(this.offset + 16, this.little)] : [x, y]
    this.offset += numbers * 8
    return position
  }

  /** A count of things that take at least so many bytes each. */
  private count(least: number): number {
    this.need(4)
    const count = this.view.getUint32(this.offset, this.little)
    this.offset += 4
    if (count * least > this.view.byteLength - this.offset) throw new WkbFault(`${count} parts do not fit into ${this.view.byteLength - this.offset} bytes`)
    return count
  }

  private skip(bytes: number): void {
    this.need(bytes)
    this.offset += bytes
  }

  private need(bytes: number): void {
    if (this.offset + bytes > this.view.byteLength) throw new WkbFault(`ends at byte ${this.view.byteLength}, in the middle of a geometry`)
  }
}

function present(geometry: Geometry): Geometry | null {
  return geometry.type !== 'GeometryCollection' && geometry.coordinates.length === 0 ? null : geometry
}
