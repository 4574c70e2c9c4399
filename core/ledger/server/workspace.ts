import { isRefusal, refuse, type Refusal } from '#core/kernel/index.ts'
import type { Db } from '#core/sql/server/database.ts'
import {
  compareFacts, encode, fold, keyFor, kindOfSubject, maxFactLength, modeOfSubject, reachOf, tick, unite, witness, directoryKind,
  type Actor, type Directory, type Fact, type FactDraft, type HybridTime, type Reach, type Signer, type Statement, type SubjectType,
} from '../index.ts'
import type { FactStore } from './factStore.ts'
import type { LedgerNews, LedgerPart, Outbox, Writer } from './ledger.ts'

/** Who states what a station answers by itself. */
const machine: Actor = { id: 'system', name: '系统' }

/** What of a ledger lives in memory between writes: a cache of what the last commit left. */
export interface LedgerMemory {
  head: { seq: number; id: string }
  time: HybridTime
  authoring: boolean
  subjects: Map<string, SubjectEntry>
}

export interface SubjectEntry {
  state: unknown
  reach: Reach
  last: Pick<Fact, 'at' | 'station' | 'id'> | null
  /** The reach on the disk; null for a subject without facts there. */
  savedReach: Reach | null
}

export interface LedgerParts {
  self: string
  signer: Signer
  sha256(text: string): string
  directory: Directory
  store: FactStore
  outbox: Outbox
  types: Map<string, SubjectType<unknown>>
  schemas: LedgerPart['facts']
  projections: Map<string, NonNullable<LedgerPart['project']>[string][]>
  reactions: Map<string, ((writer: Writer, fact: Fact<never>) => Promise<void>)[]>
}

/**
 * One write in progress: appends and arrivals are stored at once, subjects are folded in memory, and `finish`
 * runs reactions, saves subjects, projects and queues to links. Lives inside one transaction; thrown away if it fails.
 */
export class Workspace {
  readonly tx: Db
  readonly now: number
  readonly news: LedgerNews['facts'] = []
  head: { seq: number; id: string }
  time: HybridTime
  readonly #parts: LedgerParts
  readonly #memory: LedgerMemory
  readonly #entries = new Map<string, SubjectEntry>()
  readonly #changed = new Set<string>()
  /** Reach before this write, for subjects that had facts already: a wider reach makes those travel too. */
  readonly #reachBefore = new Map<string, Reach>()
  readonly #stored: { position: number; fact: Fact; from: string | null }[] = []
  readonly #unreadable = new Set<string>()
  readonly #toReact = new Map<string, Fact>()

  constructor(parts: LedgerParts, memory: LedgerMemory, tx: Db, now: number) {
    this.#parts = parts
    this.#memory = memory
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
    const { self, signer, store, schemas } = this.#parts
    if (!this.#memory.authoring) throw recovering()
    const schema = schemas[draft.type]
    if (!schema) throw new TypeError(`no module declares the fact type ${draft.type}`)
    const body = schema.parse(draft.body) as Record<string, unknown>
    const statement: Statement = {
      type: draft.type, subject: draft.subject, station: self,
      seq: this.head.seq + 1, prev: this.head.id, at: tick(this.time, this.now),
      actor, to: draft.to, mode: modeOfSubject(draft.subject), body,
    }
    const text = encode(statement)
    if (text.length > maxFactLength) throw refuse('fact.too-large', '内容过长，请把长文本或资料作为附件上传', 'Too long; put long texts and material into attachments')
    if (text.includes('\\u0000')) throw refuse('fact.null-character', '文本中含有空字符，请删除后重试', 'The text holds a null character; remove it and try again')
    const fact: Fact = { ...statement, id: this.#parts.sha256(text), text, sig: signer.sign(text) }
    const entry = await this.#entry(fact.subject)
    const refusal = this.#apply(entry, fact)
    if (refusal) throw refusal
    this.head = { seq: fact.seq, id: fact.id }
    this.time = fact.at
    const position = await store.insert(this.tx, fact, { receivedAt: this.now, from: null, status: 'admitted', reason: null, reacted: true })
    this.#stored.push({ position, fact, from: null })
    this.#reactTo(fact)
    this.#note(fact, false)
    return fact
  }

  /** Takes in sound facts from a peer: stores all, then folds each subject once. `known` facts are stored already (they were waiting). */
  async arrive(facts: { fact: Fact; from: string | null; knownPosition?: number }[]): Promise<void> {
    const bySubject = new Map<string, Fact[]>()
    // Folded before the newcomers are stored beside the facts they are to be compared with.
    for (const { fact } of facts) await this.#entry(fact.subject)
    for (const { fact, from, knownPosition } of facts) {
      const schema = this.#parts.schemas[fact.type]
      // A type we know with a body we cannot read is kept and passed on like an unknown one, but changes nothing.
      const readable = !schema || schema.safeParse(fact.body).success
      if (!readable) this.#unreadable.add(fact.id)
      const status = readable ? 'admitted' : 'refused'
      const reason = readable ? null : badBody
      let position = knownPosition
      if (position === undefined) position = await this.#parts.store.insert(this.tx, fact, { receivedAt: this.now, from, status, reason, reacted: !this.#parts.reactions.has(fact.type) })
      else await this.#parts.store.setStatus(this.tx, fact.id, status, reason)
      this.#stored.push({ position, fact, from })
      this.time = witness(this.time, fact.at)
      if (fact.station === this.#parts.self && fact.seq > this.head.seq) this.head = { seq: fact.seq, id: fact.id }
      this.#note(fact, true)
      const group = bySubject.get(fact.subject)
      if (group) group.push(fact)
      else bySubject.set(fact.subject, [fact])
    }
    for (const [subject, arrived] of bySubject) await this.#foldArrived(subject, arrived)
  }

  /** Folds a subject again from all its stored facts; statuses follow. */
  async refold(subject: string): Promise<void> {
    const entry = await this.#entry(subject)
    const facts = await this.#parts.store.ofSubject(this.tx, subject)
    const folded = foldStored(this.#parts, subject, facts)
    Object.assign(entry, { state: folded.state, last: folded.last, reach: unite(entry.reach, folded.reach) })
    for (const fact of facts) {
      if (fact.reason === badBody) continue
      const refusal = folded.refused.get(fact.id)
      const status = refusal ? 'refused' : 'admitted'
      if (!refusal) {
        // Its station's own commands and reactions are remembered by `reacted`; a fact admitted late reacts now.
        if (fact.status === 'refused') this.#reactTo(fact)
      }
      if (fact.status !== status || fact.reason !== (refusal?.code ?? null)) await this.#parts.store.setStatus(this.tx, fact.id, status, refusal?.code ?? null)
    }
    this.#changed.add(subject)
  }

  /** Everything that follows from the facts of this write, in the same transaction. */
  async finish(): Promise<void> {
    await this.#react()
    await this.#saveSubjects()
    await this.#refoldAfterKeyChanges()
    await this.#queue()
  }

  /** After commit: memory follows what is on the disk. */
  keep(): void {
    const { subjects } = this.#memory
    this.#memory.head = this.head
    this.#memory.time = this.time
    for (const [subject, entry] of this.#entries) {
      subjects.delete(subject)
      subjects.set(subject, entry)
    }
    for (const subject of subjects.keys()) {
      if (subjects.size <= maxCachedSubjects) break
      subjects.delete(subject)
    }
  }

  /** Runs reactions of facts stored at a time without authoring. */
  async reactToLeftOver(): Promise<void> {
    for (const fact of await this.#parts.store.unreacted(this.tx)) this.#toReact.set(fact.id, fact)
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
      if (this.#unreadable.has(fact.id)) continue
      const refusal = this.#apply(entry, fact)
      if (refusal) {
        await this.#parts.store.setStatus(this.tx, fact.id, 'refused', refusal.code)
        // It keeps its place in the order: a fact that belongs before it may yet let it in, and folds the subject again.
        entry.last = fact
      } else this.#reactTo(fact)
    }
  }

  #reactTo(fact: Fact): void {
    if (this.#parts.reactions.has(fact.type)) this.#toReact.set(fact.id, fact)
  }

  /** Admits and evolves one fact that is later than all before it; unknown kinds only widen the reach. */
  #apply(entry: SubjectEntry, fact: Fact): Refusal | null {
    const type = this.#parts.types.get(kindOfSubject(fact.subject))
    if (type) {
      const refusal = withKeys(type).admit(fact, entry.state, this.#parts.directory)
      if (isRefusal(refusal)) return refusal
      entry.state = type.evolve(entry.state, fact)
    }
    entry.last = fact
    entry.reach = unite(entry.reach, reachOf(fact.station, fact.to))
    this.#changed.add(fact.subject)
    return null
  }

  async #entry(subject: string): Promise<SubjectEntry> {
    const known = this.#entries.get(subject)
    if (known) return known
    const cached = this.#memory.subjects.get(subject)
    const entry = cached ? { ...cached } : await this.#load(subject)
    this.#entries.set(subject, entry)
    if (entry.last !== null) this.#reachBefore.set(subject, entry.reach)
    return entry
  }

  /** A subject not in memory is folded from its stored facts; their statuses are as the last fold left them. */
  async #load(subject: string): Promise<SubjectEntry> {
    const facts = await this.#parts.store.ofSubject(this.tx, subject)
    const entry = foldStored(this.#parts, subject, facts)
    return { ...entry, savedReach: facts.length > 0 ? entry.reach : null }
  }

  async #react(): Promise<void> {
    if (!this.#memory.authoring) return
    const writer = this.writer(machine)
    while (this.#toReact.size > 0) {
      const facts = [...this.#toReact.values()]
      this.#toReact.clear()
      for (const fact of facts) {
        const stored = await this.#parts.store.byId(this.tx, fact.id)
        if (stored?.status !== 'admitted') continue
        for (const react of this.#parts.reactions.get(fact.type) ?? []) await react(writer, fact as Fact<never>)
        await this.#parts.store.setReacted(this.tx, fact.id)
      }
    }
  }

  async #saveSubjects(): Promise<void> {
    for (const subject of this.#changed) {
      const entry = this.#entries.get(subject)!
      if (!entry.last) continue
      const kind = kindOfSubject(subject)
      if (entry.savedReach?.length !== entry.reach.length) {
        await this.#parts.store.putSubject(this.tx, { subject, kind, reach: JSON.stringify(entry.reach) })
        entry.savedReach = entry.reach
      }
      const { tx, now } = this
      const { self, directory } = this.#parts
      for (const project of this.#parts.projections.get(kind) ?? []) await project({ tx, now, self, directory }, subject, entry.state as never)
    }
    this.#changed.clear()
  }

  /** Projections have put the new keys into the directory by now; facts beyond a moved bound are judged again. */
  async #refoldAfterKeyChanges(): Promise<void> {
    const { directory, store } = this.#parts
    const stations = [...this.#entries.keys()].filter((s) => kindOfSubject(s) === directoryKind && this.#stored.some((f) => f.fact.subject === s))
    for (const subject of stations) {
      const card = directory.station(subject.slice(directoryKind.length + 1))
      const bounds = card?.keys.flatMap((k) => (k.untilSeq === null ? [] : [k.untilSeq + 1])) ?? []
      if (bounds.length === 0) continue
      for (const touched of await store.subjectsFrom(this.tx, card!.address, Math.min(...bounds))) await this.refold(touched)
    }
    await this.#saveSubjects()
  }

  async #queue(): Promise<void> {
    if (this.#stored.length === 0) return
    // A fact refused here may be admitted elsewhere or later: it travels where it asks to, without widening its subject.
    const items = this.#stored.map(({ position, fact, from }) => ({
      position, id: fact.id, from, reach: unite(this.#entries.get(fact.subject)!.reach, reachOf(fact.station, fact.to)),
    }))
    const widened: (typeof items[number] & { earlier: true })[] = []
    const isNew = new Set(items.map((item) => item.id))
    for (const [subject, before] of this.#reachBefore) {
      const reach = this.#entries.get(subject)!.reach
      if (reach.length === before.length) continue
      for (const fact of await this.#parts.store.ofSubject(this.tx, subject)) {
        if (!isNew.has(fact.id)) widened.push({ position: fact.position, id: fact.id, from: fact.from, reach, earlier: true })
      }
    }
    await this.#parts.outbox.enqueue(this.tx, [...widened, ...items])
  }

  #note(fact: Fact, arrived: boolean): void {
    this.news.push({ id: fact.id, type: fact.type, subject: fact.subject, station: fact.station, mode: fact.mode, arrived })
  }
}

/** Folded subjects kept in memory between writes, the least recently written dropped first. */
const maxCachedSubjects = 5000
const badBody = 'fact.bad-body'

/** State, reach and refusals of a subject from its stored facts. */
export function foldStored(parts: Pick<LedgerParts, 'types' | 'directory'>, subject: string, facts: (Fact & { reason: string | null })[]) {
  const foldable = facts.filter((f) => f.reason !== badBody)
  const { state, refused } = fold(withKeys(parts.types.get(kindOfSubject(subject)) ?? unknownKind), subject, foldable, parts.directory)
  let reach: Reach = []
  let last: Fact | null = null
  for (const fact of foldable) {
    if (!refused.has(fact.id)) reach = unite(reach, reachOf(fact.station, fact.to))
    if (last === null || compareFacts(fact, last) > 0) last = fact
  }
  return { state, reach, last, refused }
}

/** A kind no module here knows: kept and passed on, and yet only what a key carries (SPEC L-7, L-13). */
const unknownKind: SubjectType<unknown> = { kind: '', start: () => null, admit: () => null, evolve: (state) => state }

/** A key that was revoked after its facts were stored no longer carries them. */
function withKeys(type: SubjectType<unknown>): SubjectType<unknown> {
  return {
    ...type,
    admit: (fact, state, directory) => {
      const card = directory.station(fact.station)
      if (card && !keyFor(card, fact.seq)) return refuse('fact.revoked-key', '签名密钥已被吊销', 'Its signing key has been revoked')
      return type.admit(fact, state, directory)
    },
  }
}

export function recovering(): Refusal {
  return refuse('station.recovering', '本平台正在从上级找回备份之后的数据，完成前不能新增业务', 'This station is fetching what it stated after its backup; nothing new can be stated until that is done')
}
