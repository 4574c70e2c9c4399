import { curveThrough, isCrossing, lengthOf, walk, withoutLoops } from './shapes.curves.ts'
import { between, distance, distinct, dot, leftOf, length, minus, plus, scaled, unit, type Vec } from './shapes.plane.ts'

/** 直箭头: a block with parallel sides and a head a quarter of its length. */
export function straightArrow(tail: Vec, tip: Vec): Vec[] {
  const along = minus(tip, tail)
  const left = leftOf(along)
  const neck = plus(tail, along, 0.75)
  return [
    plus(tail, left, 0.045), plus(neck, left, 0.045), plus(neck, left, 0.12), tip,
    plus(neck, left, -0.12), plus(neck, left, -0.045), plus(tail, left, -0.045),
  ]
}

/** 细直箭头: a shaft and two barbs, lines all. */
export function fineArrow(tail: Vec, tip: Vec): Vec[][] {
  const back = minus(tail, tip)
  const left = leftOf(back)
  const barb = (side: number) => plus(plus(tip, back, 0.16), left, 0.08 * side)
  return [[tail, tip], [barb(1), tip, barb(-1)]]
}

/**
 * 攻击箭头: the first two points are the corners of its tail, the others its way to the tip. The body follows a
 * smooth line from the middle of the tail, narrowing to the neck; the tail is notched.
 *
 * A wide body cannot follow every way without crossing itself, so there are several outlines, the best first: slimmer
 * ones, then those that leave the way's loops out, or all its turns; a bare triangle; an arrow without these corners.
 */
export function* attackArrows(corner1: Vec, corner2: Vec, way: readonly Vec[]): Generator<Vec[]> {
  const middle = between(corner1, corner2)
  const tip = way.at(-1)
  if (!tip) return
  for (const [bends, loop] of [[way, 1.5 * distance(corner1, corner2)], [way, Infinity], [[tip], Infinity]] as const) {
    const spine = curveThrough(distinct([middle, ...bends]))
    if (spine.length > 1) for (const breadth of [1, 0.6, 0.3, 0.1]) yield attackArrow(corner1, corner2, spine, breadth, loop)
  }
  yield [corner1, tip, corner2]
  yield straightArrow(middle, tip)
}

/** One of them. `breadth`: what it keeps of its ordinary breadth ahead of its tail; `loop`: loops of its sides up to this length are left out. */
function attackArrow(corner1: Vec, corner2: Vec, spine: readonly Vec[], breadth: number, loop: number): Vec[] {
  const middle = between(corner1, corner2)
  const total = lengthOf(spine)
  const tail = distance(corner1, corner2) || 0.1 * total
  const head = Math.max(0.1 * total, Math.min(0.22 * total, 1.2 * tail))
  const neck = Math.min(0.26 * head, Math.max(0.3 * tail, 0.08 * head)) * breadth
  const stations = walk(spine, 0, total - head, 40)
  const start = leftOf(stations[0]!.along)
  const [left, right] = dot(minus(corner1, middle), start) >= 0 ? [corner1, corner2] : [corner2, corner1]
  // A third of the body turns square to the way; more where a corner lies so far ahead that the side would run back.
  const ahead = Math.abs(dot(minus(left, middle), stations[0]!.along))
  const turning = Math.max(1 / 3, (1.5 * ahead) / (total - head))
  const side = (corner: Vec, sign: number) => stations.map(({ at, along }, i) => {
    const t = i / (stations.length - 1)
    const width = (tail / 2) * (1 - t) ** (1 / breadth) + neck * t
    // The tail's corners are where the person put them, square to the way or not.
    const turn = Math.min(1, t / turning)
    const square = scaled(leftOf(along), sign * width)
    const drawn = scaled(minus(corner, middle), width / (tail / 2))
    return plus(at, between(drawn, square, turn * turn * (3 - 2 * turn)))
  })
  const tip = spine.at(-1)!
  const [wing1, , wing2] = headOf(stations.at(-1)!.at, tip, head * 0.55 * breadth)
  const notch = plus(middle, stations[0]!.along, Math.min(0.3 * tail, 0.2 * total) * breadth)
  return [...withoutLoops([...side(left, 1), wing1!, tip], loop), ...withoutLoops([...side(right, -1), wing2!, tip], loop).reverse().slice(1), notch]
}

function headOf(neck: Vec, tip: Vec, half: number): Vec[] {
  const left = leftOf(unit(minus(tip, neck)))
  return [plus(neck, left, half), tip, plus(neck, left, -half)]
}

/** The five points of a pincer arrow; what is not set is mirrored or put between. */
export function pincerPoints(points: readonly Vec[]): [Vec, Vec, Vec, Vec, Vec] | null {
  const [base1, base2, tip1] = points
  if (!base1 || !base2 || !tip1) return null
  const middle = between(base1, base2)
  const across = unit(minus(base2, base1))
  const tip2 = points[3] ?? plus(tip1, across, -2 * dot(minus(tip1, middle), across))
  const crotch = points[4] ?? plus(middle, forwardOf(base1, base2, tip1, tip2), 0.3)
  return [base1, base2, tip1, tip2, crotch]
}

/** From the base to the tips, square to the base; never nothing, so that the crotch stands off the base. */
function forwardOf(base1: Vec, base2: Vec, tip1: Vec, tip2: Vec): Vec {
  const across = minus(base2, base1)
  const square = unit(leftOf(across))
  const depth = dot(minus(between(tip1, tip2), between(base1, base2)), square)
  const least = 0.3 * length(across)
  return scaled(square, Math.abs(depth) < least ? Math.sign(depth || 1) * least : depth)
}

/**
 * 钳击箭头: two arrows from one base closing on what lies between their tips. Points: base, base, tip, tip, crotch.
 * As of attack arrows there are several outlines, the best first; the last joins the points in the order they lie in.
 */
export function* pincerArrows(points: readonly [Vec, Vec, Vec, Vec, Vec]): Generator<Vec[]> {
  for (const breadth of [1, 0.6, 0.3, 0.1]) yield pincerArrow(points, breadth)
  const middle = scaled(points.reduce((sum, p) => plus(sum, p)), 1 / points.length)
  const bearing = (p: Vec) => Math.atan2(p.y - middle.y, p.x - middle.x)
  yield points.toSorted((p, q) => bearing(p) - bearing(q))
}

function pincerArrow([base1, base2, p3, p4, crotch]: readonly [Vec, Vec, Vec, Vec, Vec], breadth: number): Vec[] {
  const [tip1, tip2] = isCrossing(base1, p3, base2, p4) ? [p4, p3] : [p3, p4]
  const one = arm(base1, crotch, tip1, breadth)
  const two = arm(base2, crotch, tip2, breadth)
  return [...one.outer, ...one.inner.reverse().slice(1), ...two.inner.slice(1), ...two.outer.reverse().slice(1)]
}

/** The two sides of one arm, each with its half of the head, to the tip: it leaves square to its root, from `outer` to `inner`, and bends to its tip. */
function arm(outer: Vec, inner: Vec, tip: Vec, breadth: number): { outer: Vec[]; inner: Vec[] } {
  const root = between(outer, inner)
  const reach = minus(tip, root)
  const square = unit(leftOf(minus(outer, inner)))
  const ahead = scaled(square, dot(reach, square) < 0 ? -1 : 1)
  const knee = plus(root, ahead, Math.max(0.4 * length(reach), 0.6 * Math.abs(dot(reach, square))))
  const axis = Array.from({ length: 41 }, (_, i) => {
    const t = i / 40
    return between(between(root, knee, t), between(knee, tip, t), t)
  })
  const total = lengthOf(axis)
  const head = 0.3 * total
  const half = distance(outer, inner) / 2
  const neck = Math.min(0.28 * head, Math.max(0.06 * head, half)) * breadth
  const toOuter = dot(leftOf(ahead), minus(outer, inner)) >= 0 ? 1 : -1
  const stations = walk(axis, 0, total - head, 32)
  const [left, , right] = headOf(stations.at(-1)!.at, tip, head * 0.5 * breadth)
  const side = (sign: number) => withoutLoops([...stations.map(({ at, along }, i) => {
    const t = i / (stations.length - 1)
    return plus(at, leftOf(i === 0 ? ahead : along), sign * (half * (1 - t) ** (1 / breadth) + neck * t))
  }), sign > 0 ? left! : right!, tip], 3 * half)
  return { outer: side(toOuter), inner: side(-toOuter) }
}
