import { degreesOf, type EchartsArea, type Vertex } from './echartsMap.ts'

/** One edge between two vertices and the areas it belongs to: two where neighbours share it. */
export interface BorderEdge {
  a: Vertex
  b: Vertex
  owners: string[]
}

const keyOf = ([x, y]: Vertex) => `${x},${y}`

/** Every edge of the areas, once. Those inside one and the same area (between its parts) are left out. */
export function edgesOf(areas: readonly EchartsArea[]): BorderEdge[] {
  const edges = new Map<string, BorderEdge>()
  for (const { code, polygons } of areas) {
    for (const ring of polygons.flat()) {
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [ring[i - 1]!, ring[i]!]
        const [from, to] = [keyOf(a), keyOf(b)]
        if (from === to) continue
        const key = from < to ? `${from};${to}` : `${to};${from}`
        const known = edges.get(key)
        if (known) known.owners.push(code)
        else edges.set(key, { a, b, owners: [code] })
      }
    }
  }
  return [...edges.values()].filter(({ owners }) => owners.length === 1 || new Set(owners).size > 1)
}

/** Edges that follow one another, joined into lines in degrees: dashes run through, and a tile holds fewer features. */
export function joined(edges: readonly Pick<BorderEdge, 'a' | 'b'>[]): [number, number][][] {
  const meeting = new Map<string, number[]>()
  edges.forEach(({ a, b }, i) => {
    for (const key of [keyOf(a), keyOf(b)]) meeting.set(key, [...meeting.get(key) ?? [], i])
  })
  const used = new Set<number>()
  const lines: [number, number][][] = []
  const walk = (start: number, from: Vertex) => {
    const line = [from]
    let [edge, at]: [number | undefined, Vertex] = [start, from]
    while (edge !== undefined) {
      used.add(edge)
      const { a, b } = edges[edge]!
      at = keyOf(a) === keyOf(at) ? b : a
      line.push(at)
      const here: number[] = meeting.get(keyOf(at))!
      edge = here.length === 2 ? here.find((i) => !used.has(i)) : undefined
    }
    lines.push(line.map(degreesOf))
  }
  // From the ends and forks first; what is left then are closed rings.
  edges.forEach(({ a, b }, i) => {
    for (const end of [a, b]) if (!used.has(i) && meeting.get(keyOf(end))!.length !== 2) walk(i, end)
  })
  edges.forEach(({ a }, i) => { if (!used.has(i)) walk(i, a) })
  return lines
}

/** How far what an edge hangs together with reaches, in the edges' own units. */
export function extentsOf(edges: readonly BorderEdge[]): (edge: BorderEdge) => number {
  const leaders = new Map<string, string>()
  const leaderOf = (key: string): string => {
    let top = key
    for (let up = leaders.get(top); up !== undefined && up !== top; up = leaders.get(top)) top = up
    // The way just walked is made short for the next who comes.
    for (let at = key; at !== top;) {
      const up = leaders.get(at)!
      leaders.set(at, top)
      at = up
    }
    return top
  }
  for (const { a, b } of edges) {
    const [from, to] = [leaderOf(keyOf(a)), leaderOf(keyOf(b))]
    leaders.set(from, from)
    leaders.set(to, from)
  }
  const boxes = new Map<string, [number, number, number, number]>()
  for (const { a, b } of edges) {
    const leader = leaderOf(keyOf(a))
    const [west, south, east, north] = boxes.get(leader) ?? [Infinity, Infinity, -Infinity, -Infinity]
    boxes.set(leader, [Math.min(west, a[0], b[0]), Math.min(south, a[1], b[1]), Math.max(east, a[0], b[0]), Math.max(north, a[1], b[1])])
  }
  return ({ a }) => {
    const [west, south, east, north] = boxes.get(leaderOf(keyOf(a))) ?? [0, 0, 0, 0]
    return Math.max(east - west, north - south)
  }
}

/** Points by cells of one size, to find whether any lies near. */
export class NearPoints {
  readonly #cells = new Map<string, [number, number][]>()
  readonly #size: number

  constructor(size: number) {
    this.#size = size
  }

  add(x: number, y: number): void {
    const key = this.#key(x, y)
    const cell = this.#cells.get(key)
    if (cell) cell.push([x, y])
    else this.#cells.set(key, [[x, y]])
  }

  /** Whether a point lies within the cell size of x, y. */
  has(x: number, y: number): boolean {
    for (const dx of [-this.#size, 0, this.#size]) {
      for (const dy of [-this.#size, 0, this.#size]) {
        for (const [px, py] of this.#cells.get(this.#key(x + dx, y + dy)) ?? []) if (Math.hypot(px - x, py - y) <= this.#size) return true
      }
    }
    return false
  }

  #key(x: number, y: number): string {
    return `${Math.floor(x / this.#size)},${Math.floor(y / this.#size)}`
  }
}
