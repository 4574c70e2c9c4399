import type { z } from 'zod'
import { isRefusal, refuse } from '#core/kernel/index.ts'
import { subjectOf, type SubjectType } from '#core/ledger/index.ts'
import type { RowLog } from '#core/sql/server/readRows.ts'
import type { Station } from '#core/station/server/module.ts'
import { incidentSubject, incidentType, type IncidentState } from '#modules/incident/index.ts'
import { effectiveNorms, findCode, normsSubject, normsType, qualityWeights, type Norms } from '#modules/norms/index.ts'
import type { ListAnswer, listQuery, PreviewAnswer, ReportAnswer } from '../report.api.ts'
import { obstacleTo, outlookOf } from '../report.decide.ts'
import { clocksOfSending } from '../report.deadlines.ts'
import { defaultWeights } from '../report.quality.ts'
import { reportType } from '../report.rules.ts'
import { isParty, type ReportState } from '../report.state.ts'
import { reportView } from '../report.view.ts'
import type { BulletinWords } from './bulletinOf.ts'
import { listReports } from './report.queries.ts'

/** Whatever can tell folded state: the ledger outside a write, the writer inside. */
export interface StateReader {
  readonly self: string
  state<State>(type: SubjectType<State>, subject: string): Promise<State>
}

export async function normsOf(reader: StateReader, now: number): Promise<Norms> {
  const { publications } = await reader.state(normsType, normsSubject(reader.self))
  return effectiveNorms(publications, reader.self, now)
}

/** The report, if this station has part in it; what it only passes on does not exist for its people. */
export async function loadReport(reader: StateReader, id: string): Promise<ReportState> {
  const state = await reader.state(reportType, subjectOf('report', id))
  if (!state.content || !isParty(state, reader.self)) throw refuse('report.not-found', '没有这份报告', 'There is no such report')
  return state
}

export function loadIncident(reader: StateReader, state: ReportState): Promise<IncidentState> {
  return reader.state(incidentType, incidentSubject(state.content?.incidentId ?? ''))
}

export function readList({ database, ledger, clock, self }: Station, log: RowLog, query: z.output<typeof listQuery>): Promise<ListAnswer> {
  return listReports(database.read, { self, now: clock.now(), log, nameOf: (station) => ledger.directory.station(station)?.name ?? station }, query)
}

export async function readReport(station: Station, id: string): Promise<ReportAnswer> {
  const { ledger, clock } = station
  const now = clock.now()
  const state = await loadReport(ledger, id)
  const weights = { ...defaultWeights, ...qualityWeights(await normsOf(ledger, now)) }
  const facts = await ledger.factsOf(subjectOf('report', id))
  const view = reportView(state, { incident: await loadIncident(ledger, state), facts, weights }, { self: station.self, now, directory: ledger.directory })
  if (!view) throw refuse('report.not-found', '没有这份报告', 'There is no such report')
  return view
}

/** What would happen if the report were signed now: what is missing, who receives it, which clocks run. */
export async function previewReport({ ledger, clock, self }: Station, id: string): Promise<PreviewAnswer> {
  const now = clock.now()
  const state = await loadReport(ledger, id)
  const norms = await normsOf(ledger, now)
  const { content } = state
  if (!content) throw refuse('report.not-found', '没有这份报告', 'There is no such report')
  const outlook = outlookOf(content, await loadIncident(ledger, state), { self, norms })
  const sent = state.sent ? refuse('report.already-sent', '报告已上报', 'The report is sent already') : null
  const obstacle = sent ?? obstacleTo(content, outlook)
  const clocks = clocksOfSending(norms, { station: self, kind: content.kind, code: content.code, grade: outlook.level.reporting, learnedAt: content.learnedAt, sentAt: now, receivers: outlook.receivers })
  return {
    required: outlook.required,
    expected: outlook.expected,
    missing: outlook.missing,
    level: outlook.level,
    receivers: outlook.receivers.map((station) => ({ station, name: ledger.directory.station(station)?.name ?? station })),
    deadlines: clocks.map((clock) => ({ ...clock, late: clock.due < now })),
    obstacle: isRefusal(obstacle) ? { code: obstacle.code, detail: obstacle.sentence } : null,
  }
}

/** The names that printed documents use, from the norms in force. */
export async function wordsOf({ ledger, clock }: Station): Promise<BulletinWords> {
  const norms = await normsOf(ledger, clock.now())
  return {
    codeName: (code) => findCode(norms, code)?.zh,
    measure: (name) => {
      const measure = norms.get('measure', `measure/${name}`)
      return measure && { name: measure.zh, unit: measure.unit }
    },
  }
}
