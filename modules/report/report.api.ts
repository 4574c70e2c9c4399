import { z } from 'zod'
import { attachmentSchema, line, moment, queryMoment, recordId, sha256Hex, statement, stationAddress, unreadableSchema } from '#core/kernel/index.ts'
import { modes } from '#core/ledger/index.ts'
import { attributesSchema, figuresSchema, gradeSchema, grades, measureNames, placeSchema, reportKinds, type FigureName } from '#modules/norms/index.ts'
import { clockSchema, contentSchema, detailsSchema, levelSchema, urgeCauses } from './report.facts.ts'

/**
 * The requests and answers of `/api/reports`, for the routes and for the screens.
 * Times are epoch milliseconds; an id is the part of the subject after `report/`, mode suffix included.
 */

/** What stage the whole report is at; derived from facts by `statusOf`. 拟稿 送审 已报 已收 已签收 退回补充 办理中 已办理 已办结 已合并 */
export const statuses = ['draft', 'submitted', 'sent', 'received', 'accepted', 'returned', 'handling', 'handled', 'closed', 'merged'] as const
export type Status = (typeof statuses)[number]

const words = (max: number) => statement(max).trim()
const sentence = z.object({ zh: z.string(), en: z.string() })

// ─── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the officer writes. A figure is a number, `null` for unknown, or left out for not stated. */
const writing = contentSchema.extend({
  incidentId: contentSchema.shape.incidentId.optional(),
  title: line(200).trim(),
  figures: figuresSchema.default({}),
  attachments: z.array(attachmentSchema).max(50).optional(),
})

type Writing = Pick<z.infer<typeof writing>, 'occurredAt' | 'learnedAt' | 'phonedAt'>

/** What one field's schema cannot see by itself. */
function checkSense(value: Writing, context: z.RefinementCtx): void {
  const fault = (field: string, message: string) => context.addIssue({ code: 'custom', path: field.split('.'), message })
  if (value.occurredAt > value.learnedAt) fault('learnedAt', '接报时间不能早于事发时间|must not be before occurredAt')
  if (value.phonedAt !== undefined && value.phonedAt < value.learnedAt) fault('phonedAt', '电话报告时间不能早于接报时间|must not be before learnedAt')
}

/** Body of `POST /api/reports`. Without `incidentId` it opens an incident. `mode` is that of the incident, or given, or actual. */
export const newReportBody = writing.extend({ mode: z.enum(modes).optional() }).superRefine(checkSense)
export type NewReport = z.input<typeof newReportBody>

/**
 * Body of `PUT /api/reports/{id}`: the whole content again; the incident and the mode stay what they are. `basedOn` is the
 * drafting fact that was read before editing: a draft that somebody else has changed since is then refused, not overwritten.
 */
export const editReportBody = writing.extend({ basedOn: sha256Hex.optional() }).superRefine(checkSense)
export type EditReport = z.input<typeof editReportBody>

export const reportParams = z.object({ id: z.string().regex(/^[0-9A-Z]{26}(\.x|\.t)?$/) })
export const emptyBody = z.object({}).nullish()
/** The leader may set the level; otherwise it is the higher of the officer's and the computed one. */
export const signBody = z.object({ level: gradeSchema.optional(), comment: words(2000).optional() }).nullish()
export const acceptBody = z.object({ comment: words(2000).optional() }).nullish()
export const returnBody = z.object({ reason: words(2000) })
/** `to` left out: the parent station. */
export const forwardBody = z.object({ to: z.array(stationAddress).min(1).max(64).optional(), note: words(2000).optional() }).nullish()
/** `station` left out: the author, or, when the author urges, the nearest receiver that has not accepted. */
export const urgeBody = z.object({ station: stationAddress.optional(), text: words(2000).optional() }).nullish()
/** `to` left out: the author of the report. */
export const instructBody = z.object({ text: words(5000), due: moment, to: z.array(stationAddress).min(1).max(32).optional() })
export const feedbackBody = z.object({ instructionId: recordId, text: words(5000), done: z.boolean().default(true), attachments: z.array(attachmentSchema).max(50).optional() })
export const mergeBody = z.object({ into: recordId, reason: words(2000) })
export const closeBody = z.object({ outcome: words(5000).optional() }).nullish()

export const sortKeys = ['changedAt', 'sentAt', 'learnedAt', 'occurredAt', 'level', 'nextDue', 'title'] as const

/** Query of `GET /api/reports`. `sort` is a column, with `-` for descending. */
export const listQuery = z.object({
  box: z.enum(['in', 'out', 'all']).default('all'),
  q: z.string().trim().max(100).optional(),
  status: z.enum(statuses).optional(),
  kind: z.enum(reportKinds).optional(),
  level: z.enum(grades).optional(),
  mode: z.enum(modes).optional(),
  incidentId: z.string().max(80).optional(),
  /** Only reports that still wait for this station's acceptance, or with a missed deadline, or one due within 30 minutes. */
  need: z.enum(['acceptance', 'overdue', 'dueSoon']).optional(),
  /** Bounds of `learnedAt`. */
  from: queryMoment.optional(),
  to: queryMoment.optional(),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  size: z.coerce.number().int().min(1).max(200).default(50),
  sort: z.string().regex(new RegExp(`^-?(${sortKeys.join('|')})$`)).default('-changedAt'),
})
export type ListQuery = z.input<typeof listQuery>

// ─── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Every figure, `null` for unknown or not stated. */
const figuresAnswer = z.object(Object.fromEntries(measureNames.map((name) => [name, z.number().nullable()])) as Record<FigureName, z.ZodNullable<z.ZodNumber>>)
export type FiguresAnswer = z.infer<typeof figuresAnswer>

export const createdAnswer = z.object({ id: z.string(), incidentId: z.string(), status: z.enum(statuses) })

/** `late`: met after `due`, or not met and `due` has passed. Both ends judge from the same facts. */
export const deadlineAnswer = clockSchema.extend({ metAt: z.number().nullable(), late: z.boolean(), by: z.string().nullable() })
export type DeadlineAnswer = z.infer<typeof deadlineAnswer>

/** One station on the report's way: machine receipt, then a person's acceptance. */
export const hopAnswer = z.object({
  station: z.string(),
  name: z.string(),
  receivedAt: z.number().nullable(),
  receiptFact: z.string().nullable(),
  acceptedAt: z.number().nullable(),
  acceptedBy: z.string().nullable(),
  forwardedAt: z.number().nullable(),
})
export type HopAnswer = z.infer<typeof hopAnswer>

export const feedbackAnswer = z.object({ fact: z.string(), station: z.string(), actor: z.string(), text: z.string(), done: z.boolean(), at: z.number(), attachments: z.array(attachmentSchema) })
export const instructionAnswer = z.object({
  instructionId: z.string(),
  fact: z.string(),
  station: z.string(),
  actor: z.string(),
  text: z.string(),
  due: z.number(),
  to: z.array(z.string()),
  at: z.number(),
  /** When the last addressed station reported it done. */
  doneAt: z.number().nullable(),
  late: z.boolean(),
  feedback: z.array(feedbackAnswer),
})
export type InstructionAnswer = z.infer<typeof instructionAnswer>

export const urgeAnswer = z.object({ fact: z.string(), station: z.string(), by: z.string(), cause: z.enum(urgeCauses), fields: z.array(z.string()), text: z.string(), at: z.number() })

/** One line of the score with the facts that prove it. */
export const qualityLine = z.object({ name: z.enum(['timeliness', 'completeness', 'accuracy', 'closure']), points: z.number(), of: z.number(), why: sentence, facts: z.array(z.string()) })
export const qualityAnswer = z.object({ score: z.number(), lines: z.array(qualityLine) })
export type QualityAnswer = z.infer<typeof qualityAnswer>

export const timelineEntry = z.object({ fact: z.string(), type: z.string(), at: z.number(), station: z.string(), actor: z.string(), summary: sentence })
export type TimelineEntry = z.infer<typeof timelineEntry>

/** What the signed-in person's station may do next, for the buttons: `accept`, `sign`, … The route still decides. */
export const actions = ['edit', 'submit', 'sign', 'accept', 'return', 'forward', 'urge', 'instruct', 'feedback', 'merge', 'close'] as const
export type Action = (typeof actions)[number]

/** A report in a list. */
export const reportRow = z.object({
  id: z.string(),
  incidentId: z.string(),
  kind: z.enum(reportKinds),
  mode: z.enum(modes),
  status: z.enum(statuses),
  level: levelSchema,
  code: z.string(),
  title: z.string(),
  place: placeSchema,
  figures: figuresAnswer,
  station: z.string(),
  stationName: z.string(),
  occurredAt: z.number(),
  learnedAt: z.number(),
  sentAt: z.number().nullable(),
  changedAt: z.number(),
  /** This station's own acceptance; null while it is still wanted, or at the author. */
  acceptedAt: z.number().nullable(),
  /** This station's next unmet deadline on it. */
  nextDue: z.number().nullable(),
  late: z.boolean(),
  urged: z.number(),
})
export type ReportRow = z.infer<typeof reportRow>

/** `unreadable`: rows of this page that cannot be shown. */
export const listAnswer = z.object({ items: z.array(reportRow), total: z.number(), unreadable: z.array(unreadableSchema) })
export type ListAnswer = z.infer<typeof listAnswer>

/** One report, whole. */
export const reportAnswer = reportRow.omit({ late: true, urged: true, nextDue: true, acceptedAt: true }).extend({
  /** 认定: by the station with the authority, on the incident. */
  level: levelSchema.extend({ confirmed: gradeSchema.nullable() }),
  text: z.string(),
  attributes: attributesSchema,
  details: detailsSchema,
  attachments: z.array(attachmentSchema),
  phonedAt: z.number().nullable(),
  signedBy: z.string().nullable(),
  signedAt: z.number().nullable(),
  /** The last open return: why, by whom. */
  returned: z.object({ reason: z.string(), station: z.string(), actor: z.string(), at: z.number() }).nullable(),
  mergedInto: z.string().nullable(),
  closedAt: z.number().nullable(),
  outcome: z.string().nullable(),
  receivers: z.array(z.object({ station: z.string(), name: z.string() })),
  required: z.array(z.string()),
  expected: z.array(z.string()),
  missing: z.array(z.string()),
  previous: z.object({ report: z.string(), figures: figuresAnswer }).nullable(),
  followedBy: z.array(z.object({ report: z.string(), kind: z.enum(reportKinds), at: z.number() })),
  deadlines: z.array(deadlineAnswer),
  hops: z.array(hopAnswer),
  instructions: z.array(instructionAnswer),
  urges: z.array(urgeAnswer),
  quality: qualityAnswer.nullable(),
  timeline: z.array(timelineEntry),
  actions: z.array(z.enum(actions)),
  facts: z.array(z.string()),
})
export type ReportAnswer = z.infer<typeof reportAnswer>

/** `GET /api/reports/{id}/preview`: what would happen if it were signed now. */
export const previewAnswer = z.object({
  required: z.array(z.string()),
  expected: z.array(z.string()),
  /** Of those, what is empty or unknown. */
  missing: z.array(z.string()),
  level: levelSchema,
  receivers: z.array(z.object({ station: z.string(), name: z.string() })),
  deadlines: z.array(clockSchema.extend({ late: z.boolean() })),
  /** Why it could not be signed as it is; null when nothing stands against it. */
  obstacle: z.object({ code: z.string(), detail: sentence }).nullable(),
})
export type PreviewAnswer = z.infer<typeof previewAnswer>

export const countsAnswer = z.object({ unaccepted: z.number(), overdue: z.number(), dueSoon: z.number(), drafts: z.number(), awaitingSignature: z.number(), instructions: z.number() })
export type CountsAnswer = z.infer<typeof countsAnswer>

/** The routes, in one place for the screens. */
export const reportRoutes = {
  list: 'GET /api/reports',
  counts: 'GET /api/reports/counts',
  create: 'POST /api/reports',
  read: 'GET /api/reports/{id}',
  preview: 'GET /api/reports/{id}/preview',
  edit: 'PUT /api/reports/{id}',
  act: 'POST /api/reports/{id}/{action}',
} as const
