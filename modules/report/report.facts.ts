import { z } from 'zod'
import { attachmentSchema, line, moment, passage, recordId, sha256Hex, statement, stationAddress } from '#core/kernel/index.ts'
import { attributesSchema, eventCode, figuresSchema, gradeSchema, measureNames, placeSchema, reportKinds, stampSchema } from '#modules/norms/index.ts'

/**
 * What stations may state about a report, subject `report/<id>`. These schemas are published: a stated fact must
 * parse for ever, so a change of meaning is a new version (`report.sent.v2`), never an edit here.
 * Who may state what, and when, is decided in `report.admit.ts`; what follows from it, in `report.state.ts`.
 */

/** Why somebody is urged: by a person's hand, or noticed by the station itself. */
export const urgeCauses = ['by-hand', 'receipt-missing', 'follow-up-overdue', 'field-missing'] as const
export type UrgeCause = (typeof urgeCauses)[number]

/** What a clock runs for: see `report.deadlines.ts`. */
export const deadlineKinds = ['phone', 'written', 'receipt', 'relay', 'followUp', 'final', 'instruction'] as const
export type DeadlineKind = (typeof deadlineKinds)[number]

const fields = z.array(line(80)).max(128)

/** Further elements 要素 that the norms may ask for: `source`, `trend`, `measures`, `needs`, `cause`, `lessons`, … */
export const detailsSchema = z
  .record(z.string().regex(/^[a-zA-Z]{1,40}$/), passage(5000))
  .refine((details) => Object.keys(details).length <= 60, '最多 60 项|at most 60')

/** Everything the officer writes. */
export const contentSchema = z.strictObject({
  kind: z.enum(reportKinds),
  incidentId: recordId,
  code: eventCode,
  title: line(200),
  occurredAt: moment,
  /** When the station knew or should have known: the clocks start here. */
  learnedAt: moment,
  /** When the incident was reported upward by telephone, if it was. */
  phonedAt: moment.optional(),
  place: placeSchema,
  figures: figuresSchema,
  attributes: attributesSchema.optional(),
  /** The officer's own initial judgement 初判, kept beside the computed one. */
  level: gradeSchema.optional(),
  text: passage(20_000),
  details: detailsSchema.optional(),
})
export type Content = z.infer<typeof contentSchema>

/** A clock that runs: `station` must act before `due`. Written into the fact that starts it, so every station judges alike. */
export const clockSchema = z.strictObject({ kind: z.enum(deadlineKinds), station: stationAddress, due: moment })
export type Clock = z.infer<typeof clockSchema>

export const levelSchema = z.strictObject({
  /** The officer's own judgement; the computed one where there is none. */
  initial: gradeSchema.nullable(),
  /** By the grading rules, from figures and attributes. */
  computed: gradeSchema.nullable(),
  /** What the report goes by: how far up it goes, how soon it must be followed. */
  reporting: gradeSchema.nullable(),
})
export type Level = z.infer<typeof levelSchema>

export const reportFacts = {
  /** 拟稿: the whole content, stated again on every edit. `requestKey` is the caller's Idempotency-Key. */
  'report.drafted.v1': z.strictObject({ content: contentSchema, attachments: z.array(attachmentSchema).max(50), requestKey: line(200).optional() }),
  /** 送审 */
  'report.submitted.v1': z.strictObject({}),
  /** 退回: before sign-off by the author's own leader (back to draft), afterwards by a receiver (a supplement is asked). */
  'report.returned.v1': z.strictObject({ reason: statement(2000) }),
  /** 签批 */
  'report.signed.v1': z.strictObject({ level: levelSchema, comment: passage(2000).optional() }),
  /** 上报: its audience (`to`) are the receivers; starts the clocks. */
  'report.sent.v1': z.strictObject({
    deadlines: z.array(clockSchema).max(200),
    /** What the norms ask for, and what of it is empty or unknown; for the score and for urging. */
    required: fields,
    expected: fields,
    missing: fields,
    /** The versions of the norms it was judged by. */
    norms: stampSchema,
    /** The report of the same incident sent before this one, for change marks. */
    previous: z.strictObject({ report: recordId, figures: figuresSchema }).nullable(),
  }),
  /** Machine receipt 回执, stated by each receiving station by itself. */
  'report.received.v1': z.strictObject({ of: sha256Hex }),
  /** 签收, by a person. */
  'report.accepted.v1': z.strictObject({ comment: passage(2000).optional() }),
  /** 转报, 抄送: its audience are further receivers. */
  'report.forwarded.v1': z.strictObject({ deadlines: z.array(clockSchema).max(200), note: passage(2000).optional() }),
  /** A later report of the same incident by the same station was sent; `corrected` are figures it lowered or withdrew. */
  'report.followed.v1': z.strictObject({ by: recordId, kind: z.enum(reportKinds), corrected: z.array(z.enum(measureNames)), stillMissing: fields }),
  /** 合并: this report says what `into` says; `into` is carried on. */
  'report.merged.v1': z.strictObject({ into: recordId, reason: statement(2000) }),
  /** 催报 */
  'report.urged.v1': z.strictObject({
    cause: z.enum(urgeCauses),
    station: stationAddress,
    /** The deadline that was missed; null by hand. */
    due: moment.nullable(),
    fields: fields.optional(),
    text: passage(2000).optional(),
  }),
  /** 批示 */
  'report.instructed.v1': z.strictObject({ instructionId: recordId, text: statement(5000), due: moment, to: z.array(stationAddress).min(1).max(32) }),
  /** 反馈 */
  'report.feedback.v1': z.strictObject({ instructionId: recordId, text: statement(5000), done: z.boolean(), attachments: z.array(attachmentSchema).max(50).optional() }),
  /** 办结 */
  'report.closed.v1': z.strictObject({ outcome: passage(5000).optional() }),
}

export type ReportFactType = keyof typeof reportFacts
export type ReportBody<Type extends ReportFactType> = z.infer<(typeof reportFacts)[Type]>
