import { encode } from '#core/ledger/index.ts'
import type { Cursor, FactsFrame, Receipt, Waits } from './frames.ts'
import { clampMoment, receiptText, type LinkCrypto } from './handshake.ts'
import { maxInflight, maxLeap } from './sending.ts'
import { isKeyOld, remember, send, stick, stop, type Step } from './session.ts'
import type { Session } from './state.ts'

/** The cursor of a peer from whom nothing was taken yet. */
export const startCursor: Cursor = { epoch: 0, n: 0, head: '' }

/** The running hash of a queue after one more entry: two queues with the same head hold the same facts in the same order. */
export function nextHead(head: string, id: string, crypto: Pick<LinkCrypto, 'sha256'>): string {
  return crypto.sha256(head + id)
}

/** Tells the peer what we took, and shows what we hold of its making. Waits for a commit under way, so that the cursor told is the cursor kept. */
export function sendResume(step: Step, session: Session): void {
  const { state } = step
  const { shown } = session
  if (state.accepting || shown === null) return
  session.resumed = true
  session.renewing = state.recovery === 'asking'
  session.arrived = state.taken.n
  send(step, session, { k: 'resume', taken: state.taken, renew: session.renewing, ...(shown.fact || shown.receipt ? { shown } : {}) })
  if (state.waitsHere.n > 0) send(step, session, { k: 'waits', ...state.waitsHere })
}

/** Tells the peer how many of its facts wait here, when that has changed (SPEC R-26). */
export function tellWaits(step: Step, waits: Waits): void {
  const { state } = step
  if (waits.n === state.waitsHere.n && waits.why === state.waitsHere.why) return
  state.waitsHere = waits
  for (const s of state.sessions) if (s.phase === 'joined' && s.resumed) send(step, s, { k: 'waits', ...waits })
}

/** The peer's queue begins anew with this epoch. */
export function onEpoch(step: Step, session: Session, epoch: number, until: number): void {
  const { plan, state } = step
  if (!session.resumed || state.accepting || session.arrived !== state.taken.n || epoch <= state.taken.epoch
    || session.renewed || (plan.direction === 'down' && epoch > state.taken.epoch + maxLeap)) return stop(step, session, 'malformed', plan.peer)
  session.renewed = true
  state.taken = { epoch, n: 0, head: '' }
  session.arrived = 0
  if (state.recovery !== null && (session.renewing || state.recovery !== 'asking')) {
    state.recovery = { epoch, until }
    remember(step)
    settleRecovery(step)
  }
}

export function onFacts(step: Step, session: Session, frame: FactsFrame): void {
  const { plan, state } = step
  if (!session.resumed || frame.epoch !== state.taken.epoch || frame.first !== session.arrived + 1 || session.pending.length >= maxInflight) {
    return stop(step, session, 'malformed', plan.peer)
  }
  session.arrived += frame.facts.length
  session.pending = [...session.pending, frame]
  accept(step, session)
}

/** One commit at a time; whatever arrived meanwhile goes into the next one together. */
function accept(step: Step, session: Session): void {
  const { state } = step
  if (state.accepting || session.pending.length === 0) return
  const wires = session.pending.length === 1 ? session.pending[0]!.facts : session.pending.flatMap((f) => f.facts)
  session.pending = []
  state.accepting = true
  step.out.push({ kind: 'accept', epoch: state.taken.epoch, after: state.taken.n, head: state.taken.head, wires })
}

/** The batch is committed with its cursor: only now is it signed for. */
export function onAccepted(step: Step, { taken, forked, waits }: { taken: Cursor; forked: boolean; waits?: Waits }): void {
  const { plan, state } = step
  if (waits) state.waitsHere = waits
  state.accepting = false
  state.taken = taken
  state.attempts = 0
  state.lastExchangeAt = plan.wall()
  if (forked) return stick(step, 'forked', plan.peer)
  const session = state.sessions.find((s) => s.phase === 'joined')
  if (session && isKeyOld(step, session)) stop(step, session, 'replaced', plan.self)
  else if (session?.resumed) {
    const receipt: Receipt = {
      kind: 'link.receipt.v1', from: plan.self, to: plan.peer, epoch: taken.epoch, n: taken.n, head: taken.head, at: clampMoment(plan.wall()),
      ...(state.waitsHere.n > 0 ? { waits: state.waitsHere.n, why: state.waitsHere.why } : {}),
    }
    const text = encode(receipt)
    send(step, session, { k: 'receipt', text, sig: plan.signer.sign(receiptText(text)) })
    accept(step, session)
  } else if (session) sendResume(step, session)
  settleRecovery(step)
}

function settleRecovery(step: Step): void {
  const { state } = step
  const { recovery, taken } = state
  if (recovery === null || recovery === 'asking' || taken.epoch !== recovery.epoch || taken.n < recovery.until) return
  state.recovery = null
  state.recoveredAt = step.plan.wall()
  remember(step)
  step.out.push({ kind: 'recovered' })
}
