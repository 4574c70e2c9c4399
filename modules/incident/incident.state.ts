import type { Address } from '#core/kernel/index.ts'
import type { Reach } from '#core/ledger/index.ts'
import { graver, measureNames, raise, type Attributes, type FigureName, type Figures, type Grade, type Place } from '#modules/norms/index.ts'
import type { IncidentBody } from './incident.facts.ts'

/** Who stated something, when and where; `at` is by that station's clock on the wall. */
export interface Said {
  fact: string
  station: Address
  by: string
  at: number
}

export type Assessment = Said & IncidentBody<'incident.assessed.v1'>
export type Confirmation = Said & IncidentBody<'incident.confirmed.v1'>
export type Merging = Said & IncidentBody<'incident.merged.v1'>

/** One figure that became another: `from` is what stood before (null unknown, undefined never stated). */
export interface FigureChange {
  figure: FigureName
  from: number | null
  to: number | null
  delta: number | null
  report: string | null
  fact: string
  station: Address
  at: number
}

export interface IncidentState {
  id: string
  /** null until the opening fact is here. */
  opened: Said | null
  code: string
  title: string
  occurredAt: number
  learnedAt: number
  place: Place
  /** 牵头: who directs. Changes only when a hand-over is accepted. */
  lead: Address
  leads: { station: Address; since: number; fact: string }[]
  /** An offer that is neither accepted nor declined. */
  handover: (Said & { to: Address; reason: string }) | null
  /** Last known values; an *unknown* stated later never erases a known figure. */
  figures: Figures
  attributes: Attributes
  sensitive: boolean
  raised: number
  figureHistory: FigureChange[]
  assessments: Assessment[]
  confirmations: Confirmation[]
  mergings: Merging[]
  absorbed: string[]
  reports: string[]
  /** Whom the incident was made known to: the union over its facts. */
  reach: Reach
  closed: (Said & { outcome: string; changedSince: boolean }) | null
}

/** Of statements that say what they stand over, those nothing stands over: one when people agree, more when they differ. */
export function standing<T extends { fact: string; over: string[] }>(statements: readonly T[]): T[] {
  const covered = new Set(statements.flatMap((s) => s.over))
  return statements.filter((s) => !covered.has(s.fact))
}

export interface IncidentGrade {
  /** 初判: the officer's latest own judgement, or what the rules computed where there is none. */
  initial: Grade | null
  /** By the rules, from the latest assessment. */
  computed: Grade | null
  /** 认定; null while nobody has, or while two stations differ. */
  confirmed: Grade | null
  /** What handling goes by: confirmed, else the gravest of what is said; IV when nothing is. */
  working: Grade
  /** What reporting goes by: `working`, raised when sensitive. */
  reporting: Grade
}

export function gradeOf(state: IncidentState): IncidentGrade {
  const officer = state.assessments.findLast((a) => a.initial !== null)?.initial ?? null
  const computed = state.assessments.at(-1)?.computed.grade ?? null
  const confirmations = standing(state.confirmations)
  const agreed = new Set(confirmations.map((c) => c.grade))
  const confirmed = agreed.size === 1 ? (confirmations[0]?.grade ?? null) : null
  const disputed = confirmations.reduce<Grade | null>((g, c) => graver(g, c.grade), null)
  const working = confirmed ?? disputed ?? graver(officer, computed) ?? 'IV'
  return { initial: officer ?? computed, computed, confirmed, working, reporting: raise(working, state.raised) }
}

/** `draft` until a report has told of it: an incident opened with a report that was never sent. */
export type IncidentStatus = 'draft' | 'open' | 'merged' | 'closed'

export function statusOf(state: IncidentState): IncidentStatus {
  if (standing(state.mergings).some((m) => m.into !== null)) return 'merged'
  if (state.closed) return 'closed'
  return state.assessments.length === 0 ? 'draft' : 'open'
}

/** The incident that this one was merged into; null when none, or while two stations differ. */
export function mergedInto(state: IncidentState): string | null {
  const targets = new Set(standing(state.mergings).map((m) => m.into))
  return targets.size === 1 ? ([...targets][0] ?? null) : null
}

/** Something two stations stated differently while apart, which a person resolves by stating it once more. */
export interface Difference {
  about: 'level' | 'figures' | 'merge'
  statements: { station: Address; fact: string; at: number; value: unknown }[]
}

export function differencesOf(state: IncidentState): Difference[] {
  const found: Difference[] = []
  const look = <T extends Said & { over: string[] }>(about: Difference['about'], statements: T[], value: (s: T) => unknown) => {
    const apart = standing(statements)
    if (new Set(apart.map((s) => JSON.stringify(value(s)))).size < 2) return
    found.push({ about, statements: apart.map((s) => ({ station: s.station, fact: s.fact, at: s.at, value: value(s) })) })
  }
  look('level', state.confirmations, (c) => c.grade)
  look('merge', state.mergings, (m) => m.into)
  look('figures', state.assessments, (a) => Object.fromEntries(measureNames.filter((name) => typeof a.figures[name] === 'number').map((name) => [name, a.figures[name]])))
  return found
}
