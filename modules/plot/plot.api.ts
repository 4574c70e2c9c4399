import { z } from 'zod'
import { queryMoment, stationAddress } from '#core/kernel/index.ts'
import { layerName } from './plot.facts.ts'
import { layerIdPattern, plotIdPattern } from './layerIds.ts'
import { changeKinds } from './plot.history.ts'
import { keyPattern } from '#core/live/stamped.ts'

const page = z.coerce.number().int().min(1).max(100_000).default(1)

export const plotParams = z.object({ id: z.string().max(70).regex(plotIdPattern, '不是标绘编号|not the id of a plot') })
export const layerParams = z.object({ id: z.string().max(330).regex(layerIdPattern, '不是图层编号|not the id of a layer') })
export const featureParams = layerParams.extend({ key: z.string().regex(keyPattern, '不是图元编号|not the id of a feature') })

export const layerSchema = z.object({
  id: z.string(),
  name: z.string(),
  ownerStation: z.string(),
  ownerName: z.string(),
  /** Whether it is one of this station's own. */
  own: z.boolean(),
  /** Whether it was added beside its owner's first one. */
  further: z.boolean(),
  /** Stations that write on it besides its owner. */
  grants: z.array(z.string()),
  /** Whether this station's people may write on it now. */
  mayWrite: z.boolean(),
  sealed: z.boolean(),
  sealedAt: z.int().nullable(),
  sealedBy: z.string().nullable(),
  /** The fact that names the file, and the file. */
  sealedFact: z.string().nullable(),
  sealedFile: z.string().nullable(),
  /** Strokes on it now. */
  count: z.int(),
})
export type LayerAnswer = z.infer<typeof layerSchema>

export const plotSchema = z.object({
  plotId: z.string(),
  incidentId: z.string(),
  mode: z.enum(['actual', 'exercise', 'test']),
  openedBy: z.string(),
  openedAt: z.int(),
  layers: z.array(layerSchema),
})
export type PlotAnswer = z.infer<typeof plotSchema>

export const plotsQuery = z.object({ page, size: z.coerce.number().int().min(1).max(100).default(50) })
/** Plots of this station, the latest first. The title is the incident's; null where only its plot is known here, as at a scene. */
export const plotsAnswer = z.object({
  items: z.array(z.object({ plotId: z.string(), title: z.string().nullable(), mode: z.enum(['actual', 'exercise', 'test']), openedBy: z.string(), openedByName: z.string(), openedAt: z.int() })),
  total: z.int(),
})
export type PlotsAnswer = z.infer<typeof plotsAnswer>

export const layerBody = z.strictObject({ name: layerName })
export const grantBody = z.strictObject({ station: stationAddress })
export const withdrawQuery = z.object({ station: stationAddress })

export const featuresQuery = z.object({
  /** What stood then, epoch ms. */
  at: queryMoment.optional(),
  bbox: z.string().regex(/^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$/, '应为 西,南,东,北|must be west,south,east,north').optional(),
  page,
  size: z.coerce.number().int().min(1).max(10_000).default(1_000),
})

export const historyQuery = z.object({
  from: queryMoment.optional(),
  until: queryMoment.optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  page,
  size: z.coerce.number().int().min(1).max(1_000).default(100),
})
export const playbackQuery = historyQuery.extend({ order: z.enum(['asc', 'desc']).default('asc'), size: z.coerce.number().int().min(1).max(5_000).default(1_000) })

const stroke = z.record(z.string(), z.unknown())
export const changeSchema = z.object({
  at: z.int(), station: z.string(), by: z.string(), author: z.string(), key: z.string(),
  what: z.enum(changeKinds), shape: z.string(), symbol: z.string(), label: z.string(),
})
export const historyAnswer = z.object({ items: z.array(changeSchema), total: z.int() })
/** With the whole stroke, so that an earlier one can be put back. */
export const featureHistoryAnswer = z.object({ items: z.array(changeSchema.extend({ stroke })), total: z.int() })
export const playbackAnswer = z.object({
  items: z.array(z.object({ at: z.int(), station: z.string(), by: z.string(), author: z.string(), layer: z.string(), key: z.string(), stroke: stroke.nullable() })),
  total: z.int(),
})

export const verifyAnswer = z.object({
  sealed: z.boolean(),
  /** All checks hold, at this station. */
  ok: z.boolean(),
  checks: z.array(z.object({ check: z.enum(['fact', 'file', 'document', 'history']), ok: z.boolean(), detail: z.string() })),
})
export type VerifyAnswer = z.infer<typeof verifyAnswer>

/** A GeoJSON feature, or a collection of them. */
export const featureBody = z.looseObject({ type: z.literal('Feature'), geometry: z.unknown(), properties: z.record(z.string(), z.unknown()).nullable().optional() })
export const newFeaturesBody = z.union([featureBody, z.looseObject({ type: z.literal('FeatureCollection'), features: z.array(featureBody).min(1).max(500) })])
/** What changes: a geometry, properties, or both. */
export const changeBody = z.looseObject({ type: z.literal('Feature').optional(), geometry: z.unknown().optional(), properties: z.record(z.string(), z.unknown()).nullable().optional() })

const features = z.array(z.looseObject({ type: z.literal('Feature'), id: z.string(), geometry: z.unknown(), properties: z.record(z.string(), z.unknown()) }))
export const featureAnswer = features.element
export const featuresAnswer = z.looseObject({ type: z.literal('FeatureCollection'), numberMatched: z.int(), numberReturned: z.int(), features })
export const createdAnswer = z.object({ ids: z.array(z.string()), id: z.string() })

export const exportQuery = z.object({
  format: z.enum(['geojson', 'kml', 'gpkg']).default('geojson'),
  /** Ids with commas between; all when left out. */
  layers: z.string().max(20_000).optional(),
  at: queryMoment.optional(),
})
export const importAnswer = z.object({
  /** Strokes drawn by this import, and the keys they have. */
  imported: z.int(), ids: z.array(z.string()),
  /** Strokes of ours that stand on the layer just so already. */
  unchanged: z.int(),
  /** What was in the file, and what of it could not be kept. */
  features: z.int(), own: z.int(), split: z.int(), holes: z.int(), thinned: z.int(),
  droppedProperties: z.int(), shortened: z.int(), droppedFeatures: z.int(),
  faults: z.array(z.object({ feature: z.int(), reason: z.string() })),
})
export type ImportAnswer = z.infer<typeof importAnswer>
