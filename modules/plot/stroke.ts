import { z } from 'zod'
import { latitude, longitude, moment, plainText, sha256Hex } from '#core/kernel/index.ts'
import { stampSchema } from '#core/live/stamped.ts'

/**
 * How control points make a figure. `symbol`, `text` and `note` stand at their first point (a note's second point is
 * where its leader line ends); `circle` is centre and edge; `sector` is centre, start edge, end edge (clockwise);
 * the tactical shapes are computed from their points by `shapes.ts`.
 */
export const shapes = [
  'symbol', 'line', 'polygon', 'circle', 'sector', 'freehand', 'text', 'note', 'rectangle',
  'curve', 'double-line', 'straight-arrow', 'fine-arrow', 'attack-arrow', 'pincer-arrow', 'assembly-area', 'closed-curve',
] as const
export type Shape = (typeof shapes)[number]

export const maxPoints = 4_000
const point = z.tuple([longitude, latitude])
const colour = z.string().regex(/^#[0-9a-f]{6}$/)

/** What a person draws: one flat value, written whole (design §9). Coordinates are CGCS2000 / WGS 84 degrees, at most 7 decimals. */
export const strokeBody = z.strictObject({
  shape: z.enum(shapes),
  /** A code of GB/T 35649-2017 (`A10300`) or an extension (`X10100`); '' for a free figure. */
  symbol: z.string().regex(/^([A-Z][0-9]{5})?$/),
  points: z.array(point).min(1).max(maxPoints),
  /** The text shown: a sub-label that replaces the symbol's own, a name, the words of a text or note. */
  label: z.string().max(120).overwrite(plainText),
  remark: z.string().max(2_000).overwrite(plainText),
  /** Line or text colour, and fill; '' takes the symbol's own. */
  color: z.union([colour, z.literal('')]),
  fill: z.union([colour, z.literal('')]),
  /** Of the fill, 0–1. */
  opacity: z.number().min(0).max(1),
  /** Of the line, px. */
  width: z.number().min(0.5).max(24),
  dash: z.enum(['solid', 'dash', 'dot', 'dash-dot']),
  /** Of a symbol or text, px. */
  size: z.number().min(8).max(256),
  /** Of a symbol or text, degrees clockwise. */
  rotation: z.number().min(-360).max(360),
  /** Time of validity, epoch ms; null is open. */
  from: moment.nullable(),
  until: moment.nullable(),
  /** Photos by SHA-256. */
  photos: z.array(sha256Hex).max(12),
})
export type StrokeBody = z.infer<typeof strokeBody>

export const strokeSchema = z.strictObject({ ...strokeBody.shape, ...stampSchema.shape })
/** A stroke as documents hold it: the body, who drew it, where and when. */
export type Stroke = z.infer<typeof strokeSchema>

export const plainStroke: Omit<StrokeBody, 'shape' | 'points'> = {
  symbol: '', label: '', remark: '', color: '', fill: '', opacity: 0.25, width: 3, dash: 'solid', size: 40, rotation: 0, from: null, until: null, photos: [],
}

/** What one screen tells the others of a plot while it works; see `Room` in core/live. */
export interface Hand {
  /** Where the pointer is; null when it is off the map. */
  at: [number, number] | null
  /** What is being drawn or moved right now, before it is a stroke: at most 200 points. `key` names the stroke it replaces. */
  draft: { key: string | null; layer: string; stroke: StrokeBody } | null
  /** Strokes held for editing: `layer key`. Others may look, not take, until the hand lets go or falls silent. */
  holds: string[]
  /** Centre, zoom, bearing: for those who follow. */
  view: { center: [number, number]; zoom: number; bearing: number } | null
  /** Leads the others' view. */
  hosting: boolean
}
