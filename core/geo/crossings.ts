import type { Position } from './geojson.ts'

/** Pairs of edges compared for one polygon, a second or two of work; what has shown no crossing until then is taken as it is. */
const maxComparisons = 200_000_000
/** More crossings than any honest slip of the pen makes; taking them apart would cost their square. */
const maxCrossings = 500

interface Edge { ax: number; ay: number; bx: number; by: number; ring: number; at: number; last: number; west: number; east: number; south: number; north: number }

/**
 * Whether rings (those of one polygon, or of all polygons of a shape) cross themselves or each other. Two rings may
 * touch in a point; one ring may not touch itself, and no two edges may lie on each other.
 */
export function crossings(rings: readonly (readonly Position[])[]): 'none' | 'some' | 'too-many' {
  const edges: Edge[] = []
  rings.forEach((ring, r) => {
    for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1] as Position
      const [bx, by] = ring[i] as Position
      edges.push({ ax, ay, bx, by, ring: r, at: i - 1, last: ring.length - 2, west: Math.min(ax, bx), east: Math.max(ax, bx), south: Math.min(ay, by), north: Math.max(ay, by) })
    }
  })
  edges.sort((p, q) => p.west - q.west)
  const active: Edge[] = []
  let [comparisons, found] = [0, 0]
  for (const edge of edges) {
    let kept = 0
    for (const other of active) {
      if (other.east < edge.west) continue
      active[kept++] = other
      if (other.south <= edge.north && edge.south <= other.north && meet(other, edge) && ++found > maxCrossings) return 'too-many'
    }
    comparisons += active.length
    if (comparisons > maxComparisons) return found > 0 ? 'too-many' : 'none'
    active.length = kept
    active.push(edge)
  }
  return found > 0 ? 'some' : 'none'
}

function meet(p: Edge, q: Edge): boolean {
  const d1 = side(q.ax, q.ay, q.bx, q.by, p.ax, p.ay)
  const d2 = side(q.ax, q.ay, q.bx, q.by, p.bx, p.by)
  const d3 = side(p.ax, p.ay, p.bx, p.by, q.ax, q.ay)
  const d4 = side(p.ax, p.ay, p.bx, p.by, q.bx, q.by)
  if (d1 * d2 < 0 && d3 * d4 < 0) return true
  if (d1 === 0 && d2 === 0) return overlap(p, q)
  if (p.ring !== q.ring) return false
  const apart = Math.abs(p.at - q.at)
  // Neighbours share their corner.
  if (apart === 1 || apart === p.last) return false
  return (d1 === 0 && within(q, p.ax, p.ay)) || (d2 === 0 && within(q, p.bx, p.by)) || (d3 === 0 && within(p, q.ax, q.ay)) || (d4 === 0 && within(p, q.bx, q.by))
}

/** Of edges on one line: whether they share more than a point. */
function overlap(p: Edge, q: Edge): boolean {
  const [x, y] = [Math.min(p.east, q.east) - Math.max(p.west, q.west), Math.min(p.north, q.north) - Math.max(p.south, q.south)]
  return x >= 0 && y >= 0 && (x > 0 || y > 0)
}

function side(ax: number, ay: number, bx: number, by: number, x: number, y: number): number {
  return Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax))
}

function within(edge: Edge, x: number, y: number): boolean {
  return x >= edge.west && x <= edge.east && y >= edge.south && y <= edge.north
}
