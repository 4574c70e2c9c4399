import { ancestorsOf, levelOf, parentOf, type Address, type Level } from '#core/kernel/index.ts'
import { grades, type Grade } from './grade.ts'
import type { Norms } from './norms.effective.ts'
import { coversCode, type ReachNorm, type ReportKind } from './norms.values.ts'

/**
 * 时限 kinds: `phone` 电话报告, `written` 书面报告, `hop` each level to the next, `receipt` 签收 before an automatic urge,
 * `followUp`, `final`, `daily`, `supplement` (casualty changes), `national` (region to the State Council), `instruction` (feedback when none was set).
 */
export type DeadlineKind = 'phone' | 'written' | 'hop' | 'receipt' | 'followUp' | 'final' | 'daily' | 'supplement' | 'national' | 'instruction'

export const minuteMs = 60_000

/** Milliseconds allowed; the shortest of the general one, the grade's and the code's (`deadline/KIND/12H`). Undefined: no such deadline. */
export function deadlineMs(norms: Norms, kind: DeadlineKind, about: { grade?: Grade | null; code?: string } = {}): number | undefined {
  const prefix = `deadline/${kind}`
  const minutes = norms.keys('deadline')
    .filter((key) => key === prefix || (key.startsWith(`${prefix}/`) && concerns(key.slice(prefix.length + 1), about)))
    .map((key) => norms.get('deadline', key) as number)
  return minutes.length === 0 ? undefined : Math.min(...minutes) * minuteMs
}

function concerns(tail: string, { grade, code }: { grade?: Grade | null; code?: string }): boolean {
  return (grades as readonly string[]).includes(tail) ? tail === grade : code !== undefined && coversCode(tail, code)
}

/** The fields a report of this kind must fill before it is sent, as paths into the report: `place.division`, `figures.deaths`. */
export function requiredFields(norms: Norms, kind: ReportKind): string[] {
  return norms.get('required', `required/${kind}`) ?? []
}

/** Further fields that complete a report: asked for and scored, but they do not hold it back. */
export function expectedFields(norms: Norms, kind: ReportKind): string[] {
  return norms.get('expected', `expected/${kind}`) ?? []
}

/** 质量评分 weights by aspect: timeliness, completeness, accuracy, closure. */
export function qualityWeights(norms: Norms): Record<string, number> {
  return Object.fromEntries(norms.keys('weight').map((key) => [key.slice('weight/'.length), norms.get('weight', key) as number]))
}

/** How far up a grade goes. */
export function reachOfGrade(norms: Norms, grade: Grade): ReachNorm {
  return norms.get('reach', `reach/${grade}`) ?? 'ancestors'
}

const height: Record<Level, number> = { region: 3, prefecture: 2, county: 1, scene: 0 }
const reachHeight: Record<ReachNorm, number> = { county: 1, prefecture: 2, region: 3, ancestors: 9 }

/** The audience (`to` of a fact) of an incident of this grade seen from a station: skip-level included; empty where a grade goes no further up. */
export function audienceFor(norms: Norms, station: Address, grade: Grade): string[] {
  const reach = reachOfGrade(norms, grade)
  if (reach === 'ancestors') return ancestorsOf(station).length === 0 ? [] : ['ancestors']
  return ancestorsOf(station).filter((up) => (isBeside(station) && up === parentOf(station)) || height[levelOf(up)] <= reachHeight[reach])
}

function isBeside(station: Address): boolean {
  return station.slice(station.lastIndexOf('/') + 1).startsWith('@')
}

/** Whether a station's level suffices to confirm this grade. */
export function mayConfirm(norms: Norms, station: Address, grade: Grade): boolean {
  const needed = norms.get('confirm', `confirm/${grade}`) ?? 'region'
  return height[levelOf(station)] >= Math.min(reachHeight[needed], 3)
}

export interface CodeEntry {
  code: string
  zh: string
  en: string | null
  /** 大类: the code's first two characters; 类: its first three. */
  category: string
  klass: string
}

export function findCode(norms: Norms, code: string): CodeEntry | undefined {
  const value = norms.get('code', `code/${code}`)
  return value && { code, zh: value.zh, en: value.en ?? null, category: code.slice(0, 2), klass: code.slice(0, 3) }
}

/** Codes whose code starts with `q` or whose name holds every word of `q`, as people write it; best first. */
export function searchCodes(norms: Norms, q: string, limit = 50): CodeEntry[] {
  const words = q.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const found: { entry: CodeEntry; rank: number }[] = []
  for (const key of norms.keys('code')) {
    const entry = findCode(norms, key.slice('code/'.length)) as CodeEntry
    const ranks = words.map((word) => rankOf(entry, word))
    if (ranks.every((rank) => rank !== null)) found.push({ entry, rank: ranks.reduce<number>((a, b) => a + (b ?? 0), 0) })
  }
  return found.sort((a, b) => a.rank - b.rank || (a.entry.code < b.entry.code ? -1 : 1)).slice(0, limit).map((f) => f.entry)
}

function rankOf({ code, zh, en }: CodeEntry, word: string): number | null {
  if (code.toLowerCase().startsWith(word)) return 0
  const at = zh.indexOf(word)
  if (at !== -1) return at === 0 ? 1 : 2
  return en?.toLowerCase().includes(word) ? 3 : null
}
