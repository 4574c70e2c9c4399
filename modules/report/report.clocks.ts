import { ancestorsOf, type Address } from '#core/kernel/index.ts'
import { maxAheadMs } from '#core/ledger/index.ts'
import type { Clock } from './report.facts.ts'

/** The longest clock: norms allow a year at most for one step, and a month is room for the way. */
export const longestClockMs = 400 * 86_400_000

/** What a fact that names clocks is, and what is known of its report by then. */
interface Starting {
  /** When it was stated. */
  at: number
  author: Address
  learnedAt: number
  /** The receivers that this very fact names. */
  receivers: readonly Address[]
  /** 电话, 书面, 续报 and 终报 are the author's own, and begin with its sending. */
  isSending: boolean
}

/** Whether something to be done by `due` may be asked at `at`: not already past, by more than clocks differ. */
export function isReasonableDue(due: number, at: number): boolean {
  return due + maxAheadMs >= at && due <= at + longestClockMs
}

/**
 * The clocks that a fact starts, of those it names. Its author writes them and could write them for anybody, so one
 * counts only for whom the norms could mean: the author itself, or a receiver named by this very fact; one of a kind
 * for a station. The others are dropped and the fact stands: what a report says must not be lost for its clocks.
 */
export function clocksStarted(named: readonly Clock[], known: readonly Clock[], starting: Starting): Clock[] {
  const clocks = [...known]
  for (const clock of named) {
    if (!isAllowed(clock, starting) || clocks.some(({ kind, station }) => kind === clock.kind && station === clock.station)) continue
    clocks.push(clock)
  }
  return clocks
}

function isAllowed({ kind, station, due }: Clock, { at, author, learnedAt, receivers, isSending }: Starting): boolean {
  switch (kind) {
    // Counted from when its author says that it knew, which may be long before it sent: then they are late, and its own.
    case 'phone': case 'written': return isSending && station === author && due >= learnedAt && due <= at + longestClockMs
    case 'followUp': case 'final': return isSending && station === author && isReasonableDue(due, at)
    case 'receipt': return receivers.includes(station) && isReasonableDue(due, at)
    case 'relay': return receivers.includes(station) && ancestorsOf(author).includes(station) && isReasonableDue(due, at)
    default: return false
  }
}
