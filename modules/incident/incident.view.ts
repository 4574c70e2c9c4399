import type { Address } from '#core/kernel/index.ts'
import { isRefusal } from '#core/kernel/index.ts'
import { modeOfSubject, reaches } from '#core/ledger/index.ts'
import { findCode, grades, type Norms } from '#modules/norms/index.ts'
import type { IncidentDetail, IncidentItem } from './incident.api.ts'
import { closeIncident, confirmIncident } from './incident.commands.ts'
import { incidentSubject } from './incident.facts.ts'
import { isInCharge } from './incident.rules.ts'
import { differencesOf, gradeOf, mergedInto, statusOf, type IncidentState } from './incident.state.ts'

/** Whether an incident is this station's business: a station that only passes facts on holds them, but lists nothing. */
export function isParty(state: IncidentState, station: Address): boolean {
  return state.opened !== null && reaches(state.reach, station)
}

/** When anything was last said about it. */
export function updatedAt(state: IncidentState): number {
  const said = [state.opened, state.assessments.at(-1), state.confirmations.at(-1), state.mergings.at(-1), state.handover, state.closed]
  return Math.max(0, state.leads.at(-1)?.since ?? 0, ...said.map((s) => s?.at ?? 0))
}

/** A line of a list. The code's name is added by the reader: a projection knows no norms. */
export function incidentRow(state: IncidentState): Omit<IncidentItem, 'codeName'> {
  return {
    id: state.id,
    mode: modeOfSubject(incidentSubject(state.id)),
    code: state.code,
    title: state.title,
    place: state.place,
    occurredAt: state.occurredAt,
    learnedAt: state.learnedAt,
    openedAt: state.opened?.at ?? 0,
    updatedAt: updatedAt(state),
    level: gradeOf(state),
    figures: state.figures,
    lead: state.lead,
    status: statusOf(state),
    mergedInto: mergedInto(state),
    differs: differencesOf(state).length > 0,
    reports: state.reports.length,
  }
}

/** The whole incident as its page shows it. */
export function incidentDetail(state: IncidentState, facts: string[], { self, norms }: { self: Address; norms: Norms }): IncidentDetail | null {
  if (!state.opened) return null
  const { reports: _, ...row } = incidentRow(state)
  return {
    ...row,
    codeName: findCode(norms, state.code)?.zh ?? null,
    attributes: state.attributes,
    sensitive: state.sensitive,
    raised: state.raised,
    opened: said(state.opened),
    reports: state.reports,
    absorbed: state.absorbed,
    leads: state.leads,
    handover: state.handover && { ...said(state.handover), to: state.handover.to, reason: state.handover.reason },
    figureHistory: state.figureHistory,
    levelHistory: levelHistory(state, norms),
    differences: differencesOf(state) as IncidentDetail['differences'],
    closed: state.closed && { ...said(state.closed), outcome: state.closed.outcome, changedSince: state.closed.changedSince },
    facts,
    may: {
      confirm: grades.filter((level) => !isRefusal(confirmIncident(state, { level, reason: '' }, { self, norms }))),
      merge: isInCharge(state, self),
      handover: isInCharge(state, self),
      answerHandover: state.handover?.to === self,
      close: !isRefusal(closeIncident(state, '', { self })),
    },
  }
}

type LevelLine = IncidentDetail['levelHistory'][number]

function levelHistory(state: IncidentState, norms: Norms): LevelLine[] {
  const plain = { clauses: [], unknown: [], couldBe: null, presumed: [], reason: '', report: null }
  const observed = state.assessments.flatMap((a): LevelLine[] => [
    ...(a.initial === null ? [] : [{ ...said(a), ...plain, kind: 'initial' as const, level: a.initial, report: a.report }]),
    {
      ...said(a), ...plain, kind: 'computed', level: a.computed.grade, report: a.report, unknown: a.computed.unknown, couldBe: a.computed.couldBe, presumed: a.computed.presumed,
      clauses: a.computed.clauses.map(({ rule, clause }) => {
        const [ruleName, clauseName] = [norms.get('rule', `rule/${rule}`), norms.get('clause', `clause/${rule}/${clause}`)]
        return { rule, clause, zh: [ruleName?.zh ?? rule, clauseName?.zh ?? clause].join(' · '), en: [ruleName?.en ?? rule, clauseName?.en ?? clause].join(' · ') }
      }),
    },
  ])
  const confirmed = state.confirmations.map((c): LevelLine => ({ ...said(c), ...plain, kind: 'confirmed', level: c.grade, reason: c.reason }))
  return [...observed, ...confirmed].sort((a, b) => a.at - b.at)
}

function said({ fact, station, by, at }: { fact: string; station: string; by: string; at: number }) {
  return { fact, station, by, at }
}
