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
