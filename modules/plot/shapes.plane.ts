import { boxAround } from '#core/geo/bbox.ts'

/** Degrees: longitude, latitude. */
export type Position = [number, number]
/** Metres in a plane: x east, y north. */
export interface Vec { x: number; y: number }

export interface Plane {
  toPlane(at: readonly [number, number]): Vec
  toEarth(v: Vec): Position
}

/** Mean radius of the Earth, m: a sphere is true to 0.3 % of distances, and true to shape everywhere. */
const radius = 6_371_008.8
const rad = Math.PI / 180

/**
 * The azimuthal equidistant projection about a point: distances and bearings from it are true, shapes near it are
 * those on the ground at any latitude, and every point of the Earth has a finite place in it.
 */
export function planeAt(origin: readonly [number, number]): Plane {
  const lon0 = origin[0] * rad
  const lat0 = origin[1] * rad
  const sin0 = Math.sin(lat0)
  const cos0 = Math.cos(lat0)
  return {
    toPlane([lon, lat]) {
      const dLon = lon * rad - lon0
      const dLat = lat * rad - lat0
      const cosLat = Math.cos(lat * rad)
      const half = Math.sin(dLat / 2) ** 2 + cos0 * cosLat * Math.sin(dLon / 2) ** 2
      const distance = 2 * radius * Math.asin(Math.sqrt(Math.min(1, half)))
      const bearing = Math.atan2(Math.sin(dLon) * cosLat, cos0 * Math.sin(lat * rad) - sin0 * cosLat * Math.cos(dLon))
      return { x: distance * Math.sin(bearing), y: distance * Math.cos(bearing) }
    },
    toEarth({ x, y }) {
      const distance = Math.hypot(x, y)
      if (distance === 0) return [origin[0], origin[1]]
      const c = Math.min(distance / radius, Math.PI)
      const sinC = Math.sin(c)
      const cosC = Math.cos(c)
      const lat = Math.asin(Math.max(-1, Math.min(1, cosC * sin0 + (y * sinC * cos0) / distance)))
      const lon = lon0 + Math.atan2(x * sinC, distance * cos0 * cosC - y * sin0 * sinC)
      return [lon / rad, lat / rad]
    },
  }
}

/** The plane about the middle of some points. */
export function planeOf(points: readonly (readonly [number, number])[]): Plane {
  const [west, south, east, north] = boxAround(points) ?? [0, 0, 0, 0]
  return planeAt([(west + east) / 2, (south + north) / 2])
}

/** As strokes hold them: at most 7 decimals, about a centimetre. */
export function rounded([lon, lat]: readonly [number, number]): Position {
  return [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7]
}

/** A position that a stroke may hold: longitude turned into range, latitude held at the poles. */
export function lawful([lon, lat]: readonly [number, number]): Position {
  const turned = lon >= -180 && lon <= 180 ? lon : ((((lon + 180) % 360) + 360) % 360) - 180
  return rounded([turned, Math.max(-90, Math.min(90, lat))])
}

export const plus = (a: Vec, b: Vec, times = 1): Vec => ({ x: a.x + b.x * times, y: a.y + b.y * times })
export const minus = (a: Vec, b: Vec): Vec => ({ x: a.x - b.x, y: a.y - b.y })
export const scaled = (a: Vec, k: number): Vec => ({ x: a.x * k, y: a.y * k })
export const between = (a: Vec, b: Vec, t = 0.5): Vec => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t })
export const dot = (a: Vec, b: Vec): number => a.x * b.x + a.y * b.y
export const cross = (a: Vec, b: Vec): number => a.x * b.y - a.y * b.x
export const length = (a: Vec): number => Math.hypot(a.x, a.y)
export const distance = (a: Vec, b: Vec): number => Math.hypot(a.x - b.x, a.y - b.y)
export const unit = (a: Vec): Vec => { const l = length(a); return l === 0 ? { x: 0, y: 0 } : { x: a.x / l, y: a.y / l } }
/** A quarter turn to the left. */
export const leftOf = (a: Vec): Vec => ({ x: -a.y, y: a.x })

/** Without points that lie where the one before them lies; a millimetre apart is the same place. */
export function distinct(points: readonly Vec[]): Vec[] {
  return points.filter((p, i) => i === 0 || distance(p, points[i - 1]!) > 0.001)
}
