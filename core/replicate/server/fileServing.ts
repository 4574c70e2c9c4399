import { performance } from 'node:perf_hooks'
import type { Address } from '#core/kernel/index.ts'
import type { FileCard, Files } from '#core/files/server/files.ts'
import type { Db } from '#core/sql/server/database.ts'
import { chunkBytes, type FileFrame, type FrameOf } from '../frames.ts'
import type { FileRights } from './fileRights.ts'

/** Chunk requests one peer may have waiting here: twice what it asks ahead. */
const maxWaitingWants = 64
/** A right looked up counts for the chunks that follow it closely. */
const rightMs = 10_000
/** Short: a fact that gives the right may be on its way. */
const refusedMs = 200
const standBackMs = 20
const maxStandBacks = 25

export interface FilePeer {
  isOnline: boolean
  isLedgerBusy: boolean
  /** When facts or cursors were last exchanged; it changes as long as they are on their way. */
  lastExchangeAt: number | null
  send(frame: FileFrame): boolean
}

interface ServingParts {
  files: Files
  read: Db
  rights: FileRights
  peer(name: Address): FilePeer | undefined
  onFault(peer: Address, fault: unknown): void
}

interface Serving {
  wants: FrameOf<'want'>[]
  running: boolean
  /** The file that the peer is being given, and until when that needs no further look. */
  right: { card: FileCard; until: number } | null
  /** The one it had no right to last, and until when that needs no further look. */
  refused: { sha256: string; until: number } | null
}

/** Answers what peers ask for: a chunk, or `lack` — the same whether we do not have the file, may not give it, or cannot read it (SPEC ). */
export class FileServing {
  readonly #parts: ServingParts
  readonly #peers = new Map<Address, Serving>()
  #stopped = false

  constructor(parts: ServingParts) {
    this.#parts = parts
  }

  want(peer: Address, want: FrameOf<'want'>): void {
    const serving = this.#peers.get(peer) ?? { wants: [], running: false, right: null, refused: null }
    this.#peers.set(peer, serving)
    if (serving.wants.length >= maxWaitingWants) return
    serving.wants.push(want)
    if (serving.running) return
    serving.running = true
    this.#serve(peer, serving).catch((fault: unknown) => this.#parts.onFault(peer, fault)).finally(() => { serving.running = false }).catch(() => undefined)
  }

  gone(peer: Address): void {
    this.#peers.delete(peer)
  }

  stop(): void {
    this.#stopped = true
  }

  async #serve(peer: Address, serving: Serving): Promise<void> {
    for (let want = serving.wants.shift(); want && !this.#stopped; want = serving.wants.shift()) {
      const link = this.#parts.peer(peer)
      if (!link) return
      link.send(await this.#answer(peer, serving, want, link).catch((fault: unknown): FileFrame => {
        this.#parts.onFault(peer, fault)
        return { k: 'lack', sha256: want.sha256 }
      }))
    }
  }

  async #answer(peer: Address, serving: Serving, { sha256, offset }: FrameOf<'want'>, link: FilePeer): Promise<FileFrame> {
    const lack: FileFrame = { k: 'lack', sha256 }
    if (serving.refused?.sha256 === sha256 && serving.refused.until > performance.now()) return lack
    if (serving.right?.card.sha256 !== sha256 || serving.right.until < performance.now()) {
      const may = await this.#parts.rights.mayHave(this.#parts.read, sha256, peer)
      serving.refused = may ? null : { sha256, until: performance.now() + refusedMs }
      const card = may && await this.#parts.files.sound(sha256)
      serving.right = card ? { card, until: performance.now() + rightMs } : null
    }
    if (!serving.right || offset > serving.right.card.size) return lack
    const { size } = serving.right.card
    // Last in line: while facts are on their way a chunk stands back, but not for ever.
    for (let i = 0; i < maxStandBacks && link.isLedgerBusy; i++) await new Promise((done) => { setTimeout(done, standBackMs) })
    const data = await this.#read(sha256, offset, Math.min(chunkBytes, size - offset))
    if (data) return { k: 'chunk', sha256, offset, size, data: data.toString('base64') }
    serving.right = null
    await this.#parts.files.sound(sha256, true)
    return lack
  }

  /** Exactly so many bytes, or null. */
  async #read(sha256: string, offset: number, length: number): Promise<Buffer | null> {
    if (length === 0) return Buffer.alloc(0)
    const parts: Buffer[] = []
    try {
      for await (const part of this.#parts.files.open(sha256, offset, offset + length - 1)) parts.push(part as Buffer)
    } catch {
      return null
    }
    const data = Buffer.concat(parts)
    return data.length === length ? data : null
  }
}
