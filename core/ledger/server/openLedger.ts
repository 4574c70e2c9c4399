import { setImmediate } from 'node:timers/promises'
import { isWithin, type Address, type Clock } from '#core/kernel/index.ts'
import type { Database, Db } from '#core/sql/server/database.ts'
import {
  damaged, directoryKind, inspect, keyFor, kindOfSubject, maxAheadMs, maxOwnAheadMs, maxSlowedMs, witness, zeroTime,
  type Directory, type Fact, type Inspection, type LedgerCrypto, type Signer, type StationCard, type SubjectType, type WireFact,
} from '../index.ts'
import { chainsHeld } from './chainsHeld.ts'
import { factStore } from './factStore.ts'
import { foldStored } from './foldStored.ts'
import type { Accepted, Ledger, LedgerNews, LedgerPart, Outbox, StoredFact } from './ledger.ts'
import { heldBounds } from './quarantine.ts'
import { verifyStored } from './verify.ts'
import { ModuleFault, readingOf, remember, type Arrival, type LedgerMemory, type LedgerParts, type Reading } from './ledgerParts.ts'
import { Workspace } from './workspace.ts'

export interface LedgerOptions {
  database: Database
  clock: Clock
  signer: Signer
  crypto: LedgerCrypto
  /** Kept up to date by the directory module's projection; read back from the database when a write fails halfway. */
  directory: Directory & { reload(db: Db): Promise<void> }
  outbox: Outbox
  parts: LedgerPart[]
  /** The program's: a subject that one version froze is tried again by the next. */
  version?: string
  /** Told of what a module threw; what follows from it is in the ledger's faults. */
  onFault?: (fault: unknown) => void
}

const page = 200
/** What one command makes travel: verified sooner here than by waking other threads. */
const fewFacts = 8
/** A station that is ahead of its parent by less than this may be so by the way of the message. */
const noticedAheadMs = 2_000
/** Canonical text of a fact that changes how its station's facts are judged: its type stands at its end, where no body can. */
const changesJudgement = new RegExp(`"type":"${directoryKind}\\.(keyRotated|rekeyed|revoked|clockMended)\\.v[0-9]+"(,"wall":[0-9]+)?}$`)

/** Opens a station's ledger on a migrated database. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { database, clock, crypto, directory } = options
  const onFault = options.onFault ?? (() => undefined)
  const self = directory.self
  const store = factStore(database.dialect)
  const parts = gather(options, store)
  const held = heldBounds(store)
  const { seq, id, at } = await store.head(database.read, self) ?? { seq: 0, id: '', at: zeroTime }
  const memory: LedgerMemory = {
    head: { seq, id, at },
    time: witness(at, await store.latestTime(database.read, clock.now() + maxAheadMs)),
    authoring: true,
    slowedMs: 0,
    subjects: new Map(),
    writes: 0,
    frozen: new Set((await store.faults(database.read)).filter((fault) => fault.stage !== 'reaction').map((fault) => fault.subject)),
    leftOver: true,
  }
  let aheadOfParentMs: number | null = null
  const isSilent = () => memory.head.at[0] - clock.now() > maxOwnAheadMs
  const listeners = new Set<(news: LedgerNews) => void>()

  /** One transaction. What a module throws in it is met by doing it again with a fence around each subject and reaction. */
  async function inWorkspace<T>(kind: 'command' | 'arrival', work: (space: Workspace) => Promise<T>, fenced = false): Promise<T> {
    let space: Workspace | undefined
    let result: T
    try {
      result = await database.write(async (tx) => {
        space = new Workspace(parts, memory, tx, clock.now(), fenced)
        const done = await work(space)
        await space.finish(kind === 'command')
        return done
      })
    } catch (error) {
      options.outbox.forget?.()
      if (kind === 'arrival') held.forget()
      // The directory view may have followed facts that are now rolled back.
      if (space?.news.some((f) => kindOfSubject(f.subject) === directoryKind)) await directory.reload(database.read)
      if (!(error instanceof ModuleFault)) throw error
      if (fenced) throw error.cause
      onFault(error)
      return inWorkspace(kind, work, true)
    }
    space!.keep()
    const news = { facts: space!.news }
    if (news.facts.length > 0) for (const listener of listeners) listener(news)
    const stations = new Set(news.facts.filter((f) => kindOfSubject(f.subject) === directoryKind).map((f) => f.subject.slice(directoryKind.length + 1)))
    // What is committed stands, whatever becomes of what waited for it.
    for (const station of stations) await releaseOf(station).catch(onFault)
    return result
  }

  /** A key change in a batch takes effect for the facts after it, so it is taken in before they are verified. The cursor moves with the last part. */
  async function accept(wires: WireFact[], from: string, inTx?: (tx: Db, results: Accepted[]) => Promise<void>): Promise<Accepted[]> {
    const change = wires.findIndex((wire, i) => i < wires.length - 1 && changesJudgement.test(wire.text))
    if (change === -1) return acceptPart(wires, from, inTx)
    const before = await acceptPart(wires.slice(0, change + 1), from)
    // Each may judge many facts again: others are answered in between.
    await setImmediate()
    const after = await accept(wires.slice(change + 1), from, inTx && ((tx, results) => inTx(tx, [...before, ...results])))
    return [...before, ...after]
  }

  async function acceptPart(wires: WireFact[], from: string, inTx?: (tx: Db, results: Accepted[]) => Promise<void>): Promise<Accepted[]> {
    const ids = wires.map((wire) => crypto.sha256(wire.text))
    const { held: heldBefore } = await store.idsHeld(database.read, ids)
    const { verifyHere } = crypto
    const checking: LedgerCrypto = verifyHere && wires.length <= fewFacts ? { ...crypto, verify: async (...fact) => verifyHere(...fact) } : crypto
    // Verification runs ahead of the write, on every core; a fact held already was verified when it came.
    const looked = lookingAt(directory)
    const seen = await Promise.all(wires.map((wire, i) => (heldBefore.has(ids[i]!) ? Promise.resolve(null) : inspect(wire, looked.directory, clock.now(), checking))))
    return inWorkspace('arrival', async (space) => {
      const found = looked.isAsItWas() ? seen : await Promise.all(seen.map(async (one, i) => one && inspect(wires[i]!, directory, space.now, checking)))
      const chains = chainsHeld(store, space.tx, isOwnFuture)
      for (const station of new Set(found.flatMap((one) => (one?.verdict === 'sound' ? [one.fact.station] : [])))) {
        if (await space.makeFutureWait(station, await chains.end(station))) chains.forget(station)
      }
      const { held: heldNow, hurt } = await store.idsHeld(space.tx, ids.filter((id) => !heldBefore.has(id)))
      const results: Accepted[] = []
      const sound: Arrival[] = []
      for (const [i, one] of found.entries()) {
        const id = ids[i]!
        if (one === null || heldNow.has(id)) {
          results.push({ id, outcome: 'duplicate' })
          continue
        }
        heldNow.add(id)
        const inspection = ownIsSound(one)
        const reading = inspection.verdict === 'sound' ? readingOf(parts, inspection.fact) : 'unread'
        const no = await turnedAway(space.tx, inspection, reading, chains, from)
        if (no) {
          await store.turnAway(space.tx, { id, ...no, text: wires[i]!.text, from, at: space.now, isOwn: inspection.verdict !== 'rejected' && inspection.fact.station === self })
          results.push({ id, outcome: 'rejected', ...no })
        } else if (inspection.verdict === 'waiting') {
          // A damaged one has its row already, and is mended when it comes in its time.
          if (!hurt.has(id)) await store.insert(space.tx, inspection.fact, { receivedAt: space.now, from, status: 'waiting', reason: inspection.reason })
          results.push({ id, outcome: 'waiting', reason: inspection.reason })
        } else if (inspection.verdict === 'sound') {
          chains.claim(inspection.fact)
          sound.push({ fact: inspection.fact, from, reading, ...(hurt.has(id) ? { known: await store.mend(space.tx, inspection.fact) } : {}) })
          results.push({ id, outcome: 'stored' })
        }
      }
      await space.arrive(sound)
      for (const subject of new Set(sound.flatMap(({ fact }) => (hurt.has(fact.id) ? [fact.subject] : [])))) await space.thaw(subject)
      await inTx?.(space.tx, results)
      return results
    })
  }

  /** Why an inspected fact is not kept; null when it is stored or waits. */
  async function turnedAway(tx: Db, inspection: Inspection, reading: Reading, chains: ReturnType<typeof chainsHeld>, from: string): Promise<{ reason: string; detail: string } | null> {
    if (inspection.verdict === 'rejected') return { reason: inspection.reason, detail: inspection.detail }
    const { fact } = inspection
    const key = keyOf(fact)
    if (key && key.untilSeq !== null && memory.authoring && !comesFromItsSide(fact.station, from)) {
      return { reason: 'old-key', detail: `signed by a key of ${fact.station} that is no longer in use, and brought by ${from}` }
    }
    if (inspection.verdict === 'waiting') {
      const isStranger = inspection.reason === 'unknown-station'
      if (await held.take(tx, isStranger ? 'strangersFrom' : 'waitingOf', isStranger ? from : fact.station, fact.text.length)) return null
      return { reason: 'quarantine-full', detail: `too much of ${isStranger ? `unknown stations that ${from} brought` : fact.station} waits already` }
    }
    const misfit = await chains.judge(fact)
    if (misfit) return misfit
    if (reading === 'read' || (await held.take(tx, 'unreadOf', fact.station, fact.text.length))) return null
    return { reason: 'unread-full', detail: `too much that ${fact.station} stated cannot be read here` }
  }

  const keyOf = ({ station, seq }: Fact) => {
    const card = directory.station(station)
    return card && keyFor(card, seq)
  }

  /** Whether a peer stands between us and a station: below it a child, else our parent. */
  function comesFromItsSide(station: Address, from: Address): boolean {
    return isWithin(from, self) ? isWithin(station, from) : !isWithin(station, self)
  }

  /** Our own fact, back from a peer while we recover, from a time when our clock was ahead: waiting with it would free its number. */
  function ownIsSound(inspection: Inspection): Inspection {
    return inspection.verdict === 'waiting' && inspection.reason === 'future-clock' && inspection.fact.station === self ? { verdict: 'sound', fact: inspection.fact } : inspection
  }

  const isOwnFuture = (fact: Fact) => fact.station === self && memory.authoring

  async function release(waiting: StoredFact[]): Promise<number> {
    const judged: { stored: StoredFact; inspection: Inspection }[] = []
    const looked = lookingAt(directory)
    for (const stored of waiting) {
      const inspection = await inspect(stored, looked.directory, clock.now(), crypto)
      if (inspection.verdict !== 'waiting') judged.push({ stored, inspection })
    }
    if (judged.length === 0) return 0
    await inWorkspace('arrival', async (space) => {
      const isSeenAsItIs = looked.isAsItWas()
      const sound: Arrival[] = []
      const chains = chainsHeld(store, space.tx, isOwnFuture)
      // In the order of their numbers: one of a mended clock stands between its neighbours only after them.
      for (const { stored, inspection: before } of judged.toSorted((a, b) => a.stored.seq - b.stored.seq)) {
        // Another release may have been quicker.
        if ((await store.byId(space.tx, stored.id))?.status !== 'waiting') continue
        const inspection = isSeenAsItIs ? before : await inspect(stored, directory, space.now, crypto)
        const no = inspection.verdict === 'rejected' ? inspection : inspection.verdict === 'sound' ? await chains.judge(inspection.fact) : null
        if (no) {
          await store.turnAway(space.tx, { id: stored.id, reason: no.reason, detail: no.detail, text: stored.text, from: stored.from ?? self, at: space.now, isOwn: inspection.verdict === 'sound' && stored.station === self })
          await store.remove(space.tx, stored.id)
        } else if (inspection.verdict === 'sound') {
          chains.claim(inspection.fact)
          sound.push({ fact: inspection.fact, from: stored.from, reading: readingOf(parts, inspection.fact), known: stored })
        }
      }
      await space.arrive(sound)
    })
    held.forget()
    return judged.length
  }

  /** What waited for the directory to say something of this station. */
  async function releaseOf(station: string): Promise<void> {
    for (let after = 0; ;) {
      const waiting = await store.waitingOf(database.read, station, after, page)
      if (waiting.length === 0 || !directory.station(station)) return
      await release(waiting)
      if (waiting.length < page) return
      after = waiting.at(-1)!.position
    }
  }

  /** Facts kept unread whose types this version knows are taken in now, in the order they came (SPEC L-13). */
  async function readLate(): Promise<void> {
    const known = (await store.unreadTypes(database.read)).filter((type) => Object.hasOwn(parts.schemas, type))
    for (;;) {
      const facts = await store.unread(database.read, known, page)
      if (facts.length === 0) return
      await inWorkspace('arrival', (space) => space.arrive(facts.map((fact) => ({ fact, from: fact.from, reading: readingOf(parts, fact), known: fact }))))
    }
  }

  /** Every stored fact's bytes are compared with its name; the subjects of those that differ are met as they are (SPEC L-24). */
  async function setDamagedAside(): Promise<void> {
    for await (const facts of store.pages(database.read, page)) {
      for (const fact of facts) if (fact.reason === damaged) await inWorkspace('arrival', (space) => space.reload(fact.subject))
    }
  }

  async function retry(subject: string): Promise<boolean> {
    await inWorkspace('arrival', (space) => space.thaw(subject))
    await inWorkspace('arrival', (space) => space.reactToLeftOver())
    return !(await store.faults(database.read)).some((fault) => fault.subject === subject)
  }

  await readLate()
  const otherVersion = (await store.faults(database.read)).filter((fault) => fault.version !== parts.version)
  for (const subject of new Set(otherVersion.map((fault) => fault.subject))) await retry(subject)
  for (const station of await store.stationsWaiting(database.read)) await releaseOf(station)

  return {
    self,
    directory,
    accept,
    releaseWaiting: async () => {
      const released = await release(await store.waitingUntil(database.read, clock.now() + maxAheadMs, page))
      if (memory.leftOver && memory.authoring) await inWorkspace('arrival', (space) => space.reactToLeftOver())
      return released
    },
    write: (actor, work) => inWorkspace('command', (space) => work(space.writer(actor))),
    state: async <State>(type: SubjectType<State>, subject: string) => {
      const cached = memory.subjects.get(subject)
      if (cached) return cached.state as State
      const { writes } = memory
      const facts = await store.ofSubject(database.read, subject)
      if (facts.length === 0) return type.start(subject)
      const { state, reach, last, broken } = foldStored(parts, subject, facts)
      // Kept, unless a write has ended meanwhile; one that is broken is met by the next write about it.
      if (writes === memory.writes && !broken) remember(memory, subject, { state, reach, last, savedReach: reach })
      return state as State
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
      if (!allowed) return
      memory.leftOver = true
      while (memory.leftOver && memory.authoring && !isSilent()) await inWorkspace('arrival', (space) => space.reactToLeftOver())
    },
    setDamagedAside,
    reload: (subject) => inWorkspace('arrival', (space) => space.reload(subject)),
    faults: () => store.faults(database.read),
    retry,
    clock: () => {
      return { aheadMs: Math.max(0, memory.head.at[0] - clock.now()), isSilent: isSilent(), slowedMs: memory.slowedMs, aheadOfParentMs }
    },
    noteParentClock: (ahead) => {
      aheadOfParentMs = ahead
      memory.slowedMs = ahead !== null && ahead > noticedAheadMs && ahead <= maxSlowedMs ? ahead : 0
    },
    mendClock: (actor) => inWorkspace('command', (space) => space.mendClock(actor)),
  }
}

/** A directory that remembers the cards it was asked for: they may change between verifying a fact and writing it. */
function lookingAt(directory: Directory): { directory: Directory; isAsItWas(): boolean } {
  const cards = new Map<string, StationCard | undefined>()
  const station = (address: string) => {
    const card = directory.station(address)
    cards.set(address, card)
    return card
  }
  return { directory: { ...directory, station }, isAsItWas: () => [...cards].every(([address, card]) => directory.station(address) === card) }
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
    self: options.directory.self, version: options.version ?? '', signer: options.signer, sha256: options.crypto.sha256, verify: options.crypto.verifyHere ?? options.crypto.verify, directory: options.directory,
    store, outbox: options.outbox, types, schemas, projections, reactions,
  }
}
