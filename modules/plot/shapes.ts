import { crossings } from '#core/geo/crossings.ts'
import type { Geometry, Position } from '#core/geo/geojson.ts'
import { signedArea } from '#core/geo/rings.ts'
import { assemblyArea, assemblyThird, circle, sector } from './shapes.areas.ts'
import { attackArrows, fineArrow, pincerArrows, pincerPoints, straightArrow } from './shapes.arrows.ts'
import { curveThrough, doubleLine, freehand } from './shapes.curves.ts'
import { isPath, planeFor, pointLimits, type Figure } from './shapes.limits.ts'
import { distinct, rounded, type Plane, type Vec } from './shapes.plane.ts'
import { symbolByCode } from './symbols.ts'

export { isComplete, pointLimits, type Figure } from './shapes.limits.ts'
export { canInsert, handlesOf, insertHandle, moveHandle, removeHandle, translate, type Handle } from './shapes.handles.ts'
export { areaArrows } from './shapes.decorations.ts'

/**
 * The figure a stroke's control points make, the same on the map, in exports and for machines. Computed in a plane
 * about the points, so that an arrow has its shape at any latitude; to 7 decimals; outer rings counter-clockwise.
 * While a stroke is still being drawn and points are missing, what there is: a line, or a point. A note is its leader
 * line, from the words to what they speak of. A freehand line of an area symbol is closed.
 */
export function strokeGeometry(figure: Figure): Geometry {
  const { shape, points } = figure
  const first = points[0] ?? [0, 0]
  const taken = points.slice(0, pointLimits[shape].max)
  const plain = taken.filter((p, i) => i === 0 || p[0] !== taken[i - 1]![0] || p[1] !== taken[i - 1]![1])
  if (plain.length <= 1) return { type: 'Point', coordinates: rounded(first) }
  const asDrawn = line(plain.map(rounded))
  switch (shape) {
    case 'line': case 'note':
      return asDrawn
    case 'polygon':
      return polygonOr(asDrawn, plain.map(rounded))
    case 'rectangle':
      return polygonOr(asDrawn, rectangle(taken[0]!, taken[1]!))
    default: {
      const plane = planeFor(figure)
      const vs = taken.map((p) => plane.toPlane(p))
      return computed(figure, isPath(shape) ? distinct(vs) : vs, plane) ?? asDrawn
    }
  }
}

/** Null where points are missing or lie so that nothing can be made of them. */
function computed({ shape, symbol }: Figure, vs: Vec[], plane: Plane): Geometry | null {
  const [a, b, c] = vs
  const open = (path: Vec[]) => (path.length < 2 ? null : line(toEarth(path, plane)))
  const closed = (ring: Vec[]) => (ring.length < 3 ? null : polygonOr(null, toEarth(ring, plane)))
  if (!a || !b) return null
  switch (shape) {
    case 'circle': return closed(circle(a, within(plane, a, b)))
    case 'sector': return c ? closed(sector(a, within(plane, a, b), c)) : null
    case 'freehand': return symbolByCode(symbol)?.geometry === 'polygon' ? closed(freehand(vs, true)) : open(freehand(vs, false))
    case 'curve': return open(curveThrough(vs))
    case 'closed-curve': return c ? closed(curveThrough(ring(vs), true)) : null
    case 'double-line': return { type: 'MultiLineString', coordinates: doubleLine(vs).map((path) => toEarth(path, plane)) }
    case 'straight-arrow': return closed(straightArrow(a, b))
    case 'fine-arrow': return { type: 'MultiLineString', coordinates: fineArrow(a, b).map((path) => toEarth(path, plane)) }
    case 'attack-arrow': return firstSimple(attackArrows(a, b, vs.slice(2)), closed)
    case 'pincer-arrow': {
      const five = pincerPoints(vs)
      return five && firstSimple(pincerArrows(five), closed)
    }
    case 'assembly-area': return closed(assemblyArea(a, b, c ?? assemblyThird(a, b)))
    default: return null
  }
}

/** The first outline that does not cross or touch itself as it will be stored, rounded and in degrees. */
function firstSimple(outlines: Iterable<Vec[]>, closed: (ring: Vec[]) => Geometry | null): Geometry | null {
  for (const outline of outlines) {
    const geometry = closed(outline)
    if (geometry?.type === 'Polygon' && crossings([differing(geometry.coordinates[0]!)]) === 'none') return geometry
  }
  return null
}

const differing = (ring: readonly Position[]) => ring.filter(([lon, lat], i) => lon !== ring[i - 1]?.[0] || lat !== ring[i - 1]?.[1])

/** A circle may not take in a pole: it would have no outline in degrees. */
function within(plane: Plane, centre: Vec, edge: Vec): Vec {
  const [, lat] = plane.toEarth(centre)
  const most = (90 - Math.abs(lat)) * 111_000
  const r = Math.hypot(edge.x - centre.x, edge.y - centre.y)
  return r <= most ? edge : { x: centre.x + ((edge.x - centre.x) * most) / r, y: centre.y + ((edge.y - centre.y) * most) / r }
}

/** A closed curve needs no point twice where it closes. */
function ring(vs: Vec[]): Vec[] {
  const [a, z] = [vs[0]!, vs.at(-1)!]
  return vs.length > 3 && Math.hypot(a.x - z.x, a.y - z.y) < 0.001 ? vs.slice(0, -1) : vs
}

function rectangle(a: readonly [number, number], b: readonly [number, number]): Position[] {
  return a[0] === b[0] || a[1] === b[1] ? [] : [rounded(a), rounded([b[0], a[1]]), rounded(b), rounded([a[0], b[1]])]
}

const toEarth = (path: readonly Vec[], plane: Plane): Position[] => path.map((v) => rounded(plane.toEarth(v)))
const line = (coordinates: Position[]): Geometry => ({ type: 'LineString', coordinates })

function polygonOr<T extends Geometry | null>(otherwise: T, corners: Position[]): Geometry | T {
  const ring = corners.length > 1 && String(corners[0]) === String(corners.at(-1)) ? corners.slice(0, -1) : corners
  if (ring.length < 3) return otherwise
  const turned = signedArea(ring) < 0 ? [ring[0]!, ...ring.slice(1).reverse()] : ring
  return { type: 'Polygon', coordinates: [[...turned, turned[0]!]] }
}
