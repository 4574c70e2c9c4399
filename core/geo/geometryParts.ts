import type { BBox } from './bbox.ts'
import type { Geometry, Position } from './geojson.ts'

/** A geometry taken apart into what can be tested: single points, paths, and areas (outer ring, then holes). */
export interface Parts {
  points: Position[]
  lines: Position[][]
  areas: Position[][][]
}

export function partsOf(geometry: Geometry, into: Parts = { points: [], lines: [], areas: [] }): Parts {
  switch (geometry.type) {
    case 'Point': into.points.push(geometry.coordinates); break
    case 'MultiPoint': into.points.push(...geometry.coordinates); break
    case 'LineString': into.lines.push(geometry.coordinates); break
    case 'MultiLineString': into.lines.push(...geometry.coordinates); break
    case 'Polygon': into.areas.push(geometry.coordinates); break
    case 'MultiPolygon': into.areas.push(...geometry.coordinates); break
    case 'GeometryCollection': for (const part of geometry.geometries) partsOf(part, into)
  }
  return into
}

/** Every path of the parts: lines, and the rings of areas. */
export function pathsOf({ lines, areas }: Parts): Position[][] {
  return areas.length === 0 ? lines : [...lines, ...areas.flat()]
}

/** Whether a point lies in an area or on its edge, in the plane of longitude and latitude. */
export function areaHolds(area: readonly Position[][], point: Position): boolean {
  const [outer, ...holes] = area
  if (!outer || ringSide(outer, point) < 0) return false
  return holes.every((hole) => ringSide(hole, point) <= 0)
}

/** 1 inside, 0 on the ring itself, −1 outside. */
function ringSide(ring: readonly Position[], [x, y]: Position): number {
  let inside = false
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = ring[i - 1]!
    const [bx, by] = ring[i]!
    if (liesOn(ax, ay, bx, by, x, y)) return 0
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  }
  return inside ? 1 : -1
}

/** Twice the signed area of a triangle: which side of a → b the point is on. */
export function side(ax: number, ay: number, bx: number, by: number, x: number, y: number): number {
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax)
}

/** Whether a point lies on a segment. */
export function liesOn(ax: number, ay: number, bx: number, by: number, x: number, y: number): boolean {
  return x >= Math.min(ax, bx) && x <= Math.max(ax, bx) && y >= Math.min(ay, by) && y <= Math.max(ay, by) && side(ax, ay, bx, by, x, y) === 0
}

/** One edge of a path: ends, and its box for quick exclusion. */
export interface Edge { ax: number; ay: number; bx: number; by: number; west: number; east: number; south: number; north: number }

/** The edges of paths that meet a box. */
export function edgesIn(paths: readonly (readonly Position[])[], [west, south, east, north]: BBox): Edge[] {
  const edges: Edge[] = []
  for (const path of paths) {
    for (let i = 1; i < path.length; i++) {
      const [ax, ay] = path[i - 1]!
      const [bx, by] = path[i]!
      const edge = { ax, ay, bx, by, west: Math.min(ax, bx), east: Math.max(ax, bx), south: Math.min(ay, by), north: Math.max(ay, by) }
      if (edge.west <= east && edge.east >= west && edge.south <= north && edge.north >= south) edges.push(edge)
    }
  }
  return edges
}
