import { z } from 'zod'
import { passage, queryMoment, recordId, statement, stationAddress, unreadableSchema } from '#core/kernel/index.ts'
import { attributesSchema, eventCode, figuresSchema, gradeSchema, placeSchema } from '#modules/norms/index.ts'

const said = { fact: z.string(), station: z.string(), by: z.string(), at: z.int() }

/** `draft`: opened with a report that is not sent yet; listed only when asked for. */
export const incidentStatuses = ['draft', 'open', 'merged', 'closed'] as const

export const levelSchema = z.object({
  initial: gradeSchema.nullable(),
  computed: gradeSchema.nullable(),
  confirmed: gradeSchema.nullable(),
  working: gradeSchema,
  reporting: gradeSchema,
})

export const incidentsQuery = z.object({
  q: z.string().max(60).optional(),
  /** A division's code: that division and all below it. */
  division: z.string().regex(/^[0-9]{2,12}$/).optional(),
  /** A code or its beginning: `11`, `11C`, `11C02`. */
  code: eventCode.optional(),
  level: gradeSchema.optional(),
  status: z.enum(incidentStatuses).optional(),
  mode: z.enum(['actual', 'exercise', 'test']).optional(),
  lead: stationAddress.optional(),
  from: queryMoment.optional(),
  until: queryMoment.optional(),
  sort: z.enum(['updated', 'occurred', 'level']).default('updated'),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  size: z.coerce.number().int().min(1).max(200).default(50),
})

export const incidentItemSchema = z.object({
  id: z.string(),
  mode: z.enum(['actual', 'exercise', 'test']),
  code: z.string(),
  codeName: z.string().nullable(),
  title: z.string(),
  place: placeSchema,
  occurredAt: z.int(),
  learnedAt: z.int(),
  openedAt: z.int(),
  updatedAt: z.int(),
  level: levelSchema,
  figures: figuresSchema,
  lead: z.string(),
  status: z.enum(incidentStatuses),
  mergedInto: z.string().nullable(),
  /** Whether people at two stations stated things that do not agree. */
  differs: z.boolean(),
  reports: z.int(),
})
export type IncidentItem = z.infer<typeof incidentItemSchema>
/** `unreadable`: rows of this page that cannot be shown. */
export const incidentsResponse = z.object({ items: z.array(incidentItemSchema), total: z.int(), unreadable: z.array(unreadableSchema) })
export type IncidentsAnswer = z.infer<typeof incidentsResponse>

export const incidentSchema = z.object({
  ...incidentItemSchema.omit({ reports: true }).shape,
  attributes: attributesSchema,
  sensitive: z.boolean(),
  raised: z.int(),
  opened: z.object(said),
  reports: z.array(z.string()),
  absorbed: z.array(z.string()),
  leads: z.array(z.object({ station: z.string(), since: z.int(), fact: z.string() })),
  handover: z.object({ ...said, to: z.string(), reason: z.string() }).nullable(),
  figureHistory: z.array(z.object({
    figure: z.string(), from: z.number().nullable(), to: z.number().nullable(), delta: z.number().nullable(),
    report: z.string().nullable(), fact: z.string(), station: z.string(), at: z.int(),
  })),
  levelHistory: z.array(z.object({
    ...said,
    kind: z.enum(['initial', 'computed', 'confirmed']),
    level: gradeSchema.nullable(),
    /** Why: the clauses that say so, or the reason a person gave. */
    clauses: z.array(z.object({ rule: z.string(), clause: z.string(), zh: z.string(), en: z.string() })),
    unknown: z.array(z.string()),
    couldBe: gradeSchema.nullable(),
    presumed: z.array(z.string()),
    reason: z.string(),
    report: z.string().nullable(),
  })),
  differences: z.array(z.object({
    about: z.enum(['level', 'figures', 'merge']),
    statements: z.array(z.object({ station: z.string(), fact: z.string(), at: z.int(), value: z.json() })),
  })),
  closed: z.object({ ...said, outcome: z.string(), changedSince: z.boolean() }).nullable(),
  facts: z.array(z.string()),
  /** What this station may do now. */
  may: z.object({
    confirm: z.array(gradeSchema), merge: z.boolean(), handover: z.boolean(), answerHandover: z.boolean(), close: z.boolean(),
  }),
})
export type IncidentDetail = z.infer<typeof incidentSchema>

const reason = statement(2000)
export const confirmRequest = z.strictObject({ level: gradeSchema, reason })
export const mergeRequest = z.strictObject({ into: recordId.nullable(), reason })
export const handoverRequest = z.strictObject({ to: stationAddress, reason: passage(2000).default('') })
export const declineRequest = z.strictObject({ reason })
export const closeRequest = z.strictObject({ outcome: passage(2000).default('') })
