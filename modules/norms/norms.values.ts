import { z } from 'zod'
import { grades, type Grade } from './grade.ts'

/**
 * A norm is one named value: `deadline/phone/III` → 30. The name's first part is its group, and the group decides
 * the value's form and what "tighter" means. Norms are a flat record so that every value can say who set it,
 * every refusal can name its field, and a new norm is a new line of data.
 */
export type NormKey = string

export const measureNames = ['deaths', 'missing', 'seriousInjuries', 'lightInjuries', 'trapped', 'evacuated', 'lossWan'] as const
/** The figures of every report; a measure is one of these or a named attribute. */
export type FigureName = (typeof measureNames)[number]

/** Number, or null for *unknown*. A figure that is absent was not asked. */
export type Figures = Partial<Record<FigureName, number | null>>
export type Attributes = Record<string, number | string | boolean>

const sentence = z.strictObject({ zh: z.string().min(1).max(200), en: z.string().min(1).max(200) })

/** `measure` may be a sum: `deaths+missing`. */
export const testSchema = z.union([
  z.strictObject({ measure: z.string().min(1).max(80), op: z.enum(['>=', '>', '<', '<=']), value: z.number() }),
  z.strictObject({ measure: z.string().min(1).max(80), op: z.literal('in'), value: z.array(z.string().min(1).max(40)).min(1).max(20) }),
])
export type Test = z.infer<typeof testSchema>

/** Any of these alternatives, each being all of its tests. */
export const conditionSchema = z.array(z.array(testSchema).min(1).max(8)).min(1).max(16)
export type Condition = z.infer<typeof conditionSchema>

export const codeSchema = z.strictObject({ zh: z.string().min(1).max(60), en: z.string().min(1).max(80).optional() })
export const ruleSchema = z.strictObject({ ...sentence.shape, applies: z.array(z.string().regex(/^[0-9A-Z]{1,8}$/)).max(64) })
export const clauseSchema = z.strictObject({ ...sentence.shape, unit: z.string().max(20) })
export const measureSchema = z.strictObject({
  ...sentence.shape,
  unit: z.string().max(20),
  kind: z.enum(['number', 'choice', 'yesno']),
  choices: z.record(z.string(), sentence).optional(),
  /** What the grading takes when nobody said; shown beside the result. */
  presumed: z.union([z.number(), z.string(), z.boolean()]).optional(),
})

/** How far up a grade goes, in order of reach. */
export const reaches = ['county', 'prefecture', 'region', 'ancestors'] as const
export type ReachNorm = (typeof reaches)[number]

export const reportKinds = ['first', 'followUp', 'final', 'daily'] as const
export type ReportKind = (typeof reportKinds)[number]

export interface NormValues {
  /** 事件代码: `code/11C02` */
  code: z.infer<typeof codeSchema>
  /** 分级规则: `rule/EQ` */
  rule: z.infer<typeof ruleSchema>
  /** 分级条款: `clause/EQ/deaths` names a row */
  clause: z.infer<typeof clauseSchema>
  /** 分级标准: `threshold/EQ/deaths/I` */
  threshold: Condition
  /** 指标: `measure/magnitude` */
  measure: z.infer<typeof measureSchema>
  /** 时限 (minutes): `deadline/phone/III`, `deadline/receipt` */
  deadline: number
  /** 报送范围: `reach/III` */
  reach: ReachNorm
  /** 认定权限: `confirm/II` — the lowest station level that may confirm this grade */
  confirm: ReachNorm
  /** 必填项: `required/first` — without these a report is not sent */
  required: string[]
  /** 应报要素: `expected/first` — counted in completeness and asked for, but do not hold a report back */
  expected: string[]
  /** 质量评分权重: `weight/timeliness` */
  weight: number
  /** 敏感因素提级: `raise/sensitive` steps */
  raise: number
}
export type NormGroup = keyof NormValues

const fieldPath = z.string().regex(/^[a-zA-Z][a-zA-Z.]{0,60}$/)

export const valueSchemas: { [G in NormGroup]: z.ZodType<NormValues[G]> } = {
  code: codeSchema,
  rule: ruleSchema,
  clause: clauseSchema,
  threshold: conditionSchema,
  measure: measureSchema,
  deadline: z.int().min(1).max(525_600),
  reach: z.enum(reaches),
  confirm: z.enum(reaches),
  required: z.array(fieldPath).max(64),
  expected: z.array(fieldPath).max(64),
  weight: z.number().min(0).max(100),
  raise: z.int().min(0).max(3),
}

const keyForms: { [G in NormGroup]: RegExp } = {
  code: /^code\/[0-9A-Z]{2,8}$/,
  rule: /^rule\/[A-Za-z0-9-]{1,24}$/,
  clause: /^clause\/[A-Za-z0-9-]{1,24}\/[A-Za-z0-9-]{1,32}$/,
  threshold: /^threshold\/[A-Za-z0-9-]{1,24}\/[A-Za-z0-9-]{1,32}\/(I|II|III|IV)$/,
  measure: /^measure\/[a-zA-Z][A-Za-z0-9]{0,39}$/,
  deadline: /^deadline\/[a-zA-Z]{1,24}(\/(I|II|III|IV|[0-9A-Z]{3,5}))?$/,
  reach: /^reach\/(I|II|III|IV)$/,
  confirm: /^confirm\/(I|II|III|IV)$/,
  required: /^required\/(first|followUp|final|daily)$/,
  expected: /^expected\/(first|followUp|final|daily)$/,
  weight: /^weight\/[a-zA-Z]{1,24}$/,
  raise: /^raise\/[a-zA-Z]{1,24}$/,
}

/** The group of a well-formed key, or null. */
export function groupOf(key: NormKey): NormGroup | null {
  const group = key.slice(0, key.indexOf('/')) as NormGroup
  return Object.hasOwn(keyForms, group) && keyForms[group].test(key) ? group : null
}

/** The codes that a rule or a code-bound deadline names are prefixes: `12`, `12K`, `11C02`. */
export function coversCode(prefix: string, code: string): boolean {
  return code.startsWith(prefix)
}

/** 来源标记: S read in a source, K own knowledge, ? uncertain (domain reference); `station` once published. */
export type Mark = 'S' | 'K' | '?'

/** One line of the shipped data. */
export interface DefaultNorm<G extends NormGroup = NormGroup> {
  key: NormKey
  value: NormValues[G]
  mark: Mark
  source: string
}

export const isGrade = (text: string): text is Grade => (grades as readonly string[]).includes(text)
