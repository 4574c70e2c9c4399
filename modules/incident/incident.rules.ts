import { isWithin, parentOf, refuse, unknownType, type Address, type Refusal } from '#core/kernel/index.ts'
import { idOfSubject, isMadeAt, modeOfSubject, reaches, reachOf, unite, wallOf, type Fact, type SubjectType } from '#core/ledger/index.ts'
import { measureNames } from '#modules/norms/index.ts'
import { incidentFacts, type IncidentBody, type IncidentFactType } from './incident.facts.ts'
import type { FigureChange, IncidentState, Said } from './incident.state.ts'

export const incidentType: SubjectType<IncidentState> = { kind: 'incident', start: startIncident, admit: admitIncident, evolve: evolveIncident }

export function startIncident(subject: string): IncidentState {
  return {
    id: idOfSubject(subject), opened: null, code: '', title: '', occurredAt: 0, learnedAt: 0, place: { division: '00' },
    lead: '', leads: [], handover: null, figures: {}, attributes: {}, sensitive: false, raised: 0, figureHistory: [],
    assessments: [], confirmations: [], mergings: [], absorbed: [], reports: [], reach: [], closed: null,
  }
}

/**
 * Who has a say in an incident: the stations above and below the one that opened it or leads it, the departments
 * beside them, and those it was made known to. Norms are not consulted here: authority must not depend on which
 * publication has arrived where.
 */
export function isConcerned(state: IncidentState, station: Address): boolean {
  if (reaches(state.reach, station)) return true
  const seat = station.slice(station.lastIndexOf('/') + 1).startsWith('@') ? (parentOf(station) ?? station) : station
  return [state.opened?.station ?? state.lead, state.lead].some((own) => isWithin(own, seat) || isWithin(seat, own))
}

/** Whether a station leads the incident or stands above the one that does. */
export function isInCharge(state: IncidentState, station: Address): boolean {
  return isWithin(state.lead, station)
}

export function admitIncident(fact: Fact, state: IncidentState): Refusal | null {
  if (!Object.hasOwn(incidentFacts, fact.type)) return unknownType()
  if (fact.type === 'incident.opened.v1') {
    if (state.opened) return refuse('incident.already-open', '事件已建立', 'The incident is already open')
    return isMadeAt(fact.subject, fact.station) ? null : refuse('incident.not-yours', '事件编号不是该平台生成的', 'The incident\'s id was made at another station')
  }
  return mayState(fact.type as IncidentFactType, fact.body, fact.station, state) ?? sameMode(fact)
}

/** The authority to state something about an incident as it now stands; shared by the commands and the fold. */
export function mayState(type: IncidentFactType, body: unknown, station: Address, state: IncidentState): Refusal | null {
  if (!state.opened) return refuse('incident.not-found', '没有这个事件', 'There is no such incident')
  switch (type) {
    case 'incident.assessed.v1':
    case 'incident.absorbed.v1':
    case 'incident.shared.v1':
      return isConcerned(state, station) ? null : notConcerned()
    case 'incident.confirmed.v1':
      return isInCharge(state, station) || isWithin(state.opened.station, station) ? null : notInCharge(state)
    case 'incident.merged.v1':
      return isInCharge(state, station) ? null : notInCharge(state)
    case 'incident.closed.v1':
      if (state.closed) return refuse('incident.closed', '事件已办结', 'The incident is already closed')
      return isInCharge(state, station) ? null : notInCharge(state)
    case 'incident.handoverOffered.v1':
      if ((body as IncidentBody<typeof type>).to === state.lead) return refuse('incident.handover-to-lead', '该单位已是牵头单位', 'That station already leads')
      return isInCharge(state, station) ? null : notInCharge(state)
    case 'incident.handoverAccepted.v1':
    case 'incident.handoverDeclined.v1':
      if (state.handover?.fact !== (body as { offer: string }).offer) return refuse('incident.no-offer', '该移交已撤回、已答复或被新的移交取代', 'That offer was answered, or a newer one took its place')
      return state.handover.to === station ? null : refuse('incident.not-offered', `移交对象是 ${state.handover.to}`, `The offer is to ${state.handover.to}`)
    default:
      return null
  }
}

const notConcerned = () => refuse('incident.not-concerned', '本单位与该事件无关', 'This station has no part in the incident')
const notInCharge = (state: IncidentState) =>
  refuse('incident.not-in-charge', `须由牵头单位 ${state.lead} 或其上级办理`, `Only the leading station ${state.lead} or one above it may do this`)

/** A fact of one mode may not name subjects of another. */
function sameMode(fact: Fact): Refusal | null {
  const body = fact.body as { into?: string | null; from?: string; report?: string | null }
  const named = [body.into, body.from, body.report].filter((id): id is string => typeof id === 'string')
  return named.every((id) => modeOfSubject(`x/${id}`) === fact.mode) ? null : refuse('incident.mode-mismatch', '演练、测试与实际信息不得混用', 'Exercise, test and actual records may not be mixed')
}

export function evolveIncident(before: IncidentState, fact: Fact): IncidentState {
  const said: Said = { fact: fact.id, station: fact.station, by: fact.actor.name, at: wallOf(fact) }
  const state = { ...before, reach: unite(before.reach, reachOf(fact.station, fact.to)) }
  switch (fact.type as IncidentFactType) {
    case 'incident.opened.v1': {
      const { code, title, occurredAt, learnedAt, place } = fact.body as IncidentBody<'incident.opened.v1'>
      return { ...state, opened: said, code, title, occurredAt, learnedAt, place, lead: fact.station, leads: [{ station: fact.station, since: said.at, fact: fact.id }] }
    }
    case 'incident.assessed.v1':
      return assessed(state, said, fact.body as IncidentBody<'incident.assessed.v1'>)
    case 'incident.confirmed.v1':
      return { ...state, confirmations: [...state.confirmations, { ...said, ...(fact.body as IncidentBody<'incident.confirmed.v1'>) }] }
    case 'incident.merged.v1':
      return { ...state, mergings: [...state.mergings, { ...said, ...(fact.body as IncidentBody<'incident.merged.v1'>) }] }
    case 'incident.absorbed.v1': {
      const { from, present } = fact.body as IncidentBody<'incident.absorbed.v1'>
      const others = state.absorbed.filter((id) => id !== from)
      return { ...state, absorbed: present ? [...others, from].sort() : others }
    }
    case 'incident.handoverOffered.v1':
      return { ...state, handover: { ...said, ...(fact.body as IncidentBody<'incident.handoverOffered.v1'>) } }
    case 'incident.handoverAccepted.v1':
      return { ...state, handover: null, lead: fact.station, leads: [...state.leads, { station: fact.station, since: said.at, fact: fact.id }] }
    case 'incident.handoverDeclined.v1':
      return { ...state, handover: null }
    case 'incident.closed.v1':
      return { ...state, closed: { ...said, outcome: (fact.body as IncidentBody<'incident.closed.v1'>).outcome, changedSince: false } }
    default:
      return state
  }
}

function assessed(state: IncidentState, said: Said, body: IncidentBody<'incident.assessed.v1'>): IncidentState {
  const figures = { ...state.figures }
  const changes: FigureChange[] = []
  for (const figure of measureNames) {
    const to = body.figures[figure]
    if (to === undefined) continue
    const from = state.figures[figure] ?? null
    if (figures[figure] === undefined || to !== null) figures[figure] = to
    if (to !== null && to !== from) {
      changes.push({ figure, from, to, delta: from === null ? null : to - from, report: body.report, fact: said.fact, station: said.station, at: said.at })
    }
  }
  return {
    ...state,
    code: body.code,
    title: body.title ?? state.title,
    place: body.place ?? state.place,
    sensitive: body.sensitive,
    raised: body.raised,
    figures,
    attributes: { ...state.attributes, ...body.attributes },
    figureHistory: [...state.figureHistory, ...changes],
    assessments: [...state.assessments, { ...said, ...body }],
    reports: body.report === null || state.reports.includes(body.report) ? state.reports : [...state.reports, body.report],
    closed: state.closed && { ...state.closed, changedSince: true },
  }
}
