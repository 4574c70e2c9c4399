import { maxEpoch } from '#core/kernel/index.ts'
import { receiptAgainst } from './evidence.ts'
import { readReceipt } from './frames.ts'
import { receiptText } from './handshake.ts'
import { clockSample, noteClock, noteWaits, send, stop, type Step } from './session.ts'
import type { LinkInput, Session } from './state.ts'

/** Batches on their way without a receipt. Small enough to bound memory, large enough for a satellite's delay. */
export const maxInflight = 4
/** How many epochs a child may lead its parent on in one session (SPEC R-25). */
export const maxLeap = 2 ** 20

/**
 * The peer has told what it took. Only evidence stops us (SPEC ); a cursor that does not fit our queue
 * is no more than its word, and gets everything in scope anew (SPEC R-25).
 */
export function onChecked(step: Step, session: Session, told: Extract<LinkInput, { kind: 'checked' }>): void {
  const { plan, state } = step
  if (session.phase !== 'joined' || session.sending) return
  // What was queued while the answer was looked up is not unsaid by it.
  if (told.out.epoch !== state.out.epoch || told.out.n > state.out.n) state.out = told.out
  const { taken, fate } = told
  const lost = fate === 'lost' ? 'restored-backup' : fate === 'forked' ? 'forked'
    : receiptAgainst(state.taken, told.receipt, { since: state.recoveredAt, self: plan.self, peer: plan.peer, publicKey: plan.signer.publicKey, crypto: plan.crypto })
  if (lost && !told.isRecovering) return stop(step, session, lost, plan.self)
  const next = Math.max(state.out.epoch, taken.epoch) + 1
  if (next > maxEpoch || (plan.direction === 'down' && taken.epoch > state.out.epoch + maxLeap)) return stop(step, session, 'malformed', plan.peer)
  const fits = taken.epoch < state.out.epoch || (taken.epoch === state.out.epoch && told.headAt === taken.head)
  // The one whose queue we were filling may have gone meanwhile: what it asked for is there.
  const isFilled = state.out.epoch === state.refilledTo && taken.epoch < state.out.epoch
  if ((told.renew && !isFilled) || session.renewing || !fits) refill(step, session, next)
  else if (taken.epoch < state.out.epoch) onEpochOpened(step, session)
  else begin(step, session, taken.n)
}

/** Begins our queue anew, which reads and writes everything in scope: whoever wants that often waits (SPEC R-25). */
function refill(step: Step, session: Session, epoch: number, hole?: number): void {
  const { plan, state, now } = step
  if (now < state.refilledAt + plan.timing.refill) return stop(step, session, 'fault', plan.self)
  state.refilledAt = now
  state.refilledTo = epoch
  step.out.push({ kind: 'open-epoch', session: session.id, epoch, ...(hole === undefined ? {} : { hole }) })
}

/** Our queue begins anew: tell the epoch and how much the backfill holds, then stream from its first entry. */
export function onEpochOpened(step: Step, session: Session): void {
  if (session.phase !== 'joined') return
  // It was sending of the epoch before, which has a hole: the next session sends of this one.
  if (session.sending) return stop(step, session, 'replaced', step.plan.self)
  send(step, session, { k: 'epoch', epoch: step.state.out.epoch, until: step.state.out.n })
  begin(step, session, 0)
}

function begin(step: Step, session: Session, from: number): void {
  // Once it has been sent of, what was stated since is missing in it for one that lost that.
  step.state.refilledTo = 0
  session.sending = true
  session.sent = from
  step.state.acked = { epoch: step.state.out.epoch, n: from }
  step.state.lastExchangeAt = step.plan.wall()
  pump(step, session)
}

/** Asks for the next batch at once whenever there is one and the window is open: batches grow only while others are under way. */
export function pump(step: Step, session: Session): void {
  const { state } = step
  if (!session.sending || session.loading || session.inflight.length >= maxInflight || session.sent >= state.out.n) return
  session.loading = true
  step.out.push({ kind: 'load', session: session.id, epoch: state.out.epoch, after: session.sent })
}

export function onLoaded(step: Step, session: Session, batch: { epoch: number; after: number; facts: { text: string; sig: string }[]; head: string }): void {
  const { state } = step
  session.loading = false
  if (!session.sending || batch.epoch !== state.out.epoch || batch.after !== session.sent) return
  if (batch.facts.length === 0) {
    if (session.sent >= state.out.n) return
    // Nothing more is asked for in this session.
    session.loading = true
    return refill(step, session, state.out.epoch + 1, session.sent + 1)
  }
  session.sent += batch.facts.length
  if (session.inflight.length === 0) session.progressAt = step.now
  session.inflight = [...session.inflight, { last: session.sent, head: batch.head }]
  send(step, session, { k: 'facts', epoch: batch.epoch, first: batch.after + 1, facts: batch.facts })
  pump(step, session)
}

/** A signed receipt: it must be the peer's, for an entry under way, over the very history we sent (SPEC R-8). */
export function onReceipt(step: Step, session: Session, text: string, sig: string): void {
  const { plan, state } = step
  const receipt = readReceipt(text)
  const place = receipt ? session.inflight.findIndex((b) => b.last === receipt.n) : -1
  if (!receipt || place === -1 || receipt.from !== plan.peer || receipt.to !== plan.self || receipt.epoch !== state.out.epoch
    || session.inflight[place]!.head !== receipt.head || !session.theirs || !plan.crypto.verify(receiptText(text), sig, session.theirs.publicKey)) return stop(step, session, 'malformed', plan.peer)
  session.inflight = session.inflight.slice(place + 1)
  session.progressAt = step.now
  state.acked = { epoch: receipt.epoch, n: receipt.n }
  state.lastExchangeAt = plan.wall()
  state.attempts = 0
  noteWaits(step, { n: receipt.waits ?? 0, why: receipt.why ?? null })
  noteClock(step, clockSample(plan, receipt.at))
  step.out.push({ kind: 'receipt', receipt, text, sig })
  pump(step, session)
}
