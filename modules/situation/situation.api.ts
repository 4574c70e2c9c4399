import { z } from 'zod'
import { queryMoment } from '#core/kernel/index.ts'
import { deepestZoom } from '#core/geo/tiles.ts'
import { eventCode, gradeSchema } from '#modules/norms/index.ts'
import { layerIdPattern } from './imported.api.ts'

/** Statuses of an incident that the map knows; a draft is on no map. */
export const shownStatuses = ['open', 'merged', 'closed'] as const
const modes = ['actual', 'exercise', 'test'] as const

/** `west,south,east,north` in degrees; west greater than east runs across the 180th meridian. */
export const bboxText = z.string().max(120).transform((text, context) => {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [west, south, east, north] = numbers
  const isBox = numbers.length === 4 && numbers.every(Number.isFinite)
    && Math.abs(west!) <= 180 && Math.abs(east!) <= 180 && Math.abs(south!) <= 90 && Math.abs(north!) <= 90 && south! <= north!
  if (!isBox) {
    context.addIssue({ code: 'custom', message: '应为 西,南,东,北 四个经纬度，用逗号分开|must be west,south,east,north in degrees, separated by commas' })
    return z.NEVER
  }
  return [west, south, east, north] as [number, number, number, number]
})

const listOf = <T extends string>(item: z.ZodType<T, string>) => z.string().max(200).transform((text) => text.split(',').filter(Boolean)).pipe(z.array(item).min(1).max(20))

const filter = {
  /** Of the time it happened, epoch ms. */
  from: queryMoment.optional(),
  until: queryMoment.optional(),
  /** One or more levels, separated by commas: `I,II`. */
  level: listOf(gradeSchema).optional(),
  /** Codes or their beginnings: `12`, `12H`, `11,12`. */
  code: listOf(eventCode).optional(),
  mode: z.enum(modes).optional(),
  status: listOf(z.enum(shownStatuses)).default(['open', 'closed']),
}

export const incidentMapQuery = z.object({ bbox: bboxText.optional(), ...filter, limit: z.coerce.number().int().min(1).max(10_000).default(2_000) })
/** The same without box and limit: tiles have their own. */
export const incidentTileQuery = z.object(filter)
export type IncidentFilter = z.infer<typeof incidentTileQuery>

/** What a point on the map says of an incident, in GeoJSON and in tiles alike (layer `incidents`). */
export const incidentPropertiesSchema = z.object({
  id: z.string(),
  title: z.string(),
  code: z.string(),
  level: gradeSchema,
  status: z.enum(shownStatuses),
  mode: z.enum(modes),
  /** The station that directs. */
  lead: z.string(),
  division: z.string(),
  /** 阿克苏地区乌什县 */
  divisionName: z.string(),
  occurredAt: z.int(),
  updatedAt: z.int(),
  /** No coordinate was reported: it stands at the seat of its division. */
  approximate: z.boolean(),
})
export type IncidentProperties = z.infer<typeof incidentPropertiesSchema>

export const incidentMapResponse = z.object({
  type: z.literal('FeatureCollection'),
  features: z.array(z.object({
    type: z.literal('Feature'),
    id: z.string(),
    geometry: z.object({ type: z.literal('Point'), coordinates: z.array(z.number()).min(2).max(3) }),
    properties: incidentPropertiesSchema,
  })),
  /** There are more than `limit`: narrow the box or the time. The gravest levels come first. */
  truncated: z.boolean(),
})

export const placesQuery = z.object({ q: z.string().trim().min(1).max(80), size: z.coerce.number().int().min(1).max(50).default(20) })
const at = { lon: z.number().nullable(), lat: z.number().nullable() }
export const placeItemSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('coordinate'), name: z.string(), lon: z.number(), lat: z.number() }),
  z.object({
    kind: z.literal('division'), code: z.string(), name: z.string(), path: z.string(), level: z.enum(['province', 'prefecture', 'county', 'township']), ...at,
    /** The point is the seat of a division above it. */
    approximate: z.boolean(),
  }),
  z.object({ kind: z.literal('incident'), id: z.string(), name: z.string(), level: gradeSchema, status: z.enum(shownStatuses), mode: z.enum(modes), divisionName: z.string(), occurredAt: z.int(), lon: z.number(), lat: z.number(), approximate: z.boolean() }),
])
export type PlaceItem = z.infer<typeof placeItemSchema>
export const placesResponse = z.object({ items: z.array(placeItemSchema) })

export const timelineQuery = z.object({ from: queryMoment, until: queryMoment, mode: z.enum(modes).optional(), bars: z.coerce.number().int().min(1).max(400).default(120) })
/** For the time slider: how many incidents happened in each bar of time, by level. Empty bars are left out. */
export const timelineResponse = z.object({
  from: z.int(),
  until: z.int(),
  barMs: z.number(),
  bars: z.array(z.object({ at: z.int(), I: z.int(), II: z.int(), III: z.int(), IV: z.int() })),
  total: z.int(),
  /** First and last time of all incidents here, whatever was asked: the slider's ends. Null when there are none. */
  first: z.int().nullable(),
  last: z.int().nullable(),
})

const whole = z.coerce.number().int().min(0)
/** `{z}/{x}/{y}.mvt`; each number has its own fault. */
const tileNumbers = { z: whole.max(deepestZoom), x: whole, y: whole }
export const tileParams = z.object(tileNumbers).superRefine(withinZoom)
export const layerTileParams = z.object({ layer: z.string().regex(layerIdPattern, '图层编号为小写字母、数字和连字符|a layer id is of small letters, digits and hyphens'), ...tileNumbers }).superRefine(withinZoom)

function withinZoom({ z: zoom, x, y }: { z: number; x: number; y: number }, context: z.RefinementCtx): void {
  for (const [field, value] of [['x', x], ['y', y]] as const) {
    if (value >= 2 ** zoom) context.addIssue({ code: 'custom', path: [field], message: `第 ${zoom} 级只有 0–${2 ** zoom - 1}|zoom ${zoom} has only 0–${2 ** zoom - 1}` })
  }
}

export const styleParams = z.object({ look: z.enum(['dark', 'light']) })
