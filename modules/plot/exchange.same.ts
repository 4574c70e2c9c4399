import type { Geometry, Position } from '#core/geo/geojson.ts'
import { partsOf } from '#core/geo/geometryParts.ts'

/** About ten centimetres: what writers of seven decimals may differ by. */
const tolerance = 1e-6

/** Whether two geometries are the same figure, wherever their rings begin and whichever way their paths run. */
export function isSameGeometry(a: Geometry, b: Geometry): boolean {
  const [left, right] = [pathsOf(a), pathsOf(b)]
  return left.length === right.length && left.every((path, i) => isSamePath(path, right[i]!))
}

interface Path { at: readonly Position[]; closed: boolean }

function pathsOf(geometry: Geometry): Path[] {
  const { points, lines, areas } = partsOf(geometry)
  return [
    ...points.map((point) => ({ at: [point], closed: false })),
    ...lines.map((line) => ({ at: line, closed: false })),
    ...areas.flat().map((ring) => ({ at: ring.slice(0, -1), closed: true })),
  ]
}

function isSamePath(a: Path, b: Path): boolean {
  const count = a.at.length
  if (count !== b.at.length || a.closed !== b.closed) return false
  if (count === 0) return true
  // A ring may begin anywhere; a few starts can lie at the same place.
  const starts = a.closed ? b.at.flatMap((p, i) => (isNear(a.at[0]!, p) ? [i] : [])).slice(0, 8) : [0]
  return starts.some((start) => [1, -1].some((step) => {
    const from = !a.closed && step < 0 ? count - 1 : start
    return a.at.every((p, i) => isNear(p, b.at[(((from + step * i) % count) + count) % count]!))
  }))
}

function isNear(p: Position, q: Position): boolean {
  return Math.abs(p[0] - q[0]) <= tolerance && Math.abs(p[1] - q[1]) <= tolerance
}
