import { z } from 'zod'
import { isAddress } from '#core/kernel/index.ts'
import { subjectOf, type Mode } from '#core/ledger/index.ts'
import { grades, measureNames, type FigureName } from '#modules/norms/index.ts'

export const gradeSchema = z.enum(grades)

/** A count or sum; null is *unknown*, absent is *not asked*. */
const figure = z.number().min(0).max(1e12).nullable()
export const figuresSchema = z.strictObject(
  Object.fromEntries(measureNames.map((name) => [name, figure.optional()])) as Record<FigureName, z.ZodOptional<typeof figure>>,
)

/** The measures that grading rules use besides the figures: `{ magnitude: 7.1 }`. */
export const attributesSchema = z
  .record(z.string().regex(/^[a-zA-Z][A-Za-z0-9]{0,39}$/), z.union([z.number(), z.string().max(80), z.boolean()]))
  .refine((a) => Object.keys(a).length <= 60, 'at most 60 attributes')

/** Where: a GB/T 2260 division code (2 to 12 digits), and what is known beyond it. */
export const placeSchema = z.strictObject({
  division: z.string().regex(/^[0-9]{2,12}$/),
  address: z.string().max(200).optional(),
  lon: z.number().min(-180).max(180).optional(),
  lat: z.number().min(-90).max(90).optional(),
})
export type Place = z.infer<typeof placeSchema>

export const codeSchema = z.string().regex(/^[0-9A-Z]{2,8}$/)
const title = z.string().min(1).max(120)
const moment = z.int().min(0)
const factId = z.string().regex(/^[0-9a-f]{64}$/)
const subjectId = z.string().min(1).max(120).regex(/^[A-Za-z0-9]+(\.x|\.t)?$/)
const address = z.string().refine(isAddress, 'not a station address')
const reason = z.string().max(2000)
const stamp = z.record(z.string(), z.int().min(0))

/**
 * The facts of the same sort that this one knew of and stands above. Two that did not know of each other stay side
 * by side until a further one stands above both: that is how a difference is kept visible and how it is resolved.
 */
const over = z.array(factId).max(64)

export const openedV1 = z.strictObject({ code: codeSchema, title, occurredAt: moment, learnedAt: moment, place: placeSchema, norms: stamp })

export const assessedV1 = z.strictObject({
  /** Id of the report that observed it; null when a station assesses without a report. */
  report: subjectId.nullable(),
  code: codeSchema,
  title: title.optional(),
  place: placeSchema.optional(),
  figures: figuresSchema,
  attributes: attributesSchema,
  sensitive: z.boolean(),
  /** How many grades sensitivity raises reporting here, by the norms of that day. */
  raised: z.int().min(0).max(3),
  /** 初判: the officer's own judgement. */
  initial: gradeSchema.nullable(),
  /** What the grading rules say of this observation, with the clauses that say it. */
  computed: z.strictObject({
    grade: gradeSchema.nullable(),
    clauses: z.array(z.strictObject({ rule: z.string().max(24), clause: z.string().max(32) })).max(64),
    unknown: z.array(z.string().max(40)).max(64),
    couldBe: gradeSchema.nullable(),
    presumed: z.array(z.string().max(40)).max(64),
  }),
  norms: stamp,
  over,
})

/** 认定 by a station with the authority. */
export const confirmedV1 = z.strictObject({ grade: gradeSchema, reason, norms: stamp, over })
/** On the subject that goes into another; `into: null` takes it out again. */
export const mergedV1 = z.strictObject({ into: subjectId.nullable(), reason, over })
/** On the subject that takes another in; `present: false` when it was taken out again. */
export const absorbedV1 = z.strictObject({ from: subjectId, present: z.boolean() })
export const handoverOfferedV1 = z.strictObject({ to: address, reason })
export const handoverAcceptedV1 = z.strictObject({ offer: factId })
export const handoverDeclinedV1 = z.strictObject({ offer: factId, reason })
/** Makes the incident known to further stations: its envelope's `to` names them. */
export const sharedV1 = z.strictObject({ report: subjectId.nullable(), reason })
export const closedV1 = z.strictObject({ outcome: reason })

export const incidentFacts = {
  'incident.opened.v1': openedV1,
  'incident.assessed.v1': assessedV1,
  'incident.confirmed.v1': confirmedV1,
  'incident.merged.v1': mergedV1,
  'incident.absorbed.v1': absorbedV1,
  'incident.handoverOffered.v1': handoverOfferedV1,
  'incident.handoverAccepted.v1': handoverAcceptedV1,
  'incident.handoverDeclined.v1': handoverDeclinedV1,
  'incident.shared.v1': sharedV1,
  'incident.closed.v1': closedV1,
}
export type IncidentFactType = keyof typeof incidentFacts
export type IncidentBody<T extends IncidentFactType> = z.infer<(typeof incidentFacts)[T]>

/** `incidentSubject('01J…', 'exercise')` → `incident/01J….x`; an id that already carries its mode is left as it is. */
export function incidentSubject(id: string, mode: Mode = 'actual'): string {
  return /\.(x|t)$/.test(id) ? `incident/${id}` : subjectOf('incident', id, mode)
}
