import { insertHandle, moveHandle, removeHandle, strokeGeometry, translate } from './shapes.ts'
import type { StrokeBody } from './stroke.ts'
import { settled, type Place } from './drawing.ts'

/** What is taken hold of with the pointer. */
export type Grip =
  | { kind: 'body'; from: Place }
  | { kind: 'point'; index: number }
  | { kind: 'insert'; index: number }

/** A stroke while it is dragged: as it was when taken hold of, and where the pointer is now. */
export function dragged(stroke: StrokeBody, grip: Grip, to: Place): StrokeBody {
  return sound(grip.kind === 'body' ? translate(stroke, grip.from, to) : (grip.kind === 'point' ? moveHandle : insertHandle)(stroke, grip.index, to))
}

export function withoutPoint(stroke: StrokeBody, index: number): StrokeBody {
  return removeHandle(stroke, index)
}

/** Moved by an arrow key: so many pixels, each so many degrees wide and high. */
export function nudged(stroke: StrokeBody, pixels: Place, degreesPerPixel: Place): StrokeBody {
  return { ...stroke, points: stroke.points.map(([lon, lat]) => settled([lon + pixels[0] * degreesPerPixel[0], lat - pixels[1] * degreesPerPixel[1]])) }
}

/** Pasted: a little beside what was copied, so that both are seen. */
export function beside(stroke: StrokeBody, degreesPerPixel: Place, times = 1): StrokeBody {
  return nudged(stroke, [24 * times, 24 * times], degreesPerPixel)
}

export type Box = readonly [west: number, south: number, east: number, north: number]

export function boxOf(a: Place, b: Place): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])]
}

/** Whether a stroke lies wholly within a box drawn around it. */
export function isInBox(stroke: StrokeBody, [west, south, east, north]: Box): boolean {
  const { coordinates } = strokeGeometry(stroke) as { coordinates: unknown }
  let whole = true
  const look = (part: unknown): void => {
    if (!Array.isArray(part)) return
    const [lon, lat] = part as unknown[]
    if (typeof lon === 'number' && typeof lat === 'number') whole &&= lon >= west && lon <= east && lat >= south && lat <= north
    else for (const inner of part) look(inner)
  }
  look(coordinates)
  return whole
}

/** `clicked` alone, or with Shift added to and taken from what is selected. */
export function selectedBy(selected: ReadonlySet<string>, clicked: string | null, adding: boolean): ReadonlySet<string> {
  if (clicked === null) return adding ? selected : new Set()
  if (!adding) return new Set([clicked])
  const next = new Set(selected)
  if (!next.delete(clicked)) next.add(clicked)
  return next
}

function sound(stroke: StrokeBody): StrokeBody {
  return { ...stroke, points: stroke.points.map(settled) }
}
