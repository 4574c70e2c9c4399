import type { Sentence } from '#core/kernel/index.ts'
import { idOfSubject, modeOfSubject, newSubject, wallOf, type Directory, type Fact } from '#core/ledger/index.ts'
import { gradeOf, type IncidentState } from '#modules/incident/index.ts'
import { measureNames, type Figures } from '#modules/norms/index.ts'
import { admitReport } from './report.admit.ts'
import type { Action, FiguresAnswer, ReportAnswer, ReportRow, TimelineEntry } from './report.api.ts'
import { deadlinesOf } from './report.deadlines.ts'
import type { ReportBody, ReportFactType } from './report.facts.ts'
import { qualityOf, type QualityWeights } from './report.quality.ts'
import { doneAt, hopOf, statusOf, type Instruction, type ReportState } from './report.state.ts'

/** How state is shown: pure, so a screen or a test can do it too. */
export interface Viewer {
  self: string
  now: number
  directory: Pick<Directory, 'station'>
}

/** What a list shows, `now` aside; kept as JSON beside the columns that lists filter and sort by. */
export function rowOf(state: ReportState, self: string): Omit<ReportRow, 'late' | 'nextDue' | 'stationName'> | null {
  const { content, author, drafted } = state
  if (!content || !author || !drafted) return null
  return {
    id: state.id, incidentId: content.incidentId, kind: content.kind, mode: state.mode, status: statusOf(state),
    level: state.signed?.level ?? { initial: content.level ?? null, computed: null, reporting: null },
    code: content.code, title: content.title, place: content.place, figures: allFigures(content.figures),
    station: author, occurredAt: content.occurredAt, learnedAt: content.learnedAt,
    sentAt: state.sent?.at ?? null, changedAt: state.changedAt, acceptedAt: hopOf(state, self)?.accepted?.at ?? null, urged: state.urges.length,
  }
}

export function reportView(
  state: ReportState,
  { incident, facts, weights }: { incident: IncidentState; facts: Fact[]; weights: QualityWeights },
  viewer: Viewer,
): ReportAnswer | null {
  const { self, now, directory } = viewer
  const row = rowOf(state, self)
  if (!row || !state.content) return null
  const nameOf = (station: string) => directory.station(station)?.name ?? station
  const { acceptedAt: _, urged: __, ...head } = row
  return {
    ...head,
    stationName: nameOf(row.station),
    level: { ...row.level, confirmed: gradeOf(incident).confirmed },
    text: state.content.text,
    attributes: state.content.attributes ?? {},
    details: state.content.details ?? {},
    attachments: state.attachments,
    phonedAt: state.content.phonedAt ?? null,
    signedBy: state.signed?.actor ?? null,
    signedAt: state.signed?.at ?? null,
    returned: state.returned && { reason: state.returned.reason, station: state.returned.station, actor: state.returned.actor, at: state.returned.at },
    mergedInto: state.merged?.into ?? null,
    closedAt: state.closed?.at ?? null,
    outcome: state.closed?.outcome ?? null,
    receivers: state.hops.map(({ station }) => ({ station, name: nameOf(station) })),
    required: state.sent?.required ?? [],
    expected: state.sent?.expected ?? [],
    missing: state.sent?.missing ?? [],
    previous: state.sent?.previous ? { report: state.sent.previous.report, figures: allFigures(state.sent.previous.figures) } : null,
    followedBy: state.followed.map(({ by, kind, at }) => ({ report: by, kind, at })),
    deadlines: deadlinesOf(state, now),
    hops: state.hops.map((hop) => ({
      station: hop.station, name: nameOf(hop.station),
      receivedAt: hop.received?.at ?? null, receiptFact: hop.received?.fact ?? null,
      acceptedAt: hop.accepted?.at ?? null, acceptedBy: hop.accepted?.actor ?? null, forwardedAt: hop.forwarded?.at ?? null,
    })),
    instructions: state.instructions.map((instruction) => instructionView(instruction, now)),
    urges: state.urges.map(({ fact, station, urged, cause, fields, text, at }) => ({ fact, station: urged, by: station, cause, fields, text, at })),
    quality: qualityOf(state, weights, now),
    timeline: facts.filter((fact) => state.facts.includes(fact.id)).map(timelineEntry),
    actions: actionsFor(state, self, now),
    facts: state.facts,
  }
}

function instructionView(instruction: Instruction, now: number): ReportAnswer['instructions'][number] {
  const done = doneAt(instruction)
  const { instructionId, fact, station, actor, text, due, to, at, feedback } = instruction
  return { instructionId, fact, station, actor, text, due, to, at, doneAt: done, late: (done ?? now) > due, feedback }
}

/** Every figure, `null` where it is unknown or not stated. */
export function allFigures(figures: Figures): FiguresAnswer {
  return Object.fromEntries(measureNames.map((name) => [name, figures[name] ?? null])) as FiguresAnswer
}

const probes: Record<Action, ReportFactType> = {
  edit: 'report.drafted.v1', submit: 'report.submitted.v1', sign: 'report.signed.v1', accept: 'report.accepted.v1', return: 'report.returned.v1',
  forward: 'report.forwarded.v1', urge: 'report.urged.v1', instruct: 'report.instructed.v1', feedback: 'report.feedback.v1', merge: 'report.merged.v1', close: 'report.closed.v1',
}

/** Which commands the rules would admit at this station now, found by asking them. */
function actionsFor(state: ReportState, self: string, now: number): Action[] {
  const subject = `report/${state.id}`
  const open = state.instructions.find((known) => known.to.includes(self) && !known.feedback.some((given) => given.station === self && given.done))
  const body = { content: state.content, station: state.author, cause: 'by-hand', due: now, to: [], instructionId: open?.instructionId ?? '', into: subjectLike(state) }
  // An instruction is its giver's: the id of the probe must be made here like that of a real one.
  const bodies: Partial<Record<Action, unknown>> = { instruct: { ...body, instructionId: idOfSubject(newSubject('instruction', self, 'actual', 0, () => 0)) } }
  return (Object.keys(probes) as Action[]).filter((action) => {
    const probe = { type: probes[action], subject, station: self, at: [now, 0], to: [], body: bodies[action] ?? body } as unknown as Fact
    return admitReport(probe, state) === null
  })
}

/** Some other report of the same mode, to ask whether merging is open at all. */
function subjectLike(state: ReportState): string {
  return `another${modeOfSubject(`report/${state.id}`) === 'actual' ? '' : state.id.slice(-2)}`
}

export function timelineEntry(fact: Fact): TimelineEntry {
  const summarise = summaries[fact.type as ReportFactType] as ((body: unknown, fact: Fact) => Sentence) | undefined
  return {
    fact: fact.id, type: fact.type, at: wallOf(fact), station: fact.station, actor: fact.actor.name,
    summary: summarise?.(fact.body, fact) ?? { zh: fact.type, en: fact.type },
  }
}

const line = (zh: string, en: string, said?: string): Sentence => ({ zh: said ? `${zh}：${said}` : zh, en: said ? `${en}: ${said}` : en })
const causes: Record<ReportBody<'report.urged.v1'>['cause'], Sentence> = {
  'by-hand': { zh: '催报', en: 'Urged' },
  'receipt-missing': { zh: '自动催报：未收到回执', en: 'Urged by itself: no receipt' },
  'follow-up-overdue': { zh: '自动催报：续报逾期', en: 'Urged by itself: the follow-up is overdue' },
  'field-missing': { zh: '自动催报：缺少必报项', en: 'Urged by itself: required fields are missing' },
}

/** One line of the timeline for each type of fact. */
const summaries: { [Type in ReportFactType]: (body: ReportBody<Type>, fact: Fact) => Sentence } = {
  'report.drafted.v1': ({ content }) => line('拟稿', 'Drafted', content.title),
  'report.submitted.v1': () => line('送审', 'Submitted'),
  'report.returned.v1': ({ reason }) => line('退回', 'Returned', reason),
  'report.signed.v1': ({ comment }) => line('签批', 'Signed', comment),
  'report.sent.v1': (_, { to }) => (to.includes('ancestors') ? { zh: '上报：各级上级', en: 'Sent: every level above' } : line('上报', 'Sent', to.join('、'))),
  'report.received.v1': () => line('回执', 'Received'),
  'report.accepted.v1': ({ comment }) => line('签收', 'Accepted', comment),
  'report.forwarded.v1': ({ note }, fact) => line('转报', 'Forwarded', [fact.to.join('、'), note].filter(Boolean).join(' ')),
  'report.followed.v1': ({ by }) => line('已续报', 'Followed', by),
  'report.merged.v1': ({ into, reason }) => line('合并', 'Merged', `${into} ${reason}`),
  'report.urged.v1': ({ cause, text, fields }) => line(causes[cause].zh, causes[cause].en, text ?? fields?.join('、')),
  'report.instructed.v1': ({ text }) => line('批示', 'Instructed', text),
  'report.feedback.v1': ({ text }) => line('反馈', 'Feedback', text),
  'report.closed.v1': ({ outcome }) => line('办结', 'Closed', outcome),
}
