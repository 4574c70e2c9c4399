import { parentOf, type Address } from '#core/kernel/index.ts'
import { kindOfSubject, maxOwnAheadMs, reaches, type Fact, type StationCard } from '#core/ledger/index.ts'
import {
  defaultTiming, madeBy, nextHead, startLink, statusOf, stepLink, wakeAt, batchLength, maxBatchFacts,
  type Frame, type LinkInput, type LinkOutput, type LinkPlan, type LinkState, type LinkTiming, type ProtocolRange,
} from '#core/replicate/index.ts'
import { cheapLinkCrypto, cheapSigner, type Reader } from './crypto.ts'
import { copyDisk, MemoryLedger, type Disk } from './memoryLedger.ts'
import { falseFrames } from './liar.ts'
import { caseKind } from './noun.ts'
import type { Connection, End, Network, Weather } from './network.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

export const simulationTiming: LinkTiming = { ...defaultTiming, ping: 30_000, dead: 60_000, stopped: 10_000, backoffMax: 20_000 }

export interface Acknowledged { from: Address; to: Address; ids: string[] }

export interface Surroundings {
  world: World
  random: Random
  network: Network
  read: Reader
  stations: Map<Address, SimStation>
  weather: Weather
  /** Virtual days added to every wall clock at the end, so that what waits for the future is released. */
  wallOffset: { ms: number }
  /** Signed for by a neighbour: must never be lost. */
  acknowledged: Acknowledged[]
  authored: { count: number }
  /** Ids of what liars forged. */
  lies: Set<string>
  trace?: (line: string) => void
}

interface Line { state: LinkState; plan: LinkPlan; connections: Map<number, Connection>; timerAt: number; incoming: Connection | null }

/** One station of the simulation: its disk survives a crash, everything else does not. */
export class SimStation {
  readonly self: Address
  readonly protocol: ProtocolRange
  readonly version: 1 | 2
  skew = 0
  up = false
  /** An enrolled station whose machine was taken over: it keeps to the protocol as far as it likes. */
  hostile = false
  /** Someone works here: nobody does at a restored station until it has recovered or all its links stand. */
  staffed = true
  backup: Disk | null = null
  ledger: MemoryLedger
  readonly #s: Surroundings
  #life = 0
  #boot = ''
  #lines = new Map<Address, Line>()
  /** Links whose cable is pulled until some time: nobody is told. */
  readonly mutedUntil = new Map<Address, number>()

  constructor(s: Surroundings, options: { self: Address; version: 1 | 2; protocol: ProtocolRange; skew: number; disk: Disk }) {
    this.#s = s
    this.self = options.self
    this.version = options.version
    this.protocol = options.protocol
    this.skew = options.skew
    this.ledger = this.#open(options.disk)
  }

  get wall(): number { return Date.UTC(2026, 0, 1) + Math.floor(this.#s.world.now()) + this.skew + this.#s.wallOffset.ms }

  get isQuiet(): boolean {
    if (this.hostile) return true
    return this.up && this.#honestLines.every(([, { state }]) => statusOf(state).state === 'online' && statusOf(state).queued === 0 && !state.accepting && state.recovery === null)
      && this.#honestLines.every(([peer, { state }]) => state.out.n === this.ledger.disk.peers.get(peer)?.ids.length)
  }

  /** Every link stands and no backfill is missing. */
  get isConnected(): boolean {
    return this.up && this.#honestLines.every(([, { state }]) => statusOf(state).state === 'online' && state.recovery === null)
  }

  get #honestLines() { return [...this.#lines].filter(([peer]) => !this.#s.stations.get(peer)?.hostile) }

  describe(): string {
    return [...this.#lines].map(([peer, { state }]) => `${this.self}→${peer} ${JSON.stringify(statusOf(state))} taken ${state.taken.epoch}/${state.taken.n} recovery ${JSON.stringify(state.recovery)}`).join('\n')
  }

  start(): void {
    this.up = true
    this.#life++
    this.#boot = (this.#s.random.between(0, 2 ** 31)).toString(16).padStart(32, '0')
    const parent = parentOf(this.self)
    if (parent && !this.ledger.disk.peers.has(parent)) this.ledger.addPeer(parent, 'up')
    for (const card of this.ledger.disk.cards.values()) this.meet(card)
    for (const peer of this.ledger.disk.peers.keys()) this.#openLine(peer)
    if (this.#isRecovering) this.ledger.authoring = false
  }

  get #isRecovering(): boolean {
    return [...this.ledger.disk.peers.values()].some((p) => p.recovery !== null)
  }

  /** Loses everything but the disk. */
  crash(silently: boolean): void {
    this.up = false
    this.#life++
    for (const line of this.#lines.values()) {
      if (!silently) for (const connection of line.connections.values()) connection.close()
    }
    this.#lines.clear()
    this.ledger = this.#open(this.ledger.disk)
  }

  /** Comes back with the disk of its backup. */
  restore(): void {
    if (!this.backup) return
    this.ledger = this.#open(this.backup)
    this.backup = null
    this.staffed = false
  }

  takeBackup(): void { this.backup = copyDisk(this.ledger.disk) }

  recover(): void {
    this.ledger.authoring = false
    for (const peer of this.ledger.disk.peers.values()) peer.recovery = 'asking'
    for (const peer of this.#lines.keys()) this.input(peer, { kind: 'recover' })
  }

  cut(peer: Address): void { this.input(peer, { kind: 'cut' }) }
  heal(peer: Address): void { this.input(peer, { kind: 'heal' }) }
  retry(peer: Address): void { this.input(peer, { kind: 'retry' }) }

  /** A child the directory has told of gets its queue and its link. */
  meet(card: StationCard): void {
    if (parentOf(card.address) !== this.self || this.ledger.disk.peers.has(card.address)) return
    this.ledger.addPeer(card.address, 'down')
    if (this.up) this.#openLine(card.address)
  }

  /** Runs a command of the staff and wakes the links. */
  command(work: (ledger: MemoryLedger) => (Fact | null)[]): void {
    if (!this.up || !this.staffed) return
    this.#after(work(this.ledger).filter((f) => f !== null))
  }

  /** A liar's turn: says what it likes, and wakes its links. */
  lie(say: (ledger: MemoryLedger, now: number) => Fact[]): void {
    if (!this.up) return
    for (const { id } of say(this.ledger, this.wall)) this.#s.lies.add(id)
    this.#wake()
  }

  /**
   * What the operator does about a station that is silent. One that recovers and waits for a liar alone goes on without
   * it. Where the clock is the reason it is put right; if the station is silent still, its facts are mended.
   */
  mend(): void {
    if (!this.up) return
    const missing = [...this.ledger.disk.peers].filter(([, row]) => row.recovery !== null).map(([peer]) => peer)
    if (missing.length > 0 && missing.every((peer) => this.#s.stations.get(peer)?.hostile)) {
      for (const peer of missing) this.input(peer, { kind: 'abandon-recovery' })
      this.#recovered()
    }
    if (this.ledger.aheadMs <= maxOwnAheadMs) return
    this.skew = 0
    if (this.ledger.aheadMs <= maxOwnAheadMs) return
    const fact = this.ledger.mendClock()
    if (fact) this.#after([fact])
  }

  async release(): Promise<void> {
    if (this.up) this.#after(await this.ledger.releaseWaiting())
  }

  input(peer: Address, input: LinkInput): void {
    const line = this.#lines.get(peer)
    if (!line) return
    const { state, outputs } = stepLink(line.plan, line.state, input, this.#s.world.now())
    line.state = state
    for (const output of outputs) this.#carryOut(peer, line, output)
    this.#arm(peer, line)
  }

  #open(disk: Disk): MemoryLedger {
    return new MemoryLedger({
      self: this.self, version: this.version, signer: cheapSigner(this.self), disk, now: () => this.wall, read: this.#s.read,
      onCard: (card) => { this.#later(1, () => { this.meet(card); return this.release() }) },
    })
  }

  /** What the station answers by itself, and telling the links how far their queues have grown. */
  #after(stored: Fact[]): void {
    this.#s.authored.count += stored.filter((f) => f.station === this.self).length
    for (const fact of stored) {
      if (fact.type !== 'case.opened.v1' || fact.station === this.self || !this.ledger.authoring) continue
      const entry = this.ledger.disk.subjects.get(fact.subject)!
      if (!reaches(entry.reach, this.self) || entry.state.received.includes(this.self) || fact.body.receipt !== true) continue
      const answer = this.ledger.append({ type: 'case.received.v1', subject: fact.subject, to: [], body: {} })
      if (!answer) continue
      this.#s.authored.count++
      // Of a chain with lies in it nothing is promised, true answers included.
      if (this.hostile) this.#s.lies.add(answer.id)
    }
    this.#wake()
  }

  #wake(): void {
    for (const [peer, row] of this.ledger.disk.peers) {
      const line = this.#lines.get(peer)
      if (line && (line.state.out.epoch !== row.epoch || line.state.out.n !== row.ids.length)) this.input(peer, { kind: 'queued', epoch: row.epoch, n: row.ids.length })
    }
  }

  #openLine(peer: Address): void {
    const row = this.ledger.disk.peers.get(peer)!
    const { random, world } = this.#s
    const plan: LinkPlan = {
      self: this.self, peer, direction: row.direction, protocol: this.protocol, boot: this.#boot, signer: cheapSigner(this.self), crypto: cheapLinkCrypto,
      station: (address) => this.ledger.disk.cards.get(address), random: random.next,
      nonce: () => random.between(0, 2 ** 31).toString(16).padStart(32, '0'), wall: () => Math.max(0, this.wall), timing: simulationTiming,
    }
    const state = startLink(plan, { taken: row.taken, out: { epoch: row.epoch, n: row.ids.length }, acked: row.acked, cut: row.cut, stuck: row.stuck, recovery: row.recovery, recoveredAt: row.recoveredAt })
    this.#lines.set(peer, { state, plan, connections: new Map(), timerAt: Infinity, incoming: null })
    // Stations do not all start in the same instant.
    const at = world.now() + random.between(0, 500)
    this.#later(at - world.now(), () => this.input(peer, { kind: 'start' }))
  }

  #carryOut(peer: Address, line: Line, output: LinkOutput): void {
    const { random } = this.#s
    const row = this.ledger.disk.peers.get(peer)!
    switch (output.kind) {
      case 'dial': return this.#dial(peer, line, output.session)
      case 'taken-in':
        if (line.incoming) line.connections.set(output.session, line.incoming)
        return
      case 'send':
        for (const frame of this.hostile ? falseFrames(random, output.frame, peer) : [output.frame]) line.connections.get(output.session)?.send(frame)
        return
      case 'close':
        line.connections.get(output.session)?.close()
        line.connections.delete(output.session)
        return
      case 'check': return this.#later(random.between(0, 3), () => {
        const { taken } = output
        const headAt = taken.epoch !== row.epoch || taken.n > row.ids.length ? null : taken.n === 0 ? '' : row.heads[taken.n - 1]!
        const fate = output.ours && this.ledger.fateOf(output.ours)
        this.input(peer, { ...output, kind: 'checked', out: { epoch: row.epoch, n: row.ids.length }, headAt, fate, isRecovering: this.#isRecovering })
      })
      case 'recall': return this.#later(random.between(0, 3), () => {
        const fact = this.ledger.newestOf(peer)
        const shown = { ...(fact ? { fact: { text: fact.text, sig: fact.sig } } : {}), ...(row.receipt ? { receipt: row.receipt } : {}) }
        const n = [...this.ledger.disk.waiting.values()].filter((w) => w.from === peer).length
        this.input(peer, { kind: 'recalled', session: output.session, shown, waits: { n, why: n > 0 ? 'future-clock' : null } })
      })
      case 'load': return this.#later(1, () => {
        if (row.epoch !== output.epoch) return this.input(peer, { kind: 'loaded', session: output.session, epoch: output.epoch, after: output.after, facts: [], head: '' })
        const { held, waiting } = this.ledger.disk
        const queued = row.ids.slice(output.after, output.after + maxBatchFacts).map((id) => held.get(id) ?? waiting.get(id))
        // One that a mended clock made wait, and that was turned away when its time came, leaves a hole.
        const hole = queued.indexOf(undefined)
        const wires = (hole === -1 ? queued : queued.slice(0, hole)).map((one) => ({ text: one!.fact.text, sig: one!.fact.sig }))
        const facts = wires.slice(0, batchLength(wires))
        this.input(peer, { kind: 'loaded', session: output.session, epoch: output.epoch, after: output.after, facts, head: row.heads[output.after + facts.length - 1] ?? '' })
      })
      case 'open-epoch': return this.#later(random.between(5, 50), () => {
        const opened = this.ledger.openEpoch(peer, output.epoch)
        this.input(peer, { kind: 'epoch-opened', session: output.session, epoch: opened.epoch, n: opened.ids.length })
      })
      case 'accept': return this.#later(random.between(2, 15), () => this.#accept(peer, output))
      case 'receipt':
        if (output.receipt.epoch === row.epoch) {
          const since = row.acked.epoch === row.epoch ? row.acked.n : 0
          this.#s.acknowledged.push({ from: this.self, to: peer, ids: row.ids.slice(since, output.receipt.n) })
        }
        row.acked = { epoch: output.receipt.epoch, n: output.receipt.n }
        row.receipt = { text: output.text, sig: output.sig }
        return
      case 'remember':
        row.cut = output.cut
        row.stuck = output.stuck
        row.recovery = output.recovery
        row.recoveredAt = output.recoveredAt
        return
      case 'recovered': return this.#recovered()
      case 'own-future':
        if (!this.ledger.authoring && this.#isRecovering) return
        this.ledger.authoring = false
        this.#s.trace?.(`${this.self} meets its own future`)
        // The operator reads the way out, and takes it.
        return this.#later(random.between(500, 5_000), () => { if (!this.#isRecovering) this.recover() })
      default: return
    }
  }

  #recovered(): void {
    if ([...this.ledger.disk.peers.values()].some((p) => p.recovery !== null)) return
    this.ledger.authoring = true
    this.staffed = true
    this.#s.trace?.(`${this.self} recovered`)
  }

  async #accept(peer: Address, batch: Extract<LinkOutput, { kind: 'accept' }>): Promise<void> {
    const row = this.ledger.disk.peers.get(peer)!
    const before = this.ledger
    // A database is sometimes not there: the transaction fails as a whole.
    if (this.#s.random.chance(0.0005)) return this.input(peer, { kind: 'accept-failed', why: 'fault' })
    const ours = this.ledger.authoring ? batch.wires.flatMap((wire) => madeBy(this.self, wire, this.ledger.disk.cards.get(this.self), cheapLinkCrypto) ?? []).map((own) => this.ledger.fateOf(own)).filter((fate) => fate !== 'held') : []
    if (ours.length > 0) return this.input(peer, { kind: 'accept-failed', why: ours.includes('forked') ? 'forked' : 'lost' })
    const { results, stored } = await this.ledger.accept(batch.wires, peer)
    if (this.ledger !== before) throw new Error('a station crashed in the middle of a transaction')
    let { head } = batch
    for (const { id } of results) head = nextHead(head, id, cheapLinkCrypto)
    row.taken = { epoch: batch.epoch, n: batch.after + results.length, head }
    const forked = results.some((r, i) => r.outcome === 'rejected' && r.reason === 'forked' && batch.wires[i]!.text.includes(`"station":"${peer}"`))
    this.#after(stored)
    // A crash may fall between the commit and the receipt.
    const taken = row.taken
    this.#later(1, () => this.input(peer, { kind: 'accepted', taken, forked }))
  }

  #dial(peer: Address, line: Line, session: number): void {
    const { world, network, stations, weather, random } = this.#s
    const target = stations.get(peer)
    const muted = () => (this.mutedUntil.get(peer) ?? 0) > world.now()
    if (!target?.up || muted()) return this.#later(random.between(20, 200), () => this.input(peer, { kind: 'closed', session }))
    const life = this.#life
    const alive = () => this.#life === life && line.connections.has(session)
    const acceptor: End & { link: Connection | null; session: number | null } = {
      link: null, session: null,
      onOpen: () => undefined,
      onFrame: () => undefined,
      onClosed: () => undefined,
    }
    const pair = network.connect({
      onOpen: () => { if (alive()) this.input(peer, { kind: 'connected', session }) },
      onFrame: (frame) => { if (alive()) this.input(peer, { kind: 'frame', session, frame }) },
      onClosed: () => { if (alive()) { line.connections.delete(session); this.input(peer, { kind: 'closed', session }) } },
    }, acceptor, weather, muted)
    line.connections.set(session, pair[0]!)
    target.#takeIn(this.self, acceptor, pair[1]!)
  }

  /** The acceptor's side of a new connection: its first frame must be a hello. */
  #takeIn(child: Address, end: End, connection: Connection): void {
    const life = this.#life
    let session: number | null = null
    const alive = () => this.#life === life && this.up
    end.onFrame = (frame: Frame) => {
      if (!alive()) return connection.close()
      const line = this.#lines.get(child)
      if (!line) return connection.close()
      if (session !== null) {
        if (line.connections.has(session)) this.input(child, { kind: 'frame', session, frame })
        return
      }
      if (frame.k !== 'hello') return connection.close()
      line.incoming = connection
      session = line.state.nextSession
      this.input(child, { kind: 'incoming', hello: frame })
      line.incoming = null
    }
    end.onClosed = () => {
      const line = this.#lines.get(child)
      if (!alive() || !line || session === null || !line.connections.delete(session)) return
      this.input(child, { kind: 'closed', session })
    }
  }

  /** Later in this life of the station; a crash forgets it. */
  #later(ms: number, run: () => void | Promise<void>): void {
    const life = this.#life
    this.#s.world.after(ms, () => { if (this.#life === life) return run() })
  }

  #arm(peer: Address, line: Line): void {
    const at = wakeAt(line.plan, line.state)
    if (at >= line.timerAt) return
    line.timerAt = at
    // Never nothing: `now + (at - now)` may round to just before `at`, and time would stand still (seed 291).
    this.#later(Math.max(1, at - this.#s.world.now()), () => {
      if (this.#lines.get(peer) !== line || line.timerAt !== at) return
      line.timerAt = Infinity
      if (wakeAt(line.plan, line.state) <= this.#s.world.now()) this.input(peer, { kind: 'tick' })
      this.#arm(peer, line)
    })
  }

  /** Subjects a member of staff may work on: cases that are meant for this station. */
  casesHere(): string[] {
    return [...this.ledger.disk.subjects].filter(([subject, e]) => kindOfSubject(subject) === caseKind && e.state.owner !== null && reaches(e.reach, this.self)).map(([subject]) => subject)
  }
}
