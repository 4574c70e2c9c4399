import { performance } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import type { Address, Clock } from '#core/kernel/index.ts'
import type { Files } from '#core/files/server/files.ts'
import type { Database } from '#core/sql/server/database.ts'
import { chunkBytes, type FileFrame, type FrameOf } from '../frames.ts'
import { fileRights, type FileRights } from './fileRights.ts'
import { FileServing, type FilePeer } from './fileServing.ts'
import { fileStore, type FileStore } from './fileStore.ts'

/** All in milliseconds. */
export interface FileTiming {
  /** How long a peer may leave us without the next chunk while nothing else comes from it either: 8 KiB take 7 s at 9.6 kbit/s, and stand in line behind facts. */
  fileAnswer: number
  /** Until a file that nobody could give is asked for again; doubles each time, up to a day. */
  fileRetry: number
}

export const defaultFileTiming: FileTiming = { fileAnswer: 20_000, fileRetry: 30_000 }

/** Where no limit of uploads is given. */
const defaultLimit = 512 * 1024 * 1024
const longestRetryMs = 24 * 60 * 60_000
/** Answer times that a peer is given more while facts come from it or go to it. */
const maxWaits = 4
/** A transfer that takes so many answer times is no reason not to try others too. */
const patience = 15
/** Chunks asked for ahead, so that a satellite's delay does not set the speed; how many, each transfer finds out. */
const maxWindow = 32
/** An answer that takes so much longer than the quickest one stood in a queue, and strokes and facts stood in it too. */
const queueingMs = 200
/** Files of neighbours who are away, or of whom they may not be asked, that are looked at in one go; the next a second later. */
const perRound = 50
const nextRoundMs = 1000
const lookedThroughAtOnce = 200

interface Transfer {
  sha256: string
  start: number
  asked: number
  arrived: number
  size: number | null
  /** It may not become longer. */
  bound: number
  window: number
  quickest: number
  askedAt: Map<number, number>
  began: number
  isSlow: boolean
  /** Answer times waited through because facts were on their way. */
  waits: number
  exchangeSeen: number | null
  timer: NodeJS.Timeout | undefined
}

interface FilePlaneParts {
  self: Address
  files: Files
  database: Database
  clock: Clock
  /** Larger files are not pulled. */
  limit: number | undefined
  timing: FileTiming
  peers: () => Map<Address, FilePeer>
  onFault: (peer: Address, fault: unknown) => void
}

/** Pulls by hash the files that facts name, one at a time from each peer, behind the facts, from where it left off (SPEC ). */
export class FilePlane {
  readonly #parts: FilePlaneParts
  readonly #store: FileStore
  readonly #rights: FileRights
  readonly #serving: FileServing
  readonly #limit: number
  readonly #transfers = new Map<Address, Transfer>()
  readonly #here = new Set<Address>()
  /** Chunks of one peer are written strictly in order. */
  readonly #writing = new Map<Address, Promise<void>>()
  readonly #unsubscribe: () => void
  #pumping = false
  #again = false
  #newestFirst = false
  #stopped = false
  #timer: NodeJS.Timeout | undefined

  constructor(parts: FilePlaneParts) {
    this.#parts = parts
    this.#limit = parts.limit ?? defaultLimit
    this.#store = fileStore(parts.database.dialect)
    this.#rights = fileRights(parts.self, this.#store)
    this.#serving = new FileServing({ files: parts.files, read: parts.database.read, rights: this.#rights, peer: (name) => parts.peers().get(name), onFault: parts.onFault })
    this.#unsubscribe = parts.files.onChange((sha256, isHere) => this.#guard('files', isHere ? this.#put(sha256) : this.#wantLost(sha256)))
  }

  /** After everything else has started: what is due from the last process, and what facts name and is not here. */
  start(): void {
    this.#guard('files', this.#start())
  }

  async #start(): Promise<void> {
    const { database, files } = this.#parts
    await database.write(async (tx) => {
      await this.#store.due(tx)
      await this.#store.forget(tx, [...this.#parts.peers().keys()])
    })
    this.pump()
    for (let after = '', page: { sha256: string }[] = []; !this.#stopped; after = page.at(-1)!.sha256) {
      page = await this.#store.named(database.read, after, lookedThroughAtOnce)
      for (const { sha256 } of page) {
        if (this.#stopped) return
        if (!(await files.card(sha256) ?? await files.sound(sha256)) && !(await this.#store.wanted(database.read, sha256))) await this.#wantLost(sha256)
      }
      if (page.length < lookedThroughAtOnce) return
      await setImmediate()
    }
  }

  /** A file that facts name is asked of all who may have it. */
  async #wantLost(sha256: string): Promise<void> {
    const { database, clock } = this.#parts
    const wanted = await database.write(async (tx) => {
      const holders = await this.#rights.holders(tx, sha256, this.#neighbours())
      if (holders.length > 0) await this.#store.want(tx, { sha256, size: (await this.#store.declared(tx, sha256)).smallest }, holders[0]!, clock.now())
      return holders.length > 0
    })
    if (wanted) this.pump()
  }

  /** What was wanted has been put here by somebody. */
  async #put(sha256: string): Promise<void> {
    if ([...this.#transfers.values()].some((t) => t.sha256 === sha256)) return
    if (await this.#store.wanted(this.#parts.database.read, sha256)) await this.#arrived(sha256, null)
  }

  #neighbours(): Address[] {
    return [...this.#parts.peers().keys()]
  }

  /** Starts what can be started. Called when something was named, joined, answered, or has waited long enough. */
  pump(): void {
    this.#again = true
    if (this.#pumping || this.#stopped) return
    this.#pumping = true
    this.#guard('files', this.#pumpAll())
  }

  async #pumpAll(): Promise<void> {
    const { read } = this.#parts.database
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false
        // However much one neighbour has named, everything else has its turn.
        await setImmediate()
        const peers = [...this.#parts.peers()]
        // What the absent were to be asked for others may have; the empty name is nobody's.
        let left = perRound
        for (const away of ['', ...this.#absent(peers)]) {
          const due = left > 0 ? await this.#store.next(read, away, now(), this.#limit, left) : []
          if (due.length > 0) await this.#askOthers(due, away, true)
          left -= due.length
        }
        let vain = perRound
        for (const [peer, { isOnline }] of peers) {
          let goesOn = isOnline && !this.#transfers.has(peer)
          for (; goesOn && vain > 0 && !this.#stopped; vain--) {
            // From both ends in turn: however many files that nobody has one station names, what was named last has its turn.
            this.#newestFirst = !this.#newestFirst
            const [sha256] = await this.#store.next(read, peer, now(), this.#limit, 1, this.#newestFirst)
            goesOn = sha256 !== undefined && await this.#begin(peer, sha256)
          }
        }
        this.#later(left > 0 && vain > 0 ? this.#parts.timing.fileRetry : nextRoundMs)
      }
    } finally {
      // In the very step in which the loop has found nothing more: a call after it begins anew.
      this.#pumping = false
    }
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(() => this.pump(), ms)
    this.#timer.unref()
  }

  /** Begins a transfer; true when there is none to begin with this file, and the peer may be asked for the next. */
  async #begin(peer: Address, sha256: string): Promise<boolean> {
    const { files, database: { read } } = this.#parts
    const isHere = await files.card(sha256)
    if (isHere || !(await this.#rights.holders(read, sha256, this.#neighbours())).includes(peer)) {
      await (isHere ? this.#arrived(sha256, null) : this.#askOthers([sha256], peer))
      return true
    }
    const bound = Math.min(this.#limit, (await this.#store.declared(read, sha256)).largest ?? this.#limit)
    let start = await files.partial(sha256, peer)
    if (start > bound) {
      await files.dropPartial(sha256, peer)
      start = 0
    }
    const link = this.#parts.peers().get(peer)
    if (!link?.isOnline || this.#stopped) return false
    this.#transfers.set(peer, {
      sha256, start, asked: start, arrived: start, size: null, bound, window: 1, quickest: Infinity, askedAt: new Map(), began: now(), isSlow: false,
      waits: 0, exchangeSeen: link.lastExchangeAt, timer: undefined,
    })
    this.#ask(peer)
    return false
  }

  /** The peer has not given the files: the next one is asked; when all were, they are left alone for a while. */
  async #askOthers(files: string[], peer: Address, wasAway = false): Promise<void> {
    await this.#parts.database.write(async (tx) => {
      for (const sha256 of files) {
        const row = await this.#store.wanted(tx, sha256)
        // Meanwhile it has come: then it is asked after all.
        if (row?.peer !== peer || (wasAway && this.#here.has(peer))) continue
        const holders = await this.#rights.holders(tx, sha256, this.#neighbours())
        const tried = [...JSON.parse(row.tried) as Address[], peer]
        const next = holders.find((name) => !tried.includes(name) && this.#parts.peers().get(name)?.isOnline)
        const wait = Math.min(this.#parts.timing.fileRetry * 2 ** Math.min(row.rounds, 20), longestRetryMs)
        await this.#store.ask(tx, sha256, next ? { peer: next, tried, rounds: row.rounds, not_before: 0 } : { peer: holders[0] ?? '', tried: [], rounds: row.rounds + 1, not_before: now() + wait })
        this.#again ||= next !== undefined
      }
    })
  }

  #absent(peers: Iterable<[Address, FilePeer]>): Address[] {
    return [...peers].filter(([, { isOnline }]) => !isOnline).map(([name]) => name)
  }

  /** Keeps the window full; before the size is known there is one request. */
  #ask(peer: Address): void {
    const transfer = this.#transfers.get(peer)
    if (!transfer) return
    const { sha256, size } = transfer
    while (size === null ? transfer.asked === transfer.arrived : transfer.asked < size && transfer.asked - transfer.arrived < transfer.window * chunkBytes) {
      if (!this.#parts.peers().get(peer)?.send({ k: 'want', sha256, offset: transfer.asked })) return this.#end(peer)
      transfer.askedAt.set(transfer.asked, performance.now())
      transfer.asked += chunkBytes
    }
    transfer.waits = 0
    this.#watch(peer, transfer)
  }

  /** Whoever leaves us without an answer is passed over, unless facts are on their way before it; but not for ever. */
  #watch(peer: Address, transfer: Transfer): void {
    clearTimeout(transfer.timer)
    transfer.timer = setTimeout(() => {
      if (this.#transfers.get(peer) !== transfer) return
      const { lastExchangeAt = null } = this.#parts.peers().get(peer) ?? {}
      if (lastExchangeAt === transfer.exchangeSeen || ++transfer.waits > maxWaits) return this.#guard(peer, this.#giveUp(peer, transfer))
      transfer.exchangeSeen = lastExchangeAt
      this.#watch(peer, transfer)
    }, this.#parts.timing.fileAnswer)
    transfer.timer.unref()
  }

  receive(peer: Address, frame: FileFrame): void {
    this.#guard(peer, this.#receive(peer, frame))
  }

  async #receive(peer: Address, frame: FileFrame): Promise<void> {
    if (frame.k === 'want') return this.#serving.want(peer, frame)
    if (frame.k === 'got') return this.#told(peer, frame.sha256)
    const transfer = this.#transfers.get(peer)
    if (transfer?.sha256 !== frame.sha256) return
    const before = this.#writing.get(peer) ?? Promise.resolve()
    const work = before.then(() => (frame.k === 'lack' ? this.#lacked(peer, transfer) : this.#write(peer, transfer, frame))).catch(async (fault: unknown) => {
      this.#parts.onFault(peer, fault)
      await this.#giveUp(peer, transfer)
    })
    this.#writing.set(peer, work.catch(() => undefined))
    return work
  }

  /** A peer has come to have a file: it is asked at once, if it is to be asked at all. */
  async #told(peer: Address, sha256: string): Promise<void> {
    const { read } = this.#parts.database
    const row = await this.#store.wanted(read, sha256)
    if (!row || [...this.#transfers.values()].some((t) => t.sha256 === sha256) || !(await this.#rights.holders(read, sha256, this.#neighbours())).includes(peer)) return
    await this.#parts.database.write((tx) => this.#store.ask(tx, sha256, { peer, tried: [], rounds: row.rounds, not_before: 0 }))
    this.pump()
  }

  /** Asked from the middle it may lack only what it never gave: once more from the beginning, another time. */
  async #lacked(peer: Address, transfer: Transfer): Promise<void> {
    if (this.#transfers.get(peer) !== transfer) return
    if (transfer.start > 0 && transfer.arrived === transfer.start) await this.#parts.files.dropPartial(transfer.sha256, peer)
    await this.#giveUp(peer, transfer)
  }

  async #write(peer: Address, transfer: Transfer, chunk: FrameOf<'chunk'>): Promise<void> {
    // A chunk of a transfer given up meanwhile.
    if (this.#transfers.get(peer) !== transfer || chunk.offset !== transfer.arrived) return
    const bytes = Buffer.from(chunk.data, 'base64')
    const end = chunk.offset + bytes.length
    const isSame = transfer.size === null ? chunk.size <= transfer.bound : chunk.size === transfer.size
    if (!isSame || end > chunk.size || bytes.length < Math.min(chunkBytes, chunk.size - chunk.offset)) {
      // Nothing of a file that is longer than it may be is of any use.
      if (!isSame) await this.#parts.files.dropPartial(transfer.sha256, peer)
      return this.#giveUp(peer, transfer)
    }
    await this.#parts.files.appendPartial(chunk.sha256, peer, chunk.offset, bytes)
    transfer.size = chunk.size
    transfer.arrived = end
    transfer.asked = Math.max(transfer.asked, end)
    adapt(transfer, chunk.offset)
    if (end < chunk.size) {
      if (!transfer.isSlow && now() - transfer.began > patience * this.#parts.timing.fileAnswer) {
        transfer.isSlow = true
        await this.#askOthers([transfer.sha256], peer)
        this.pump()
      }
      return this.#ask(peer)
    }
    clearTimeout(transfer.timer)
    await this.#parts.files.finishPartial(chunk.sha256, peer)
    await this.#arrived(chunk.sha256, peer)
    this.pump()
  }

  /** Here now: whoever may have it is told, for it may have asked in vain. */
  async #arrived(sha256: string, from: Address | null): Promise<void> {
    for (const [peer, transfer] of this.#transfers) if (transfer.sha256 === sha256) this.#end(peer)
    await this.#parts.database.write((tx) => this.#store.got(tx, sha256, from))
    for (const [peer, link] of this.#parts.peers()) {
      if (peer !== from && link.isOnline && await this.#rights.mayHave(this.#parts.database.read, sha256, peer)) link.send({ k: 'got', sha256 })
    }
  }

  /** This peer's copy is no good, it does not keep to the order, or it is silent: others are asked, and it again later. */
  async #giveUp(peer: Address, transfer: Transfer): Promise<void> {
    if (this.#transfers.get(peer) !== transfer) return
    this.#end(peer)
    await this.#askOthers([transfer.sha256], peer)
    this.pump()
  }

  /** The peer is there: what it lacked before may be there now, and what the absent were to be asked for. Told often, heard once. */
  joined(peer: Address): void {
    if (this.#stopped || this.#here.has(peer)) return
    this.#here.add(peer)
    this.#guard(peer, this.#parts.database.write((tx) => this.#store.due(tx, { peer, absent: this.#absent(this.#parts.peers()) })).then(() => this.pump()))
  }

  /** The peer is away, or begins anew. */
  left(peer: Address): void {
    this.#here.delete(peer)
    this.#end(peer)
    this.#serving.gone(peer)
  }

  #end(peer: Address): void {
    clearTimeout(this.#transfers.get(peer)?.timer)
    this.#transfers.delete(peer)
  }

  /** What facts name and is not here, the longest wanted first; or one file of them. */
  wanted(limit: number, sha256?: string): Promise<{ sha256: string; size: number | null; wanted_at: number; total?: number }[]> {
    const { read } = this.#parts.database
    return sha256 === undefined ? this.#store.allWanted(read, limit) : this.#store.wanted(read, sha256).then((row) => (row ? [row] : []))
  }

  #guard(peer: Address, work: Promise<unknown>): void {
    work.catch((fault: unknown) => { if (!this.#stopped) this.#parts.onFault(peer, fault) })
  }

  stop(): void {
    this.#stopped = true
    this.#unsubscribe()
    this.#serving.stop()
    clearTimeout(this.#timer)
    for (const peer of this.#transfers.keys()) this.#end(peer)
  }
}

function now(): number {
  return Math.round(performance.now())
}

/** One more chunk ahead while answers come without standing in a queue, half as many when they do. */
function adapt(transfer: Transfer, offset: number): void {
  const at = transfer.askedAt.get(offset)
  transfer.askedAt.delete(offset)
  if (at === undefined) return
  const took = performance.now() - at
  transfer.quickest = Math.min(transfer.quickest, took)
  transfer.window = took - transfer.quickest < queueingMs ? Math.min(maxWindow, transfer.window + 1) : Math.max(1, transfer.window >> 1)
}
