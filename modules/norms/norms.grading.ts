import { grades, graver, raise, type Grade } from './grade.ts'
import type { Norms } from './norms.effective.ts'
import { coversCode, type Attributes, type Figures, type NormValues, type Test } from './norms.values.ts'

/** What is known of an incident when it is graded. */
export interface Observation {
  code: string
  figures: Figures
  attributes?: Attributes
  /** 敏感: place, time or persons are sensitive; raises the reporting grade. */
  sensitive?: boolean
  /** Rules to use instead of those that apply to the code (replaying an old plan). */
  rules?: string[]
}

/** One clause that speaks for a grade. */
export interface SatisfiedClause {
  rule: string
  clause: string
  grade: Grade
  zh: string
  en: string
}

export interface Grading {
  /** The gravest satisfied clause's grade; null when none is. */
  grade: Grade | null
  /** `grade` after raising for sensitivity: what reporting goes by. */
  reportingGrade: Grade | null
  /** The clauses that give `grade`. */
  clauses: SatisfiedClause[]
  /** Measures that nobody knows and that could make it graver. */
  unknown: string[]
  /** The gravest grade that the unknown could make it; null when they cannot raise it. */
  couldBe: Grade | null
  /** Measures taken as presumed because nobody said. */
  presumed: string[]
}

type Truth = 'true' | 'false' | 'unknown'

/** Grades an observation: the highest of any satisfied clause. An unknown figure never satisfies, and is named. */
export function gradeIncident(norms: Norms, observation: Observation): Grading {
  const unknown = new Map<string, Grade>()
  const presumed = new Set<string>()
  const satisfied: SatisfiedClause[] = []
  const look = measureReader(norms, observation, presumed)
  for (const rule of rulesFor(norms, observation)) {
    for (const { clause, label, byGrade } of clausesOf(norms, rule)) {
      for (const grade of grades) {
        const condition = byGrade[grade]
        if (!condition) continue
        const missing = new Set<string>()
        const truth = any(condition.map((tests) => all(tests, look, missing)))
        if (truth === 'true') {
          satisfied.push({ rule, clause, grade, zh: label.zh, en: label.en })
          break
        }
        if (truth === 'unknown') for (const name of missing) unknown.set(name, graver(unknown.get(name) ?? null, grade) ?? grade)
      }
    }
  }
  const grade = satisfied.reduce<Grade | null>((g, s) => graver(g, s.grade), null)
  const graverUnknown = [...unknown].filter(([, g]) => grade === null || grades.indexOf(g) < grades.indexOf(grade))
  return {
    grade,
    reportingGrade: grade && observation.sensitive ? raise(grade, norms.values['raise/sensitive'] as number) : grade,
    clauses: satisfied.filter((s) => s.grade === grade),
    unknown: graverUnknown.map(([name]) => name).sort(),
    couldBe: graverUnknown.reduce<Grade | null>((g, [, u]) => graver(g, u), null),
    presumed: [...presumed].sort(),
  }
}

/** The rules that apply to a code, and the measures they read: what a form should ask for. */
export function measuresFor(norms: Norms, code: string): string[] {
  const names = new Set<string>()
  for (const rule of rulesFor(norms, { code, figures: {} })) {
    for (const { byGrade } of clausesOf(norms, rule)) {
      for (const condition of Object.values(byGrade)) for (const test of condition.flat()) for (const name of test.measure.split('+')) names.add(name)
    }
  }
  return [...names].sort()
}

function rulesFor(norms: Norms, observation: Pick<Observation, 'code' | 'rules' | 'figures'>): string[] {
  if (observation.rules) return observation.rules
  return norms.keys('rule')
    .filter((key) => norms.get('rule', key)?.applies.some((prefix) => coversCode(prefix, observation.code)))
    .map((key) => key.slice('rule/'.length))
}

interface ClauseRows {
  clause: string
  label: NormValues['clause']
  byGrade: Partial<Record<Grade, NormValues['threshold']>>
}

function clausesOf(norms: Norms, rule: string): ClauseRows[] {
  const prefix = `clause/${rule}/`
  return norms.keys('clause').filter((key) => key.startsWith(prefix)).map((key) => {
    const clause = key.slice(prefix.length)
    const byGrade: ClauseRows['byGrade'] = {}
    for (const grade of grades) {
      const condition = norms.get('threshold', `threshold/${rule}/${clause}/${grade}`)
      if (condition) byGrade[grade] = condition
    }
    return { clause, label: norms.get('clause', key) as NormValues['clause'], byGrade }
  })
}

type Look = (test: Test, missing: Set<string>) => Truth

function measureReader(norms: Norms, { figures, attributes = {} }: Observation, presumed: Set<string>): Look {
  const read = (name: string): number | string | boolean | null => {
    const stated = Object.hasOwn(figures, name) ? (figures as Record<string, number | null>)[name] : Object.hasOwn(attributes, name) ? attributes[name] : undefined
    if (stated !== undefined && stated !== null) return stated
    const fallback = stated === null ? undefined : norms.get('measure', `measure/${name}`)?.presumed
    if (fallback === undefined) return null
    presumed.add(name)
    return fallback
  }
  return (test, missing) => {
    if (test.op === 'in') {
      const value = read(test.measure)
      if (value === null) missing.add(test.measure)
      return value === null ? 'unknown' : test.value.includes(String(value)) ? 'true' : 'false'
    }
    const parts = test.measure.split('+').map((name) => ({ name, value: read(name) }))
    const known = parts.filter((p): p is { name: string; value: number } => typeof p.value === 'number')
    const sum = known.reduce((total, p) => total + p.value, 0)
    // Counts are never negative, so what is known of a sum is a floor: it can satisfy, but not settle, the test.
    const floorHolds = known.length > 0 && compare(sum, test.op, test.value)
    if (known.length === parts.length) return floorHolds ? 'true' : 'false'
    if (floorHolds && test.op.startsWith('>')) return 'true'
    for (const p of parts) if (typeof p.value !== 'number') missing.add(p.name)
    return 'unknown'
  }
}

function compare(a: number, op: Exclude<Test['op'], 'in'>, b: number): boolean {
  return op === '>=' ? a >= b : op === '>' ? a > b : op === '<' ? a < b : a <= b
}

function all(tests: Test[], look: Look, missing: Set<string>): Truth {
  const lacking = new Set<string>()
  const truths = tests.map((test) => look(test, lacking))
  if (truths.includes('false')) return 'false'
  if (!truths.includes('unknown')) return 'true'
  for (const name of lacking) missing.add(name)
  return 'unknown'
}

function any(truths: Truth[]): Truth {
  return truths.includes('true') ? 'true' : truths.includes('unknown') ? 'unknown' : 'false'
}
