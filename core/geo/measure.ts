import type { Sentence } from '#core/kernel/index.ts'
import type { Geometry, Position } from './geojson.ts'
import { partsOf } from './geometryParts.ts'
import { metresBetween } from './metres.ts'

/** The CGCS2000 ellipsoid (GB 22021-2008; GRS 80). WGS 84's differs by 0.1 mm in its shorter axis. */
export const ellipsoid = { a: 6_378_137, f: 1 / 298.257_222_101 } as const
const b = ellipsoid.a * (1 - ellipsoid.f)

/** What a measured length or area is, to stand beside it on screen and paper. */
export const measureSource: Sentence = {
  zh: '按 CGCS2000 椭球面量算，不计地形起伏',
  en: 'Measured on the CGCS2000 ellipsoid, regardless of terrain',
}

/**
 * Metres along the shortest line on the ellipsoid, to the millimetre (Vincenty's inverse, Survey Review 1975). Between
 * nearly opposite points of the earth it does not converge: the great circle of the mean sphere answers, within 0.6 %.
 */
export function geodesicMetres(from: Position, to: Position): number {
  const { f, a } = ellipsoid
  const L = radians(to[0] - from[0])
  const [u1, u2] = [Math.atan((1 - f) * Math.tan(radians(from[1]))), Math.atan((1 - f) * Math.tan(radians(to[1])))]
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)]
  let lambda = L
  for (let round = 0; round < 100; round++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)]
    const sinS = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL)
    if (sinS === 0) return 0
    const cosS = sin1 * sin2 + cos1 * cos2 * cosL
    const sigma = Math.atan2(sinS, cosS)
    const sinA = (cos1 * cos2 * sinL) / sinS
    const cos2A = 1 - sinA * sinA
    const cosM = cos2A === 0 ? 0 : cosS - (2 * sin1 * sin2) / cos2A
    const C = (f / 16) * cos2A * (4 + f * (4 - 3 * cos2A))
    const before = lambda
    lambda = L + (1 - C) * f * sinA * (sigma + C * sinS * (cosM + C * cosS * (2 * cosM * cosM - 1)))
    if (Math.abs(lambda - before) > 1e-12) continue
    const k = (cos2A * (a * a - b * b)) / (b * b)
    const A = 1 + (k / 16384) * (4096 + k * (-768 + k * (320 - 175 * k)))
    const B = (k / 1024) * (256 + k * (-128 + k * (74 - 47 * k)))
    const far = B * sinS * (cosM + (B / 4) * (cosS * (2 * cosM * cosM - 1) - (B / 6) * cosM * (4 * sinS * sinS - 3) * (4 * cosM * cosM - 3)))
    return b * A * (sigma - far)
  }
  return metresBetween(from, to)
}

/** Metres along a path, or along every line of a geometry (for areas, their outlines). */
export function lengthMetres(of: Geometry | readonly Position[]): number {
  if (isPath(of)) return pathMetres(of)
  const { lines, areas } = partsOf(of)
  return [...lines, ...areas.flat()].reduce((sum, line) => sum + pathMetres(line), 0)
}

function isPath(of: Geometry | readonly Position[]): of is readonly Position[] {
  return Array.isArray(of)
}

function pathMetres(path: readonly Position[]): number {
  let sum = 0
  for (let i = 1; i < path.length; i++) sum += geodesicMetres(path[i - 1]!, path[i]!)
  return sum
}

/**
 * Square metres of a geometry's areas on the ellipsoid, holes taken off. Latitudes go to the sphere of the same area as
 * the ellipsoid, where the spherical excess is exact; edges become great circles there, which changes areas of a
 * province by less than one part in 10,000.
 */
export function areaSquareMetres(geometry: Geometry): number {
  return partsOf(geometry).areas.reduce((sum, [outer = [], ...holes]) => sum + ringSquareMetres(outer) - holes.reduce((inner, hole) => inner + ringSquareMetres(hole), 0), 0)
}

const e = Math.sqrt(ellipsoid.f * (2 - ellipsoid.f))
const authalicAt90 = authalic(1)
/** Of the sphere with the ellipsoid's surface: 6,371,007.18 m. */
const authalicRadius = ellipsoid.a * Math.sqrt(authalicAt90 / 2)

function authalic(sinLat: number): number {
  return (1 - e * e) * (sinLat / (1 - e * e * sinLat * sinLat) + Math.atanh(e * sinLat) / e)
}

function ringSquareMetres(ring: readonly Position[]): number {
  let excess = 0
  for (let i = 1; i < ring.length; i++) {
    const [from, to] = [ring[i - 1]!, ring[i]!]
    const turn = Math.tan(radians(to[0] - from[0]) / 2)
    const [t1, t2] = [halfTangent(from[1]), halfTangent(to[1])]
    excess += 2 * Math.atan2(turn * (t1 + t2), 1 + t1 * t2)
  }
  return Math.abs(excess) * authalicRadius ** 2
}

/** Tangent of half the latitude on the sphere of the same area. */
function halfTangent(lat: number): number {
  const beta = Math.asin(Math.max(-1, Math.min(1, authalic(Math.sin(radians(lat))) / authalicAt90)))
  return Math.tan(beta / 2)
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}

/** 835 米 · 12.35 公里 */
export function lengthText(metres: number, language: 'zh' | 'en' = 'zh'): string {
  const [value, zh, en] = metres < 1_000 ? [metres.toFixed(metres < 10 ? 1 : 0), '米', 'm'] as const : [(metres / 1_000).toFixed(metres < 100_000 ? 2 : 0), '公里', 'km'] as const
  return language === 'zh' ? `${value} ${zh}` : `${value} ${en}`
}

/** 5 200 平方米 · 3.21 公顷 · 252.0 平方公里 */
export function areaText(squareMetres: number, language: 'zh' | 'en' = 'zh'): string {
  const [value, zh, en] = squareMetres < 10_000 ? [squareMetres.toFixed(0), '平方米', 'm²'] as const
    : squareMetres < 1e6 ? [(squareMetres / 10_000).toFixed(2), '公顷', 'ha'] as const
      : [(squareMetres / 1e6).toFixed(squareMetres < 1e9 ? 2 : 0), '平方公里', 'km²'] as const
  return language === 'zh' ? `${value} ${zh}` : `${value} ${en}`
}
