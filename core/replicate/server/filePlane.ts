import type { Address, Clock } from '#core/kernel/index.ts'
import type { Fact } from '#core/ledger/index.ts'
import type { Files } from '#core/files/server/files.ts'
import type { Database, Db } from '#core/sql/server/database.ts'
import { chunkBytes, type FileFrame, type FrameOf } from '../frames.ts'
import type { LinkStore } from './linkStore.ts'

/** Chunks asked for ahead, so that a satellite's delay does not set the speed; how many, each transfer finds out. */
const maxWindow = 32
/** Chunk requests one peer may have waiting here. */
const maxWaitingWants = 2 * maxWindow
/** An answer that takes so much longer than the quickest one stood in a queue, and strokes and facts stood in it too. */
const queueingMs = 200
const retryMs = 30_000
const standBackMs = 20
const maxStandBacks = 25

export interface FilePeer {
  isOnline: boolean
  isLedgerBusy: boolean
  send(frame: FileFrame): boolean
}

interface Transfer { sha256: string; asked: number; arrived: number; size: number | null; window: number; quickest: number; askedAt: Map<number, number> }

/** Pulls by hash the files that facts name, one at a time from each peer, behind the facts, from where it left off (SPEC R-18). */
export class FilePlane {
  readonly #files: Files
  readonly #database: Database
  readonly #store: LinkStore
  readonly #clock: Clock
  readonly #peers: () => Map<Address, FilePeer>
  readonly #transfers = new Map<Address, Transfer>()
  /** Peers known not to have a file, and when they said so. */
  readonly #lacking = new Map<string, number>()
  /** Who asked in vain: told when the file is here. */
  readonly #askers = new Map<string, Set<Address>>()
  readonly #serving = new Map<Address, { wants: FrameOf<'want'>[]; running: boolean }>()
  readonly #onFault: (peer: Address, fault: unknown) => void
  #pumping = false
  #again = false
  #stopped = false
  #timer: NodeJS.Timeout | undefined

  constructor(parts: { files: Files; database: Database; store: LinkStore; clock: Clock; peers: () => Map<Address, FilePeer>; onFault: (peer: Address, fault: unknown) => void }) {
    this.#files = parts.files
    this.#database = parts.database
    this.#store = parts.store
    this.#clock = parts.clock
    this.#peers = parts.peers
    this.#onFault = parts.onFault
  }

  /** Notes the files that arrived facts name, in the transaction that stores the facts. */
  async want(tx: Db, peer: Address, facts: Fact[]): Promise<void> {
    for (const fact of facts) {
      for (const sha256 of attachmentsOf(fact.body)) {
        if (!(await this.#files.card(sha256))) await this.#store.wantFile(tx, sha256, peer, this.#clock.now())
      }
    }
  }

  /** Starts what can be started. Called after commits, joins and answers. */
  pump(): void {
    this.#again = true
    if (this.#pumping || this.#stopped) return
    this.#pumping = true
    this.#pumpAll().catch((fault: unknown) => this.#onFault('files', fault)).finally(() => { this.#pumping = false }).catch(() => undefined)
  }

  async #pumpAll(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false
      const peers = [...this.#peers()].filter(([peer, p]) => p.isOnline && !this.#transfers.has(peer))
      if (peers.length === 0) continue
      let refused = false
      for (const { sha256, peer: first } of await this.#store.wantedFiles(this.#database.read)) {
        if ([...this.#transfers.values()].some((t) => t.sha256 === sha256)) continue
        if (await this.#files.card(sha256)) {
          await this.#arrived(sha256)
          continue
        }
        const free = peers.filter(([peer]) => !this.#transfers.has(peer))
        const able = free.filter(([peer]) => this.#clock.now() - (this.#lacking.get(`${peer} ${sha256}`) ?? -Infinity) >= retryMs)
        if (able.length < free.length) refused = true
        const [peer] = able.find(([name]) => name === first) ?? able[0] ?? []
        if (!peer) continue
        const start = await this.#files.partial(sha256)
        this.#transfers.set(peer, { sha256, asked: start, arrived: start, size: null, window: 1, quickest: Infinity, askedAt: new Map() })
        this.#ask(peer)
      }
      if (refused) this.#later()
    }
  }

  #later(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.pump(), retryMs)
    this.#timer.unref()
  }

  /** Keeps the window full; before the size is known there is one request. */
  #ask(peer: Address): void {
    const transfer = this.#transfers.get(peer)
    if (!transfer) return
    const { sha256, size } = transfer
    while (size === null ? transfer.asked === transfer.arrived : transfer.asked < size && transfer.asked - transfer.arrived < transfer.window * chunkBytes) {
      if (!this.#peers().get(peer)?.send({ k: 'want', sha256, offset: transfer.asked })) return this.gone(peer)
      transfer.askedAt.set(transfer.asked, performance.now())
      transfer.asked += chunkBytes
    }
  }

  receive(peer: Address, frame: FileFrame): void {
    const work = this.#receive(peer, frame)
    work.catch((fault: unknown) => {
      this.#onFault(peer, fault)
      this.#giveUp(peer)
    })
  }

  /** Chunks of one peer are written strictly in order. */
  readonly #writing = new Map<Address, Promise<void>>()

  async #receive(peer: Address, frame: FileFrame): Promise<void> {
    if (frame.k === 'want') return this.#queueWant(peer, frame)
    if (frame.k === 'got') {
      this.#lacking.delete(`${peer} ${frame.sha256}`)
      return this.pump()
    }
    if (frame.k === 'lack') {
      this.#lacking.set(`${peer} ${frame.sha256}`, this.#clock.now())
      if (this.#transfers.get(peer)?.sha256 === frame.sha256) this.#transfers.delete(peer)
      return this.pump()
    }
    const before = this.#writing.get(peer) ?? Promise.resolve()
    const work = before.then(() => this.#write(peer, frame))
    this.#writing.set(peer, work.catch(() => undefined))
    return work
  }

  async #write(peer: Address, chunk: FrameOf<'chunk'>): Promise<void> {
    const transfer = this.#transfers.get(peer)
    // A chunk of a transfer given up meanwhile.
    if (!transfer || transfer.sha256 !== chunk.sha256 || chunk.offset !== transfer.arrived) return
    const bytes = Buffer.from(chunk.data, 'base64')
    const end = chunk.offset + bytes.length
    if (end > chunk.size || (bytes.length === 0 && end < chunk.size)) return this.#giveUp(peer)
    if (bytes.length > 0) await this.#files.appendPartial(chunk.sha256, chunk.offset, bytes)
    transfer.size = chunk.size
    transfer.arrived = end
    transfer.asked = Math.max(transfer.asked, end)
    adapt(transfer, chunk.offset)
    if (end < chunk.size) return this.#ask(peer)
    await this.#files.finishPartial(chunk.sha256)
    this.#transfers.delete(peer)
    await this.#arrived(chunk.sha256)
    this.pump()
  }

  async #arrived(sha256: string): Promise<void> {
    await this.#database.write((tx) => this.#store.gotFile(tx, sha256))
    for (const asker of this.#askers.get(sha256) ?? []) this.#peers().get(asker)?.send({ k: 'got', sha256 })
    this.#askers.delete(sha256)
  }

  /** This peer's copy is no good, or it does not keep to the order: ask elsewhere, and here again later. */
  #giveUp(peer: Address): void {
    const transfer = this.#transfers.get(peer)
    if (!transfer) return
    this.#transfers.delete(peer)
    this.#lacking.set(`${peer} ${transfer.sha256}`, this.#clock.now())
    this.pump()
  }

  #queueWant(peer: Address, want: FrameOf<'want'>): void {
    const queue = this.#serving.get(peer) ?? { wants: [], running: false }
    this.#serving.set(peer, queue)
    if (queue.wants.length >= maxWaitingWants) return
    queue.wants.push(want)
    if (queue.running) return
    queue.running = true
    this.#serve(peer, queue.wants).catch((fault: unknown) => this.#onFault(peer, fault)).finally(() => { queue.running = false }).catch(() => undefined)
  }

  async #serve(peer: Address, wants: FrameOf<'want'>[]): Promise<void> {
    for (let want = wants.shift(); want && !this.#stopped; want = wants.shift()) {
      const { sha256, offset } = want
      const card = await this.#files.card(sha256)
      const link = this.#peers().get(peer)
      if (!link) return
      if (!card || offset > card.size) {
        const askers = this.#askers.get(sha256) ?? new Set()
        this.#askers.set(sha256, askers.add(peer))
        link.send({ k: 'lack', sha256 })
        continue
      }
      // Last in line: while facts are on their way a chunk stands back, but not for ever.
      for (let i = 0; i < maxStandBacks && link.isLedgerBusy; i++) await new Promise((done) => { setTimeout(done, standBackMs) })
      const data = await this.#read(sha256, offset, Math.min(chunkBytes, card.size - offset))
      link.send({ k: 'chunk', sha256, offset, size: card.size, data: data.toString('base64') })
    }
  }

  async #read(sha256: string, offset: number, length: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let left = length
    if (left === 0) return Buffer.alloc(0)
    const stream = this.#files.open(sha256, offset)
    for await (const part of stream) {
      parts.push(part as Buffer)
      left -= (part as Buffer).length
      if (left <= 0) break
    }
    stream.destroy()
    return Buffer.concat(parts).subarray(0, length)
  }

  /** A session has begun: what the peer lacked before may be there now. */
  joined(peer: Address): void {
    this.gone(peer)
    for (const key of this.#lacking.keys()) if (key.startsWith(`${peer} `)) this.#lacking.delete(key)
    this.pump()
  }

  gone(peer: Address): void {
    this.#transfers.delete(peer)
    this.#serving.delete(peer)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }
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

/** The hashes that a fact's body names under `attachments`, wherever it stands. */
export function attachmentsOf(body: unknown): string[] {
  const found: string[] = []
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 6) return
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'attachments' && Array.isArray(inner)) {
        for (const card of inner) {
          const sha256 = (card as { sha256?: unknown } | null)?.sha256
          if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)) found.push(sha256)
        }
      } else walk(inner, depth + 1)
    }
  }
  walk(body, 0)
  return found
}
