import { union } from '@turf/turf'
import type { Geometry, Position } from '../../geojson.ts'
import type { ImportFault } from '../../importReport.ts'
import { crossings } from '../../crossings.ts'
import type { Crs } from './crs.ts'
import { isInside, signedArea } from '../../rings.ts'
import { isRecord } from './source.ts'

/** Of one feature: more is a damaged file, or data to be cut into sheets first. */
export const maxPoints = 1_000_000
/** Taking a polygon apart costs much more than looking at it: about ten seconds for so many. */
const maxMendedPoints = 100_000
const maxParts = 100_000
const maxCollectionDepth = 4

export type Mended =
  | { geometry: Geometry; faults: Set<ImportFault> }
  | { skipped: ImportFault; detail?: string }

/** A no from deep within a geometry. */
class Skip extends Error {
  readonly fault: ImportFault
  readonly detail: string | undefined
  constructor(fault: ImportFault, detail?: string) {
    super(fault)
    this.fault = fault
    this.detail = detail
  }
}

/** Brings an untrusted geometry into degrees and into order: valid by OGC's rules and RFC 7946's, or skipped with the reason. */
export function mendGeometry(raw: unknown, crs: Crs): Mended {
  const mender = new Mender(crs)
  try {
    const geometry = mender.geometry(raw, 0)
    if (!geometry) return { skipped: mender.dropped ? 'too-few-points' : 'empty-geometry' }
    return { geometry, faults: mender.faults }
  } catch (fault) {
    if (fault instanceof Skip) return { skipped: fault.fault, detail: fault.detail }
    throw fault
  }
}

class Mender {
  readonly faults = new Set<ImportFault>()
  dropped = false
  private points = 0
  private readonly crs: Crs

  constructor(crs: Crs) {
    this.crs = crs
  }

  geometry(raw: unknown, depth: number): Geometry | null {
    if (raw === null || raw === undefined) return null
    if (!isRecord(raw)) throw new Skip('unknown-geometry', typeof raw)
    const { coordinates } = raw
    switch (raw.type) {
      case 'Point': return list(coordinates).length === 0 ? null : { type: 'Point', coordinates: this.position(coordinates) }
      case 'MultiPoint': return parts('MultiPoint', 'Point', this.line(coordinates, false))
      case 'LineString': return parts('MultiLineString', 'LineString', this.lines([coordinates]))
      case 'MultiLineString': return parts('MultiLineString', 'LineString', this.lines(list(coordinates)))
      case 'Polygon': return this.polygons([coordinates])
      case 'MultiPolygon': return this.polygons(list(coordinates))
      case 'GeometryCollection': {
        if (depth >= maxCollectionDepth) throw new Skip('unknown-geometry', 'GeometryCollection')
        const geometries = list(raw.geometries).map((part) => this.geometry(part, depth + 1)).filter((part) => part !== null)
        return geometries.length <= 1 ? geometries[0] ?? null : { type: 'GeometryCollection', geometries }
      }
      default: throw new Skip('unknown-geometry', String(raw.type).slice(0, 40))
    }
  }

  private lines(raw: unknown[]): Position[][] {
    const lines = raw.map((line) => this.line(line, true)).filter((line) => line.length > 0)
    const kept = lines.filter((line) => line.length >= 2)
    if (kept.length < lines.length) this.drop(kept.length > 0)
    return kept
  }

  private polygons(raw: unknown[]): Geometry | null {
    const polygons: Position[][][] = []
    for (const part of raw) {
      const rings = list(part)
      if (rings.length === 0) continue
      const [outer, ...holes] = rings.map((ring, i) => this.ring(ring, i === 0))
      if (outer) polygons.push([outer, ...holes.filter((hole) => hole !== null)])
    }
    const mended = this.untangled(polygons)
    return parts('MultiPolygon', 'Polygon', mended)
  }

  /** Closed, of at least three corners, the outer one counter-clockwise; null when it is none. */
  private ring(raw: unknown, outer: boolean): Position[] | null {
    const ring = this.line(raw, true)
    const [first, last] = [ring[0], ring.at(-1)]
    if (!first || !last) return null
    if (first[0] !== last[0] || first[1] !== last[1]) {
      if (ring.length >= 3) this.faults.add('ring-closed')
      ring.push(first)
    }
    const area = ring.length < 4 ? 0 : signedArea(ring)
    if (ring.length < 4 || (area === 0 && crossings([ring]) === 'none')) {
      this.drop(true)
      return null
    }
    if (area > 0 === outer || area === 0) return ring
    this.faults.add('ring-turned')
    return ring.reverse()
  }

  private untangled(polygons: Position[][][]): Position[][][] {
    const rings = polygons.flat()
    const count = rings.reduce((sum, ring) => sum + ring.length, 0)
    const state = crossings(rings)
    if (state === 'none' && polygons.every(holesInside)) return polygons
    if (state === 'too-many' || count > maxMendedPoints) throw new Skip('too-tangled', `${count} points`)
    this.faults.add('self-intersection')
    try {
      const flat = polygons.map((polygon) => polygon.map((ring) => ring.map(([x, y]): Position => [x, y])))
      const itself = { type: 'Feature' as const, properties: {}, geometry: { type: 'MultiPolygon' as const, coordinates: flat as number[][][][] } }
      const mended = union({ type: 'FeatureCollection', features: [itself, itself] })?.geometry
      const found = (mended?.type === 'Polygon' ? [mended.coordinates] : mended?.coordinates ?? []) as Position[][][]
      // Rounding may leave slivers without area.
      const whole = found.filter(([outer]) => outer && signedArea(outer) !== 0).map(([outer, ...holes]) => [outer as Position[], ...holes.filter((hole) => signedArea(hole) !== 0)])
      if (whole.length === 0) this.dropped = true
      return whole.map((polygon) => polygon.map((ring, i) => (signedArea(ring) > 0 === (i === 0) ? ring : ring.toReversed())))
    } catch {
      throw new Skip('too-tangled')
    }
  }

  private line(raw: unknown, joined: boolean): Position[] {
    const line: Position[] = []
    let last: Position | undefined
    for (const one of list(raw)) {
      const position = this.position(one)
      if (joined && last && last[0] === position[0] && last[1] === position[1]) this.faults.add('repeated-points')
      else line.push(position)
      last = position
    }
    return line
  }

  private position(raw: unknown): Position {
    if (++this.points > maxPoints) throw new Skip('too-many-points', `> ${maxPoints}`)
    if (!Array.isArray(raw)) throw new Skip('not-a-number')
    const [x, y, height] = raw as unknown[]
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y)) throw new Skip('not-a-number', JSON.stringify(raw)?.slice(0, 80))
    const [lon, lat] = this.crs.toDegrees ? this.crs.toDegrees(x, y) : [x, y]
    if (!(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90)) throw new Skip('out-of-range', `${x}, ${y}`)
    if (height === undefined || height === null) return [lon, lat]
    if (typeof height === 'number' && Number.isFinite(height) && Math.abs(height) < 1e7) return [lon, lat, height]
    this.faults.add('height-dropped')
    return [lon, lat]
  }

  private drop(others: boolean): void {
    this.dropped = true
    if (others) this.faults.add('part-dropped')
  }
}

function list(raw: unknown): unknown[] {
  if (raw === null || raw === undefined) return []
  if (!Array.isArray(raw)) throw new Skip('not-a-number', typeof raw)
  if (raw.length > maxPoints) throw new Skip('too-many-points', `${raw.length}`)
  return raw
}

/** A hole outside its polygon is none. */
function holesInside([outer, ...holes]: Position[][]): boolean {
  if (!outer || holes.length > maxParts) return false
  // A corner may lie on the outer ring itself; not all of them.
  return holes.every((hole) => hole.slice(0, 3).some((corner) => isInside(corner, outer)))
}

/** One part is written as what it is. */
function parts(many: 'MultiPoint' | 'MultiLineString' | 'MultiPolygon', one: 'Point' | 'LineString' | 'Polygon', coordinates: unknown[]): Geometry | null {
  if (coordinates.length === 0) return null
  return (coordinates.length === 1 ? { type: one, coordinates: coordinates[0] } : { type: many, coordinates }) as Geometry
}
