import { parentOf, type Address } from '#core/kernel/index.ts'
import {
  asMended, clockMendedType, compareFacts, encode, fold, judge, kindOfSubject, leavesSubtree, maxAheadMs, maxOwnAheadMs, reachOf, refusalOf, tick, touchesSubtree, unite, widened, witness,
  type Directory, type Fact, type FactDraft, type HybridTime, type Reach, type Signer, type StationCard, type Statement, type SubjectType, type WireFact,
} from '#core/ledger/index.ts'
import type { Accepted } from '#core/ledger/server/ledger.ts'
import { nextHead, startCursor, type Cursor, type Fate, type LinkMemory, type OwnFact } from '#core/replicate/index.ts'
import { caseKind, caseSubject, knows, type CaseState } from './noun.ts'
import { cheapLedgerCrypto, sha256, type Reader } from './crypto.ts'

export interface Held { fact: Fact; position: number; from: Address | null }
/** `frozen`: a fact broke its fold; the state is the last good one (SPEC L-21). */
export interface Entry { facts: Held[]; state: CaseState; reach: Reach; last: Fact | null; frozen: boolean }

/** A queue and a cursor, as `core/replicate/server` keeps them in tables. */
export interface PeerDisk {
  direction: 'up' | 'down'
  epoch: number
  ids: string[]
  heads: string[]
  queued: Set<string>
  taken: Cursor
  acked: { epoch: number; n: number }
  cut: boolean
  stuck: LinkMemory['stuck']
  recovery: LinkMemory['recovery']
  recoveredAt: number
  /** The newest receipt that the peer signed for us. */
  receipt: { text: string; sig: string } | null
}

/** Everything that survives a crash. */
export interface Disk {
  held: Map<string, Held>
  chain: Map<string, string>
  /** Each station's fact with the highest number. */
  newest: Map<Address, Fact>
  waiting: Map<string, { fact: Fact; from: Address }>
  turnedAway: { reason: string; id: string }[]
  subjects: Map<string, Entry>
  /** The end of the own chain, and its time. */
  head: { seq: number; id: string; ms: number; n: number }
  time: HybridTime
  peers: Map<Address, PeerDisk>
  cards: Map<Address, StationCard>
}

export function emptyDisk(cards: Iterable<StationCard>): Disk {
  return {
    held: new Map(), chain: new Map(), newest: new Map(), waiting: new Map(), turnedAway: [], subjects: new Map(), head: { seq: 0, id: '', ms: 0, n: 0 }, time: [0, 0],
    peers: new Map(), cards: new Map([...cards].map((card) => [card.address, card])),
  }
}

export function copyDisk(disk: Disk): Disk {
  return {
    held: new Map(disk.held), chain: new Map(disk.chain), newest: new Map(disk.newest), waiting: new Map(disk.waiting), turnedAway: [...disk.turnedAway],
    subjects: new Map([...disk.subjects].map(([subject, e]) => [subject, { ...e, facts: [...e.facts] }])),
    head: disk.head, time: disk.time,
    peers: new Map([...disk.peers].map(([peer, p]) => [peer, { ...p, ids: [...p.ids], heads: [...p.heads], queued: new Set(p.queued) }])),
    cards: new Map(disk.cards),
  }
}

export const enrolledType = 'station.enrolled.v1'
const actor = { id: 'sim', name: 'sim' }

/**
 * The write path of `core/ledger/server` over memory: the real envelope, order, fold, reach and clock, no database. Of the door it has
 * forks and keys, not L-19's times nor the bounds of quarantines; it has no reactions and no projections.
 */
export class MemoryLedger {
  readonly self: Address
  readonly version: 1 | 2
  readonly type: SubjectType<CaseState>
  disk: Disk
  authoring = true
  readonly directory: Directory
  readonly #signer: Signer
  readonly #now: () => number
  readonly #read: Reader
  /** Which links a reach leads to; reaches are shared until they widen. */
  #onward = new WeakMap<Reach, Address[]>()
  readonly onCard: (card: StationCard) => void

  constructor(parts: { self: Address; version: 1 | 2; signer: Signer; disk: Disk; now: () => number; read: Reader; onCard: (card: StationCard) => void }) {
    this.self = parts.self
    this.version = parts.version
    this.type = caseSubject(parts.version)
    this.disk = parts.disk
    this.#signer = parts.signer
    this.#now = parts.now
    this.#read = parts.read
    this.onCard = parts.onCard
    this.directory = { self: this.self, station: (address) => this.disk.cards.get(address), stations: () => [...this.disk.cards.values()] }
  }

  /** States one fact, or nothing when its own rules do not admit it. */
  append(draft: FactDraft): Fact | null {
    if (!this.authoring) return null
    const { disk } = this
    if (disk.head.ms - this.#now() > maxOwnAheadMs) return null
    const statement: Statement = {
      type: draft.type, subject: draft.subject, station: this.self, seq: disk.head.seq + 1, prev: disk.head.id,
      at: this.#nextTime(draft.subject), wall: Math.max(0, this.#now()), actor, to: draft.to, mode: 'actual', body: draft.body,
    }
    const entry = this.#entry(draft.subject)
    if (kindOfSubject(draft.subject) === caseKind && this.type.admit({ ...statement, id: '', text: '', sig: '' }, entry.state, this.directory)) return null
    const fact = this.#sign(statement)
    disk.time = fact.at
    this.#read.wrote(fact)
    this.#store([{ fact, from: null }])
    return fact
  }

  /** A batch from a peer, judged, stored, folded and queued; the caller moves its cursor in the same breath. */
  async accept(wires: WireFact[], from: Address): Promise<{ results: Accepted[]; stored: Fact[] }> {
    const now = this.#now()
    const results: Accepted[] = []
    const sound: { fact: Fact; from: Address }[] = []
    const seen = new Set<string>()
    const judged = await Promise.all(wires.map(async (wire) => {
      const read = this.#read.read(wire)
      return 'verdict' in read ? read : this.disk.held.has(read.id) ? { verdict: 'held' as const, id: read.id } : judge(read, this.directory, now, cheapLedgerCrypto)
    }))
    for (const judgedOnce of judged) {
      // Our own fact back from a neighbour, of a time when our clock was ahead: nobody can know better than we.
      const inspection = judgedOnce.verdict === 'waiting' && judgedOnce.fact.station === this.self ? { verdict: 'sound' as const, fact: judgedOnce.fact } : judgedOnce
      const id = 'fact' in inspection ? inspection.fact.id : inspection.id
      if (inspection.verdict === 'held' || seen.has(id) || this.disk.waiting.has(id)) {
        results.push({ id, outcome: 'duplicate' })
        continue
      }
      seen.add(id)
      const fault = inspection.verdict === 'rejected' ? inspection.reason : inspection.verdict === 'sound' ? this.#chainFault(inspection.fact, sound) : null
      if (fault !== null || inspection.verdict === 'rejected') {
        this.disk.turnedAway.push({ reason: fault ?? 'rejected', id })
        results.push({ id, outcome: 'rejected', reason: fault ?? 'rejected' })
      } else if (inspection.verdict === 'waiting') {
        this.disk.waiting.set(id, { fact: inspection.fact, from })
        results.push({ id, outcome: 'waiting', reason: inspection.reason })
      } else {
        sound.push({ fact: inspection.fact, from })
        results.push({ id, outcome: 'stored' })
      }
    }
    this.#store(sound)
    return { results, stored: sound.map((s) => s.fact) }
  }

  async releaseWaiting(): Promise<Fact[]> {
    const now = this.#now()
    const sound: { fact: Fact; from: Address }[] = []
    for (const [id, { fact, from }] of this.disk.waiting) {
      const inspection = await judge(fact, this.directory, now, cheapLedgerCrypto)
      if (inspection.verdict === 'waiting') continue
      this.disk.waiting.delete(id)
      const fault = inspection.verdict === 'sound' ? this.#chainFault(fact, sound) : inspection.reason
      if (fault === null && inspection.verdict === 'sound') sound.push({ fact: inspection.fact, from })
      else this.disk.turnedAway.push({ reason: fault ?? 'rejected', id })
    }
    if (sound.length > 0) this.#store(sound)
    return sound.map((s) => s.fact)
  }

  /** What is held of a station's own making, waiting or not. */
  newestOf(station: Address): Fact | undefined {
    let newest = this.disk.newest.get(station)
    for (const { fact } of this.disk.waiting.values()) if (fact.station === station && fact.seq > (newest?.seq ?? 0)) newest = fact
    return newest
  }

  fateOf({ id, seq }: OwnFact): Fate {
    if (this.disk.held.has(id) || this.disk.waiting.has(id)) return 'held'
    return this.disk.chain.has(`${this.self} ${seq}`) ? 'forked' : 'lost'
  }

  addPeer(peer: Address, direction: 'up' | 'down'): void {
    const row: PeerDisk = {
      direction, epoch: 1, ids: [], heads: [], queued: new Set(), taken: startCursor, acked: { epoch: 1, n: 0 }, cut: false, stuck: null, recovery: null, recoveredAt: 0, receipt: null,
    }
    this.disk.peers.set(peer, row)
    this.#onward = new WeakMap()
    this.#fill(peer, row, false)
  }

  openEpoch(peer: Address, epoch: number): PeerDisk {
    const row = this.disk.peers.get(peer)!
    Object.assign(row, { epoch, ids: [], heads: [], queued: new Set() })
    this.#fill(peer, row, true)
    return row
  }

  #chainFault(fact: Fact, claimed: { fact: Fact }[]): string | null {
    const key = `${fact.station} ${fact.seq}`
    const other = this.disk.chain.get(key) ?? claimed.find((c) => c.fact.station === fact.station && c.fact.seq === fact.seq)?.fact.id
    if (other !== undefined) return 'forked'
    return fact.station === this.self && this.authoring ? 'own-future' : null
  }

  #store(facts: { fact: Fact; from: Address | null }[]): void {
    const { disk } = this
    const touched = new Map<string, { entry: Entry; before: Reach; known: number; arrived: Held[] }>()
    for (const { fact, from } of facts) {
      const held: Held = { fact, from, position: disk.held.size + 1 }
      disk.held.set(fact.id, held)
      disk.chain.set(`${fact.station} ${fact.seq}`, fact.id)
      if (fact.seq > (disk.newest.get(fact.station)?.seq ?? 0)) disk.newest.set(fact.station, fact)
      disk.time = witness(disk.time, fact.at)
      if (fact.station === this.self && fact.seq > disk.head.seq) disk.head = { seq: fact.seq, id: fact.id, ms: fact.at[0], n: fact.at[1] }
      const entry = this.#entry(fact.subject)
      const note = touched.get(fact.subject) ?? { entry, before: entry.reach, known: entry.facts.length, arrived: [] }
      note.arrived.push(held)
      touched.set(fact.subject, note)
    }
    const items: { held: Held; reach: Reach }[] = []
    for (const [subject, { entry, before, known, arrived }] of touched) {
      this.#fold(subject, entry, arrived)
      disk.subjects.set(subject, entry)
      // Wider than before: the facts held already travel first.
      if (entry.reach.length !== before.length) for (const held of entry.facts.slice(0, known)) items.push({ held, reach: entry.reach })
    }
    for (const { fact } of facts) items.push({ held: disk.held.get(fact.id)!, reach: this.#reachFor(fact) })
    for (const { fact } of facts) {
      if (fact.type === enrolledType) this.#enrol(fact)
      if (fact.type === clockMendedType && fact.subject === `station/${fact.station}`) this.#mended(fact)
    }
    for (const { held, reach } of items) {
      for (const peer of this.#peersFor(reach)) if (peer !== held.from) this.#queue(disk.peers.get(peer)!, held.fact.id)
    }
  }

  /** In order: applied one by one. Out of order: the subject is folded again from all its facts. */
  #fold(subject: string, entry: Entry, arrived: Held[]): void {
    arrived.sort((a, b) => compareFacts(a.fact, b.fact))
    entry.facts.push(...arrived)
    const read = arrived.filter(({ fact }) => knows(this.version, fact))
    if (read.length === 0 || entry.frozen) return
    const before = { ...entry }
    const late = entry.last !== null && compareFacts(read[0]!.fact, entry.last) < 0
    if (!late) {
      for (const { fact } of read) {
        entry.last = fact
        if (refusalOf(this.type, fact, entry.state, this.directory)) continue
        try {
          entry.state = this.type.evolve(entry.state, fact)
        } catch {
          Object.assign(entry, before, { frozen: true })
          return
        }
        entry.reach = widened(entry.reach, fact)
      }
      return
    }
    this.#refold(subject, entry)
  }

  #refold(subject: string, entry: Entry): void {
    if (entry.frozen) return
    const facts = entry.facts.map((h) => h.fact).filter((fact) => knows(this.version, fact)).sort(compareFacts)
    const folded = fold(this.type, subject, facts, this.directory)
    if (folded.broken) entry.frozen = true
    else Object.assign(entry, { state: folded.state, reach: unite(entry.reach, folded.reach), last: facts.at(-1) ?? null })
  }

  /** How far the own chain is ahead of the wall clock: beyond the bound nothing is stated. */
  get aheadMs(): number { return this.disk.head.ms - this.#now() }

  /** The operator has put the wall clock right: own facts of the future come back to the present, foreign ones wait as they should have (SPEC L-20). */
  mendClock(): Fact | null {
    const { disk } = this
    const now = Math.max(0, this.#now())
    const own = [...disk.held.values()].filter((h) => h.fact.station === this.self).map((h) => h.fact).sort((a, b) => a.seq - b.seq)
    const first = own.find((fact) => fact.at[0] > now + maxAheadMs)
    if (!this.authoring || !first) return null
    for (const [subject, entry] of disk.subjects) {
      const early = entry.facts.filter((h) => h.fact.station !== this.self && h.fact.at[0] > now + maxAheadMs)
      if (early.length === 0) continue
      for (const held of early) {
        disk.held.delete(held.fact.id)
        disk.chain.delete(`${held.fact.station} ${held.fact.seq}`)
        disk.waiting.set(held.fact.id, { fact: held.fact, from: held.from ?? this.self })
      }
      entry.facts = entry.facts.filter((h) => !early.includes(h))
      this.#refold(subject, entry)
    }
    const ms = Math.max(now, (own.findLast((fact) => fact.seq < first.seq)?.at[0] ?? 0) + 1)
    const seq = disk.head.seq + 1
    const fact = this.#sign({ type: clockMendedType, subject: `station/${this.self}`, station: this.self, seq, prev: disk.head.id, at: [ms, seq - first.seq], wall: now, actor, to: ['all'], mode: 'actual', body: { fromSeq: first.seq } })
    disk.time = fact.at
    this.#store([{ fact, from: null }])
    return fact
  }

  /** A liar's own: signed with its true key and queued upward, whatever it says; its own fold does not see it. */
  forge(statement: Partial<Statement>, isNext: boolean): Fact {
    const { disk } = this
    const at: HybridTime = [Math.max(0, this.#now()), 0]
    const fact = this.#sign({ type: '', subject: '', station: this.self, seq: disk.head.seq + 1, prev: disk.head.id, at, actor, to: [], mode: 'actual', body: {}, ...statement })
    if (isNext) disk.head = { seq: fact.seq, id: fact.id, ms: 0, n: 0 }
    disk.held.set(fact.id, { fact, from: null, position: disk.held.size + 1 })
    for (const [peer, row] of disk.peers) if (row.direction === 'up' || !peer) this.#queue(row, fact.id)
    return fact
  }

  #sign(statement: Statement): Fact {
    const text = encode(statement)
    return { ...statement, id: sha256(text), text, sig: this.#signer.sign(text) }
  }

  /** Where a fact travels: with its subject; one that changes nothing also where it asks to, if its type is known or its subject is not here. */
  #reachFor(fact: Fact): Reach {
    const reach = this.disk.subjects.get(fact.subject)?.reach ?? []
    return !knows(this.version, fact) && reach.length > 0 ? reach : unite(reach, reachOf(fact.station, fact.to))
  }

  /** Later than all of its subject, unless that lies in a future which only a wrong clock has seen. */
  #nextTime(subject: string): HybridTime {
    const { time } = this.disk
    const { last } = this.#entry(subject)
    const now = Math.max(0, this.#now())
    const seen = [time, last?.at].filter((at): at is HybridTime => at !== undefined && at[0] <= now + maxAheadMs)
    return tick(seen.reduce(witness, [this.disk.head.ms, this.disk.head.n]), now)
  }

  #entry(subject: string): Entry {
    return this.disk.subjects.get(subject) ?? { facts: [], state: this.type.start(subject), reach: [], last: null, frozen: false }
  }

  #enrol(fact: Fact): void {
    const card = fact.body.card as unknown as StationCard | undefined
    if (!card || parentOf(card.address) !== fact.station || this.disk.cards.has(card.address)) return
    this.disk.cards.set(card.address, card)
    this.onCard(card)
  }

  #mended(fact: Fact): void {
    const { disk } = this
    const card = disk.cards.get(fact.station)
    const { fromSeq } = fact.body as { fromSeq: number }
    if (!card || fact.at[1] !== fact.seq - fromSeq) return
    const mended = { ...card, mendings: [...card.mendings ?? [], { fromSeq, untilSeq: fact.seq - 1, ms: fact.at[0] }] }
    disk.cards.set(card.address, mended)
    const touched = new Set<string>()
    for (const held of disk.held.values()) {
      if (held.fact.station !== fact.station) continue
      const now = asMended(held.fact, mended)
      if (now === held.fact) continue
      held.fact = now
      touched.add(now.subject)
    }
    if (fact.station === this.self) disk.head.ms = fact.at[0]
    for (const subject of touched) {
      const entry = disk.subjects.get(subject)
      if (entry) this.#refold(subject, entry)
    }
    this.onCard(mended)
  }

  #peersFor(reach: Reach): Address[] {
    const known = this.#onward.get(reach)
    if (known) return known
    const found = [...this.disk.peers].filter(([peer, { direction }]) => (direction === 'down' ? touchesSubtree(reach, peer) : leavesSubtree(reach, this.self))).map(([peer]) => peer)
    this.#onward.set(reach, found)
    return found
  }

  #queue(peer: PeerDisk, id: string): void {
    if (peer.queued.has(id)) return
    peer.queued.add(id)
    peer.heads.push(nextHead(peer.heads.at(-1) ?? '', id, cheapLedgerCrypto))
    peer.ids.push(id)
  }

  #fill(name: Address, peer: PeerDisk, back: boolean): void {
    const held: { fact: Fact; from: Address | null }[] = [...this.disk.held.values()]
    // A peer that has lost its own facts gets back also those that wait here, or it would use their numbers again.
    if (back) held.push(...[...this.disk.waiting.values()].filter((w) => w.fact.station === name))
    for (const directory of [true, false]) {
      for (const h of held) {
        if ((kindOfSubject(h.fact.subject) === 'station') !== directory || (!back && h.from === name)) continue
        const reach = this.#reachFor(h.fact)
        const leads = peer.direction === 'down' ? touchesSubtree(reach, name) : leavesSubtree(reach, this.self)
        if (leads) this.#queue(peer, h.fact.id)
      }
    }
  }
}
