import type { Address } from '#core/kernel/index.ts'
import type { DocCard } from './card.ts'
import { countsUpTo } from './card.ts'
import { chainOf, digestOf, isAhead, partsOfChain, type Entry, type LiveCrypto, type Vector } from './entry.ts'
import type { EntryStore } from './entryStore.ts'
import { countingVector } from './held.ts'
import type { ChainPlace, Message, MessageOf, WireEntry } from './messages.ts'
import type { LivePlane } from './plane.ts'

const pageEntries = 128
const pageBytes = 64 * 1024
const pageDocs = 500
/** Between two questions about one document to one peer. */
const askEveryMs = 1_000
const tookEveryMs = 100
const roomyPollMs = 50
/** Sent and not heard of for so long, while the socket is free: sent again. */
const resendAfterMs = 8_000
/** Both ends compare all they hold every so often, whatever was thought to have arrived. */
const compareEveryMs = 60_000
/** Messages of one peer that may wait to be taken. */
const maxInbox = 5_000

export interface PeersParts {
  plane: LivePlane
  store: EntryStore
  crypto: LiveCrypto
  now(): number
  card(doc: string): DocCard | undefined
  /** Whether the document is for anybody on that peer's side of the tree. */
  concerns(card: DocCard, peer: Address): boolean
  /** False when there is no session. */
  send(peer: Address, message: Message): boolean
  /** Whether little enough waits in the peer's socket. */
  isRoomy(peer: Address): boolean
  later(ms: number, work: () => void): void
  onRefusal(peer: Address, doc: string, code: string, detail: string): void
  /** The peer sends faster than can be taken. */
  onFlood(peer: Address): void
  onFault(fault: unknown): void
}

/** What one peer holds of one document, as far as we know. */
interface DocSync {
  /** What it said it has, and what we have sent since. */
  sent: Vector
  /** False until we know what it has. */
  isKnown: boolean
  isPumping: boolean
  isBehind: boolean
  askedAt: number
  took: Vector
  /** When something was last sent or heard of. */
  movedAt: number
}

interface PeerState {
  docs: Map<string, DocSync>
  /** It has told all it has: documents it did not name it has nothing of. */
  hasTold: boolean
  named: Set<string>
  inbox: Promise<void>
  took: Map<string, Vector>
  tookArmed: boolean
  waiting: number
  toldAt: number
}

/** Keeps neighbours' documents level with ours (SPEC V-8): a talk of `have`, `vector`, `entries`, then streaming. */
export class Peers {
  readonly #parts: PeersParts
  readonly #peers = new Map<Address, PeerState>()
  /** Entries that came to count while a peer was away. */
  readonly #missed = new Map<Address, number>()

  constructor(parts: PeersParts) {
    this.#parts = parts
  }

  joined(peer: Address): void {
    const state: PeerState = { docs: new Map(), hasTold: false, named: new Set(), inbox: Promise.resolve(), took: new Map(), tookArmed: false, waiting: 0, toldAt: this.#parts.now() }
    this.#peers.set(peer, state)
    this.#missed.set(peer, 0)
    this.#tell(peer, state).catch(this.#parts.onFault)
  }

  gone(peer: Address): void {
    this.#peers.delete(peer)
  }

  /** Entries sent and not yet on the peer's disk, or come up while it is away; null when it was never here. */
  behind(peer: Address): number | null {
    const state = this.#peers.get(peer)
    if (!state) return this.#missed.get(peer) ?? null
    let n = 0
    for (const { sent, took, isBehind } of state.docs.values()) {
      for (const [chain, seq] of sent) n += Math.max(0, seq - (took.get(chain) ?? 0))
      if (isBehind) n++
    }
    return n
  }

  /** What should have been heard of by now is sent again; what should be level is compared. Called every second or so. */
  tick(): void {
    const now = this.#parts.now()
    for (const [peer, state] of this.#peers) {
      for (const [doc, sync] of state.docs) {
        if (now - sync.movedAt < resendAfterMs || !isAhead(sync.sent, sync.took) || !this.#parts.isRoomy(peer)) continue
        this.#know(sync, sync.took)
        sync.movedAt = now
        this.#pump(peer, state, doc).catch(this.#parts.onFault)
      }
      if (now - state.toldAt < compareEveryMs) continue
      state.toldAt = now
      this.#tell(peer, state).catch(this.#parts.onFault)
    }
  }

  /** Messages of one peer are handled one after another. */
  receive(peer: Address, message: Message): Promise<void> {
    const state = this.#peers.get(peer)
    if (!state) return Promise.resolve()
    if (++state.waiting > maxInbox) this.#parts.onFlood(peer)
    state.inbox = state.inbox.then(() => (this.#peers.get(peer) === state ? this.#take(peer, state, message) : undefined)).catch(this.#parts.onFault).finally(() => { state.waiting-- })
    return state.inbox
  }

  async #take(peer: Address, state: PeerState, message: Message): Promise<void> {
    switch (message.k) {
      case 'have': return this.#onHave(peer, state, message)
      case 'vector': return this.#onVector(peer, state, message)
      case 'entries': return this.#onEntries(peer, state, message)
      case 'took': {
        // A peer may name what it likes; only what we sent it is remembered.
        if (!state.docs.has(message.doc)) return
        const { took } = this.#moved(state, message.doc)
        for (const { station, run, seq } of message.chains) raise(took, `${station} ${run}`, seq)
        return
      }
      default: return
    }
  }

  async #tell(peer: Address, state: PeerState): Promise<void> {
    let docs: { doc: string; digest: string }[] = []
    for (const doc of await this.#parts.store.docs()) {
      const mine = await this.#mine(doc, peer)
      if (!mine || mine.size === 0) continue
      docs.push({ doc, digest: digestOf(mine, this.#parts.crypto) })
      if (docs.length < pageDocs) continue
      if (this.#peers.get(peer) !== state) return
      this.#parts.send(peer, { k: 'have', docs, last: false })
      docs = []
    }
    if (this.#peers.get(peer) === state) this.#parts.send(peer, { k: 'have', docs, last: true })
  }

  async #onHave(peer: Address, state: PeerState, { docs, last }: MessageOf<'have'>): Promise<void> {
    // Each document once, however often it is named.
    for (const [doc, digest] of new Map(docs.map((one) => [one.doc, one.digest]))) {
      const mine = await this.#mine(doc, peer)
      if (!mine) continue
      state.named.add(doc)
      // Nothing of it here at the first telling: we named it not, so they will send it.
      if (mine.size === 0 && !state.hasTold) continue
      const sync = this.#sync(state, doc)
      if (digestOf(mine, this.#parts.crypto) === digest) {
        this.#know(sync, mine)
        await this.#pump(peer, state, doc)
        // Both see that they differ: one asks.
      } else if (mine.size === 0 || this.#parts.plane.parts.self < peer) this.#ask(peer, doc, mine, false)
    }
    if (!last || state.hasTold) return
    state.hasTold = true
    for (const doc of new Set([...(await this.#parts.store.docs()), ...state.docs.keys()])) {
      if (state.named.has(doc)) continue
      this.#sync(state, doc).isKnown = true
      await this.#pump(peer, state, doc)
    }
  }

  async #onVector(peer: Address, state: PeerState, { doc, chains, isAnswer }: MessageOf<'vector'>): Promise<void> {
    const mine = await this.#mine(doc, peer)
    if (!mine) return
    const theirs: Vector = new Map(chains.map(({ station, run, seq }) => [`${station} ${run}`, seq]))
    this.#know(this.#sync(state, doc), theirs)
    if (!isAnswer && isAhead(theirs, mine)) this.#ask(peer, doc, mine, true)
    await this.#pump(peer, state, doc)
  }

  async #onEntries(peer: Address, state: PeerState, { doc, entries }: MessageOf<'entries'>): Promise<void> {
    const { plane, card, concerns, onRefusal } = this.#parts
    const known = card(doc)
    // Their facts may be ahead of ours: we ask when ours have come.
    if (!known) return
    if (!concerns(known, peer)) return onRefusal(peer, doc, 'live.out-of-scope', 'not for that side of the tree')
    for (const wire of entries) {
      const entry: Entry = { doc, ...wire }
      const taken = await plane.take(entry, peer)
      if (taken.outcome === 'refused') onRefusal(peer, doc, taken.code, taken.detail)
      else if (taken.outcome === 'gap') await this.#askAgain(peer, state, doc)
      else raise(this.#sync(state, doc).sent, chainOf(entry), entry.seq)
      if (taken.outcome === 'duplicate') this.#took(peer, state, entry)
    }
  }

  /** An entry has just come to count here: to everyone it concerns, but not back. */
  stream(entry: Entry, from: Address | null): void {
    const card = this.#parts.card(entry.doc)
    if (!card) return
    for (const peer of this.#missed.keys()) {
      if (peer === from || !this.#parts.concerns(card, peer)) continue
      const state = this.#peers.get(peer)
      if (!state) {
        this.#missed.set(peer, (this.#missed.get(peer) ?? 0) + 1)
        continue
      }
      const sync = this.#sync(state, entry.doc)
      const chain = chainOf(entry)
      const isNext = sync.isKnown && !sync.isPumping && !sync.isBehind && (sync.sent.get(chain) ?? 0) === entry.first - 1
      if (isNext && this.#parts.isRoomy(peer) && this.#parts.send(peer, { k: 'entries', doc: entry.doc, entries: [wireOf(entry)] })) this.#moved(state, entry.doc).sent.set(chain, entry.seq)
      else sync.isBehind = true
    }
  }

  /** An entry is on the disk: who sent it is told, and who could not be sent it at once is sent it now. */
  durable(entry: Entry, from: Address | null): void {
    const state = from === null ? undefined : this.#peers.get(from)
    if (from !== null && state) this.#took(from, state, entry)
    for (const [peer, other] of this.#peers) {
      const sync = other.docs.get(entry.doc)
      if (peer !== from && sync && (sync.sent.get(chainOf(entry)) ?? 0) < entry.seq) this.#pump(peer, other, entry.doc).catch(this.#parts.onFault)
    }
  }

  /** Passes on an entry that only packs what peers hold already. */
  repack(entry: Entry): void {
    const card = this.#parts.card(entry.doc)
    for (const [peer, state] of this.#peers) {
      const sent = state.docs.get(entry.doc)?.sent.get(chainOf(entry)) ?? 0
      if (card && sent >= entry.seq && this.#parts.concerns(card, peer) && this.#parts.isRoomy(peer)) this.#parts.send(peer, { k: 'entries', doc: entry.doc, entries: [wireOf(entry)] })
    }
  }

  /** What may be written, and by whom, has changed: what was turned away before may count now. */
  async cardsChanged(docs: readonly string[]): Promise<void> {
    for (const doc of docs) {
      for (const [peer, state] of this.#peers) {
        const mine = await this.#mine(doc, peer)
        if (!mine || this.#peers.get(peer) !== state) continue
        this.#ask(peer, doc, mine, false)
        if (this.#sync(state, doc).isKnown) await this.#pump(peer, state, doc)
      }
    }
  }

  #sync(state: PeerState, doc: string): DocSync {
    let sync = state.docs.get(doc)
    if (!sync) state.docs.set(doc, sync = { sent: new Map(), isKnown: state.hasTold && !state.named.has(doc), isPumping: false, isBehind: false, askedAt: -Infinity, took: new Map(), movedAt: this.#parts.now() })
    return sync
  }

  #moved(state: PeerState, doc: string): DocSync {
    const sync = this.#sync(state, doc)
    sync.movedAt = this.#parts.now()
    return sync
  }

  #know(sync: DocSync, vector: Vector): void {
    sync.sent = new Map(vector)
    sync.took = new Map(vector)
    sync.isKnown = true
  }

  /** What counts here of a document that concerns the peer; null when there is none. */
  async #mine(doc: string, peer: Address): Promise<Vector | null> {
    const card = this.#parts.card(doc)
    if (!card || !this.#parts.concerns(card, peer)) return null
    return countingVector(card, await this.#parts.plane.vectorOf(doc))
  }

  #ask(peer: Address, doc: string, mine: Vector, isAnswer: boolean): void {
    this.#parts.send(peer, { k: 'vector', doc, chains: placesOf(mine), isAnswer })
  }

  async #askAgain(peer: Address, state: PeerState, doc: string): Promise<void> {
    const sync = this.#sync(state, doc)
    if (this.#parts.now() - sync.askedAt < askEveryMs) return
    sync.askedAt = this.#parts.now()
    const mine = await this.#mine(doc, peer)
    if (mine) this.#ask(peer, doc, mine, false)
  }

  /** Sends what the peer lacks, page by page, while its socket takes it. */
  async #pump(peer: Address, state: PeerState, doc: string): Promise<void> {
    const sync = this.#sync(state, doc)
    sync.isBehind = true
    if (sync.isPumping || !sync.isKnown) return
    sync.isPumping = true
    try {
      while (sync.isBehind && this.#peers.get(peer) === state) {
        if (!this.#parts.isRoomy(peer)) {
          await new Promise<void>((done) => { this.#parts.later(roomyPollMs, done) })
          continue
        }
        sync.isBehind = false
        const card = this.#parts.card(doc)
        if (!card || !this.#parts.concerns(card, peer)) return
        const entries = await this.#parts.store.after(doc, sync.sent, pageEntries, pageBytes)
        if (entries.length === 0) continue
        const counting = entries.filter((e) => countsUpTo(card, e.station, e.run) >= e.first)
        if (counting.length > 0 && !this.#parts.send(peer, { k: 'entries', doc, entries: counting.map(wireOf) })) return
        for (const entry of entries) raise(this.#moved(state, doc).sent, chainOf(entry), entry.seq)
        sync.isBehind = true
      }
    } finally {
      sync.isPumping = false
    }
  }

  /** Notes what is on our disk; told to its sender a little later, many at once. */
  #took(peer: Address, state: PeerState, entry: Entry): void {
    const took = state.took.get(entry.doc) ?? new Map<string, number>()
    state.took.set(entry.doc, took)
    raise(took, chainOf(entry), entry.seq)
    if (state.tookArmed) return
    state.tookArmed = true
    this.#parts.later(tookEveryMs, () => {
      state.tookArmed = false
      if (this.#peers.get(peer) === state) for (const [doc, chains] of state.took) this.#parts.send(peer, { k: 'took', doc, chains: placesOf(chains) })
      state.took.clear()
    })
  }
}

function raise(vector: Vector, chain: string, seq: number): void {
  if (seq > (vector.get(chain) ?? 0)) vector.set(chain, seq)
}

function wireOf({ station, run, first, seq, at, updates, sig }: Entry): WireEntry {
  return { station, run, first, seq, at, updates, sig }
}

function placesOf(vector: Vector): ChainPlace[] {
  return [...vector].map(([chain, seq]) => ({ ...partsOfChain(chain), seq }))
}
