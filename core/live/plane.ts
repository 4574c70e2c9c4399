import * as Y from 'yjs'
import { refuse, type Address, type Refusal } from '#core/kernel/index.ts'
import type { StationCard } from '#core/ledger/index.ts'
import { countsUpTo, type DocCard } from './card.ts'
import { isClientOf, newClientId } from './clientId.ts'
import { chainOf, signedText, type Entry, type LiveCrypto, type Vector } from './entry.ts'
import type { EntryStore } from './entryStore.ts'
import type { LiveDocument, Written } from './document.ts'
import { authorityOf, countingUpdates, countsOtherwise, HeldDocument } from './held.ts'
import { inspectUpdate, isPlain } from './inspectUpdate.ts'
import { maxPacked } from './messages.ts'
import { explainFault, notWriter, sealed, stamped, unknownDocument } from './refusals.ts'
import type { Stamped } from './stamped.ts'

/** Entries of one run that lie loose before they are packed together (SPEC V-9). */
const packAfter = 128
const maxPackBytes = 200 * 1024
/** A value may be this much ahead of the station's clock. */
const maxAhead = 60_000
/** Documents nobody looks at are let go after this long. */
const idleMs = 5 * 60_000

export interface Writer { id: string; name: string }

export interface PlaneParts {
  self: Address
  /** Names this process: its entries are numbered from 1 in each document. */
  run: string
  now(): number
  crypto: LiveCrypto
  sign(text: string): string
  station(address: Address): Pick<StationCard, 'keys' | 'state'> | undefined
  card(doc: string): DocCard | undefined
  /** Whether this station's own people may write such a value; null or why not. */
  judgeValue(doc: string, value: Stamped): Refusal | null
  store: EntryStore
  /** Told of every entry that has just come to count, before it is on the disk. `from`: the peer it came from, or null. */
  onEntry(entry: Entry, from: Address | null): void
  /** New bytes of a document for screens; `by` is the screen that wrote them. */
  onUpdates(doc: string, updates: readonly Uint8Array[], by: unknown): void
  onKeys(doc: string, keys: string[]): void
  /** The same entries count, but who may write is another matter now. */
  onRights(doc: string): void
  /** The document was folded anew: screens begin again. */
  onReset(doc: string): void
  onDurable(entry: Entry, from: Address | null): void
  onFault(fault: unknown): void
}

export type Taken = { outcome: 'taken' | 'duplicate' | 'gap' } | { outcome: 'refused'; code: string; detail: string }

interface Waiting { entry: Entry; from: Address | null; stored: () => void; failed: (fault: unknown) => void }

/** The documents of one station: opening, writing, taking in, packing. No sockets; the store and the clock come in. */
export class LivePlane {
  readonly parts: PlaneParts
  readonly #held = new Map<string, Promise<HeldDocument | null>>()
  #waiting: Waiting[] = []
  #flushing: Promise<void> | null = null
  readonly #loose = new Map<string, number>()
  readonly #client: number
  /** Documents whose last commit failed: their numbers may be out already, so the run ends and another begins. */
  readonly #failures = new Map<string, number>()

  constructor(parts: PlaneParts) {
    this.parts = parts
    this.#client = newClientId(parts.self)
  }

  /** The document, folded from its entries; null when this station knows no such document. */
  open(doc: string): Promise<HeldDocument | null> {
    const known = this.#held.get(doc)
    if (known) return known
    const opening = this.#load(doc)
    this.#held.set(doc, opening)
    opening.then((held) => { if (!held && this.#held.get(doc) === opening) this.#held.delete(doc) }, () => { if (this.#held.get(doc) === opening) this.#held.delete(doc) })
    return opening
  }

  async #load(doc: string): Promise<HeldDocument | null> {
    if (!this.parts.card(doc)) return null
    await this.#flushing
    const entries = await this.parts.store.all(doc)
    const card = this.parts.card(doc)
    return card ? new HeldDocument(doc, card, entries, this.parts.now()) : null
  }

  /** One update of a screen. Resolves when it is on the disk; throws a Refusal that says why not. */
  async write(doc: string, update: Uint8Array, person: Writer, mayUse: (client: number) => boolean, by: unknown): Promise<void> {
    const held = await this.#forWriting(doc)
    const { self } = this.parts
    const seen = inspectUpdate(held.document, update, (client) => isClientOf(client, self) && mayUse(client), true)
    if (seen.fault !== undefined) throw explainFault(seen.fault, seen.detail)
    this.#judge(doc, seen.written, person)
    if (seen.written.length === 0) {
      await this.settled()
      // What was here may have been lost with a commit that failed: then it is not on the disk.
      if ((await this.#held.get(doc)) !== held) throw new Error(`${doc} was folded anew`)
      return
    }
    const fresh = Y.diffUpdate(update, Y.encodeStateVector(held.document.ydoc))
    return this.#append(held, fresh, held.document.apply(fresh, by), by)
  }

  /** Values by a machine or the station itself. */
  async edit(doc: string, person: Writer, changes: readonly { key: string; value: Record<string, unknown> | null }[]): Promise<void> {
    const held = await this.#forWriting(doc)
    const at = this.parts.now()
    const stamp = { at, by: person.id, byName: person.name, station: this.parts.self }
    const written = changes.map(({ key, value }) => ({ key, value: stamped(held.document.get(key), value, stamp) })).filter((w): w is Written => w.value !== null)
    // A screen's update is inspected; what is made here must stand the same at every other station.
    const odd = written.find(({ value }) => !isPlain(value))
    if (odd) throw explainFault('bad-value', odd.key)
    this.#judge(doc, written, person)
    if (written.length === 0) return this.settled()
    const update = held.document.write(this.#client, written, null)
    return this.#append(held, update, written.map((w) => w.key), null)
  }

  async #forWriting(doc: string): Promise<HeldDocument> {
    const held = await this.open(doc)
    const card = this.parts.card(doc)
    if (!held || !card) throw unknownDocument()
    if (card.sealed) throw sealed()
    if (countsUpTo(card, this.parts.self, this.parts.run) !== Infinity) throw notWriter(card.owner)
    held.lastUsed = this.parts.now()
    return held
  }

  /** Throws unless each value says that this person wrote it here, now or before, and is one of its kind. */
  #judge(doc: string, written: readonly Written[], person: Writer): void {
    const { self, now } = this.parts
    for (const { key, value } of written) {
      if (value.station !== self || value.by !== person.id || value.byName !== person.name || value.at > now() + maxAhead) {
        throw refuse('live.bad-stamp', '图元的署名与登录人不符，或时间超前', 'The value is not signed as the person signed in, or its time is ahead', [{ field: key, message: { zh: '署名或时间不符', en: 'author or time does not fit' } }])
      }
      const no = this.parts.judgeValue(doc, value)
      if (no) throw no
    }
  }

  #append(held: HeldDocument, update: Uint8Array, keys: string[], by: unknown): Promise<void> {
    const { self } = this.parts
    const run = this.#runOf(held.name)
    const seq = (held.vector.get(`${self} ${run}`) ?? 0) + 1
    const entry = this.#sign({ doc: held.name, station: self, run, first: seq, seq, at: this.parts.now(), updates: [update] })
    held.reach(entry)
    this.#loose.set(held.name, (this.#loose.get(held.name) ?? 0) + 1)
    return this.#spread(entry, null, keys, by)
  }

  #runOf(doc: string): string {
    const failures = this.#failures.get(doc) ?? 0
    return failures === 0 ? this.parts.run : `${this.parts.run}-${failures}`
  }

  #sign(entry: Omit<Entry, 'sig'>): Entry {
    return { ...entry, sig: this.parts.sign(signedText(entry, this.parts.crypto)) }
  }

  /** Passes an entry on at once and puts it on the disk; what others hold early can only come back the same (SPEC V-7). */
  #spread(entry: Entry, from: Address | null, keys: string[], by: unknown): Promise<void> {
    const { parts } = this
    parts.onEntry(entry, from)
    parts.onUpdates(entry.doc, entry.updates, by)
    if (keys.length > 0) parts.onKeys(entry.doc, keys)
    return new Promise((stored, failed) => {
      this.#waiting.push({ entry, from, stored, failed })
      this.#flush()
    })
  }

  /** All that waits goes into one commit; what comes meanwhile goes into the next. */
  #flush(): void {
    if (this.#flushing || this.#waiting.length === 0) return
    this.#flushing = this.#commit(this.#waiting.splice(0)).catch(this.parts.onFault).finally(() => {
      this.#flushing = null
      this.#flush()
    })
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.parts.store.append(batch.map((w) => w.entry))
    } catch (fault) {
      // Not on the disk, so it must not stay in memory either: folded again from what is.
      const docs = new Set(batch.map((w) => w.entry.doc))
      // What was made on top of it meanwhile would leave a hole in its chain.
      const { onTop = [], apart = [] } = Object.groupBy(this.#waiting, (w) => (docs.has(w.entry.doc) ? 'onTop' : 'apart'))
      this.#waiting = apart
      for (const doc of docs) {
        this.#held.delete(doc)
        this.#failures.set(doc, (this.#failures.get(doc) ?? 0) + 1)
        this.parts.onReset(doc)
      }
      for (const { failed } of [...batch, ...onTop]) failed(fault)
      return
    }
    for (const { entry, from, stored } of batch) {
      this.parts.onDurable(entry, from)
      stored()
    }
  }

  /** How far each chain is held here. */
  async vectorOf(doc: string): Promise<Vector> {
    const held = await this.#held.get(doc)
    return held ? held.vector : this.parts.store.vector(doc)
  }

  /** When everything taken so far is on the disk: what is being written, and what waits behind it. */
  async settled(): Promise<void> {
    await this.#flushing
    await this.#flushing
  }

  /** One entry a peer has sent. Its effect is at once; `onDurable` follows. */
  async take(entry: Entry, from: Address): Promise<Taken> {
    for (;;) {
      const card = this.parts.card(entry.doc)
      const held = card && (await this.open(entry.doc))
      if (!card || !held) return { outcome: 'refused', code: 'live.unknown', detail: entry.doc }
      const have = held.vector.get(chainOf(entry)) ?? 0
      if (entry.first > have + 1) return { outcome: 'gap' }
      if (entry.seq <= have && entry.updates.length === 1) return { outcome: 'duplicate' }
      const no = this.#judgeEntry(entry, card)
      if (no) return no
      if (entry.first <= have) {
        const verdict = await this.#compare(entry, have)
        if (verdict) return verdict
        // While we looked the chain may have grown.
        if (held.vector.get(chainOf(entry)) !== have || (await this.#held.get(entry.doc)) !== held) continue
      }
      return this.#takeIn(held, entry, countingUpdates(card, entry).slice(have + 1 - entry.first), from)
    }
  }

  #takeIn(held: HeldDocument, entry: Entry, fresh: readonly Uint8Array[], from: Address): Taken {
    for (const update of fresh) {
      const no = inspected(held.document, update, entry.station)
      if (no) return no
    }
    const keys = new Set<string>()
    for (const update of fresh) for (const key of held.document.apply(update, from)) keys.add(key)
    held.reach(entry)
    held.lastUsed = this.parts.now()
    this.#spread(entry, from, [...keys], from).catch(this.parts.onFault)
    return { outcome: 'taken' }
  }

  /**
   * An entry that packs what is held loose (SPEC V-9) must hold exactly that. All of it held: the loose ones are
   * exchanged for it. Null when it goes on beyond what is held and agrees so far.
   */
  async #compare(entry: Entry, have: number): Promise<Taken | null> {
    await this.settled()
    const { store } = this.parts
    const held = await store.within(entry.doc, entry.station, entry.run, entry.first, Math.min(entry.seq, have))
    const isPlaced = held[0]?.first === entry.first && held.at(-1)?.seq === Math.min(entry.seq, have)
    // Held in other portions than it was packed from: nothing to gain.
    if (!isPlaced) return entry.seq <= have ? { outcome: 'duplicate' } : { outcome: 'gap' }
    if (!held.flatMap((e) => e.updates).every((update, i) => equal(update, entry.updates[i]!))) {
      return { outcome: 'refused', code: 'live.rewritten', detail: `${entry.station} ${entry.run} ${entry.first}–${entry.seq}` }
    }
    if (entry.seq > have) return null
    if (held.length > 1) await store.append([entry])
    return { outcome: 'duplicate' }
  }

  #judgeEntry(entry: Entry, card: DocCard): Taken | null {
    const { parts } = this
    if (entry.seq - entry.first + 1 !== entry.updates.length || entry.updates.length === 0 || entry.first < 1) return { outcome: 'refused', code: 'live.malformed', detail: 'numbers and updates do not fit' }
    const upTo = countsUpTo(card, entry.station, entry.run)
    // Of what was packed together a part may count.
    if (entry.first > upTo) return { outcome: 'refused', code: card.sealed ? 'live.sealed' : 'live.not-writer', detail: `${entry.station} on ${entry.doc}` }
    const writer = parts.station(entry.station)
    const text = signedText(entry, parts.crypto)
    if (!writer?.keys.some((key) => parts.crypto.verify(text, entry.sig, key.publicKey))) return { outcome: 'refused', code: 'live.bad-signature', detail: `${entry.station} ${entry.run} ${entry.seq}` }
    return null
  }

  /** Packs our own loose entries of a document; returns what was packed, to be passed on. */
  async pack(doc: string, atLeast = packAfter): Promise<Entry[]> {
    if ((this.#loose.get(doc) ?? 0) < atLeast) return []
    this.#loose.set(doc, 0)
    await this.settled()
    const { self, store } = this.parts
    const run = this.#runOf(doc)
    const loose = (await store.within(doc, self, run, 1, Number.MAX_SAFE_INTEGER)).filter((e) => e.updates.length < maxPacked)
    const packed: Entry[] = []
    for (let start = 0; start < loose.length;) {
      let end = start
      let size = 0
      const updates: Uint8Array[] = []
      while (end < loose.length && updates.length + loose[end]!.updates.length <= maxPacked && (end === start || loose[end]!.first === loose[end - 1]!.seq + 1)) {
        size += loose[end]!.updates.reduce((sum, u) => sum + u.length, 0)
        if (end > start && size > maxPackBytes) break
        updates.push(...loose[end]!.updates)
        end++
      }
      if (end - start > 1) {
        const entry = this.#sign({ doc, station: self, run, first: loose[start]!.first, seq: loose[end - 1]!.seq, at: loose[end - 1]!.at, updates })
        await store.append([entry])
        packed.push(entry)
      }
      start = Math.max(end, start + 1)
    }
    return packed
  }

  /** Documents with loose entries enough to be packed. */
  packable(): string[] {
    return [...this.#loose].filter(([, n]) => n >= packAfter).map(([doc]) => doc)
  }

  /** Who may write has changed: folds again where other entries count now. */
  async reconsider(doc: string): Promise<void> {
    const held = await this.#held.get(doc)
    if (!held) return
    const card = this.parts.card(doc)
    if (card && authorityOf(card) === authorityOf(held.card)) return
    await this.settled()
    if (card && !countsOtherwise(held, card)) {
      held.card = card
      return this.parts.onRights(doc)
    }
    this.#held.delete(doc)
    this.parts.onReset(doc)
  }

  /** Lets go of documents nobody has used for a while. */
  async letGo(isUsed: (doc: string) => boolean): Promise<void> {
    for (const [doc, opening] of this.#held) {
      const held = await opening
      if (held && !isUsed(doc) && this.parts.now() - held.lastUsed > idleMs) {
        await this.settled()
        if (this.#held.get(doc) === opening) this.#held.delete(doc)
      }
    }
  }
}

function inspected(document: LiveDocument, update: Uint8Array, station: Address): Taken | null {
  const seen = inspectUpdate(document, update, (client) => isClientOf(client, station), false)
  if (seen.fault !== undefined) return { outcome: 'refused', code: `live.${seen.fault}`, detail: seen.detail }
  const foreign = seen.written.find((w) => w.value.station !== station)
  return foreign ? { outcome: 'refused', code: 'live.bad-stamp', detail: `${foreign.value.station} in an entry of ${station}` } : null
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
