import { between, cross, distance, distinct, leftOf, minus, plus, scaled, unit, type Vec } from './shapes.plane.ts'

/** Points along the whole of a curve, at most; a curve through more points than this keeps its points. */
const detail = 1_200

/**
 * The centripetal Catmull-Rom curve: it passes through every point, and makes no loop or cusp where points lie close
 * together. Points next to each other must differ.
 */
export function curveThrough(points: readonly Vec[], closed = false): Vec[] {
  const count = points.length
  if (count < 3) return [...points]
  const spans = closed ? count : count - 1
  const steps = Math.max(1, Math.min(24, Math.round(detail / spans)))
  const at = (i: number): Vec => {
    if (closed) return points[((i % count) + count) % count]!
    if (i < 0) return plus(points[0]!, minus(points[0]!, points[1]!))
    if (i >= count) return plus(points[count - 1]!, minus(points[count - 1]!, points[count - 2]!))
    return points[i]!
  }
  const curve: Vec[] = []
  for (let i = 0; i < spans; i++) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)]
    const [m1, m2] = tangents(p0, p1, p2, p3)
    curve.push(p1)
    for (let step = 1; step < steps; step++) curve.push(hermite(p1, m1, p2, m2, step / steps))
  }
  if (!closed) curve.push(points[count - 1]!)
  return curve
}

function tangents(p0: Vec, p1: Vec, p2: Vec, p3: Vec): [Vec, Vec] {
  const a = Math.max(1e-6, Math.sqrt(distance(p0, p1)))
  const b = Math.max(1e-6, Math.sqrt(distance(p1, p2)))
  const c = Math.max(1e-6, Math.sqrt(distance(p2, p3)))
  const along = scaled(minus(p2, p1), 1 / b)
  const m1 = scaled(plus(minus(scaled(minus(p1, p0), 1 / a), scaled(minus(p2, p0), 1 / (a + b))), along), b)
  const m2 = scaled(plus(minus(along, scaled(minus(p3, p1), 1 / (b + c))), scaled(minus(p3, p2), 1 / c)), b)
  return [m1, m2]
}

function hermite(p1: Vec, m1: Vec, p2: Vec, m2: Vec, t: number): Vec {
  const [t2, t3] = [t * t, t * t * t]
  const [a, b, c, d] = [2 * t3 - 3 * t2 + 1, t3 - 2 * t2 + t, -2 * t3 + 3 * t2, t3 - t2]
  return { x: a * p1.x + b * m1.x + c * p2.x + d * m2.x, y: a * p1.y + b * m1.y + c * p2.y + d * m2.y }
}

/** Douglas and Peucker: only the points that lie farther than `tolerance` from the line without them. */
export function simplified(points: readonly Vec[], tolerance: number): Vec[] {
  return keptBy(points, tolerance).map((i) => points[i]!)
}

export function keptBy(points: readonly Vec[], tolerance: number): number[] {
  const last = points.length - 1
  if (last < 2) return points.map((_, i) => i)
  const kept = new Set([0, last])
  const todo: [number, number][] = [[0, last]]
  for (let span = todo.pop(); span; span = todo.pop()) {
    const [from, to] = span
    let farthest = -1
    let most = tolerance * tolerance
    for (let i = from + 1; i < to; i++) {
      const off = squareToSegment(points[i]!, points[from]!, points[to]!)
      if (off > most) {
        most = off
        farthest = i
      }
    }
    if (farthest < 0) continue
    kept.add(farthest)
    todo.push([from, farthest], [farthest, to])
  }
  return [...kept].sort((a, b) => a - b)
}

export function distanceToSegment(p: Vec, a: Vec, b: Vec): number {
  return Math.sqrt(squareToSegment(p, a, b))
}

/** The square of the distance: a hand's line of thousands of points asks for it millions of times. */
function squareToSegment(p: Vec, a: Vec, b: Vec): number {
  const dx = b.x - a.x
  const dy = b.y - a.y
  const square = dx * dx + dy * dy
  const t = square === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / square))
  const ox = p.x - a.x - t * dx
  const oy = p.y - a.y - t * dy
  return ox * ox + oy * oy
}

/** A hand's line, or the outline it closed: what trembles by less than 1/250 of its size is taken out, then it is rounded off. */
export function freehand(points: readonly Vec[], closed: boolean): Vec[] {
  const open = closed && points.length > 3 && distance(points[0]!, points.at(-1)!) < sizeOf(points) / 50 ? points.slice(0, -1) : points
  const calm = distinct(simplified(open, sizeOf(points) / 250))
  return closed && calm.length < 3 ? [...calm] : curveThrough(calm, closed)
}

export function sizeOf(points: readonly Vec[]): number {
  const xs = points.map((p) => p.x)
  const ys = points.map((p) => p.y)
  return Math.hypot(spread(xs), spread(ys))
}

function spread(values: readonly number[]): number {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high - low
}

/** Two lines side by side, 3 % of the length apart, mitred at the corners and cut short where a corner is sharp. */
export function doubleLine(points: readonly Vec[]): [Vec[], Vec[]] {
  const half = (lengthOf(points) * 0.03) / 2
  return [beside(points, half), beside(points, -half)]
}

function beside(points: readonly Vec[], off: number): Vec[] {
  return points.map((p, i) => {
    const before = i > 0 ? unit(minus(p, points[i - 1]!)) : null
    const after = i < points.length - 1 ? unit(minus(points[i + 1]!, p)) : null
    const [d1, d2] = [before ?? after!, after ?? before!]
    const bisector = unit(plus(leftOf(d1), leftOf(d2)))
    const turn = bisector.x * -d1.y + bisector.y * d1.x
    return plus(p, turn === 0 ? leftOf(d1) : bisector, off / Math.max(0.5, turn))
  })
}

export function lengthOf(points: readonly Vec[]): number {
  let sum = 0
  for (let i = 1; i < points.length; i++) sum += distance(points[i - 1]!, points[i]!)
  return sum
}

/** Whether the straight lines a–b and c–d cross. */
export function isCrossing(a: Vec, b: Vec, c: Vec, d: Vec): boolean {
  return areApart(a, b, c, d) && areApart(c, d, a, b)
}

/** Whether p and q lie on either side of the line through a and b. Asked thousands of times for one arrow, so it makes no vectors. */
function areApart(a: Vec, b: Vec, p: Vec, q: Vec): boolean {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  return Math.sign(dx * (p.y - a.y) - dy * (p.x - a.x)) * Math.sign(dx * (q.y - a.y) - dy * (q.x - a.x)) < 0
}

/**
 * Where the line crosses itself it goes on at once, if the loop is no longer than `longest`: such small ones come on
 * the inner side of a turn that is sharper than the line is far from the middle of what it bounds.
 */
export function withoutLoops(line: readonly Vec[], longest: number): Vec[] {
  const kept: Vec[] = []
  for (const next of line) {
    const last = kept.at(-1)
    const i = last ? kept.findIndex((from, k) => k < kept.length - 2 && isCrossing(from, kept[k + 1]!, last, next)) : -1
    const crossing = i >= 0 && meeting(kept[i]!, kept[i + 1]!, last!, next)
    if (crossing && lengthOf([crossing, ...kept.slice(i + 1), crossing]) <= longest) kept.splice(i + 1, Infinity, crossing)
    kept.push(next)
  }
  return kept
}

/** Where the straight lines a–b and c–d cross, if they do: a and b lie on either side of c–d, so this is always between them. */
function meeting(a: Vec, b: Vec, c: Vec, d: Vec): Vec {
  const off = (p: Vec) => cross(minus(d, c), minus(p, c))
  return between(a, b, off(a) / (off(a) - off(b)))
}

/** `count` + 1 points evenly spaced from `from` to `to` metres along a path, each with the direction there. */
export function walk(path: readonly Vec[], from: number, to: number, count: number): { at: Vec; along: Vec }[] {
  const stations: { at: Vec; along: Vec }[] = []
  let i = 1
  let passed = 0
  for (let k = 0; k <= count; k++) {
    const s = from + ((to - from) * k) / count
    while (i < path.length - 1 && passed + distance(path[i - 1]!, path[i]!) < s) {
      passed += distance(path[i - 1]!, path[i]!)
      i++
    }
    const span = distance(path[i - 1]!, path[i]!)
    stations.push({ at: between(path[i - 1]!, path[i]!, span === 0 ? 0 : Math.min(1, (s - passed) / span)), along: unit(minus(path[i]!, path[i - 1]!)) })
  }
  return stations
}
