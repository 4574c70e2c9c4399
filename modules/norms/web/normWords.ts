import type { Language } from '#core/ui/web/texts.ts'
import type { NormItem } from '../norms.api.ts'
import type { Condition } from '../norms.values.ts'
import { isNormsKey, type SayNorms } from './normsTexts.ts'

/** A norm's name in words: `deadline/phone/III` → 电话报告 · III 级 较大. What has no words keeps its own name. */
export function nameOfNorm(key: string, say: SayNorms): string {
  const [group = '', name = '', tail] = key.split('/')
  const word = (text: string) => (isNormsKey(text) ? say(text) : undefined)
  const head = word(`${group}.${name}`) ?? word(`grade.${name}`) ?? word(`kind.${name}`) ?? name
  if (tail === undefined) return head
  return `${head} · ${word(`grade.${tail}`) ?? (group === 'deadline' ? say('for.code', { code: tail }) : tail)}`
}

/** A norm's value in words, by its group. */
export function valueInWords(key: string, value: unknown, say: SayNorms, language: Language): string {
  if (value === null || value === undefined) return say('value.withdrawn')
  const group = key.slice(0, key.indexOf('/'))
  if (group === 'deadline' && typeof value === 'number') return durationInWords(value, say)
  if (group === 'weight' && typeof value === 'number') return say('value.points', { n: value })
  if (group === 'raise' && typeof value === 'number') return say('value.steps', { n: value })
  if (typeof value === 'string' && isNormsKey(`reach.${value}`)) return say(`reach.${value}` as 'reach.county')
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.map((field) => fieldInWords(field, say)).join(language === 'zh' ? '、' : ', ')
  if (group === 'threshold') return conditionInWords(value as Condition, say, language, {})
  if (typeof value === 'object' && 'zh' in value && typeof value.zh === 'string') return language === 'en' && 'en' in value && typeof value.en === 'string' ? value.en : value.zh
  return JSON.stringify(value)
}

/** 90 → 90 分钟; 120 → 2 小时; 43200 → 30 天. */
export function durationInWords(minutes: number, say: SayNorms): string {
  if (minutes % 1440 === 0) return say('value.days', { n: minutes / 1440 })
  return minutes % 60 === 0 ? say('value.hours', { n: minutes / 60 }) : say('value.minutes', { n: minutes })
}

export function fieldInWords(field: string, say: SayNorms): string {
  const key = `field.${field}`
  return isNormsKey(key) ? say(key) : field
}

/** `≥ 30`, or with its measure's name where the clause's own measure does not say it. */
export function conditionInWords(condition: Condition, say: SayNorms, language: Language, measures: Record<string, { zh: string; en: string; choices?: Record<string, { zh: string; en: string }> }>, plain?: string): string {
  const measureName = (measure: string) => measure.split('+').map((one) => measures[one]?.[language] ?? fieldInWords(`figures.${one}`, say).replace(/^figures\./, '')).join(language === 'zh' ? '＋' : ' + ')
  const one = (test: Condition[number][number]) => {
    const name = test.measure === plain ? '' : `${measureName(test.measure)} `
    if (test.op === 'in') return `${name}${test.value.map((value) => measures[test.measure]?.choices?.[value]?.[language] ?? value).join(language === 'zh' ? '、' : ', ')}`
    return `${name}${{ '>=': '≥', '<=': '≤', '>': '>', '<': '<' }[test.op]} ${test.value}`
  }
  return condition.map((all) => all.map(one).join(` ${say('and')} `)).join(` ${say('or')} `)
}

/** A norm with the grades that share its value. */
export interface NormLine extends NormItem {
  grades: string[]
}

const gradeOrder = ['I', 'II', 'III', 'IV']
/** As a report meets them; what is not listed follows by name. */
const deadlineOrder = ['phone', 'written', 'hop', 'receipt', 'followUp', 'daily', 'final', 'supplement', 'instruction', 'national']

/** Puts grades with the same value, setter and source on one line; deadlines in the order a report meets them. */
export function condense(items: readonly NormItem[]): NormLine[] {
  const lines: NormLine[] = []
  for (const item of items.toSorted(byMeeting)) {
    const grade = gradeOf(item.key)
    const last = lines.at(-1)
    if (grade && last && last.grades.length > 0 && headOf(last.key) === headOf(item.key) && sameNorm(last, item)) last.grades.push(grade)
    else lines.push({ ...item, grades: grade ? [grade] : [] })
  }
  return lines
}

/** 续报 · I, II 级; a line of all four grades needs no grades in its name. */
export function nameOfLine(line: NormLine, say: SayNorms): string {
  if (line.grades.length < 2) return nameOfNorm(line.key, say)
  const head = nameOfNorm(headOf(line.key), say)
  return line.grades.length === gradeOrder.length ? head : `${head} · ${say('grades', { grades: line.grades.join(', ') })}`
}

function gradeOf(key: string): string | undefined {
  const tail = key.slice(key.lastIndexOf('/') + 1)
  return gradeOrder.includes(tail) && key.split('/').length === 3 ? tail : undefined
}

function headOf(key: string): string {
  return gradeOf(key) ? key.slice(0, key.lastIndexOf('/')) : key
}

function sameNorm(a: NormItem, b: NormItem): boolean {
  const face = (item: NormItem) => JSON.stringify([item.value, item.setBy, item.version, item.mark, item.source, item.clamped])
  return face(a) === face(b)
}

function byMeeting(a: NormItem, b: NormItem): number {
  const place = (key: string) => {
    const [, name = '', tail = ''] = key.split('/')
    const at = deadlineOrder.indexOf(name)
    const grade = gradeOrder.indexOf(tail === '' ? name : tail)
    return [at === -1 ? deadlineOrder.length : at, at === -1 && grade === -1 ? name : '', grade, tail] as const
  }
  const [x, y] = [place(a.key), place(b.key)]
  return x[0] - y[0] || (x[1] < y[1] ? -1 : x[1] > y[1] ? 1 : 0) || x[2] - y[2] || (x[3] < y[3] ? -1 : 1)
}

/** One rule with its clauses as the published tables have them. */
export interface RuleTable {
  id: string
  rule: { zh: string; en: string; applies: string[] }
  origin: NormItem
  clauses: { id: string; clause: { zh: string; en: string; unit: string }; thresholds: Record<string, Condition | undefined> }[]
}

/** Puts the flat norms of groups rule, clause and threshold together again. */
export function ruleTables(items: readonly NormItem[]): RuleTable[] {
  const values = new Map(items.map((item) => [item.key, item.value as unknown]))
  return items.filter((item) => item.group === 'rule').map((item) => {
    const id = item.key.slice('rule/'.length)
    const clauses = items.filter((c) => c.group === 'clause' && c.key.startsWith(`clause/${id}/`)).map((c) => {
      const clause = c.key.slice(`clause/${id}/`.length)
      const thresholds = Object.fromEntries(['I', 'II', 'III', 'IV'].map((grade) => [grade, values.get(`threshold/${id}/${clause}/${grade}`) as Condition | undefined]))
      return { id: clause, clause: c.value as RuleTable['clauses'][number]['clause'], thresholds }
    })
    return { id, rule: item.value as RuleTable['rule'], origin: item, clauses }
  })
}
