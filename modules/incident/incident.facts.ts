import { z } from 'zod'
import { line, moment, passage, recordId, sha256Hex, stationAddress } from '#core/kernel/index.ts'
import { subjectOf, type Mode } from '#core/ledger/index.ts'
import { attributesSchema, eventCode, figuresSchema, gradeSchema, placeSchema, stampSchema } from '#modules/norms/index.ts'

const title = line(120)
const reason = passage(2000)

/**
 * The facts of the same sort that this one knew of and stands above. Two that did not know of each other stay side
 * by side until a further one stands above both: that is how a difference is kept visible and how it is resolved.
 */
const over = z.array(sha256Hex).max(64)

export const openedV1 = z.strictObject({ code: eventCode, title, occurredAt: moment, learnedAt: moment, place: placeSchema, norms: stampSchema })

export const assessedV1 = z.strictObject({
  /** Id of the report that observed it; null when a station assesses without a report. */
  report: recordId.nullable(),
  code: eventCode,
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
    clauses: z.array(z.strictObject({ rule: line(24), clause: line(32) })).max(64),
    unknown: z.array(line(40)).max(64),
    couldBe: gradeSchema.nullable(),
    presumed: z.array(line(40)).max(64),
  }),
  norms: stampSchema,
  over,
})

/** 认定 by a station with the authority. */
export const confirmedV1 = z.strictObject({ grade: gradeSchema, reason, norms: stampSchema, over })
/** On the subject that goes into another; `into: null` takes it out again. */
export const mergedV1 = z.strictObject({ into: recordId.nullable(), reason, over })
/** On the subject that takes another in; `present: false` when it was taken out again. */
export const absorbedV1 = z.strictObject({ from: recordId, present: z.boolean() })
export const handoverOfferedV1 = z.strictObject({ to: stationAddress, reason })
export const handoverAcceptedV1 = z.strictObject({ offer: sha256Hex })
export const handoverDeclinedV1 = z.strictObject({ offer: sha256Hex, reason })
/** Makes the incident known to further stations: its envelope's `to` names them. */
export const sharedV1 = z.strictObject({ report: recordId.nullable(), reason })
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
