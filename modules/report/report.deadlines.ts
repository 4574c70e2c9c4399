import { ancestorsOf, type Address } from '#core/kernel/index.ts'
import { deadlineMs, type Grade, type Norms, type ReportKind } from '#modules/norms/index.ts'
import type { Clock, UrgeCause } from './report.facts.ts'
import { doneBy, hopOf, type ReportState, type Step } from './report.state.ts'

/**
 * Which clocks run for a report, what stops them, and who urges when one has run out. Clocks are written into the
 * fact that starts them, so a report is late or in time at every station alike, whatever norms come later.
 */

/** What is known when a report is sent. */
export interface Sending {
  station: Address
  kind: ReportKind
  code: string
  grade: Grade | null
  learnedAt: number
  sentAt: number
  receivers: Address[]
}

/**
 * The clocks that sending starts: the author's own from `learnedAt` (电话, 书面) and from sending (续报, 终报);
 * each receiver's receipt; and for each level of the way up one relay, two hours a level in the shipped norms,
 * counted from sending because that is when the next level learns.
 */
export function clocksOfSending(norms: Norms, sending: Sending): Clock[] {
  const { station, kind, sentAt, learnedAt, receivers } = sending
  const clocks: Clock[] = []
  const run = (clock: Clock['kind'], at: Address, from: number, allowed: number | undefined) => {
    if (allowed !== undefined) clocks.push({ kind: clock, station: at, due: from + allowed })
  }
  const about = { grade: sending.grade, code: sending.code }
  if (kind === 'first') {
    run('phone', station, learnedAt, deadlineMs(norms, 'phone', about))
    run('written', station, learnedAt, deadlineMs(norms, 'written', about))
    run('final', station, sentAt, deadlineMs(norms, 'final', about))
  }
  if (kind !== 'final') run('followUp', station, sentAt, deadlineMs(norms, kind === 'daily' ? 'daily' : 'followUp', about))
  return [...clocks, ...clocksOfReceiving(norms, sending, receivers)]
}

/** The clocks of stations that a report goes to, by its author or by a forward. */
export function clocksOfReceiving(norms: Norms, sending: Pick<Sending, 'station' | 'code' | 'grade' | 'sentAt'>, receivers: Address[]): Clock[] {
  const about = { grade: sending.grade, code: sending.code }
  const receipt = deadlineMs(norms, 'receipt', about)
  const relay = deadlineMs(norms, 'hop', about)
  const line = ancestorsOf(sending.station).filter((up) => receivers.includes(up))
  return receivers.flatMap((station): Clock[] => [
    ...(receipt === undefined ? [] : [{ kind: 'receipt' as const, station, due: sending.sentAt + receipt }]),
    ...(relay === undefined || !line.includes(station) ? [] : [{ kind: 'relay' as const, station, due: sending.sentAt + relay * (line.indexOf(station) + 1) }]),
  ])
}

/** A clock and what became of it. */
export interface Deadline extends Clock {
  metAt: number | null
  /** Met too late, or not met and past. */
  late: boolean
  /** The fact that met it. */
  by: string | null
}

/** Every deadline of a report as it stands at `now`: of its clocks, and of the instructions on it. */
export function deadlinesOf(state: ReportState, now: number): Deadline[] {
  const judge = (clock: Clock, met: Met | null): Deadline => {
    const metAt = met?.at ?? null
    return { ...clock, metAt, by: met?.fact ?? null, late: (metAt ?? now) > clock.due }
  }
  return [
    ...state.clocks.map((clock) => judge(clock, whatMet(state, clock))),
    ...state.instructions.flatMap((instruction) => instruction.to.map((station) => judge({ kind: 'instruction', station, due: instruction.due }, doneBy(instruction, station)))),
  ]
}

type Met = Pick<Step, 'at' | 'fact'>

function whatMet(state: ReportState, clock: Clock): Met | null {
  const hop = hopOf(state, clock.station)
  const ended = earliest(state.closed, state.merged)
  switch (clock.kind) {
    case 'phone': return state.sent && { at: state.content?.phonedAt ?? state.sent.at, fact: state.content?.phonedAt === undefined ? state.sent.fact : (state.drafted?.fact ?? state.sent.fact) }
    case 'written': return state.sent
    case 'receipt': return hop?.received ?? null
    case 'relay': return earliest(hop?.accepted, hop?.forwarded, state.merged)
    case 'followUp': return earliest(state.followed[0], ended)
    case 'final': return earliest(state.followed.find((later) => later.kind === 'final'), ended)
    default: return null
  }
}

function earliest(...steps: (Met | null | undefined)[]): Met | null {
  return steps.reduce<Met | null>((first, step) => (step && (!first || step.at < first.at) ? step : first), null)
}

/** Something one station will have to be urged for at `due`, unless it acts before. */
export interface PendingUrge {
  cause: Exclude<UrgeCause, 'by-hand'>
  station: Address
  due: number
  fields?: string[]
}

/**
 * What `self` must urge by itself, earliest first. Exactly one station answers for each cause, so that two do not
 * urge for the same: the author watches for its next station's receipt, the nearest station that has received the
 * report watches its author. Once per cause and due time.
 */
export function pendingUrges(state: ReportState, self: Address): PendingUrge[] {
  const { author, sent } = state
  if (!author || !sent || state.merged || state.closed) return []
  const pending: PendingUrge[] = []
  const nextHop = state.hops[0]
  const receipt = state.clocks.find((clock) => clock.kind === 'receipt' && clock.station === nextHop?.station)
  if (self === author) {
    if (nextHop && receipt && !nextHop.received) pending.push({ cause: 'receipt-missing', station: nextHop.station, due: receipt.due })
  } else if (self === state.hops.find((hop) => hop.received)?.station) {
    for (const clock of state.clocks) {
      if (clock.station === author && (clock.kind === 'followUp' || clock.kind === 'final') && !whatMet(state, clock)) pending.push({ cause: 'follow-up-overdue', station: author, due: clock.due })
    }
    const fields = fieldsStillMissing(state)
    if (fields.length > 0) pending.push({ cause: 'field-missing', station: author, due: receipt?.due ?? sent.at, fields })
  }
  const isSame = (urge: PendingUrge) => (other: PendingUrge) => other.cause === urge.cause && other.station === urge.station && other.due === urge.due
  return pending
    // 续报 and 终报 may fall due at once: that is urged for once.
    .filter((urge, i) => pending.findIndex(isSame(urge)) === i && !state.urges.some((done) => done.cause === urge.cause && done.urged === urge.station && done.due === urge.due))
    .sort((a, b) => a.due - b.due)
}

/** Required fields that are still empty or unknown after the latest follow-up. */
export function fieldsStillMissing(state: ReportState): string[] {
  if (!state.sent) return []
  const missing = state.followed.at(-1)?.stillMissing ?? state.sent.missing
  return missing.filter((field) => state.sent?.required.includes(field))
}
