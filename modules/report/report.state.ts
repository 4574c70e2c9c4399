import { ancestorsOf, type Address, type Attachment } from '#core/kernel/index.ts'
import { idOfSubject, modeOfSubject, reachOf, wallOf, type Fact, type Mode } from '#core/ledger/index.ts'
import type { FigureName, Figures, ReportKind } from '#modules/norms/index.ts'
import type { Status } from './report.api.ts'
import { clocksStarted } from './report.clocks.ts'
import type { Clock, Content, Level, ReportBody, ReportFactType, UrgeCause } from './report.facts.ts'

/** Who stated what and when: every step of a report keeps the fact that proves it. */
export interface Step {
  fact: string
  at: number
  station: Address
  actor: string
}

/** One receiver on the report's way. */
export interface Hop {
  station: Address
  received: Step | null
  accepted: Step | null
  forwarded: Step | null
}

export interface Instruction extends Step {
  instructionId: string
  text: string
  due: number
  to: Address[]
  feedback: (Step & { text: string; done: boolean; attachments: Attachment[] })[]
}

/** Everything known of one report: the fold of its facts. */
export interface ReportState {
  id: string
  mode: Mode
  author: Address | null
  content: Content | null
  attachments: Attachment[]
  requestKey: string | null
  drafted: Step | null
  submitted: Step | null
  /** The open return: by the own leader before sending, by a receiver afterwards. */
  returned: (Step & { reason: string }) | null
  signed: (Step & { level: Level }) | null
  sent: (Step & { required: string[]; expected: string[]; missing: string[]; previous: { report: string; figures: Figures } | null }) | null
  /** Clocks started by sending and forwarding; those of instructions are in `instructions`. */
  clocks: Clock[]
  hops: Hop[]
  followed: (Step & { by: string; kind: ReportKind; corrected: FigureName[]; stillMissing: string[] })[]
  instructions: Instruction[]
  urges: (Step & { cause: UrgeCause; urged: Address; due: number | null; fields: string[]; text: string })[]
  merged: (Step & { into: string; reason: string }) | null
  closed: (Step & { outcome: string | null }) | null
  /** All admitted facts, in the ledger's order. */
  facts: string[]
  changedAt: number
}

export function startReport(subject: string): ReportState {
  return {
    id: idOfSubject(subject), mode: modeOfSubject(subject), author: null, content: null, attachments: [], requestKey: null,
    drafted: null, submitted: null, returned: null, signed: null, sent: null, clocks: [], hops: [], followed: [],
    instructions: [], urges: [], merged: null, closed: null, facts: [], changedAt: 0,
  }
}

/** What an admitted fact makes of the state. */
export function evolveReport(before: ReportState, fact: Fact): ReportState {
  const step: Step = { fact: fact.id, at: wallOf(fact), station: fact.station, actor: fact.actor.name }
  const state = { ...before, facts: [...before.facts, fact.id], changedAt: step.at }
  const evolve = steps[fact.type as ReportFactType] as Evolution
  return { ...state, ...evolve(state, fact.body, step, fact) }
}

type Evolution = (state: ReportState, body: unknown, step: Step, fact: Fact) => Partial<ReportState>

const steps: { [Type in ReportFactType]: (state: ReportState, body: ReportBody<Type>, step: Step, fact: Fact) => Partial<ReportState> } = {
  'report.drafted.v1': (state, body, step) => ({
    author: state.author ?? step.station,
    content: body.content,
    attachments: body.attachments,
    requestKey: state.requestKey ?? body.requestKey ?? null,
    drafted: step,
  }),
  'report.submitted.v1': (_, __, step) => ({ submitted: step, returned: null }),
  'report.returned.v1': (state, body, step) => ({ returned: { ...step, reason: body.reason }, submitted: state.sent ? state.submitted : null }),
  'report.signed.v1': (_, body, step) => ({ signed: { ...step, level: body.level } }),
  'report.sent.v1': (state, body, step, fact) => ({
    sent: { ...step, required: body.required, expected: body.expected, missing: body.missing, previous: body.previous },
    clocks: clocksOf(state, body.deadlines, step, fact),
    hops: withHops(state, placesOf(fact)),
  }),
  'report.received.v1': (state, _, step) => ({ hops: atHop(state, step.station, (hop) => ({ ...hop, received: hop.received ?? step })) }),
  'report.accepted.v1': (state, _, step) => ({ hops: atHop(state, step.station, (hop) => ({ ...hop, accepted: hop.accepted ?? step })) }),
  'report.forwarded.v1': (state, body, step, fact) => ({
    hops: withHops({ ...state, hops: atHop(state, step.station, (hop) => ({ ...hop, forwarded: hop.forwarded ?? step })) }, placesOf(fact)),
    clocks: clocksOf(state, body.deadlines, step, fact),
  }),
  'report.followed.v1': (state, body, step) => ({
    followed: [...state.followed, { ...step, by: body.by, kind: body.kind, corrected: body.corrected, stillMissing: body.stillMissing }],
    returned: null,
  }),
  'report.merged.v1': (_, body, step) => ({ merged: { ...step, into: body.into, reason: body.reason } }),
  'report.urged.v1': (state, body, step) => ({
    urges: [...state.urges, { ...step, cause: body.cause, urged: body.station, due: body.due, fields: body.fields ?? [], text: body.text ?? '' }],
  }),
  'report.instructed.v1': (state, body, step) => ({
    instructions: [...state.instructions, { ...step, instructionId: body.instructionId, text: body.text, due: body.due, to: body.to, feedback: [] }],
    hops: withHops(state, body.to),
  }),
  'report.feedback.v1': (state, body, step) => ({
    instructions: state.instructions.map((instruction) => instruction.instructionId === body.instructionId
      ? { ...instruction, feedback: [...instruction.feedback, { ...step, text: body.text, done: body.done, attachments: body.attachments ?? [] }] }
      : instruction),
  }),
  'report.closed.v1': (_, body, step) => ({ closed: { ...step, outcome: body.outcome ?? null } }),
}

/** The stage of the whole report. Derived from what is known rather than kept, so concurrent facts cannot contradict it. */
export function statusOf(state: ReportState): Status {
  if (state.merged) return 'merged'
  if (!state.sent) return state.submitted ? 'submitted' : 'draft'
  const open = state.instructions.some((instruction) => doneAt(instruction) === null)
  if (state.closed && !open) return 'closed'
  if (state.returned) return 'returned'
  if (state.instructions.length > 0) return open ? 'handling' : 'handled'
  if (state.hops.some((hop) => hop.accepted)) return 'accepted'
  return state.hops.some((hop) => hop.received) ? 'received' : 'sent'
}

/** When the last addressed station reported an instruction done; null while one has not. */
export function doneAt(instruction: Instruction): number | null {
  const times = instruction.to.map((station) => doneBy(instruction, station)?.at ?? null)
  return times.includes(null) ? null : Math.max(...times.map(Number))
}

export function doneBy(instruction: Instruction, station: Address): Step | null {
  return instruction.feedback.find((feedback) => feedback.station === station && feedback.done) ?? null
}

export function hopOf(state: ReportState, station: Address): Hop | undefined {
  return state.hops.find((hop) => hop.station === station)
}

/** The author or a receiver: whoever is entitled to know and to act on a sent report. */
export function isParty(state: ReportState, station: Address): boolean {
  return station === state.author || hopOf(state, station) !== undefined
}

/** The stations that a fact names as its audience, itself left out. Reports go to stations, never to whole subtrees. */
export function placesOf(fact: Pick<Fact, 'station' | 'to'>): Address[] {
  return reachOf(fact.station, fact.to).filter((place) => place.startsWith('=')).map((place) => place.slice(1)).filter((place) => place !== fact.station)
}

/** The order of a report's way: its author's own ancestors, nearest first, then the others. */
export function inOrderOfWay(author: Address | null, stations: Address[]): Address[] {
  const line = author ? ancestorsOf(author) : []
  const rank = (station: Address) => (line.includes(station) ? line.indexOf(station) : line.length)
  return [...stations].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

function withHops(state: ReportState, stations: Address[]): Hop[] {
  const added = stations.filter((station) => !isParty(state, station))
  return inOrderOfWay(state.author, [...state.hops.map((hop) => hop.station), ...added])
    .map((station) => hopOf(state, station) ?? { station, received: null, accepted: null, forwarded: null })
}

/** A forward may name the author beside receivers: it never receives its own report. */
function clocksOf(state: ReportState, named: Clock[], { at }: Step, fact: Fact): Clock[] {
  const author = state.author ?? fact.station
  return clocksStarted(named, state.clocks, {
    at, author, learnedAt: state.content?.learnedAt ?? at, receivers: placesOf(fact).filter((station) => station !== author), isSending: fact.type === 'report.sent.v1',
  })
}

function atHop(state: ReportState, station: Address, change: (hop: Hop) => Hop): Hop[] {
  return state.hops.map((hop) => (hop.station === station ? change(hop) : hop))
}
