import { planeAt, planeOf, type Plane } from './shapes.plane.ts'
import { maxPoints, type Shape, type StrokeBody } from './stroke.ts'

/** What of a stroke makes its figure. */
export type Figure = Pick<StrokeBody, 'shape' | 'points' | 'symbol'>

const many = { min: 2, max: maxPoints }
/** How many control points a shape takes: a stroke is complete with the least, and its tool ends at the most. */
export const pointLimits: Readonly<Record<Shape, { min: number; max: number }>> = {
  symbol: { min: 1, max: 1 }, text: { min: 1, max: 1 }, note: { min: 2, max: 2 },
  line: many, freehand: many, curve: many, 'double-line': many,
  polygon: { min: 3, max: maxPoints }, 'closed-curve': { min: 3, max: maxPoints },
  circle: { min: 2, max: 2 }, rectangle: { min: 2, max: 2 }, sector: { min: 3, max: 3 },
  'straight-arrow': { min: 2, max: 2 }, 'fine-arrow': { min: 2, max: 2 }, 'attack-arrow': { min: 3, max: 200 },
  'pincer-arrow': { min: 3, max: 5 }, 'assembly-area': { min: 3, max: 3 },
}

/** Whether as many different points are set as the shape needs. */
export function isComplete(figure: Figure): boolean {
  return new Set(figure.points.map(String)).size >= pointLimits[figure.shape].min
}

/** Whether the points are a way along which one more or less changes little; in the other shapes each has its own part. */
export function isPath(shape: Shape): boolean {
  return pointLimits[shape].max === maxPoints
}

/**
 * The plane a figure is computed in: about the centre of what has one, and else about the points that must be there,
 * so that a point supplied by the shape lies where it would lie if it had been set.
 */
export function planeFor({ shape, points }: Figure): Plane {
  if (shape === 'circle' || shape === 'sector') return planeAt(points[0]!)
  const base = shape === 'assembly-area' ? 2 : shape === 'pincer-arrow' ? 3 : pointLimits[shape].max
  return planeOf(points.slice(0, base))
}
