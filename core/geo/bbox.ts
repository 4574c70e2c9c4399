import type { Geometry, Position } from './geojson.ts'

/** West, south, east, north in degrees. West greater than east: the box lies across the 180th meridian (RFC 7946 §5.2). */
export type BBox = [west: number, south: number, east: number, north: number]

/** The whole world. */
export const world: BBox = [-180, -90, 180, 90]

/** Every position of a geometry, in order, whatever its kind. */
export function* positionsOf(geometry: Geometry): Generator<Position> {
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) yield* positionsOf(part)
    return
  }
  yield* flat(geometry.coordinates)
}

type Nested = Position | Nested[]

function* flat(coordinates: Nested): Generator<Position> {
  if (typeof coordinates[0] === 'number') yield coordinates as Position
  else for (const inner of coordinates as Nested[]) yield* flat(inner)
}

/** The box of a geometry as its coordinates stand; one that crosses the 180th meridian should be cut there (RFC 7946 §3.1.9). Null when it has no position. */
export function bboxOf(geometry: Geometry): BBox | null {
  return boxAround(positionsOf(geometry))
}

/** The box of some positions as they stand; null when there are none. */
export function boxAround(positions: Iterable<readonly [number, number, number?]>): BBox | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of positions) {
    if (x < west) west = x
    if (x > east) east = x
    if (y < south) south = y
    if (y > north) north = y
  }
  return west > east ? null : [west, south, east, north]
}

/** The same box as one or two that do not cross the 180th meridian. */
export function splitAtMeridian([west, south, east, north]: BBox): BBox[] {
  return west <= east ? [[west, south, east, north]] : [[west, south, 180, north], [-180, south, east, north]]
}

/** Whether two boxes share a point; their edges belong to them. */
export function boxesMeet(a: BBox, b: BBox): boolean {
  return splitAtMeridian(a).some((p) => splitAtMeridian(b).some((q) => p[0] <= q[2] && q[0] <= p[2] && p[1] <= q[3] && q[1] <= p[3]))
}

/** Whether `inner` lies wholly in `outer`; for boxes that do not cross the 180th meridian. */
export function boxHolds(outer: BBox, inner: BBox): boolean {
  return outer[0] <= inner[0] && inner[2] <= outer[2] && outer[1] <= inner[1] && inner[3] <= outer[3]
}

/** The smallest box around both; for boxes that do not cross the 180th meridian. */
export function unionOf(a: BBox | null, b: BBox | null): BBox | null {
  if (!a || !b) return a ?? b
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]
}

/** A box as a polygon. */
export function boxPolygon([west, south, east, north]: BBox): Geometry {
  return { type: 'Polygon', coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] }
}

/**
 * The box grown by so many metres on every side: no point within that distance lies outside it. Near a pole every
 * longitude may be within the distance; across the 180th meridian the box comes back with west greater than east.
 */
export function growBox([west, south, east, north]: BBox, metres: number): BBox {
  const up = (metres / earthRadius) * (180 / Math.PI) * 1.000001
  const [low, high] = [south - up, north + up]
  if (low <= -90 || high >= 90) return [-180, Math.max(low, -90), 180, Math.min(high, 90)]
  // The widest reach in longitude of a cap: asin(sin d / cos φ), at the latitude farthest from the equator.
  const ratio = Math.sin((up * Math.PI) / 180) / Math.cos((Math.max(Math.abs(south), Math.abs(north)) * Math.PI) / 180)
  const wide = up >= 90 || ratio >= 1 ? 180 : (Math.asin(ratio) * 180) / Math.PI
  const span = west <= east ? east - west : east - west + 360
  if (span + 2 * wide >= 360) return [-180, low, 180, high]
  return [wrap(west - wide), low, wrap(east + wide), high]
}

/** Mean radius of the ellipsoid, (2a + b) / 3, in metres: the sphere that turf and PostGIS use too. */
export const earthRadius = 6_371_008.771_4

/** A longitude brought into −180…180. */
export function wrap(lon: number): number {
  return lon >= -180 && lon <= 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180
}
