import { isRefusal, parentOf, refuse, type Address, type Attachment, type Refusal } from '#core/kernel/index.ts'
import { subjectOf, type Directory, type FactDraft } from '#core/ledger/index.ts'
import { assessIncident, previewGrade, shareIncident, type AssessIncident, type IncidentState } from '#modules/incident/index.ts'
import { audienceFor, expectedFields, measureNames, requiredFields, type FigureName, type Grade, type Norms } from '#modules/norms/index.ts'
import { clocksOfReceiving, clocksOfSending, pendingUrges } from './report.deadlines.ts'
import type { Content, Level, ReportBody, ReportFactType } from './report.facts.ts'
import { doneAt, hopOf, inOrderOfWay, isParty, placesOf, type ReportState } from './report.state.ts'

/**
 * What each command states: `(state, input, situation) → drafts | Refusal`. Who may do it and in what order is not
 * repeated here: `append` asks `admitReport`. A Refusal here is for what only this station can know: its norms, its
 * directory, the time, the other reports of the incident.
 */
export interface Situation {
  self: Address
  now: number
  norms: Norms
  directory: Directory
}

type Decision = FactDraft[] | Refusal

export function draft(state: ReportState, input: { content: Content; attachments: Attachment[]; requestKey?: string }): Decision {
  return [fact(state, 'report.drafted.v1', input)]
}

export function submit(state: ReportState): Decision {
  return [fact(state, 'report.submitted.v1', {})]
}

export function giveBack(state: ReportState, input: { reason: string }): Decision {
  return [fact(state, 'report.returned.v1', input)]
}

/** What signing would state, for the sign command and for the preview before it. */
export interface Outlook {
  level: Level & { reporting: Grade }
  to: string[]
  receivers: Address[]
  required: string[]
  expected: string[]
  missing: string[]
}

export function outlookOf(content: Content, incident: IncidentState, { self, norms }: Pick<Situation, 'self' | 'norms'>, level = content.level): Outlook {
  const { computed, reporting } = previewGrade(incident, observationOf(content, null, level), norms)
  const to = audienceFor(norms, self, reporting)
  const required = requiredFields(norms, content.kind)
  const expected = expectedFields(norms, content.kind).filter((field) => !required.includes(field))
  return {
    level: { initial: content.level ?? computed, computed, reporting },
    to,
    receivers: inOrderOfWay(self, placesOf({ station: self, to })),
    required,
    expected,
    missing: [...required, ...expected].filter((field) => isEmpty(valueAt(content, field))),
  }
}

/**
 * 签批 and 上报 at once: the sign-off; the sending to as many levels as the grade demands; what the report makes of the
 * incident; and, on this station's earlier reports of the incident, that they are followed.
 */
export function sign(
  state: ReportState,
  input: { level?: Grade; comment?: string },
  situation: Situation,
  { incident, earlier }: { incident: IncidentState; earlier: ReportState[] },
): Decision {
  const { content } = state
  if (!content || state.sent) return [fact(state, 'report.signed.v1', { level: { initial: null, computed: null, reporting: null } })]
  const { self, now, norms } = situation
  const outlook = outlookOf(content, incident, situation, input.level)
  const obstacle = obstacleTo(content, outlook)
  if (obstacle) return obstacle
  const assessed = assessIncident(incident, observationOf(content, state.id, input.level ?? content.level), { self, norms })
  if (isRefusal(assessed)) return assessed
  const previous = earlier.findLast((report) => report.content)
  const sending = { station: self, kind: content.kind, code: content.code, grade: outlook.level.reporting, learnedAt: content.learnedAt, sentAt: now, receivers: outlook.receivers }
  const { required, expected, missing } = outlook
  return [
    fact(state, 'report.signed.v1', { level: outlook.level, comment: input.comment }),
    fact(state, 'report.sent.v1', {
      deadlines: clocksOfSending(norms, sending),
      required, expected, missing,
      norms: norms.stamp,
      previous: previous?.content ? { report: previous.id, figures: previous.content.figures } : null,
    }, outlook.to),
    ...assessed,
    ...earlier.filter((report) => report.author === self && isWaitingFor(report, content.kind)).map((report) => fact(report, 'report.followed.v1', {
      by: state.id, kind: content.kind, corrected: correctedFigures(report, content), stillMissing: missing.filter((field) => required.includes(field)),
    })),
  ]
}

/** Why content cannot be sent as it is. An unknown figure (`null`) is an answer; one that is not stated is not. */
export function obstacleTo(content: Content, { required }: Pick<Outlook, 'required'>): Refusal | null {
  const unanswered = required.filter((field) => valueAt(content, field) === undefined || valueAt(content, field) === '')
  if (unanswered.length === 0) return null
  const names = unanswered.join(', ')
  return refuse('report.fields-missing', `必填项未填：${names}`, `Required fields are empty: ${names}`, unanswered.map((field) => ({ field, message: { zh: '必填；不清楚的数据请填“不详”(null)', en: 'required; give null for a figure that is unknown' } })))
}

/** The machine receipt, or nothing when this station has none to give. */
export function receive(state: ReportState, self: Address): FactDraft[] {
  const hop = hopOf(state, self)
  return hop && !hop.received && state.sent ? [fact(state, 'report.received.v1', { of: state.sent.fact })] : []
}

export function accept(state: ReportState, input: { comment?: string }): Decision {
  return [fact(state, 'report.accepted.v1', input)]
}

/** 转报 to the parent, or 抄送 to the stations named; those get the incident too. */
export function forward(state: ReportState, input: { to?: Address[]; note?: string }, situation: Situation, incident: IncidentState): Decision {
  const parent = parentOf(situation.self)
  const named = input.to ?? (parent ? [parent] : [])
  const unknown = unknownStations(named, situation)
  if (unknown) return unknown
  const to = [...new Set(named)].filter((station) => !isParty(state, station))
  if (to.length === 0) return refuse('report.nobody-to-forward-to', '这些单位已在接收范围内', 'These stations have the report already')
  const { self, now, norms } = situation
  const about = { station: state.author ?? self, code: state.content?.code ?? '', grade: state.signed?.level.reporting ?? null, sentAt: now }
  return [fact(state, 'report.forwarded.v1', { deadlines: clocksOfReceiving(norms, about, to), note: input.note }, to), ...shared(state, incident, to, situation)]
}

export function urge(state: ReportState, input: { station?: Address; text?: string }, { self }: Situation): Decision {
  const station = input.station ?? (self === state.author ? (state.hops.find((hop) => !hop.accepted) ?? state.hops[0])?.station : state.author)
  if (!station || station === self || !isParty(state, station)) return refuse('report.nobody-to-urge', '只能催办本报告的报送或接收单位', 'Only a station that sent or receives this report can be urged')
  return [fact(state, 'report.urged.v1', { cause: 'by-hand', station, due: null, text: input.text })]
}

/** What this station must urge by itself at `now`. */
export function urgeWhatIsDue(state: ReportState, { self, now }: Pick<Situation, 'self' | 'now'>): FactDraft[] {
  return pendingUrges(state, self).filter(({ due }) => due <= now).map((pending) => fact(state, 'report.urged.v1', pending))
}

/** 批示, to the author unless others below are named; whoever is named gets the whole report. */
export function instruct(state: ReportState, input: { text: string; due: number; to?: Address[] }, situation: Situation, incident: IncidentState, instructionId: string): Decision {
  const to = [...new Set(input.to ?? (state.author ? [state.author] : []))]
  const unknown = unknownStations(to, situation)
  if (unknown) return unknown
  if (input.due <= situation.now) return refuse('report.due-has-passed', '办理时限须晚于现在', 'The due time must be in the future', [{ field: 'due', message: { zh: '须晚于现在', en: 'must be in the future' } }])
  return [
    fact(state, 'report.instructed.v1', { instructionId, text: input.text, due: input.due, to }, to),
    ...shared(state, incident, to.filter((station) => !isParty(state, station)), situation),
  ]
}

export function feedBack(state: ReportState, input: ReportBody<'report.feedback.v1'>): Decision {
  return [fact(state, 'report.feedback.v1', input)]
}

export function merge(state: ReportState, input: { into: string; reason: string }, target: ReportState): Decision {
  if (!target.sent) return refuse('report.merge-target', '要并入的报告不存在或尚未上报', 'The report to merge into does not exist or is not sent', [{ field: 'into', message: { zh: '请选择已上报的报告', en: 'choose a report that has been sent' } }])
  if (target.merged) return refuse('report.merge-target', `要并入的报告已并入 ${target.merged.into}`, `The report to merge into is itself merged into ${target.merged.into}`, [{ field: 'into', message: { zh: `请并入 ${target.merged.into}`, en: `merge into ${target.merged.into}` } }])
  return [fact(state, 'report.merged.v1', input)]
}

/** 办结 needs an outcome: not while an instruction waits for its feedback. */
export function close(state: ReportState, input: { outcome?: string }): Decision {
  const open = state.instructions.filter((instruction) => doneAt(instruction) === null)
  if (open.length > 0) return refuse('report.instructions-open', `还有 ${open.length} 条批示未反馈办结`, `${open.length} instructions still wait for their feedback`)
  return [fact(state, 'report.closed.v1', input)]
}

function fact<Type extends ReportFactType>(state: ReportState, type: Type, body: ReportBody<Type>, to: string[] = []): FactDraft {
  return { type, subject: subjectOf('report', state.id), to, body }
}

/** An incident's title is shorter than a report's may be. */
export function incidentTitle(title: string): string {
  return title.slice(0, 120).toWellFormed()
}

function observationOf(content: Content, report: string | null, level: Grade | undefined): AssessIncident {
  return {
    report, code: content.code, title: incidentTitle(content.title), place: content.place, figures: content.figures,
    attributes: content.attributes ?? {}, sensitive: content.attributes?.sensitive === true, level: level ?? null,
  }
}

function shared(state: ReportState, incident: IncidentState, to: Address[], situation: Situation): FactDraft[] {
  if (to.length === 0) return []
  const drafts = shareIncident(incident, { to, report: state.id }, situation)
  // A copied department may pass a report on although the incident is not its own: the report goes, the incident stays.
  return isRefusal(drafts) ? [] : drafts
}

function unknownStations(named: Address[], { directory }: Situation): Refusal | null {
  const unknown = named.find((station) => directory.station(station)?.state !== 'active')
  return unknown === undefined ? null : refuse('report.station-unknown', `通讯录中没有 ${unknown}`, `${unknown} is not in the directory`, [{ field: 'to', message: { zh: '请从通讯录选择在用单位', en: 'choose active stations from the directory' } }])
}

function isWaitingFor(report: ReportState, kind: Content['kind']): boolean {
  if (!report.sent || report.closed || report.merged) return false
  return report.followed.length === 0 || report.returned !== null || (kind === 'final' && !report.followed.some((later) => later.kind === 'final'))
}

/** Figures lowered or withdrawn. A rising count is how disasters unfold; a falling one corrects what was said. */
function correctedFigures(report: ReportState, content: Content): FigureName[] {
  return measureNames.filter((name) => {
    const [before, after] = [report.content?.figures[name], content.figures[name]]
    return typeof before === 'number' && (after === null || (typeof after === 'number' && after < before))
  })
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** `figures.deaths` of a content. */
function valueAt(content: Content, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined), content)
}
