import { pointLimits } from './shapes.ts'
import { maxPoints, plainStroke, type Shape, type StrokeBody } from './stroke.ts'

export type Place = readonly [number, number]
/** On the screen, px. */
export type Pixel = readonly [number, number]

/** What a person has taken up to draw with. */
export interface Pen {
  shape: Shape
  /** '' for a free figure. */
  symbol: string
  style: Partial<Omit<StrokeBody, 'shape' | 'symbol' | 'points'>>
}

/** One gesture on its way to a stroke. */
export interface Drawing {
  pen: Pen
  points: readonly Place[]
  /** Where the pointer is: the point that a click would set. */
  next: Place | null
  /** Where the button went down, and the last place taken from a hand that draws on. */
  pressed: { at: Place; pixel: Pixel } | null
  /** The hand draws on with the button held. */
  dragging: boolean
  /** Where the last click was: the second of a double click sets no point. */
  lastPixel: Pixel | null
}

export type DrawInput =
  | { kind: 'down' | 'move' | 'up' | 'click'; at: Place; pixel: Pixel }
  | { kind: 'finish' | 'back' | 'cancel' }

export interface DrawStep {
  drawing: Drawing
  /** The points of a stroke that is complete; the drawing then begins anew. */
  finished: readonly Place[] | null
  /** Esc with nothing begun: the pen is put down. */
  leave: boolean
}

const dragFrom = 6
const freehandStep = 3
const sameClick = 4

export function beginDrawing(pen: Pen): Drawing {
  return { pen, points: [], next: null, pressed: null, dragging: false, lastPixel: null }
}

/** Shapes drawn with the button held: all of a freehand line, or from one point to the other. */
export function isDragged(shape: Shape): boolean {
  const { min, max } = pointLimits[shape]
  return shape === 'freehand' || (min === 2 && max === 2)
}

/**
 * One gesture, whatever it is made with: clicks set points; a double click, Enter or the most a shape takes ends it;
 * Backspace takes the last point back, Esc gives up; a hand that keeps the button down draws freehand, a circle, a straight arrow.
 */
export function draw(drawing: Drawing, input: DrawInput): DrawStep {
  switch (input.kind) {
    case 'down': return stay(isDragged(drawing.pen.shape) ? { ...drawing, pressed: { at: input.at, pixel: input.pixel } } : drawing)
    case 'move': return moved(drawing, input.at, input.pixel)
    case 'up': return released(drawing, input.at)
    case 'click': return clicked(drawing, input.at, input.pixel)
    case 'finish': return finish(drawing)
    case 'back': return stay({ ...drawing, points: drawing.points.slice(0, -1), lastPixel: null })
    default: return { drawing: beginDrawing(drawing.pen), finished: null, leave: drawing.points.length === 0 && !drawing.dragging }
  }
}

/** What can be seen of it already; null before the first point. */
export function draftOf({ pen, points, next, dragging }: Drawing): StrokeBody | null {
  const seen = next && (points.length > 0 && (pen.shape !== 'freehand' || !dragging)) && points.length < pointLimits[pen.shape].max ? [...points, next] : points
  return seen.length === 0 ? null : strokeFrom(pen, seen)
}

export function strokeFrom({ shape, symbol, style }: Pen, points: readonly Place[]): StrokeBody {
  return { ...plainStroke, ...style, shape, symbol, points: points.map(settled) }
}

/** To 7 decimals, and within the world: a map shown twice side by side gives longitudes beyond it. */
export function settled([lon, lat]: Place): [number, number] {
  const turned = ((((lon + 180) % 360) + 360) % 360) - 180
  return [Math.round(turned * 1e7) / 1e7, Math.round(Math.max(-90, Math.min(90, lat)) * 1e7) / 1e7]
}

function moved(drawing: Drawing, at: Place, pixel: Pixel): DrawStep {
  const { pressed, pen, points } = drawing
  if (!pressed) return stay({ ...drawing, next: at })
  if (pen.shape === 'freehand') {
    if (distance(pressed.pixel, pixel) < freehandStep || points.length >= maxPoints) return stay({ ...drawing, next: at })
    return stay({ ...drawing, dragging: true, points: points.length === 0 ? [pressed.at, at] : [...points, at], pressed: { at, pixel }, next: at })
  }
  if (!drawing.dragging && (points.length > 0 || distance(pressed.pixel, pixel) < dragFrom)) return stay({ ...drawing, next: at })
  return stay({ ...drawing, dragging: true, points: [pressed.at], next: at })
}

function released(drawing: Drawing, at: Place): DrawStep {
  const { pen, points, dragging } = drawing
  const free = { ...drawing, pressed: null, dragging: false }
  if (!dragging) return stay(free)
  return finish(pen.shape === 'freehand' ? free : { ...free, points: [...points, at] })
}

function clicked(drawing: Drawing, at: Place, pixel: Pixel): DrawStep {
  const { pen, points, lastPixel } = drawing
  if (pen.shape === 'freehand' || (lastPixel && distance(lastPixel, pixel) < sameClick)) return stay(drawing)
  const grown = { ...drawing, points: [...points, at], lastPixel: pixel, next: at }
  return grown.points.length >= pointLimits[pen.shape].max ? finish(grown) : stay(grown)
}

function finish(drawing: Drawing): DrawStep {
  const { pen, points } = drawing
  const different = new Set(points.map(String)).size
  if (different < pointLimits[pen.shape].min) return stay(drawing)
  return { drawing: beginDrawing(pen), finished: points, leave: false }
}

const stay = (drawing: Drawing): DrawStep => ({ drawing, finished: null, leave: false })
const distance = (a: Pixel, b: Pixel) => Math.hypot(a[0] - b[0], a[1] - b[1])
