import { bboxOf, boxesMeet, earthRadius, growBox } from './bbox.ts'
import type { Geometry, Position } from './geojson.ts'
import { areaHolds, partsOf, pathsOf, type Parts } from './geometryParts.ts'
import { intersects } from './intersects.ts'

type Vector = readonly [number, number, number]

/** Metres between two points along the great circle of the mean sphere. */
export function metresBetween(a: Position, b: Position): number {
  return angle(vectorOf(a), vectorOf(b)) * earthRadius
}

/** Metres from a point to the nearest point of a geometry; nothing inside an area is away from it. Edges are great circles. */
export function metresFrom(point: Position, geometry: Geometry): number {
  const parts = partsOf(geometry)
  if (parts.areas.some((area) => areaHolds(area, point))) return 0
  return nearestAngle([vectorOf(point)], parts, Infinity) * earthRadius
}

/** Whether two geometries come within so many metres of one another. */
export function withinMetres(geometry: Geometry, metres: number): (other: Geometry) => boolean {
  const box = bboxOf(geometry)
  const parts = partsOf(geometry)
  const own = vectorsOf(parts)
  const limit = metres / earthRadius
  return (other) => {
    const boxOfOther = bboxOf(other)
    if (!box || !boxOfOther || !boxesMeet(growBox(box, metres), boxOfOther)) return false
    if (intersects(geometry, other)) return true
    const partsOfOther = partsOf(other)
    return nearestAngle(own, partsOfOther, limit) <= limit || nearestAngle(vectorsOf(partsOfOther), parts, limit) <= limit
  }
}

function vectorOf([lon, lat]: Position): Vector {
  const [l, p] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180]
  return [Math.cos(p) * Math.cos(l), Math.cos(p) * Math.sin(l), Math.sin(p)]
}

function vectorsOf(parts: Parts): Vector[] {
  return [...parts.points, ...pathsOf(parts).flat()].map(vectorOf)
}

/** Radians; exact for near points too, where an arc cosine alone would lose all digits. */
function angle(a: Vector, b: Vector): number {
  const [x, y, z] = cross(a, b)
  return Math.atan2(Math.hypot(x, y, z), dot(a, b))
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

const chunkLength = 32

/** The least angle from any of the vectors to the parts; stops looking once it is within `enough`. */
function nearestAngle(from: readonly Vector[], parts: Parts, enough: number): number {
  let best = Infinity
  const single = parts.points.map(vectorOf)
  for (const v of from) for (const p of single) best = Math.min(best, angle(v, p))
  for (const path of pathsOf(parts)) {
    const vectors = path.map(vectorOf)
    for (let start = 0; start < vectors.length - 1; start += chunkLength) {
      const chunk = vectors.slice(start, start + chunkLength + 1)
      // A piece of the path lies in a cap around its first point as wide as the piece is long: most pieces end here.
      const width = chunk.reduce((sum, v, i) => (i === 0 ? 0 : sum + angle(chunk[i - 1]!, v)), 0)
      for (const v of from) {
        if (enough < Infinity && best <= enough) return best
        // Within `enough` is all that is asked then; else only what is nearer than the best so far counts.
        if (angle(v, chunk[0]!) - width > Math.min(best, enough)) continue
        for (let i = 1; i < chunk.length; i++) best = Math.min(best, angleToArc(v, chunk[i - 1]!, chunk[i]!))
      }
    }
  }
  return best
}

/** From a point to the nearest point of an arc: across to the great circle where that falls between the ends, else to an end. */
function angleToArc(p: Vector, a: Vector, b: Vector): number {
  const normal = cross(a, b)
  const length = Math.hypot(...normal)
  if (length > 1e-15 && dot(cross(normal, a), p) > 0 && dot(cross(b, normal), p) > 0) {
    // Not by arc sine: it loses digits at both ends.
    const height = Math.abs(dot(normal, p)) / length
    return Math.atan2(height, Math.sqrt(Math.max(0, 1 - height * height)))
  }
  return Math.min(angle(p, a), angle(p, b))
}
