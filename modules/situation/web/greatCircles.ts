import { metresBetween } from '#core/geo/metres.ts'

type Point = readonly [lon: number, lat: number]
const rad = (degrees: number) => (degrees * Math.PI) / 180

/** The way from point to point as it lies on the ground, with points at most so many metres apart; longitudes run on across the 180th meridian. */
export function greatCircles(points: readonly Point[], metres: number): [number, number][] {
  const way: [number, number][] = []
  for (const [i, point] of points.entries()) {
    const before = way.at(-1)
    const start = points[i - 1]
    if (!before || !start) {
      way.push([point[0], point[1]])
      continue
    }
    const pieces = Math.min(400, Math.max(1, Math.ceil(metresBetween([...start], [...point]) / metres)))
    for (let n = 1; n <= pieces; n++) {
      const [lon, lat] = n === pieces ? point : between(start, point, n / pieces)
      way.push([way.at(-1)![0] + turnBetween(way.at(-1)![0], lon), lat])
    }
  }
  return way
}

function between(from: Point, to: Point, t: number): Point {
  const [p, r] = [vector(from), vector(to)]
  const angle = Math.acos(Math.max(-1, Math.min(1, p[0] * r[0] + p[1] * r[1] + p[2] * r[2])))
  if (angle < 1e-9) return to
  const [u, v] = [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)]
  const [x, y, z] = [u * p[0] + v * r[0], u * p[1] + v * r[1], u * p[2] + v * r[2]]
  return [(Math.atan2(y, x) * 180) / Math.PI, (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI]
}

function vector([lon, lat]: Point): [number, number, number] {
  return [Math.cos(rad(lat)) * Math.cos(rad(lon)), Math.cos(rad(lat)) * Math.sin(rad(lon)), Math.sin(rad(lat))]
}

function turnBetween(from: number, to: number): number {
  return ((((to - from + 180) % 360) + 360) % 360) - 180
}
