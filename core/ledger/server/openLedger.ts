import type { Clock } from '#core/kernel/index.ts'
import type { Database, Db } from '#core/sql/server/database.ts'
import { inspect, judgePlace, maxAheadMs, kindOfSubject, directoryKind, type ChainPlace, type Directory, type Fact, type Inspection, type Signer, type SubjectType, type LedgerCrypto, type WireFact } from '../index.ts'
import { factStore } from './factStore.ts'
import type { Accepted, Ledger, LedgerNews, LedgerPart, Outbox, StoredFact } from './ledger.ts'
import { verifyStored } from './verify.ts'
import { foldStored, Workspace, type LedgerMemory, type LedgerParts } from './workspace.ts'

export interface LedgerOptions {
  database: Database
  clock: Clock
  signer: Signer
  crypto: LedgerCrypto
  /** Kept up to date by the directory module's projection; read back from the database when a write fails halfway. */
  directory: Directory & { reload(db: Db): Promise<void> }
  outbox: Outbox
  parts: LedgerPart[]
}

const waitingPage = 500
const waitingPages = 4
/** What one command makes travel: verified sooner here than by waking other threads. */
const fewFacts = 8
/** Canonical text of a fact that moves the bounds of a station's keys. */
const changesKeys = new RegExp(`"type":"${directoryKind}\\.(keyRotated|rekeyed|revoked)\\.`)

/** Opens a station's ledger on a migrated database. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { database, clock, crypto, directory } = options
  const self = directory.self
  const store = factStore(database.dialect)
  const parts = gather(options, store)
  const head = await store.head(database.read, self)
  const memory: LedgerMemory = {
    head: head ?? { seq: 0, id: '' },
    time: await store.latestTime(database.read),
    authoring: true,
    subjects: new Map(),
  }
  let lookedAt = 0
  const listeners = new Set<(news: LedgerNews) => void>()

  async function inWorkspace<T>(work: (space: Workspace) => Promise<T>): Promise<T> {
    let space: Workspace | undefined
    let result: T
    try {
      result = await database.write(async (tx) => {
        space = new Workspace(parts, memory, tx, clock.now())
        const done = await work(space)
        await space.finish()
        return done
      })
    } catch (error) {
      // The directory view may have followed facts that are now rolled back.
      if (space?.news.some((f) => kindOfSubject(f.subject) === directoryKind)) await directory.reload(database.read)
      throw error
    }
    space!.keep()
    const news = { facts: space!.news }
    if (news.facts.length > 0) for (const listener of listeners) listener(news)
    if (news.facts.some((f) => kindOfSubject(f.subject) === directoryKind)) await releaseWaiting()
    return result
  }

  /** A key change in a batch takes effect for the facts after it, so it is taken in before they are verified. The cursor moves with the last part. */
  async function accept(wires: WireFact[], from: string, inTx?: (tx: Db, results: Accepted[]) => Promise<void>): Promise<Accepted[]> {
    const change = wires.findIndex((wire, i) => i < wires.length - 1 && changesKeys.test(wire.text))
    if (change === -1) return acceptPart(wires, from, inTx)
    const before = await acceptPart(wires.slice(0, change + 1), from)
    const after = await accept(wires.slice(change + 1), from, inTx && ((tx, results) => inTx(tx, [...before, ...results])))
    return [...before, ...after]
  }

  async function acceptPart(wires: WireFact[], from: string, inTx?: (tx: Db, results: Accepted[]) => Promise<void>): Promise<Accepted[]> {
    const ids = wires.map((wire) => crypto.sha256(wire.text))
    const held = await store.idsHeld(database.read, ids)
    const { verifyHere } = crypto
    const checking: LedgerCrypto = verifyHere && wires.length <= fewFacts ? { ...crypto, verify: async (...fact) => verifyHere(...fact) } : crypto
    // Verification runs ahead of the write, on every core; a fact held already was verified when it came.
    const seen = await Promise.all(wires.map((wire, i) => (held.has(ids[i]!) ? Promise.resolve(null) : inspect(wire, directory, clock.now(), checking))))
    return inWorkspace(async (space) => {
      const heldNow = await store.idsHeld(space.tx, ids.filter((id) => !held.has(id)))
      const results: Accepted[] = []
      const sound: { fact: Fact; from: string }[] = []
      const chains = chainsHeld(space.tx)
      for (const [i, found] of seen.entries()) {
        const inspection = found && ownIsSound(found)
        const id = ids[i]!
        if (inspection === null || heldNow.has(id)) {
          results.push({ id, outcome: 'duplicate' })
          continue
        }
        heldNow.add(id)
        const judged = inspection.verdict === 'sound' ? await judgeChain(chains, inspection.fact) ?? inspection : inspection
        if (judged.verdict === 'sound') {
          chains.claim(judged.fact)
          sound.push({ fact: judged.fact, from })
          results.push({ id, outcome: 'stored' })
        } else if (judged.verdict === 'waiting') {
          await store.insert(space.tx, judged.fact, { receivedAt: space.now, from, status: 'waiting', reason: judged.reason, reacted: false })
          results.push({ id, outcome: 'waiting', reason: judged.reason })
        } else {
          await store.turnAway(space.tx, { id, reason: judged.reason, detail: judged.detail, text: wires[i]!.text, from, at: space.now })
          results.push({ id, outcome: 'rejected', reason: judged.reason, detail: judged.detail })
        }
      }
      await space.arrive(sound)
      await inTx?.(space.tx, results)
      return results
    })
  }

  /** Our own fact, back from a peer while we recover, from a time when our clock was ahead: waiting with it would free its number. */
  function ownIsSound(inspection: Inspection): Inspection {
    return inspection.verdict === 'waiting' && inspection.reason === 'future-clock' && inspection.fact.station === self ? { verdict: 'sound', fact: inspection.fact } : inspection
  }

  /** Where a fact would stand in what is held of its station's chain, this batch's own included. Most come past the end: those need no further look. */
  function chainsHeld(tx: Db) {
    const claimed = new Map<string, ChainPlace[]>()
    const ends = new Map<string, { seq: number; place: ChainPlace | undefined }>()
    return {
      claim: (fact: Fact) => {
        const places = claimed.get(fact.station)
        if (places) places.push(fact)
        else claimed.set(fact.station, [fact])
        const end = ends.get(fact.station)
        if (!end || fact.seq > end.seq) ends.set(fact.station, { seq: fact.seq, place: fact })
      },
      async placeOf({ station, seq }: Fact): Promise<{ holder?: string; below?: ChainPlace; above?: ChainPlace }> {
        let end = ends.get(station)
        if (end === undefined) {
          const seqHeld = (await store.head(tx, station))?.seq ?? 0
          ends.set(station, end = { seq: seqHeld, place: (await store.around(tx, station, seqHeld + 1)).below })
        }
        if (seq > end.seq) return { below: end.place }
        const here = claimed.get(station) ?? []
        const held = await store.around(tx, station, seq)
        return {
          holder: here.find((place) => place.seq === seq)?.id ?? await store.idAt(tx, station, seq),
          below: here.reduce((best, place) => (place.seq < seq && place.seq > (best?.seq ?? 0) ? place : best), held.below),
          above: here.reduce((best, place) => (place.seq > seq && place.seq < (best?.seq ?? Infinity) ? place : best), held.above),
        }
      },
    }
  }

  /** One number of one chain names one fact: a second is a fork. Our own numbers come back only while we recover. Times rise with numbers. */
  async function judgeChain(chains: ReturnType<typeof chainsHeld>, fact: Fact): Promise<{ verdict: 'rejected'; reason: string; detail: string; fact: Fact } | null> {
    const { holder, below, above } = await chains.placeOf(fact)
    if (holder !== undefined) return { verdict: 'rejected', reason: 'forked', detail: `${fact.station} number ${fact.seq} is ${holder} here`, fact }
    if (fact.station === self && memory.authoring) {
      return { verdict: 'rejected', reason: 'own-future', detail: `a peer holds our number ${fact.seq}; we hold ${memory.head.seq}`, fact }
    }
    const misfit = judgePlace(fact, below, above)
    return misfit && { verdict: 'rejected', ...misfit, fact }
  }

  /**
   * Whoever fills the quarantine with what will never be released must not keep the others in it: all of it is looked
   * through, some pages at a time, from where the last look ended.
   */
  async function waitingNow(now: number): Promise<StoredFact[]> {
    const found: StoredFact[] = []
    for (let pages = 0; pages < waitingPages; pages++) {
      const page = await store.waiting(database.read, lookedAt, now + maxAheadMs, waitingPage)
      found.push(...page)
      const isLast = page.length < waitingPage
      const began = lookedAt
      lookedAt = isLast ? 0 : page.at(-1)!.position
      if (isLast && (began === 0 || pages > 0)) break
    }
    // A look that began in the middle and turned round may meet a fact twice.
    return [...new Map(found.map((fact) => [fact.id, fact])).values()]
  }

  async function releaseWaiting(): Promise<number> {
    const now = clock.now()
    const waiting = await waitingNow(now)
    const judged: { stored: (typeof waiting)[number]; inspection: Inspection }[] = []
    for (const stored of waiting) {
      if (!directory.station(stored.station)) continue
      const inspection = await inspect(stored, directory, now, crypto)
      if (inspection.verdict !== 'waiting') judged.push({ stored, inspection })
    }
    if (judged.length === 0) return 0
    await inWorkspace(async (space) => {
      const sound: { fact: Fact; from: string | null; knownPosition: number }[] = []
      const chains = chainsHeld(space.tx)
      for (const { stored, inspection } of judged) {
        const verdict = inspection.verdict === 'sound' ? await judgeChain(chains, inspection.fact) ?? inspection : inspection
        if (verdict.verdict === 'sound') {
          chains.claim(verdict.fact)
          sound.push({ fact: verdict.fact, from: stored.from, knownPosition: stored.position })
        } else if (verdict.verdict === 'rejected') {
          await store.turnAway(space.tx, { id: stored.id, reason: verdict.reason, detail: verdict.detail, text: stored.text, from: stored.from ?? self, at: space.now })
          await store.remove(space.tx, stored.id)
        }
      }
      await space.arrive(sound)
    })
    return judged.length
  }

  return {
    self,
    directory,
    accept,
    releaseWaiting,
    write: (actor, work) => inWorkspace((space) => work(space.writer(actor))),
    state: async <State>(type: SubjectType<State>, subject: string) => {
      const cached = memory.subjects.get(subject)
      if (cached) return cached.state as State
      const facts = await store.ofSubject(database.read, subject)
      return facts.length > 0 ? (foldStored(parts, subject, facts).state as State) : type.start(subject)
    },
    fact: (id) => store.byId(database.read, id),
    factsOf: (subject) => store.ofSubject(database.read, subject),
    verify: () => verifyStored(database.read, store, directory, crypto),
    onNews: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setAuthoring: async (allowed) => {
      memory.authoring = allowed
      if (allowed) await inWorkspace((space) => space.reactToLeftOver())
    },
  }
}

function gather(options: LedgerOptions, store: LedgerParts['store']): LedgerParts {
  const reactions: LedgerParts['reactions'] = new Map()
  const types = new Map<string, SubjectType<unknown>>()
  let schemas: LedgerPart['facts'] = {}
  const projections: LedgerParts['projections'] = new Map()
  for (const part of options.parts) {
    for (const type of part.subjects) types.set(type.kind, type as unknown as SubjectType<unknown>)
    for (const [kind, project] of Object.entries(part.project ?? {})) projections.set(kind, [...(projections.get(kind) ?? []), project])
    for (const [type, react] of Object.entries(part.reactions ?? {})) reactions.set(type, [...(reactions.get(type) ?? []), react])
    schemas = { ...schemas, ...part.facts }
  }
  return {
    self: options.directory.self, signer: options.signer, sha256: options.crypto.sha256, directory: options.directory,
    store, outbox: options.outbox, types, schemas, projections, reactions,
  }
}
