import { z } from 'zod'
import { moment, queryMoment, statement } from '#core/kernel/index.ts'
import { attributesSchema, eventCode, figuresSchema, gradeSchema } from './norms.observation.ts'

/** One value in force, with who set it. `value` by group: see the norms page of the manual or `GET /api/norms/versions`. */
export const normItemSchema = z.object({
  key: z.string(),
  group: z.string(),
  value: z.json(),
  /** null: shipped default */
  setBy: z.string().nullable(),
  version: z.int(),
  /** S read in a source, K own knowledge, ? uncertain, `station` published */
  mark: z.enum(['S', 'K', '?', 'station']),
  source: z.string(),
  /** Stations below whose looser value does not count. */
  clamped: z.array(z.string()),
})
export type NormItem = z.infer<typeof normItemSchema>

export const normsQuery = z.object({ group: z.string().max(20).optional(), at: queryMoment.optional() })
export const normsResponse = z.object({
  station: z.string(),
  at: z.int(),
  stamp: z.record(z.string(), z.int()),
  items: z.array(normItemSchema),
  total: z.int(),
})

export const codesQuery = z.object({ q: z.string().max(60).default(''), size: z.coerce.number().int().min(1).max(500).default(50) })
export const codeItemSchema = z.object({
  code: z.string(),
  zh: z.string(),
  en: z.string().nullable(),
  category: z.string(),
  klass: z.string(),
  klassName: z.string().nullable(),
})
export const codesResponse = z.object({ scheme: z.string(), items: z.array(codeItemSchema), total: z.int() })

/** What a report form needs for one code: the measures its grading rules read, and what must be filled. */
export const codeDetailResponse = z.object({
  ...codeItemSchema.shape,
  measures: z.array(z.object({
    name: z.string(),
    zh: z.string(),
    en: z.string(),
    unit: z.string(),
    kind: z.enum(['number', 'choice', 'yesno']),
    choices: z.record(z.string(), z.object({ zh: z.string(), en: z.string() })).optional(),
    presumed: z.union([z.number(), z.string(), z.boolean()]).optional(),
  })),
})

export const gradeRequest = z.strictObject({
  code: eventCode,
  figures: figuresSchema.default({}),
  attributes: attributesSchema.default({}),
  sensitive: z.boolean().default(false),
  rules: z.array(z.string().max(24)).max(8).optional(),
})
export const gradeResponse = z.object({
  level: gradeSchema.nullable(),
  reportingLevel: gradeSchema.nullable(),
  clauses: z.array(z.object({ rule: z.string(), clause: z.string(), grade: gradeSchema, zh: z.string(), en: z.string() })),
  unknown: z.array(z.string()),
  couldBe: gradeSchema.nullable(),
  presumed: z.array(z.string()),
  /** The stations such a report would go to from here. */
  audience: z.array(z.string()),
})

export const publishRequest = z.strictObject({
  effectiveFrom: moment.optional(),
  note: statement(2000),
  sets: z.record(z.string().min(1).max(120), z.json()),
})
export const versionSchema = z.object({
  station: z.string(),
  version: z.int(),
  effectiveFrom: z.int(),
  note: z.string(),
  sets: z.record(z.string(), z.json()),
  fact: z.string(),
  at: z.int(),
  by: z.string(),
})
export const versionsResponse = z.object({ items: z.array(versionSchema), total: z.int() })

export const previewResponse = z.object({
  /** Values in force that would change here. `before` is null for an addition. */
  changes: z.array(z.object({ key: z.string(), before: z.json(), after: z.json() })),
  refused: z.array(z.object({ key: z.string(), zh: z.string(), en: z.string() })),
})

export const divisionsQuery = z.object({
  q: z.string().max(40).default(''),
  /** A division's code: its children (or, with `q`, all below it). */
  under: z.string().regex(/^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})?$/).optional(),
  size: z.coerce.number().int().min(1).max(200).default(50),
})
export const divisionItemSchema = z.object({
  code: z.string(),
  name: z.string(),
  /** 自治区 / 地区 / 县, joined: `新疆维吾尔自治区 阿克苏地区 乌什县` */
  path: z.string(),
  level: z.enum(['province', 'prefecture', 'county', 'township']),
  initials: z.string(),
  /** Seat of a county in Xinjiang; null where not known. */
  lon: z.number().nullable(),
  lat: z.number().nullable(),
})
export type DivisionItem = z.infer<typeof divisionItemSchema>
export const divisionsResponse = z.object({ items: z.array(divisionItemSchema), total: z.int() })
