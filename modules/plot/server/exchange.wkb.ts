import type { Geometry, Position } from '#core/geo/geojson.ts'

const kinds = { Point: 1, LineString: 2, Polygon: 3, MultiPoint: 4, MultiLineString: 5, MultiPolygon: 6, GeometryCollection: 7 } as const

/** A GeoPackage geometry (OGC 12-128 §2.1.3), little-endian, with its envelope. */
export function geoPackageGeometry(geometry: Geometry, srsId: number): Uint8Array {
  const size = 40 + wkbSize(geometry)
  const view = new DataView(new ArrayBuffer(size))
  view.setUint16(0, 0x4750)
  view.setUint8(3, 0b0000_0011)
  view.setInt32(4, srsId, true)
  const box = [Infinity, -Infinity, Infinity, -Infinity]
  const end = writeWkb(view, 40, geometry, box)
  if (end !== size) throw new Error(`wrote ${end} of ${size} bytes`)
  box.forEach((edge, i) => view.setFloat64(8 + i * 8, edge, true))
  return new Uint8Array(view.buffer)
}

function wkbSize(geometry: Geometry): number {
  const line = (positions: readonly Position[]) => 4 + positions.length * 16
  const rings = (all: readonly (readonly Position[])[]) => 4 + all.reduce((sum, ring) => sum + line(ring), 0)
  switch (geometry.type) {
    case 'Point': return 21
    case 'LineString': return 5 + line(geometry.coordinates)
    case 'Polygon': return 5 + rings(geometry.coordinates)
    default: return 9 + partsOf(geometry).reduce((sum, part) => sum + wkbSize(part), 0)
  }
}

function partsOf(geometry: Geometry): Geometry[] {
  if (geometry.type === 'GeometryCollection') return geometry.geometries
  return geometry.type.startsWith('Multi') ? geometry.coordinates.map((part) => ({ type: geometry.type.slice(5), coordinates: part }) as Geometry) : []
}

function writeWkb(view: DataView, offset: number, geometry: Geometry, box: number[]): number {
  let at = offset
  const uint = (n: number) => { view.setUint32(at, n, true); at += 4 }
  const position = ([x, y]: Position) => {
    view.setFloat64(at, x, true)
    view.setFloat64(at + 8, y, true)
    at += 16
    box[0] = Math.min(box[0]!, x)
    box[1] = Math.max(box[1]!, x)
    box[2] = Math.min(box[2]!, y)
    box[3] = Math.max(box[3]!, y)
  }
  const line = (positions: readonly Position[]) => { uint(positions.length); positions.forEach(position) }
  view.setUint8(at++, 1)
  uint(kinds[geometry.type])
  switch (geometry.type) {
    case 'Point': position(geometry.coordinates); break
    case 'LineString': line(geometry.coordinates); break
    case 'Polygon': uint(geometry.coordinates.length); geometry.coordinates.forEach(line); break
    default: {
      const parts = partsOf(geometry)
      uint(parts.length)
      for (const part of parts) at = writeWkb(view, at, part, box)
    }
  }
  return at
}
