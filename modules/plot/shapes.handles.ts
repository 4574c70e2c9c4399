import { assemblyThird } from './shapes.areas.ts'
import { pincerPoints } from './shapes.arrows.ts'
import { isPath, planeFor, pointLimits, type Figure } from './shapes.limits.ts'
import { lawful, planeAt, rounded, type Position } from './shapes.plane.ts'

/** What can be taken hold of: a control point, or the middle of two, where a further one may be put in. */
export interface Handle {
  kind: 'point' | 'insert'
  /** For `moveHandle`, or for `insertHandle`. */
  index: number
  at: Position
}

/** Of a freehand line: so many points can be taken hold of, and those between follow. */
const freehandHandles = 24

export function handlesOf(figure: Figure): Handle[] {
  const points = handlePoints(figure)
  const taken: Handle[] = points.map((at, index) => ({ kind: 'point', index, at }))
  return canInsert(figure) ? [...taken, ...middles(figure)] : taken
}

/** Whether more control points may be put between those there are. */
export function canInsert({ shape, points }: Figure): boolean {
  return (isPath(shape) || shape === 'attack-arrow') && shape !== 'freehand' && points.length < pointLimits[shape].max
}

function middles({ shape, points }: Figure): Handle[] {
  const closed = shape === 'polygon' || shape === 'closed-curve'
  const spans = points.slice(shape === 'attack-arrow' ? 1 : 0, closed ? undefined : -1)
  const skipped = shape === 'attack-arrow' ? 1 : 0
  return spans.map((a, i): Handle => {
    const index = i + skipped + 1
    const b = points[index % points.length]!
    return { kind: 'insert', index, at: rounded([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]) }
  })
}

/** The points that can be held, with those shown that the shape supplied itself: a pincer's second tip, a rectangle's other corners. */
function handlePoints(figure: Figure): Position[] {
  const { shape, points } = figure
  const [a, b] = points
  const most = Math.min(points.length, pointLimits[shape].max)
  if (shape === 'rectangle' && a && b) return [a, b, [b[0], a[1]], [a[0], b[1]]]
  if (shape === 'freehand') return strides(points.length).map((i) => points[i]!)
  if (shape === 'assembly-area' && points.length === 2 && a && b) {
    const plane = planeFor(figure)
    return [a, b, lawful(plane.toEarth(assemblyThird(plane.toPlane(a), plane.toPlane(b))))]
  }
  if (shape === 'pincer-arrow' && (points.length === 3 || points.length === 4)) {
    const plane = planeFor(figure)
    const five = pincerPoints(points.map((p) => plane.toPlane(p)))!
    return five.map((v, i) => points[i] ?? lawful(plane.toEarth(v)))
  }
  return points.slice(0, most)
}

function strides(count: number): number[] {
  const parts = Math.min(freehandHandles, count - 1)
  return parts < 1 ? [0] : Array.from({ length: parts + 1 }, (_, k) => Math.round((k * (count - 1)) / parts))
}

/** The stroke with one handle put elsewhere; a circle's or sector's centre takes the whole figure with it. */
export function moveHandle<T extends Figure>(stroke: T, index: number, to: readonly [number, number]): T {
  const { shape } = stroke
  const held = handlePoints(stroke)
  const from = held[index]
  if (!from) return stroke
  const at = lawful(to)
  if (shape === 'freehand') return { ...stroke, points: pulled(stroke.points, index, at) }
  if (index === 0 && (shape === 'circle' || shape === 'sector')) return translate(stroke, from, at)
  if (shape === 'rectangle' && index > 1) {
    const [a, b] = [held[0]!, held[1]!]
    return { ...stroke, points: index === 2 ? [[a[0], at[1]], [at[0], b[1]]] : [[at[0], a[1]], [b[0], at[1]]] }
  }
  // What the shape supplied goes on following the other points until it is itself taken hold of.
  const points = held.slice(0, Math.max(index + 1, Math.min(stroke.points.length, held.length)))
  return { ...stroke, points: (shape === 'rectangle' ? points.slice(0, 2) : points).with(index, at) }
}

/** The points between a freehand line's handles follow the one that is moved, the less the farther they are from it. */
function pulled(points: readonly Position[], index: number, to: Position): Position[] {
  const at = strides(points.length)
  const [before, here, after] = [at[index - 1], at[index]!, at[index + 1]]
  const from = points[here]!
  return points.map((p, i) => {
    if (i === here) return to
    const edge = i < here ? before : after
    if (edge === undefined || (i < here ? i <= edge : i >= edge)) return p
    const share = (i - edge) / (here - edge)
    return lawful([p[0] + (to[0] - from[0]) * share, p[1] + (to[1] - from[1]) * share])
  })
}

/** The stroke with a further control point that gets this index; unchanged where the shape takes no more. */
export function insertHandle<T extends Figure>(stroke: T, index: number, at: readonly [number, number]): T {
  if (!canInsert(stroke) || index < 0 || index > stroke.points.length) return stroke
  return { ...stroke, points: stroke.points.toSpliced(index, 0, lawful(at)) }
}

/** The stroke without a control point; unchanged where it has no more than it needs. */
export function removeHandle<T extends Figure>(stroke: T, index: number): T {
  if (stroke.points.length <= pointLimits[stroke.shape].min || !stroke.points[index] || stroke.shape === 'freehand') return stroke
  return { ...stroke, points: stroke.points.toSpliced(index, 1) }
}

/** The whole stroke carried from one place to another, its size and shape on the ground kept. */
export function translate<T extends Figure>(stroke: T, from: readonly [number, number], to: readonly [number, number]): T {
  const [source, target] = [planeAt(from), planeAt(to)]
  return { ...stroke, points: stroke.points.map((p) => lawful(target.toEarth(source.toPlane(p)))) }
}
