import { z } from 'zod'
import { isAddress } from '#core/kernel/index.ts'
import { grades, measureNames, reportKinds, type FigureName } from '#modules/norms/index.ts'

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

const time = z.int().min(0)
const address = z.string().refine(isAddress, 'not a station address')
const factId = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().min(0).max(1_000_000_000).nullable().optional()
const fields = z.array(z.string().max(80)).max(128)
const line = (max: number) => z.string().min(1).max(max).regex(/\S/)

export const gradeSchema = z.enum(grades)

/** A figure is a number, `null` for 不详 (asked and unknown, which is not 0), or absent (not stated). */
export const figuresSchema = z.strictObject({
  deaths: count,
  missing: count,
  seriousInjuries: count,
  lightInjuries: count,
  trapped: count,
  evacuated: count,
  /** Direct loss in 万元 (10,000 CNY). */
  lossWan: z.number().min(0).max(1e9).nullable().optional(),
})
export type Figures = z.infer<typeof figuresSchema>
export type { FigureName }

export const placeSchema = z.strictObject({
  /** GB/T 2260 code, 6 digits, or longer for a township (9) or a village (12). */
  division: z.string().regex(/^\d{6}(\d{3}(\d{3})?)?$/),
  address: z.string().max(200).optional(),
  lon: z.number().min(-180).max(180).optional(),
  lat: z.number().min(-90).max(90).optional(),
})
export type Place = z.infer<typeof placeSchema>

/** A file uploaded before through `POST /api/files`; links pull it by its hash after the fact. */
export const attachmentSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  name: line(200),
  size: z.int().min(0),
  mediaType: line(120),
})
export type Attachment = z.infer<typeof attachmentSchema>

/** The measures that the code's grading rules use, e.g. `{ magnitude: 7.1 }`. */
export const attributesSchema = z
  .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/), z.union([z.number(), z.string().max(80), z.boolean()]))
  .refine((attributes) => Object.keys(attributes).length <= 60, '最多 60 项|at most 60')
export type Attributes = z.infer<typeof attributesSchema>

/** Further elements 要素 that the norms may ask for: `source`, `trend`, `measures`, `needs`, `cause`, `lessons`, … */
export const detailsSchema = z
  .record(z.string().regex(/^[a-zA-Z]{1,40}$/), z.string().max(5000))
  .refine((details) => Object.keys(details).length <= 60, '最多 60 项|at most 60')

/** Everything the officer writes. */
export const contentSchema = z.strictObject({
  kind: z.enum(reportKinds),
  incidentId: line(80),
  code: line(16),
  title: line(200),
  occurredAt: time,
  /** When the station knew or should have known: the clocks start here. */
  learnedAt: time,
  /** When the incident was reported upward by telephone, if it was. */
  phonedAt: time.optional(),
  place: placeSchema,
  figures: figuresSchema,
  attributes: attributesSchema.optional(),
  /** The officer's own initial judgement 初判, kept beside the computed one. */
  level: gradeSchema.optional(),
  text: z.string().max(20_000),
  details: detailsSchema.optional(),
})
export type Content = z.infer<typeof contentSchema>

/** A clock that runs: `station` must act before `due`. Written into the fact that starts it, so every station judges alike. */
export const clockSchema = z.strictObject({ kind: z.enum(deadlineKinds), station: address, due: time })
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
  'report.returned.v1': z.strictObject({ reason: line(2000) }),
  /** 签批 */
  'report.signed.v1': z.strictObject({ level: levelSchema, comment: z.string().max(2000).optional() }),
  /** 上报: its audience (`to`) are the receivers; starts the clocks. */
  'report.sent.v1': z.strictObject({
    deadlines: z.array(clockSchema).max(200),
    /** What the norms ask for, and what of it is empty or unknown; for the score and for urging. */
    required: fields,
    expected: fields,
    missing: fields,
    /** The versions of the norms it was judged by. */
    norms: z.record(z.string(), z.int().min(0)),
    /** The report of the same incident sent before this one, for change marks. */
    previous: z.strictObject({ report: line(80), figures: figuresSchema }).nullable(),
  }),
  /** Machine receipt 回执, stated by each receiving station by itself. */
  'report.received.v1': z.strictObject({ of: factId }),
  /** 签收, by a person. */
  'report.accepted.v1': z.strictObject({ comment: z.string().max(2000).optional() }),
  /** 转报, 抄送: its audience are further receivers. */
  'report.forwarded.v1': z.strictObject({ deadlines: z.array(clockSchema).max(200), note: z.string().max(2000).optional() }),
  /** A later report of the same incident by the same station was sent; `corrected` are figures it lowered or withdrew. */
  'report.followed.v1': z.strictObject({ by: line(80), kind: z.enum(reportKinds), corrected: z.array(z.enum(measureNames)), stillMissing: fields }),
  /** 合并: this report says what `into` says; `into` is carried on. */
  'report.merged.v1': z.strictObject({ into: line(80), reason: line(2000) }),
  /** 催报 */
  'report.urged.v1': z.strictObject({
    cause: z.enum(urgeCauses),
    station: address,
    /** The deadline that was missed; null by hand. */
    due: time.nullable(),
    fields: fields.optional(),
    text: z.string().max(2000).optional(),
  }),
  /** 批示 */
  'report.instructed.v1': z.strictObject({ instructionId: line(80), text: line(5000), due: time, to: z.array(address).min(1).max(32) }),
  /** 反馈 */
  'report.feedback.v1': z.strictObject({ instructionId: line(80), text: line(5000), done: z.boolean(), attachments: z.array(attachmentSchema).max(50).optional() }),
  /** 办结 */
  'report.closed.v1': z.strictObject({ outcome: z.string().max(5000).optional() }),
}

export type ReportFactType = keyof typeof reportFacts
export type ReportBody<Type extends ReportFactType> = z.infer<(typeof reportFacts)[Type]>
