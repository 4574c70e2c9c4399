import { refuse, type Address, type Refusal } from '#core/kernel/index.ts'
import { modeOfSubject, type Directory, type FactDraft } from '#core/ledger/index.ts'
import { audienceFor, gradeIncident, graver, mayConfirm, raise, type Attributes, type Figures, type Grade, type Norms, type Place } from '#modules/norms/index.ts'
import { incidentSubject, type IncidentBody, type IncidentFactType } from './incident.facts.ts'
import { mayState } from './incident.rules.ts'
import { gradeOf, mergedInto, standing, type IncidentState } from './incident.state.ts'

/** Where a command is decided: this station, under its norms. */
export interface IncidentContext {
  self: Address
  norms: Norms
}

function draft<T extends IncidentFactType>(type: T, id: string, body: IncidentBody<T>, to: string[] = []): FactDraft<IncidentBody<T>> {
  return { type, subject: incidentSubject(id), to, body }
}

export interface OpenIncident {
  /** From `newSubject`: an incident is opened only where its id was made. */
  subject: string
  code: string
  title: string
  occurredAt: number
  learnedAt: number
  place: Place
}

/**
 * Opens an incident at this station, which leads it at first. Nobody else learns of it yet: the first `assessIncident`
 * states the audience, and a subject travels whole. So a draft report may open its incident at once.
 */
export function openIncident({ subject, ...body }: OpenIncident, { norms }: IncidentContext): FactDraft[] {
  return [{ type: 'incident.opened.v1', subject, to: [], body: { ...body, norms: norms.stamp } }]
}

export interface AssessIncident {
  /** The report's id (mode suffix included), or null when a station assesses without one. */
  report: string | null
  /** Given again when the report states them otherwise. */
  code?: string
  title?: string
  place?: Place
  figures: Figures
  attributes?: Attributes
  sensitive?: boolean
  /** 初判: the officer's own judgement. */
  level?: Grade | null
}

/** What a report observed: grades the incident anew from all that is known, and makes it known as far up as the grade goes. */
export function assessIncident(state: IncidentState, command: AssessIncident, { self, norms }: IncidentContext): FactDraft[] | Refusal {
  const body = assessmentOf(state, command, norms)
  const refusal = mayState('incident.assessed.v1', body, self, state)
  if (refusal) return refusal
  const grade = graver(gradeOf(state).reporting, reportingGradeOf(body)) ?? 'IV'
  return [draft('incident.assessed.v1', state.id, body, audienceFor(norms, self, grade))]
}

/** The grade that a report with this observation would go by, before anything is stated: for previews and deadlines. */
export function previewGrade(state: IncidentState, command: AssessIncident, norms: Norms): { computed: Grade | null; reporting: Grade } {
  const body = assessmentOf(state, command, norms)
  const known = gradeOf(state)
  return { computed: body.computed.grade, reporting: known.confirmed ? raise(known.confirmed, body.raised) : reportingGradeOf(body) }
}

function assessmentOf(state: IncidentState, command: AssessIncident, norms: Norms): IncidentBody<'incident.assessed.v1'> {
  const attributes = command.attributes ?? {}
  const code = command.code ?? state.code
  const sensitive = command.sensitive ?? state.sensitive
  const stated = Object.entries(command.figures).filter(([, value]) => value !== null && value !== undefined)
  const figures = { ...command.figures, ...state.figures, ...Object.fromEntries(stated) }
  const grading = gradeIncident(norms, { code, figures, attributes: { ...state.attributes, ...attributes } })
  return {
    report: command.report,
    code,
    ...(command.title === undefined ? {} : { title: command.title }),
    ...(command.place === undefined ? {} : { place: command.place }),
    figures: command.figures,
    attributes,
    sensitive,
    raised: sensitive ? (norms.get('raise', 'raise/sensitive') ?? 1) : 0,
    initial: command.level ?? null,
    computed: {
      grade: grading.grade,
      clauses: grading.clauses.map(({ rule, clause }) => ({ rule, clause })),
      unknown: grading.unknown,
      couldBe: grading.couldBe,
      presumed: grading.presumed,
    },
    norms: norms.stamp,
    over: standing(state.assessments).map((a) => a.fact),
  }
}

function reportingGradeOf(body: IncidentBody<'incident.assessed.v1'>): Grade {
  return raise(graver(body.initial, body.computed.grade) ?? 'IV', body.raised)
}

/** 认定: stands above every confirmation this station knows of, so it also resolves a difference. */
export function confirmIncident(state: IncidentState, { level, reason }: { level: Grade; reason: string }, { self, norms }: IncidentContext): FactDraft[] | Refusal {
  const body = { grade: level, reason, norms: norms.stamp, over: standing(state.confirmations).map((c) => c.fact) }
  const refusal = mayState('incident.confirmed.v1', body, self, state)
  if (refusal) return refusal
  const standingGrade = gradeOf(state).confirmed
  if (!mayConfirm(norms, self, level) || (standingGrade !== null && !mayConfirm(norms, self, standingGrade))) {
    return refuse('incident.level-above-authority', '本级无权认定该级别', 'This station may not confirm that level', [{ field: 'level', message: { zh: '请报上级认定', en: 'Ask a station above to confirm it' } }])
  }
  return [draft('incident.confirmed.v1', state.id, body, audienceFor(norms, self, raise(level, state.raised)))]
}

/** Merges a duplicate: one fact on each of the two. `target` null takes this incident out of the one it is in. */
export function mergeIncident(state: IncidentState, target: IncidentState | null, reason: string, { self }: Pick<IncidentContext, 'self'>): FactDraft[] | Refusal {
  const previous = mergedInto(state)
  const into = target?.id ?? null
  const faultAt = (zh: string, en: string) => refuse('incident.cannot-merge', zh, en, [{ field: 'into', message: { zh, en } }])
  if (target) {
    if (target.id === state.id) return faultAt('事件不能并入自身', 'An incident cannot be merged into itself')
    if (!target.opened) return faultAt('没有要并入的事件', 'There is no such incident to merge into')
    if (modeOfSubject(incidentSubject(target.id)) !== modeOfSubject(incidentSubject(state.id))) return faultAt('演练、测试与实际事件不得合并', 'Incidents of different modes cannot be merged')
    if (mergedInto(target) !== null) return faultAt(`该事件已并入 ${mergedInto(target)}`, `That incident is itself merged into ${mergedInto(target)}`)
  }
  const apart = standing(state.mergings)
  if (apart.length <= 1 && previous === into) return refuse('incident.nothing-to-change', '没有变化', 'Nothing would change')
  const body = { into, reason, over: apart.map((m) => m.fact) }
  const refusal = mayState('incident.merged.v1', body, self, state)
    ?? (target && mayState('incident.absorbed.v1', { from: state.id, present: true }, self, target))
  if (refusal) return refusal
  const left = [...new Set(apart.map((m) => m.into))].filter((id): id is string => id !== null && id !== into)
  return [
    draft('incident.merged.v1', state.id, body),
    ...left.map((id) => draft('incident.absorbed.v1', id, { from: state.id, present: false })),
    ...(target ? [draft('incident.absorbed.v1', target.id, { from: state.id, present: true })] : []),
  ]
}

/** 移交 first phase: the lead changes only when the other accepts. A newer offer takes the place of an older one. */
export function offerHandover(state: IncidentState, { to, reason = '' }: { to: Address; reason?: string }, { self }: Pick<IncidentContext, 'self'>, directory: Directory): FactDraft[] | Refusal {
  const body = { to, reason }
  const refusal = mayState('incident.handoverOffered.v1', body, self, state)
  if (refusal) return refusal
  if (directory.station(to)?.state !== 'active') {
    return refuse('incident.unknown-station', '目录中没有该单位', 'That station is not in the directory', [{ field: 'to', message: { zh: '请从目录中选择在用单位', en: 'Choose an active station from the directory' } }])
  }
  return [draft('incident.handoverOffered.v1', state.id, body, [to])]
}

/** 移交 second phase, by the station it was offered to. */
export function acceptHandover(state: IncidentState, { self }: Pick<IncidentContext, 'self'>): FactDraft[] | Refusal {
  const body = { offer: state.handover?.fact ?? '' }
  return mayState('incident.handoverAccepted.v1', body, self, state) ?? noOffer(state) ?? [draft('incident.handoverAccepted.v1', state.id, body)]
}

export function declineHandover(state: IncidentState, reason: string, { self }: Pick<IncidentContext, 'self'>): FactDraft[] | Refusal {
  const body = { offer: state.handover?.fact ?? '', reason }
  return mayState('incident.handoverDeclined.v1', body, self, state) ?? noOffer(state) ?? [draft('incident.handoverDeclined.v1', state.id, body)]
}

function noOffer(state: IncidentState): Refusal | null {
  return state.handover ? null : refuse('incident.no-offer', '没有待答复的移交', 'There is no offer to answer')
}

/** Makes the incident, with its whole history, known to further stations. */
export function shareIncident(state: IncidentState, { to, report = null, reason = '' }: { to: Address[]; report?: string | null; reason?: string }, { self }: Pick<IncidentContext, 'self'>): FactDraft[] | Refusal {
  const body = { report, reason }
  return mayState('incident.shared.v1', body, self, state) ?? [draft('incident.shared.v1', state.id, body, to)]
}

export function closeIncident(state: IncidentState, outcome: string, { self }: Pick<IncidentContext, 'self'>): FactDraft[] | Refusal {
  const body = { outcome }
  return mayState('incident.closed.v1', body, self, state) ?? [draft('incident.closed.v1', state.id, body)]
}
