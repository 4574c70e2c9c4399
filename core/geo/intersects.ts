import { bboxOf, boxesMeet, type BBox } from './bbox.ts'
import type { Geometry, Position } from './geojson.ts'
import { areaHolds, edgesIn, liesOn, partsOf, pathsOf, side, type Edge, type Parts } from './geometryParts.ts'

/**
 * Whether two geometries share a point, in the plane of longitude and latitude; touching counts. The same answer as
 * PostGIS ST_Intersects gives, and far quicker on large shapes than testing every edge against every edge.
 */
export function intersects(a: Geometry, b: Geometry): boolean {
  return intersector(a)(b)
}

/** The same, for one geometry against many. */
export function intersector(a: Geometry): (b: Geometry) => boolean {
  const boxA = bboxOf(a)
  const partsA = partsOf(a)
  const pathsA = pathsOf(partsA)
  return (b) => {
    const boxB = bboxOf(b)
    if (!boxA || !boxB || !boxesMeet(boxA, boxB)) return false
    const partsB = partsOf(b)
    const pathsB = pathsOf(partsB)
    return pointsMeet(partsA, partsB, pathsB) || pointsMeet(partsB, partsA, pathsA)
      || startsInside(pathsA, partsB) || startsInside(pathsB, partsA)
      || pathsMeet(pathsA, pathsB, overlap(boxA, boxB))
  }
}

/** Whether a single point of `one` lies on or in `other`. */
function pointsMeet({ points }: Parts, other: Parts, paths: Position[][]): boolean {
  if (points.length === 0) return false
  return points.some((point) => other.points.some((p) => p[0] === point[0] && p[1] === point[1])
    || other.areas.some((area) => areaHolds(area, point))
    || paths.some((path) => onPath(path, point)))
}

function onPath(path: readonly Position[], [x, y]: Position): boolean {
  for (let i = 1; i < path.length; i++) if (liesOn(path[i - 1]![0], path[i - 1]![1], path[i]![0], path[i]![1], x, y)) return true
  return false
}

/** Where no edges cross, a path lies wholly inside an area or wholly outside: its first point tells which. */
function startsInside(paths: readonly (readonly Position[])[], { areas }: Parts): boolean {
  return areas.length > 0 && paths.some((path) => path[0] !== undefined && areas.some((area) => areaHolds(area, path[0]!)))
}

function overlap(a: BBox, b: BBox): BBox {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]
}

/** A sweep from west to east over the edges within the overlap of the two boxes. */
function pathsMeet(a: Position[][], b: Position[][], within: BBox): boolean {
  if (a.length === 0 || b.length === 0) return false
  const first = edgesIn(a, within).sort((p, q) => p.west - q.west)
  const second = edgesIn(b, within).sort((p, q) => p.west - q.west)
  let open: Edge[] = []
  let next = 0
  for (const edge of first) {
    while (next < second.length && second[next]!.west <= edge.east) open.push(second[next++]!)
    // What ended before this edge begins ended before all later ones begin, too.
    open = open.filter((other) => other.east >= edge.west)
    for (const other of open) if (other.west <= edge.east && other.south <= edge.north && other.north >= edge.south && edgesMeet(edge, other)) return true
  }
  return false
}

function edgesMeet(p: Edge, q: Edge): boolean {
  const a = side(p.ax, p.ay, p.bx, p.by, q.ax, q.ay)
  const b = side(p.ax, p.ay, p.bx, p.by, q.bx, q.by)
  const c = side(q.ax, q.ay, q.bx, q.by, p.ax, p.ay)
  const d = side(q.ax, q.ay, q.bx, q.by, p.bx, p.by)
  if (((a > 0 && b < 0) || (a < 0 && b > 0)) && ((c > 0 && d < 0) || (c < 0 && d > 0))) return true
  return liesOn(p.ax, p.ay, p.bx, p.by, q.ax, q.ay) || liesOn(p.ax, p.ay, p.bx, p.by, q.bx, q.by)
    || liesOn(q.ax, q.ay, q.bx, q.by, p.ax, p.ay) || liesOn(q.ax, q.ay, q.bx, q.by, p.bx, p.by)
}
