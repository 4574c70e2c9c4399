import type { Geometry, Position } from './geojson.ts'

/** A geometry as CQL2 writes it: WKT without a space of its own between tag and coordinates. */
export function geometryToWkt(geometry: Geometry): string {
  switch (geometry.type) {
    case 'Point': return `POINT(${point(geometry.coordinates)})`
    case 'LineString': return `LINESTRING${line(geometry.coordinates)}`
    case 'Polygon': return `POLYGON${rings(geometry.coordinates)}`
    case 'MultiPoint': return `MULTIPOINT(${geometry.coordinates.map((p) => `(${point(p)})`).join(', ')})`
    case 'MultiLineString': return `MULTILINESTRING(${geometry.coordinates.map(line).join(', ')})`
    case 'MultiPolygon': return `MULTIPOLYGON(${geometry.coordinates.map(rings).join(', ')})`
    default: return `GEOMETRYCOLLECTION(${geometry.geometries.map(geometryToWkt).join(', ')})`
  }
}

const point = (position: Position) => position.map((n) => String(n).toUpperCase()).join(' ')
const line = (positions: Position[]) => `(${positions.map(point).join(', ')})`
const rings = (parts: Position[][]) => `(${parts.map(line).join(', ')})`
