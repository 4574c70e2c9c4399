import type { Address } from '#core/kernel/index.ts'
import type { Frame, FrameOf, Hello } from './frames.ts'
import { madeBy } from './evidence.ts'
import { clampMoment, judgeHello, judgeKey, transcript } from './handshake.ts'
import type { StopCode } from './reasons.ts'
import { clockEndsAt, clockSample, down, drop, endAll, forgetClock, isKeyOld, noteClock, noteWaits, noticeJump, open, ping, remember, remove, send, stop, type Step } from './session.ts'
import { onChecked, onEpochOpened, onLoaded, onReceipt, pump } from './sending.ts'
import type { LinkInput, LinkMemory, LinkOutput, LinkPlan, LinkState, LinkStatus, Session } from './state.ts'
import { onAccepted, onEpoch, onFacts, sendResume, tellWaits } from './taking.ts'

/** Unproven connections one end keeps at a time where the plan says nothing; one drawn by lot is dropped for the next. */
const maxUnproven = 4
/** Frames kept of a session that waits for its elder; before the cursors are exchanged there is only `resume` to say. */
const maxHeld = 8

const failures = { fault: 'fault', lost: 'restored-backup', forked: 'forked' } as const

export function startLink(plan: LinkPlan, memory: LinkMemory): LinkState {
  return {
    taken: memory.taken, out: memory.out, acked: memory.acked, sessions: [], nextSession: 1, attempts: 0, dialAt: Infinity,
    stop: memory.cut ? { code: 'cut', who: plan.self } : memory.stuck ?? { code: 'starting', who: plan.peer },
    told: {}, stuck: memory.stuck, cut: memory.cut, accepting: false, refilledAt: -Infinity, refilledTo: 0, recovery: memory.recovery, recoveredAt: memory.recoveredAt, lastExchangeAt: null,
    waitsHere: { n: 0, why: null }, waitsThere: { n: 0, why: null }, clocks: [], clockAheadMs: null, clockAt: -Infinity, clockBase: NaN, downAt: -Infinity,
  }
}

/** The link machine: one input in, the next state and what is to be done out. No I/O, no clock, no timer of its own. */
export function stepLink(plan: LinkPlan, before: LinkState, input: LinkInput, now: number): { state: LinkState; outputs: LinkOutput[] } {
  const state: LinkState = { ...before, sessions: before.sessions.map((s) => ({ ...s })) }
  const step: Step = { plan, state, out: [], now }
  noticeJump(step)
  take(step, input)
  return { state, outputs: step.out }
}

/** When the machine next wants a `tick`; Infinity when only other inputs matter. */
export function wakeAt(plan: LinkPlan, state: LinkState): number {
  let at = Math.min(state.dialAt, clockEndsAt(state))
  for (const s of state.sessions) {
    at = Math.min(at, s.phase === 'joined' ? Math.min(pingAt(plan, state, s), deadAt(plan, state, s)) : s.deadline)
  }
  return at
}

/** After silence; and a child asks when it has not heard its parent's clock for so long, whatever else comes (SPEC R-27). */
function pingAt(plan: LinkPlan, state: LinkState, s: Session): number {
  return Math.max(plan.direction === 'up' ? Math.min(s.heardAt, state.clockAt) : s.heardAt, s.pingedAt) + plan.timing.ping
}

/** When a joined session counts as dead: nothing heard, or an answer that is owed does not come. */
function deadAt(plan: LinkPlan, state: LinkState, s: Session): number {
  const owed = !s.sending || s.inflight.length > 0 || (s.renewing && state.recovery === 'asking')
  return (owed ? Math.min(s.heardAt, s.progressAt) : s.heardAt) + plan.timing.dead
}

export function statusOf(state: LinkState): LinkStatus {
  const online = state.sessions.some((s) => s.phase === 'joined' && s.sending)
  const acked = state.acked.epoch === state.out.epoch ? state.acked.n : 0
  return { state: online ? 'online' : 'offline', stop: online ? null : state.stop, told: online ? {} : state.told, queued: state.out.n - acked, lastExchangeAt: state.lastExchangeAt, waitsThere: state.waitsThere, clockAheadMs: state.clockAheadMs }
}

function take(step: Step, input: LinkInput): void {
  const { state } = step
  switch (input.kind) {
    case 'start': case 'heal': case 'retry': return begin(step, input.kind)
    case 'tick': return onTick(step)
    case 'incoming': return onIncoming(step, input.hello)
    case 'queued':
      if (input.epoch === state.out.epoch && input.n > state.out.n) state.out = { epoch: input.epoch, n: input.n }
      for (const s of state.sessions) pump(step, s)
      return
    case 'accepted': return onAccepted(step, input)
    case 'waits': return tellWaits(step, input.waits)
    case 'accept-failed':
      state.accepting = false
      for (const s of state.sessions) if (s.phase === 'joined') stop(step, s, failures[input.why], step.plan.self, input.about && { about: input.about })
      return
    case 'cut':
      state.cut = true
      remember(step)
      endAll(step, 'cut-by-peer', { code: 'cut', who: step.plan.self })
      state.dialAt = Infinity
      return
    case 'recover':
      state.recovery = 'asking'
      remember(step)
      endAll(step, 'replaced', { code: 'starting', who: step.plan.peer })
      return begin(step, 'retry')
    case 'abandon-recovery':
      if (state.recovery !== null) state.recoveredAt = step.plan.wall()
      state.recovery = null
      remember(step)
      return
    case 'stopping':
      endAll(step, 'stopping', { code: 'stopping', who: step.plan.self })
      state.dialAt = Infinity
      return
    default: {
      const session = state.sessions.find((s) => s.id === input.session)
      if (session) onSession(step, session, input)
    }
  }
}

function onSession(step: Step, session: Session, input: Extract<LinkInput, { session: number }>): void {
  const { plan, state } = step
  switch (input.kind) {
    case 'connected':
      if (session.phase !== 'dialling') return
      session.phase = 'greeting'
      session.mine = helloOf(plan)
      return send(step, session, session.mine)
    case 'frame': return onFrame(step, session, input.frame)
    case 'malformed': return stop(step, session, 'malformed', plan.peer)
    case 'closed':
      remove(step, session)
      // A session that had not joined says nothing about the link, unless it was our own attempt.
      if (session.dialled || session.phase === 'joined') down(step, { code: session.phase === 'dialling' ? 'unreachable' : 'lost', who: plan.peer })
      return promote(step)
    case 'checked': return onChecked(step, session, input)
    case 'loaded': return onLoaded(step, session, input)
    case 'recalled':
      session.shown = input.shown
      if (session.phase !== 'joined' || session.resumed) return
      state.waitsHere = input.waits
      return sendResume(step, session)
    case 'epoch-opened':
      // Counted from its end: a long queue takes its time, and everything else waits for it.
      state.refilledAt = step.now
      state.out = { epoch: input.epoch, n: input.n }
      return onEpochOpened(step, session)
  }
}

function begin(step: Step, why: 'start' | 'heal' | 'retry'): void {
  const { plan, state } = step
  if (why === 'heal') state.cut = false
  if (why === 'retry') state.stuck = null
  if (why !== 'start') remember(step)
  if (state.stuck && !state.cut) Object.assign(state, { stop: state.stuck, told: {} })
  if (state.cut || state.stuck) return
  if (why !== 'start' && state.sessions.length === 0) Object.assign(state, { stop: { code: 'starting', who: plan.peer }, told: {} })
  state.attempts = 0
  if (plan.direction === 'up' && state.sessions.length === 0) state.dialAt = step.now
  onTick(step)
}

function onTick(step: Step): void {
  const { plan, state, now } = step
  if (now >= clockEndsAt(state)) forgetClock(step)
  for (const s of state.sessions) {
    if (s.phase === 'joined') {
      const key = s.theirs && judgeKey(plan.peer, s.theirs.publicKey, plan)
      // Rotated, by either end: the session begins anew with the new key. A station that is revoked is out.
      if (isKeyOld(step, s) || (key === 'revoked-key' && plan.station(plan.peer)?.state === 'active')) stop(step, s, 'replaced', plan.self)
      else if (key) stop(step, s, key, plan.peer)
      else if (now >= deadAt(plan, state, s)) stop(step, s, 'silent', plan.peer)
      else if (now >= pingAt(plan, state, s)) ping(step, s)
    } else if (now >= s.deadline) {
      // The older session did not answer: it is dead, and the newcomer takes its place.
      if (s.phase === 'probing') return join(step, s)
      else if (s.dialled) stop(step, s, s.phase === 'dialling' ? 'unreachable' : 'silent', plan.peer)
      else drop(step, s)
    }
  }
  promote(step)
  if (plan.direction === 'up' && !state.cut && !state.stuck && state.sessions.length === 0 && now >= state.dialAt) {
    const session = open(step, true)
    state.dialAt = Infinity
    step.out.push({ kind: 'dial', session: session.id })
  }
}

function onIncoming(step: Step, hello: Hello): void {
  const { plan, state } = step
  const session = open(step, false)
  step.out.push({ kind: 'taken-in', session: session.id })
  if (state.cut) return stop(step, session, 'cut-by-peer', plan.self)
  if (state.stuck) return stop(step, session, state.stuck.code, state.stuck.who)
  const verdict = judgeHello(hello, { self: plan.self, protocol: plan.protocol, expected: null, station: plan.station })
  if (verdict) {
    // Nothing is proven yet, but while nobody better is here the refusal is what the links page should show.
    if (!state.sessions.some((s) => s.phase === 'joined')) Object.assign(state, { stop: verdict, told: {} })
    return stop(step, session, verdict.code, verdict.who)
  }
  const unproven = state.sessions.filter((s) => s.phase === 'proving')
  if (unproven.length >= (plan.maxUnproven ?? maxUnproven)) drop(step, unproven[Math.floor(plan.random() * unproven.length)]!)
  session.theirs = hello
  session.clock = hello.at === undefined ? null : clockSample(plan, hello.at)
  session.mine = helloOf(plan)
  session.phase = 'proving'
  send(step, session, session.mine)
  send(step, session, { k: 'proof', sig: plan.signer.sign(transcript('acceptor', hello, session.mine)) })
}

function onFrame(step: Step, session: Session, frame: Frame): void {
  const { plan } = step
  session.heardAt = step.now
  if (frame.k === 'stop') return onStop(step, session, frame.code, frame.who)
  if (session.phase === 'greeting' && frame.k === 'hello') return onHello(step, session, frame)
  if (session.phase === 'proving' && frame.k === 'proof') return onProof(step, session, frame.sig)
  if (frame.k === 'ping') return send(step, session, { k: 'pong', id: frame.id, at: clampMoment(plan.wall()) })
  if (frame.k === 'pong') return onPong(step, session, frame)
  if (session.phase === 'probing') {
    if (session.held.length < maxHeld) session.held = [...session.held, frame]
    return
  }
  if (session.phase !== 'joined') return stop(step, session, 'malformed', plan.peer)
  switch (frame.k) {
    case 'resume':
      if (session.told) return stop(step, session, 'malformed', plan.peer)
      session.told = true
      step.out.push({
        kind: 'check', session: session.id, taken: frame.taken, renew: frame.renew,
        ours: frame.shown?.fact ? madeBy(plan.self, frame.shown.fact, plan.station(plan.self), plan.crypto) : null, receipt: frame.shown?.receipt,
      })
      return
    case 'epoch': return onEpoch(step, session, frame.epoch, frame.until)
    case 'facts': return onFacts(step, session, frame)
    case 'receipt': return onReceipt(step, session, frame.text, frame.sig)
    case 'waits':
      noteWaits(step, frame)
      return
    case 'want': case 'chunk': case 'lack': case 'got':
      step.out.push({ kind: 'files', session: session.id, frame })
      return
    default: return stop(step, session, 'malformed', plan.peer)
  }
}

function onPong(step: Step, session: Session, { id, at }: FrameOf<'pong'>): void {
  const { plan, state } = step
  state.attempts = 0
  if (at !== undefined && session.phase === 'joined') noteClock(step, clockSample(plan, at))
  const rival = state.sessions.find((s) => s.phase === 'probing')
  // The older session lives though another process has proved the same key: neither can be trusted to be the one.
  if (rival && session.phase === 'joined' && id === session.pings) endAll(step, 'clone', { code: 'clone', who: plan.peer })
}

/** The parent's answer to our hello. */
function onHello(step: Step, session: Session, hello: Hello): void {
  const { plan } = step
  const verdict = judgeHello(hello, { self: plan.self, protocol: plan.protocol, expected: plan.peer, station: plan.station })
  if (verdict) return stop(step, session, verdict.code, verdict.who)
  session.theirs = hello
  session.clock = hello.at === undefined ? null : clockSample(plan, hello.at)
  session.phase = 'proving'
}

function onProof(step: Step, session: Session, sig: string): void {
  const { plan, state } = step
  const { mine, theirs } = session
  if (!mine || !theirs) return stop(step, session, 'malformed', plan.peer)
  const [dialler, acceptor] = session.dialled ? [mine, theirs] : [theirs, mine]
  if (!plan.crypto.verify(transcript(session.dialled ? 'acceptor' : 'dialler', dialler, acceptor), sig, theirs.publicKey)) {
    return stop(step, session, session.dialled ? 'wrong-parent' : 'unknown-station', plan.peer)
  }
  if (session.dialled) send(step, session, { k: 'proof', sig: plan.signer.sign(transcript('dialler', dialler, acceptor)) })
  const older = state.sessions.find((s) => s !== session && s.phase === 'joined')
  if (!older || older.theirs?.boot === theirs.boot) return join(step, session)
  for (const s of state.sessions) if (s.phase === 'probing') drop(step, s)
  session.phase = 'probing'
  session.deadline = step.now + plan.timing.probe
  ping(step, older)
}

function join(step: Step, session: Session): void {
  const { state } = step
  session.phase = 'joined'
  session.heardAt = step.now
  session.progressAt = step.now
  for (const s of state.sessions) {
    if (s === session) continue
    send(step, s, { k: 'stop', code: 'replaced', who: step.plan.self })
    drop(step, s)
  }
  state.waitsThere = { n: 0, why: null }
  state.clocks = []
  if (session.clock === null) forgetClock(step)
  else noteClock(step, session.clock)
  step.out.push({ kind: 'joined', session: session.id }, { kind: 'recall', session: session.id })
  const { held } = session
  session.held = []
  for (const frame of held) if (state.sessions.includes(session)) onFrame(step, session, frame)
}

/** When the older session is gone, the one that waited for its answer takes its place. */
function promote(step: Step): void {
  const rival = step.state.sessions.find((s) => s.phase === 'probing')
  if (rival && !step.state.sessions.some((s) => s.phase === 'joined')) join(step, rival)
}

function onStop(step: Step, session: Session, code: StopCode, who: Address): void {
  remove(step, session)
  step.out.push({ kind: 'close', session: session.id })
  if (!session.dialled && session.phase !== 'joined') return
  // Its word: it is told, and silences nobody.
  down(step, { code, who }, { saidBy: step.plan.peer })
}

function helloOf(plan: LinkPlan): Hello {
  const proofs = plan.proofs?.() ?? []
  return {
    k: 'hello', protocol: plan.protocol, from: plan.self, to: plan.peer, publicKey: plan.signer.publicKey, nonce: plan.nonce(), boot: plan.boot, at: clampMoment(plan.wall()),
    ...(proofs.length > 0 ? { proofs } : {}),
  }
}
