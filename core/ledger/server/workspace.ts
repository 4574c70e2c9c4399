// Over 400 lines: a write in progress is one state, and every stage of it works on all of it.
import type { Refusal } from '#core/kernel/index.ts'
import type { Db } from '#core/sql/server/database.ts'
import { isStorageFault } from '#core/sql/server/storageFault.ts'
import {
  clockMendedType, compareFacts, damaged, directoryKind, kindOfSubject, maxAheadMs, maxOwnAheadMs, reachOf, refusalOf, revokedType, tick,
  unite, widened, witness, zeroTime, type Actor, type ChainPlace, type Fact, type FactDraft, type HybridTime, type StationCard, type SubjectType,
} from '../index.ts'
import { changedKeysFrom, changedMendings, judgeKeysAgain } from './cardChanges.ts'
import { foldStored, frozen, isFolded, standing, typeOf } from './foldStored.ts'
import type { LedgerNews, StoredFact, Writer } from './ledger.ts'
import { ModuleFault, remember, type Arrival, type LedgerMemory, type LedgerParts, type SubjectEntry } from './ledgerParts.ts'
import { clockIsAhead, clockIsRight, isFrozen, ownFact, recovering } from './ownFact.ts'

/** Who states what a station answers by itself. */
const machine: Actor = { id: 'system', name: '系统' }

/**
 * One write in progress: appends and arrivals are stored at once, subjects are folded in memory, and `finish`
 * runs reactions, saves subjects, projects and queues to links. Lives inside one transaction; thrown away if it fails.
 * With `fenced`, what a module throws freezes its subject or undoes its reaction; without, it fails the write.
 */
export class Workspace {
  readonly tx: Db
  readonly now: number
  news: LedgerNews['facts'] = []
  head: LedgerMemory['head']
  time: HybridTime
  readonly #parts: LedgerParts
  readonly #memory: LedgerMemory
  readonly #fenced: boolean
  #entries = new Map<string, SubjectEntry>()
  #changed = new Set<string>()
  /** As each subject stood before this write: a wider reach makes its earlier facts travel too. */
  #before = new Map<string, SubjectEntry>()
  #cardsBefore = new Map<string, StationCard | undefined>()
  #stored: { position: number; fact: Fact; from: string | null; status: 'admitted' | 'refused' | 'unread'; letIn: boolean }[] = []
  #toReact = new Map<string, Fact>()
  /** Facts let in that had counted, and reacted, before they were made to wait. */
  readonly #hasReacted = new Set<string>()
  /** Subjects that the command itself stated something about: where those fail, the command fails. */
  #commanded: ReadonlySet<string> = new Set()
  #frozen: Set<string>
  readonly #thawing = new Map<string, Fact[]>()
  #leftOver: boolean

  constructor(parts: LedgerParts, memory: LedgerMemory, tx: Db, now: number, fenced: boolean) {
    this.#parts = parts
    this.#memory = memory
    this.#fenced = fenced
    this.#frozen = memory.frozen
    this.#leftOver = memory.leftOver
    this.tx = tx
    this.now = now
    this.head = memory.head
    this.time = memory.time
  }

  writer(actor: Actor): Writer {
    const { self, directory } = this.#parts
    return {
      tx: this.tx, now: this.now, self, directory,
      state: async <State>(_type: SubjectType<State>, subject: string) => (await this.#entry(subject)).state as State,
      append: <Body extends Record<string, unknown>>(draft: FactDraft<Body>) => this.append(actor, draft) as Promise<Fact<Body>>,
    }
  }

  async append(actor: Actor, draft: FactDraft): Promise<Fact> {
    const entry = await this.#entry(draft.subject)
    this.#mayState(draft)
    const stampNow = Math.max(0, this.now - this.#memory.slowedMs)
    // Later than all that was seen and all of its subject, but for a future which only a wrong clock has seen.
    const isPresent = (at: HybridTime) => at[0] <= this.now + maxAheadMs
    const own = witness(this.head.at, isPresent(this.time) ? this.time : zeroTime)
    const seen = entry.last && isPresent(entry.last.at) ? witness(own, entry.last.at) : own
    return this.#state(actor, draft, tick(seen, stampNow), entry)
  }

  /** States that our facts later than now were of a wrong clock; they take this fact's time, and foreign ones wait as they should have. */
  async mendClock(actor: Actor): Promise<Fact> {
    const { self, store } = this.#parts
    const first = await store.firstAfter(this.tx, self, this.now + maxAheadMs)
    if (!first) throw clockIsRight()
    for (const subject of await store.waitAgain(this.tx, this.now + maxAheadMs, { notOf: self })) await this.#refoldOrFreeze(subject)
    const ms = Math.max(this.now, first.before + 1)
    const draft: FactDraft = { type: clockMendedType, subject: `${directoryKind}/${self}`, to: ['all'], body: { fromSeq: first.seq } }
    this.#mayState(draft)
    return this.#state(actor, draft, [ms, this.head.seq + 1 - first.seq], await this.#entry(draft.subject))
  }

  async #state(actor: Actor, draft: FactDraft, at: HybridTime, entry: SubjectEntry): Promise<Fact> {
    const { store } = this.#parts
    // Silent, we may have lost facts of ours: far above their numbers nothing can be stated twice.
    const chain = this.#memory.authoring ? { seq: this.head.seq + 1, prev: this.head.id } : { seq: this.head.seq + silentGap, prev: '' }
    const fact = ownFact(this.#parts, draft, { ...chain, at, wall: Math.max(0, this.now), actor })
    const position = await store.insert(this.tx, fact, { receivedAt: this.now, from: null, status: 'admitted', reason: null })
    const isLate = entry.last !== null && compareFacts(fact, entry.last) <= 0
    const refusal = isLate ? (await this.refold(fact.subject)).get(fact.id) : this.#apply(entry, fact)
    if (refusal) throw refusal
    this.head = { seq: fact.seq, id: fact.id, at: fact.at }
    this.time = fact.type === clockMendedType ? fact.at : witness(this.time, fact.at)
    this.#stored.push({ position, fact, from: null, status: 'admitted', letIn: false })
    this.#reactTo(fact)
    this.#note(fact, false)
    return fact
  }

  #mayState({ type, subject }: FactDraft): void {
    if (!this.#memory.authoring && type !== revokedType) throw recovering()
    const ahead = this.head.at[0] - this.now
    if (ahead > maxOwnAheadMs && type !== revokedType && type !== clockMendedType) throw clockIsAhead(ahead)
    if (this.#frozen.has(subject)) throw isFrozen()
  }

  get #mayAuthor(): boolean {
    return this.#memory.authoring && this.head.at[0] - this.now <= maxOwnAheadMs
  }

  /** Takes in sound facts from a peer: stores all, then folds each subject once. */
  async arrive(facts: readonly Arrival[]): Promise<void> {
    const bySubject = new Map<string, Fact[]>()
    // Folded before the newcomers are stored beside the facts they are to be compared with.
    for (const { fact } of facts) await this.#entry(fact.subject)
    for (const { fact, from, reading, known } of facts) {
      const { status, reason } = standing(this.#parts, fact, this.#frozen, reading)
      let position = known?.position
      if (position === undefined) position = await this.#parts.store.insert(this.tx, fact, { receivedAt: this.now, from, status, reason })
      else await this.#parts.store.letIn(this.tx, fact, status, reason)
      this.#stored.push({ position, fact, from, status, letIn: known !== undefined })
      if (known?.reacted) this.#hasReacted.add(fact.id)
      this.time = witness(this.time, fact.at)
      if (fact.station === this.#parts.self && fact.seq > this.head.seq) this.head = { seq: fact.seq, id: fact.id, at: fact.at }
      this.#note(fact, true)
      if (status !== 'admitted') continue
      const group = bySubject.get(fact.subject)
      if (group) group.push(fact)
      else bySubject.set(fact.subject, [fact])
    }
    for (const [subject, arrived] of bySubject) {
      try {
        await this.#foldArrived(subject, arrived)
      } catch (error) {
        await this.#freeze(error, arrived)
      }
    }
  }

  /** Facts of a station's chain that are later than now were let in by a clock of ours that was wrong: they wait, as they should have. Whether there were any. */
  async makeFutureWait(station: string, end: ChainPlace | undefined): Promise<boolean> {
    const { self, store } = this.#parts
    const latest = this.now + maxAheadMs
    if (!end || station === self || end.at[0] <= latest) return false
    for (const subject of await store.waitAgain(this.tx, latest, { of: station })) await this.#refoldOrFreeze(subject)
    return true
  }

  /** Folds a subject again from all its stored facts; statuses follow. Gives the refusals. */
  async refold(subject: string): Promise<Map<string, Refusal>> {
    const entry = await this.#entry(subject)
    const facts = await this.#factsOf(subject)
    const folded = foldStored(this.#parts, subject, facts)
    if (folded.broken) throw new ModuleFault('fold', subject, folded.broken.fact, folded.broken.error)
    Object.assign(entry, { state: folded.state, last: folded.last, reach: unite(entry.reach, folded.reach) })
    for (const fact of facts) {
      if (!isFolded(fact)) continue
      const refusal = folded.refused.get(fact.id)
      const status = refusal ? 'refused' : 'admitted'
      // A fact admitted late reacts now, unless it had when it was admitted before.
      if (!refusal && fact.status === 'refused' && !fact.reacted) this.#reactTo(fact)
      if (refusal && fact.status === 'admitted') await this.#setAside(fact, refusal.code)
      else if (fact.status !== status || fact.reason !== (refusal?.code ?? null)) await this.#parts.store.setStatus(this.tx, fact.id, status, refusal?.code ?? null)
    }
    this.#changed.add(subject)
    return folded.refused
  }

  /** Everything that follows from the facts of this write, in the same transaction. */
  async finish(isCommand: boolean): Promise<void> {
    if (isCommand) this.#commanded = new Set(this.#stored.map(({ fact }) => fact.subject))
    await this.#react()
    await this.#saveSubjects()
    await this.#followDirectory()
    await this.#queue()
  }

  /** After commit: memory follows what is on the disk. */
  keep(): void {
    Object.assign(this.#memory, { head: this.head, time: this.time, frozen: this.#frozen, leftOver: this.#leftOver, writes: this.#memory.writes + 1 })
    for (const [subject, entry] of this.#entries) remember(this.#memory, subject, entry)
  }

  /** Runs reactions of facts stored at a time without authoring, some at a time. */
  async reactToLeftOver(): Promise<void> {
    if (!this.#mayAuthor) return
    const facts = await this.#parts.store.unreacted(this.tx, leftOverPage)
    this.#leftOver = facts.length === leftOverPage
    for (const fact of facts) this.#toReact.set(fact.id, fact)
  }

  /** Folds a subject from what is on the disk, whatever is in memory. */
  async reload(subject: string): Promise<void> {
    this.#memory.subjects.delete(subject)
    await this.#entry(subject)
  }

  /** A subject's stored facts. Those found damaged keep that reason on the disk, all of them, frozen or not: a queue would meet them for ever. */
  async #factsOf(subject: string): Promise<StoredFact[]> {
    const { store } = this.#parts
    const facts = await store.ofSubject(this.tx, subject)
    for (const fact of facts) if (fact.reason === damaged) await store.setStatus(this.tx, fact.id, 'refused', damaged)
    return facts
  }

  /** Tries a frozen subject again with all its facts, and its reactions that failed. */
  async thaw(subject: string): Promise<void> {
    const { store } = this.#parts
    await this.#entry(subject)
    await store.removeFaults(this.tx, subject)
    this.#frozen = new Set([...this.#frozen].filter((one) => one !== subject))
    this.#leftOver = true
    const aside = (await store.ofSubject(this.tx, subject)).filter((fact) => fact.reason === frozen)
    for (const fact of aside) await store.setStatus(this.tx, fact.id, 'refused', null)
    this.#thawing.set(subject, aside)
    this.#entries.delete(subject)
    try {
      await this.refold(subject)
    } catch (error) {
      await this.#freeze(error, aside)
    }
  }

  async #foldArrived(subject: string, arrived: Fact[]): Promise<void> {
    const entry = await this.#entry(subject)
    const sorted = [...arrived].sort(compareFacts)
    const late = entry.last !== null && compareFacts(sorted[0]!, entry.last) < 0
    if (late) {
      await this.refold(subject)
      for (const fact of arrived) this.#reactTo(fact)
      return
    }
    for (const fact of sorted) {
      const refusal = this.#apply(entry, fact)
      if (refusal) {
        await this.#setAside(fact, refusal.code)
        // It keeps its place in the order: a fact that belongs before it may yet let it in, and folds the subject again.
        entry.last = fact
      } else this.#reactTo(fact)
    }
  }

  #reactTo(fact: Fact): void {
    if (this.#parts.reactions.has(fact.type) && !this.#hasReacted.has(fact.id)) this.#toReact.set(fact.id, fact)
  }

  /** Keeps a fact that does not count; its reactions have still to run if it counts one day. */
  async #setAside(fact: Fact, reason: string): Promise<void> {
    await this.#parts.store.setStatus(this.tx, fact.id, 'refused', reason)
    if (this.#toReact.delete(fact.id) || this.#stored.some((one) => one.fact.id === fact.id && !this.#hasReacted.has(fact.id))) await this.#parts.store.setReacted(this.tx, fact.id, false)
  }

  async #refoldOrFreeze(subject: string): Promise<void> {
    try {
      await this.refold(subject)
    } catch (error) {
      await this.#freeze(error, [])
    }
  }

  /** Admits and evolves one fact that is later than all before it. */
  #apply(entry: SubjectEntry, fact: Fact): Refusal | null {
    const type = typeOf(this.#parts, fact.subject)
    const refusal = refusalOf(type, fact, entry.state, this.#parts.directory)
    if (refusal) return refusal
    try {
      entry.state = type.evolve(entry.state, fact)
    } catch (error) {
      throw new ModuleFault('fold', fact.subject, fact, error)
    }
    entry.last = fact
    entry.reach = widened(entry.reach, fact, type.madeByMany)
    this.#changed.add(fact.subject)
    return null
  }

  async #entry(subject: string): Promise<SubjectEntry> {
    const known = this.#entries.get(subject)
    if (known) return known
    const cached = this.#memory.subjects.get(subject)
    const entry = cached ? { ...cached } : await this.#load(subject)
    this.#entries.set(subject, entry)
    if (!this.#before.has(subject)) this.#before.set(subject, { ...entry })
    if (kindOfSubject(subject) === directoryKind) {
      const address = subject.slice(directoryKind.length + 1)
      if (!this.#cardsBefore.has(address)) this.#cardsBefore.set(address, this.#parts.directory.station(address))
    }
    return entry
  }

  /** A subject not in memory is folded from its stored facts; their statuses are as the last fold left them. */
  async #load(subject: string): Promise<SubjectEntry> {
    const facts = await this.#factsOf(subject)
    const { state, reach, last, broken } = foldStored(this.#parts, subject, facts)
    if (broken && !this.#frozen.has(subject)) {
      // A version of the rules that cannot read what an earlier one admitted: all from that fact on is set aside.
      const aside = facts.filter((fact) => isFolded(fact) && compareFacts(fact, broken.fact) >= 0)
      await this.#freeze(new ModuleFault('fold', subject, broken.fact, broken.error), aside)
    }
    return { state, reach, last, savedReach: facts.length > 0 ? reach : null }
  }

  /** Sets a subject aside at its last good state, with the facts that are not to count until it thaws. Rethrows what is no module's fault. */
  async #freeze(error: unknown, aside: Fact[]): Promise<void> {
    if (!this.#fenced || !(error instanceof ModuleFault) || isStorageFault(error.cause) || this.#commanded.has(error.subject)) throw error
    const { subject } = error
    for (const fact of aside) await this.#setAside(fact, frozen)
    await this.#addFault(error, error.fact ?? aside[0] ?? null)
    this.#frozen = new Set([...this.#frozen, subject])
    this.#changed.delete(subject)
    this.#entries.delete(subject)
    await this.#entry(subject)
    if (kindOfSubject(subject) === directoryKind) await this.#parts.directory.reload(this.tx)
  }

  async #addFault(fault: ModuleFault, fact: Fact | null): Promise<void> {
    const stored = fact && await this.#parts.store.byId(this.tx, fact.id)
    await this.#parts.store.addFault(this.tx, {
      subject: fault.subject, fact: fact?.id ?? '', station: fact?.station ?? this.#parts.self, from_peer: stored?.from ?? null,
      stage: fault.stage, reason: String(fault.cause), at: this.now, version: this.#parts.version,
    })
  }

  async #react(): Promise<void> {
    if (!this.#mayAuthor) {
      for (const fact of this.#toReact.values()) await this.#parts.store.setReacted(this.tx, fact.id, false)
      this.#leftOver ||= this.#toReact.size > 0
      this.#toReact.clear()
      return
    }
    const writer = this.writer(machine)
    while (this.#toReact.size > 0) {
      const facts = [...this.#toReact.values()]
      this.#toReact.clear()
      for (const fact of facts) {
        const stored = await this.#parts.store.byId(this.tx, fact.id)
        if (stored?.status !== 'admitted') continue
        await this.#reactOnce(writer, fact)
      }
    }
  }

  /** A reaction that fails is undone and noted, and takes nothing else with it. */
  async #reactOnce(writer: Writer, fact: Fact): Promise<void> {
    const { store, reactions } = this.#parts
    const run = async () => {
      try {
        for (const react of reactions.get(fact.type) ?? []) await react(writer, fact as Fact<never>)
        await store.setReacted(this.tx, fact.id, true)
      } catch (error) {
        if (isStorageFault(error)) throw error
        throw new ModuleFault('reaction', fact.subject, fact, error)
      }
    }
    if (!this.#fenced) return run()
    const restore = this.#snapshot()
    try {
      await store.fence(this.tx, run)
    } catch (error) {
      if (!(error instanceof ModuleFault)) throw error
      restore()
      await store.setReacted(this.tx, fact.id, false)
      await this.#addFault(error, fact)
    }
  }

  #snapshot(): () => void {
    const { head, time } = this
    const [frozenBefore, leftOver] = [this.#frozen, this.#leftOver]
    const [news, stored, changed, toReact, before] = [[...this.news], [...this.#stored], new Set(this.#changed), new Map(this.#toReact), new Map(this.#before)]
    const cardsBefore = new Map(this.#cardsBefore)
    const entries = new Map([...this.#entries].map(([subject, entry]) => [subject, { ...entry }]))
    return () => {
      Object.assign(this, { head, time, news })
      this.#frozen = frozenBefore
      this.#leftOver = leftOver
      this.#stored = stored
      this.#changed = changed
      this.#toReact = toReact
      this.#before = before
      this.#cardsBefore = cardsBefore
      this.#entries = entries
    }
  }

  async #saveSubjects(): Promise<void> {
    for (const subject of this.#changed) {
      const entry = this.#entries.get(subject)!
      // One whose every fact has ceased to count is shown as it was before the first.
      if (!entry.last && entry.savedReach === null) continue
      const kind = kindOfSubject(subject)
      if (entry.savedReach?.length !== entry.reach.length) {
        await this.#parts.store.putSubject(this.tx, { subject, kind, reach: JSON.stringify(entry.reach) })
        entry.savedReach = entry.reach
      }
      const project = () => this.#project(kind, subject, entry.state)
      if (!this.#fenced) await project()
      else {
        const arrived = this.#stored.filter((one) => one.fact.subject === subject && one.status === 'admitted').map(({ fact }) => fact)
        await this.#parts.store.fence(this.tx, project).catch((error: unknown) => this.#freeze(error, [...arrived, ...this.#thawing.get(subject) ?? []]))
      }
    }
    this.#changed.clear()
  }

  async #project(kind: string, subject: string, state: unknown): Promise<void> {
    const { tx, now } = this
    const { self, directory } = this.#parts
    try {
      for (const project of this.#parts.projections.get(kind) ?? []) await project({ tx, now, self, directory }, subject, state as never)
    } catch (error) {
      if (isStorageFault(error)) throw error
      throw new ModuleFault('projection', subject, null, error)
    }
  }

  /** Projections have put the new cards into the directory by now: facts beyond a moved bound, and those of a mended clock, are judged again. */
  async #followDirectory(): Promise<void> {
    const { directory, store } = this.#parts
    // What is judged again may change further cards.
    for (let isChanged = true; isChanged;) {
      isChanged = false
      for (const [address, before] of this.#cardsBefore) {
        const card = directory.station(address)
        if (!card || card === before) continue
        isChanged = true
        this.#cardsBefore.set(address, card)
        const from = changedKeysFrom(before, card)
        const mendings = changedMendings(before, card)
        const touched = await store.restamp(this.tx, card, mendings)
        if (mendings.length > 0 && address !== this.#parts.self) for (const subject of await store.waitAgain(this.tx, this.now + maxAheadMs, { of: address })) touched.add(subject)
        for (const subject of from === null ? [] : await judgeKeysAgain(this.#parts, this.tx, before, card, from, this.#frozen)) touched.add(subject)
        for (const subject of touched) await this.#refoldOrFreeze(subject)
        if (address === this.#parts.self && touched.size > 0) this.head = await store.head(this.tx, address) ?? this.head
      }
      await this.#saveSubjects()
    }
  }

  async #queue(): Promise<void> {
    if (this.#stored.length === 0 && this.#thawing.size === 0) return
    // A fact refused here may be admitted elsewhere or later: it travels where it asks to, without widening its subject.
    // One of an unknown type about a subject that is here travels where the subject goes.
    const items = this.#stored.map(({ position, fact, from, status, letIn }) => {
      const { reach } = this.#entries.get(fact.subject)!
      return { position, id: fact.id, text: fact.text, from, letIn, reach: status === 'unread' && reach.length > 0 ? reach : unite(reach, reachOf(fact.station, fact.to)) }
    })
    const widenedItems: (typeof items[number] & { earlier: true })[] = []
    const isNew = new Set(items.map((item) => item.id))
    for (const [subject, before] of this.#before) {
      const reach = this.#entries.get(subject)!.reach
      if ((before.last === null && !this.#thawing.has(subject)) || reach.length === before.reach.length) continue
      if (!(await this.#parts.outbox.opensLink?.(this.tx, before.reach, reach) ?? true)) continue
      for (const fact of await this.#parts.store.ofSubject(this.tx, subject)) {
        if (!isNew.has(fact.id)) widenedItems.push({ position: fact.position, id: fact.id, text: fact.text, from: fact.from, letIn: false, reach, earlier: true })
      }
    }
    await this.#parts.outbox.enqueue(this.tx, [...widenedItems, ...items])
  }

  #note(fact: Fact, arrived: boolean): void {
    this.news.push({ id: fact.id, type: fact.type, subject: fact.subject, station: fact.station, mode: fact.mode, arrived })
  }
}

const leftOverPage = 200
/** Numbers left free before a fact stated in silence: more than a backup can lack. */
const silentGap = 2 ** 20
