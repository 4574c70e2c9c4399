import type { WebSocket } from 'ws'
import type { Address } from '#core/kernel/index.ts'
import type { Fact, WireFact } from '#core/ledger/index.ts'
import type { Ledger } from '#core/ledger/server/ledger.ts'
import type { Database } from '#core/sql/server/database.ts'
import { madeBy, type Fate } from '../evidence.ts'
import { decodeFrame, encodeFrame, maxLiveBytes, maxUnprovenLength, type FileFrame, type Frame, type Hello, type Shown } from '../frames.ts'
import { commonVersion, liveSince } from '../handshake.ts'
import { startLink, statusOf, stepLink, wakeAt } from '../link.ts'
import type { LinkInput, LinkMemory, LinkOutput, LinkPlan, LinkState, LinkStatus } from '../state.ts'
import { nextHead } from '../taking.ts'
import type { LinkStore } from './linkStore.ts'
import type { LinkOutbox } from './outbox.ts'

/** Bytes that may wait in a socket; the window of batches keeps it far below, so more means the peer does not read. */
const maxBuffered = 16 * 1024 * 1024
const maxFileBuffered = 1024 * 1024
const compressAbove = 1024
const maxHeldLive = 64
/** Each newer receipt covers all before it; saving one is a commit that facts would wait behind. */
const receiptEveryMs = 1000
/** Stations named of a batch that could not be stored. */
const maxTold = 5

export interface PeerLinkParts {
  database: Database
  ledger: Ledger
  store: LinkStore
  outbox: LinkOutbox
  /** Milliseconds of a clock that never jumps. */
  elapsed(): number
  dial(): WebSocket
  onFiles(peer: Address, frame: FileFrame): void
  onJoined(peer: Address): void
  /** One message of the live plane. */
  onLive(peer: Address, bytes: Uint8Array): void
  /** Takes what a hello brings to prove a key we do not know; null when there is nothing to learn. */
  learn(hello: Hello): Promise<void> | null
  onChange(): void
  onRecovered(): void
  onOwnFuture(): void
  /** How far our clock is ahead of our parent's, at most; null when nobody can say at present. */
  onParentClock(aheadMs: number | null): void
  /** Whether this station has lost nothing that it knows of. */
  isWhole(): boolean
  /** Whether this station is fetching back what it lost. */
  isRecovering(): boolean
  /** Resolves when this station holds what it has stated, or ends. */
  whole(): Promise<void>
  onFault(peer: Address, fault: unknown): void
}

/** Carries out what the link machine of one peer asks for: sockets, timer, database. Decides nothing itself. */
export class PeerLink {
  readonly plan: LinkPlan
  readonly #parts: PeerLinkParts
  #state: LinkState
  readonly #sockets = new Map<number, WebSocket>()
  readonly #inputs: LinkInput[] = []
  #stepping = false
  #isLooking = false
  #heldLive: Buffer[] = []
  #incoming: WebSocket | null = null
  readonly #onProven = new WeakMap<WebSocket, () => void>()
  #timer: NodeJS.Timeout | undefined
  #receipt: Extract<LinkOutput, { kind: 'receipt' }> | null = null
  #receiptTimer: NodeJS.Timeout | undefined
  #busy = 0
  #idle: (() => void)[] = []

  constructor(plan: LinkPlan, memory: LinkMemory, parts: PeerLinkParts) {
    this.plan = plan
    this.#parts = parts
    this.#state = startLink(plan, memory)
  }

  get status(): LinkStatus { return statusOf(this.#state) }
  get memory(): Pick<LinkState, 'acked' | 'out' | 'recovery' | 'cut'> { return this.#state }

  /** Looks again at what of the peer's waits here: some may have been released or dropped. */
  lookAtWaits(): void {
    if (this.#state.waitsHere.n === 0 || this.#isLooking) return
    this.#isLooking = true
    this.#work(async () => {
      const waits = await this.#parts.store.waits(this.#parts.database.read, this.plan.peer).finally(() => { this.#isLooking = false })
      this.input({ kind: 'waits', waits })
    })
  }

  /** Whether ledger frames are on their way or waiting to be: files stand back. */
  get isLedgerBusy(): boolean {
    return this.#state.sessions.some((s) => s.loading || s.inflight.length > 0)
  }

  input(input: LinkInput): void {
    this.#inputs.push(input)
    if (this.#stepping) return
    this.#stepping = true
    const before = JSON.stringify(this.status)
    for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
      const { state, outputs } = stepLink(this.plan, this.#state, next, this.#parts.elapsed())
      this.#state = state
      for (const output of outputs) this.#carryOut(output)
    }
    this.#stepping = false
    this.#arm()
    if (JSON.stringify(this.status) !== before) this.#parts.onChange()
  }

  /** Hands over a child's socket whose first message was a hello; `onProven` when it has proved its key. */
  takeIn(socket: WebSocket, hello: Extract<Frame, { k: 'hello' }>, onProven: () => void): void {
    this.#incoming = socket
    this.#onProven.set(socket, onProven)
    this.input({ kind: 'incoming', hello })
    this.#incoming = null
  }

  /** A frame of the files plane, to the session that is joined. False when there is none, or too much waits already. */
  sendFile(frame: FileFrame): boolean {
    const session = this.#state.sessions.find((s) => s.phase === 'joined')
    const socket = session && this.#sockets.get(session.id)
    // What an honest peer asks ahead is far less; one that does not read must not fill our memory by asking.
    if (!socket || socket.readyState !== socket.OPEN || socket.bufferedAmount > maxFileBuffered) return false
    socket.send(encodeFrame(frame), { compress: frame.k !== 'chunk' })
    return true
  }

  /** A message of the live plane, to the session that is joined. False when there is none, or the peer is too old for it. */
  sendLive(bytes: Uint8Array): boolean {
    const socket = this.#liveSocket()
    if (!socket) return false
    if (socket.bufferedAmount > maxBuffered) {
      socket.terminate()
      return false
    }
    socket.send(bytes, { binary: true, compress: bytes.length > compressAbove })
    return true
  }

  /** Bytes that wait in the socket; Infinity when there is none. */
  get liveWaiting(): number { return this.#liveSocket()?.bufferedAmount ?? Infinity }

  /** Ends what stands because the peer does not keep to the protocol. */
  refuseLive(): void {
    for (const s of this.#state.sessions) if (s.phase === 'joined') this.input({ kind: 'malformed', session: s.id })
  }

  #liveSocket(): WebSocket | null {
    const session = this.#state.sessions.find((s) => s.phase === 'joined')
    const socket = session && this.#sockets.get(session.id)
    if (!socket || socket.readyState !== socket.OPEN || !session.theirs) return null
    return (commonVersion(session.theirs.protocol, this.plan.protocol) ?? 0) >= liveSince ? socket : null
  }

  /** Ends the sessions and waits for the database work under way. */
  async stop(): Promise<void> {
    this.input({ kind: 'stopping' })
    clearTimeout(this.#timer)
    clearTimeout(this.#receiptTimer)
    this.#saveReceipt()
    if (this.#busy > 0) await new Promise<void>((done) => { this.#idle.push(done) })
  }

  #carryOut(output: LinkOutput): void {
    const { store, database, outbox } = this.#parts
    const { peer } = this.plan
    switch (output.kind) {
      case 'dial': return this.#listen(output.session, this.#parts.dial(), true)
      case 'taken-in': return this.#incoming ? this.#listen(output.session, this.#incoming, false) : undefined
      case 'send': return this.#send(output.session, output.frame)
      case 'close': return this.#close(output.session)
      case 'joined': {
        const socket = this.#sockets.get(output.session)
        if (socket) this.#onProven.get(socket)?.()
        this.#parts.onJoined(peer)
        for (const data of this.#heldLive.splice(0)) this.#parts.onLive(peer, data)
        return
      }
      case 'files': return this.#parts.onFiles(peer, output.frame)
      case 'recovered': return this.#parts.onRecovered()
      case 'own-future': return this.#parts.onOwnFuture()
      case 'parent-clock': return this.#parts.onParentClock(output.aheadMs)
      case 'recall': return this.#work(async () => {
        this.input({ kind: 'recalled', session: output.session, shown: await this.#shown(), waits: await store.waits(database.read, peer) })
      })
      case 'receipt':
        this.#receipt = output
        this.#receiptTimer ??= setTimeout(() => this.#saveReceipt(), receiptEveryMs)
        return
      case 'remember': return this.#work(() => database.write((tx) => store.remember(tx, peer, output)))
      case 'check': return this.#work(async () => {
        const row = (await store.peer(database.read, peer))!
        const headAt = output.taken.epoch === row.epoch ? await store.headAt(database.read, peer, row.epoch, output.taken.n) : null
        const fate = output.ours && await store.fateOf(database.read, this.plan.self, output.ours)
        this.input({ ...output, kind: 'checked', out: { epoch: row.epoch, n: row.n }, headAt, fate, isRecovering: this.#parts.isRecovering() })
      })
      case 'load': return this.#work(async () => {
        const load = () => store.batch(database.read, peer, output.epoch, output.after)
        const first = await load()
        // Its ledger sets it aside, and the queue begins anew without it.
        if (first.hurt !== undefined) await this.#parts.ledger.reload(first.hurt)
        const { facts, head } = first.hurt === undefined ? first : await load()
        this.input({ kind: 'loaded', session: output.session, epoch: output.epoch, after: output.after, facts, head })
      })
      case 'open-epoch': return this.#work(async () => {
        if (output.hole !== undefined) this.#parts.onFault(peer, new Error(`entry ${output.hole} of the queue to ${peer} names a fact that is gone: the queue begins anew, as epoch ${output.epoch}`))
        if (this.plan.direction === 'down') {
          await this.#parts.whole()
          if (!this.#sockets.has(output.session)) return
        }
        const row = await database.write(async (tx) => {
          await outbox.openEpoch(tx, peer, output.epoch)
          return (await store.peer(tx, peer))!
        })
        this.input({ kind: 'epoch-opened', session: output.session, epoch: row.epoch, n: row.n })
      })
      case 'accept': return this.#work(() => this.#accept(output))
    }
  }

  async #accept(batch: Extract<LinkOutput, { kind: 'accept' }>): Promise<void> {
    const { peer, crypto } = this.plan
    let taken = { epoch: batch.epoch, n: batch.after, head: batch.head }
    let forked = false
    try {
      const fate = await this.#fateOfOwn(batch.wires)
      if (fate !== 'held') return this.input({ kind: 'accept-failed', why: fate })
      let hasWaiting = this.#state.waitsHere.n > 0
      await this.#parts.ledger.accept(batch.wires, peer, async (tx, results) => {
        if (results.some((r) => r.outcome === 'rejected' && r.reason === 'own-future')) throw new OwnFuture()
        forked = results.some((r, i) => r.outcome === 'rejected' && r.reason === 'forked' && stationOf(batch.wires[i]!.text) === peer)
        hasWaiting ||= results.some((r) => r.outcome === 'waiting')
        let { head } = batch
        for (const { id } of results) head = nextHead(head, id, crypto)
        taken = { epoch: batch.epoch, n: batch.after + results.length, head }
        await this.#parts.store.setTaken(tx, peer, taken)
      })
      const waits = hasWaiting ? await this.#parts.store.waits(this.#parts.database.read, peer) : undefined
      this.input({ kind: 'accepted', taken, forked, waits })
    } catch (fault) {
      if (fault instanceof OwnFuture) return this.input({ kind: 'accept-failed', why: 'lost' })
      // Who made the facts is told beside who passed them on: the peer may be innocent of what it carries.
      const about = [...new Set(batch.wires.map(({ text }) => stationOf(text)))].slice(0, maxTold)
      this.#parts.onFault(peer, new Error(`entries from ${batch.after + 1} of epoch ${batch.epoch} from ${peer}, facts of ${about.join(', ')}: ${String(fault)}`, { cause: fault }))
      this.input({ kind: 'accept-failed', why: 'fault', about })
    }
  }

  /** The worst that a batch shows of our own facts; what a station that knows of its loss is brought is welcome. */
  async #fateOfOwn(wires: WireFact[]): Promise<Fate> {
    const { self, station, crypto } = this.plan
    if (!this.#parts.isWhole()) return 'held'
    let worst: Fate = 'held'
    for (const wire of wires) {
      const ours = madeBy(self, wire, station(self), crypto)
      const fate = ours ? await this.#parts.store.fateOf(this.#parts.database.read, self, ours) : 'held'
      if (fate === 'forked') return fate
      if (fate === 'lost') worst = fate
    }
    return worst
  }

  /** What we hold of the peer's own making (SPEC R-24). */
  async #shown(): Promise<Shown> {
    const { peer, station, crypto } = this.plan
    const { store, database } = this.#parts
    const { held, ahead } = await store.newestOf(database.read, peer)
    const made = (wire: WireFact | undefined) => (wire ? madeBy(peer, wire, station(peer), crypto) : null)
    const [inOrder, waiting] = [made(held), made(ahead)]
    const fact = waiting && waiting.seq > (inOrder?.seq ?? 0) ? ahead : held
    const receipt = this.#receipt ?? (await store.receipts(database.read, peer, 1))[0]
    return { ...(fact ? { fact: { text: fact.text, sig: fact.sig } } : {}), ...(receipt ? { receipt: { text: receipt.text, sig: receipt.sig } } : {}) }
  }

  #listen(session: number, socket: WebSocket, dialled: boolean): void {
    this.#sockets.set(session, socket)
    if (dialled) socket.on('open', () => this.#from(session, socket, { kind: 'connected', session }))
    let before: Promise<void> | null = null
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) {
        if (before) before = before.then(() => this.#fromLive(session, socket, data))
        else this.#fromLive(session, socket, data)
        return
      }
      const decoded = data.length > maxUnprovenLength && !this.#isProven(session) ? null : decodeFrame(data.toString('utf8'))
      if (!decoded || !('frame' in decoded)) return this.#from(session, socket, { kind: 'malformed', session })
      const { frame } = decoded
      const give = () => this.#from(session, socket, { kind: 'frame', session, frame })
      const learning = frame.k === 'hello' ? this.#parts.learn(frame) : null
      if (learning) before = learning.catch((fault: unknown) => this.#parts.onFault(this.plan.peer, fault))
      if (!before) return give()
      // What follows a hello that is being looked into waits its turn.
      const turn: Promise<void> = before.then(() => {
        give()
        if (before === turn) before = null
      })
      before = turn
    })
    socket.on('close', () => this.#from(session, socket, { kind: 'closed', session }))
    // `close` follows; a dialled address that answers with something else is the same as no answer.
    socket.on('error', () => undefined)
  }

  #isProven(session: number): boolean {
    return this.#state.sessions.some((s) => s.id === session && (s.phase === 'joined' || s.phase === 'probing'))
  }

  #fromLive(session: number, socket: WebSocket, data: Buffer): void {
    if (this.#sockets.get(session) !== socket) return
    if (data.length > maxLiveBytes) return this.#from(session, socket, { kind: 'malformed', session })
    // The peer has joined; we are still asking the older session whether it lives.
    const isProbing = this.#state.sessions.some((s) => s.id === session && s.phase === 'probing')
    if (isProbing && this.#heldLive.length < maxHeldLive) return void this.#heldLive.push(data)
    if (this.#liveSocket() !== socket) return this.#from(session, socket, { kind: 'malformed', session })
    this.#parts.onLive(this.plan.peer, data)
  }

  #from(session: number, socket: WebSocket, input: LinkInput): void {
    if (this.#sockets.get(session) !== socket) return
    if (input.kind === 'closed') this.#sockets.delete(session)
    this.input(input)
  }

  #send(session: number, frame: Frame): void {
    const socket = this.#sockets.get(session)
    if (!socket || socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > maxBuffered) return socket.terminate()
    const text = encodeFrame(frame)
    socket.send(text, { compress: text.length > compressAbove })
  }

  #close(session: number): void {
    const socket = this.#sockets.get(session)
    this.#sockets.delete(session)
    this.#heldLive = []
    if (!socket) return
    socket.close(1000)
    setTimeout(() => socket.terminate(), 1000).unref()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const at = wakeAt(this.plan, this.#state)
    if (at === Infinity) return
    this.#timer = setTimeout(() => {
      this.input({ kind: 'tick' })
      this.lookAtWaits()
    }, Math.min(Math.max(at - this.#parts.elapsed(), 5), 60_000))
    this.#timer.unref()
  }

  #saveReceipt(): void {
    this.#receiptTimer = undefined
    const kept = this.#receipt
    this.#receipt = null
    if (kept) this.#work(() => this.#parts.database.write((tx) => this.#parts.store.addReceipt(tx, this.plan.peer, kept.receipt, kept.text, kept.sig)))
  }

  /** Runs database work; a failure ends the session with a reason instead of ending the process. */
  #work(work: () => Promise<void>): void {
    this.#busy++
    work().catch((fault: unknown) => {
      this.#parts.onFault(this.plan.peer, fault)
      for (const s of this.#state.sessions) {
        this.#close(s.id)
        this.input({ kind: 'closed', session: s.id })
      }
    }).finally(() => {
      this.#busy--
      if (this.#busy === 0) for (const done of this.#idle.splice(0)) done()
    }).catch(() => undefined)
  }
}

/** Rolls back a batch that shows us our own lost future. */
class OwnFuture extends Error {}

/** Whose a fact says it is; of a text that nobody could read, nothing. */
function stationOf(text: string): string {
  try {
    return String((JSON.parse(text) as Fact).station).slice(0, 240)
  } catch {
    return '?'
  }
}
