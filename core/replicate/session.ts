import type { Address } from '#core/kernel/index.ts'
import type { Frame, Waits } from './frames.ts'
import type { Told, Verdict } from './handshake.ts'
import { isPersistent, type StopCode } from './reasons.ts'
import type { LinkOutput, LinkPlan, LinkState, Session } from './state.ts'

const keptClocks = 8
/** A clock that moves by so much against the one that never jumps was set. */
const jumpMs = 1000
/** After a link has been down for so long its samples are of the past. */
const clockKeptMs = 60_000

/** One step under way: the new state, what it asks for, and the time it is. */
export interface Step {
  readonly plan: LinkPlan
  readonly state: LinkState
  readonly out: LinkOutput[]
  readonly now: number
}

/** Tells the peer why and ends the session; the link goes down with that reason. */
export function stop(step: Step, session: Session, code: StopCode, who: Address, told: Told = {}): void {
  if (session.phase !== 'dialling') send(step, session, { k: 'stop', code, who })
  drop(step, session)
  if ((code === 'restored-backup' || code === 'forked') && who === step.plan.self) step.out.push({ kind: 'own-future' })
  if (session.dialled || session.phase === 'joined') down(step, { code, who }, told)
}

/** Stops for good until an operator retries. */
export function stick(step: Step, code: StopCode, who: Address): void {
  step.state.stuck = { code, who }
  endAll(step, code, { code, who })
  step.state.dialAt = Infinity
  remember(step)
}

/** Whether our own key was rotated since this session began: nothing more can be signed in it. */
export function isKeyOld(step: Step, session: Session): boolean {
  return session.mine !== null && session.mine.publicKey !== step.plan.signer.publicKey
}

export function send(step: Step, session: Session, frame: Frame): void {
  step.out.push({ kind: 'send', session: session.id, frame })
}

/** Persists what an operator or a recovery has decided. */
export function remember(step: Step): void {
  const { cut, stuck, recovery, recoveredAt } = step.state
  step.out.push({ kind: 'remember', cut, stuck, recovery, recoveredAt })
}

/** Ends every session, telling the peers `told`; the link goes down because of `why`. */
export function endAll(step: Step, told: StopCode, why: Verdict): void {
  for (const s of step.state.sessions) {
    if (s.phase !== 'dialling') send(step, s, { k: 'stop', code: told, who: why.who })
    drop(step, s)
  }
  down(step, why)
}

/** Notes why the link is down and when to try again (SPEC R-16). */
export function down(step: Step, why: Verdict, told: Told = {}): void {
  const { plan, state, now } = step
  if (state.sessions.some((s) => s.phase === 'joined')) return
  state.stop = why
  state.told = told
  if (plan.direction !== 'up' || state.sessions.length > 0) return
  const { backoffMin, backoffMax, stopped, cutByPeer } = plan.timing
  const base = isPersistent(why.code) ? stopped : why.code === 'cut-by-peer' ? cutByPeer : Math.min(backoffMax, backoffMin * 2 ** Math.min(state.attempts, 20))
  state.attempts++
  state.dialAt = now + base * (0.75 + plan.random() / 2)
}

export function open(step: Step, dialled: boolean): Session {
  const { plan, state, now } = step
  const session: Session = {
    id: state.nextSession++, dialled, phase: dialled ? 'dialling' : 'greeting', deadline: now + plan.timing.handshake, mine: null, theirs: null, shown: null, clock: null,
    heardAt: now, pingedAt: 0, pings: 0, resumed: false, told: false, renewed: false, renewing: false, sending: false, sent: 0, loading: false, inflight: [], progressAt: now, arrived: 0, pending: [], held: [],
  }
  state.sessions = [...state.sessions, session]
  return session
}

/** One more sample of how far the lower end's clock is ahead of the upper end's (SPEC R-27). */
export function clockSample(plan: LinkPlan, theirAt: number): number {
  return plan.direction === 'up' ? plan.wall() - theirAt : theirAt - plan.wall()
}

/** A delay makes the parent's word look old, and the child's: the best sample is the least for one, the greatest for the other. */
export function noteClock(step: Step, sample: number): void {
  const { plan, state } = step
  state.clocks = [...state.clocks, sample].slice(-keptClocks)
  state.clockAt = step.now
  state.clockAheadMs = plan.direction === 'up' ? Math.min(...state.clocks) : Math.max(...state.clocks)
  if (plan.direction === 'up') step.out.push({ kind: 'parent-clock', aheadMs: state.clockAheadMs })
}

/** There is no sample of the present any more. */
export function forgetClock(step: Step): void {
  const { plan, state } = step
  Object.assign(state, { clocks: [], clockAt: -Infinity })
  if (state.clockAheadMs === null) return
  state.clockAheadMs = null
  if (plan.direction === 'up') step.out.push({ kind: 'parent-clock', aheadMs: null })
}

/** Our own clock was set: what was compared with it before says nothing of it now. */
export function noticeJump(step: Step): void {
  const { plan, state, now } = step
  const base = plan.wall() - now
  if (Math.abs(base - state.clockBase) <= jumpMs) return
  state.clockBase = base
  for (const session of state.sessions) session.clock = null
  forgetClock(step)
}

/** When the samples of a link that is down become the past. */
export function clockEndsAt(state: LinkState): number {
  return state.clockAheadMs === null || state.sessions.some((s) => s.phase === 'joined') ? Infinity : state.downAt + clockKeptMs
}

/** What the peer says waits there; never more than we have sent (SPEC R-26). */
export function noteWaits(step: Step, { n, why }: Waits): void {
  step.state.waitsThere = { n: Math.min(n, step.state.out.n), why }
}

export function remove(step: Step, session: Session): void {
  if (session.phase === 'joined') step.state.downAt = step.now
  step.state.sessions = step.state.sessions.filter((s) => s !== session)
}

export function drop(step: Step, session: Session): void {
  remove(step, session)
  step.out.push({ kind: 'close', session: session.id })
}

export function ping(step: Step, session: Session): void {
  session.pingedAt = step.now
  session.pings++
  send(step, session, { k: 'ping', id: session.pings })
}
