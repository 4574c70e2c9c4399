import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import type { FieldFault, Sentence } from '#core/kernel/index.ts'
import { HttpProblem } from './problem.ts'

type Issue = z.core.$ZodIssue

const typeNames: Record<string, Sentence> = {
  string: { zh: '文字', en: 'a string' },
  number: { zh: '数字', en: 'a number' },
  int: { zh: '整数', en: 'an integer' },
  boolean: { zh: 'true 或 false', en: 'true or false' },
  array: { zh: '数组', en: 'an array' },
  object: { zh: '对象', en: 'an object' },
  record: { zh: '对象', en: 'an object' },
  null: { zh: 'null', en: 'null' },
  nonoptional: { zh: '任意值（可为 null）', en: 'any value (null is one)' },
}

/** Fastify's validator over Zod; faults name each field and how to mend it, in both languages. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema }) => (data) => {
  const result = schema.safeParse(data)
  return result.success ? { value: result.data } : { error: invalid(faultsOf(result.error.issues)) }
}

export function invalid(faults: FieldFault[]): HttpProblem {
  const names = [...new Set(faults.map((f) => f.field))].slice(0, 5).join(', ')
  return new HttpProblem(400, 'request.invalid', `请改正：${names}`, `Please mend: ${names}`, faults)
}

/** Zod's issues as field faults; at most 50, so an answer stays short however bad the input. */
export function faultsOf(issues: readonly Issue[]): FieldFault[] {
  return issues.flatMap(faultsOfIssue).slice(0, 50)
}

function faultsOfIssue(issue: Issue): FieldFault[] {
  const field = pathText(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: pathText([...issue.path, key]), message: { zh: '没有这个字段，请去掉', en: 'there is no such field; remove it' } }))
  }
  // Of a union's branches, the one that got furthest says most.
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const deepest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0]
    if (deepest && depth(deepest) > 0) return faultsOf(deepest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })))
  }
  return [{ field, message: sentenceOf(issue) }]
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((i) => i.path.length))
}

function sentenceOf(issue: Issue): Sentence {
  switch (issue.code) {
    case 'invalid_type': {
      const name = typeNames[issue.expected] ?? { zh: issue.expected, en: issue.expected }
      return issue.input === undefined && issue.message.includes('undefined')
        ? { zh: `必填，应为${name.zh}`, en: `required: ${name.en}` }
        : { zh: `应为${name.zh}`, en: `must be ${name.en}` }
    }
    case 'too_small': return bound(issue.origin, issue.minimum, '至少', 'at least')
    case 'too_big': return bound(issue.origin, issue.maximum, '至多', 'at most')
    case 'invalid_value': {
      const list = issue.values.slice(0, 20).map(String).join(', ')
      return { zh: `只能是：${list}`, en: `must be one of: ${list}` }
    }
    case 'invalid_format': return { zh: `格式不符（${issue.format}）`, en: `does not have the right form (${issue.format})` }
    case 'not_multiple_of': return { zh: `须为 ${issue.divisor} 的倍数`, en: `must be a multiple of ${issue.divisor}` }
    case 'custom': return both(issue.message)
    default: return { zh: '值不符合要求', en: 'is not acceptable' }
  }
}

/** A schema's own message may carry both languages: `'日期早于…|the date is before …'`. */
function both(message: string): Sentence {
  const cut = message.indexOf('|')
  return cut === -1 ? { zh: message, en: message } : { zh: message.slice(0, cut), en: message.slice(cut + 1) }
}

function bound(origin: string, limit: number | bigint, zh: string, en: string): Sentence {
  if (origin === 'string') return { zh: `${zh} ${limit} 个字`, en: `${en} ${limit} characters` }
  if (origin === 'array' || origin === 'set') return { zh: `${zh} ${limit} 项`, en: `${en} ${limit} items` }
  return { zh: `${zh} ${limit}`, en: `must be ${en} ${limit}` }
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part) => String(part).slice(0, 60)).join('.').slice(0, 200) || '(body)'
}
