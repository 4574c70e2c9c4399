import { hash } from 'node:crypto'
import type { Address } from '#core/kernel/index.ts'
import { countsUpTo, type DocCard, type Limit } from '#core/live/card.ts'
import { partsOfChain } from '#core/live/entry.ts'
import { decodeMessage, encodeMessage } from '#core/live/messages.ts'
import { Peers } from '#core/live/peers.ts'
import { LivePlane } from '#core/live/plane.ts'
import type { Random } from '#lab/simulation/random.ts'
import type { World } from '#lab/simulation/world.ts'
import type { Disk } from './memoryStore.ts'

export interface SimParts {
  self: Address
  run: string
  world: World
  random: Random
  disk: Disk
  /** Speaks no live documents yet. */
  isOld: boolean
  docs: string[]
  card(doc: string): DocCard | undefined
  concerns(card: DocCard, peer: Address): boolean
  fault(text: string): void
  count(): void
}

const cheap = { hash: (bytes: Uint8Array) => hash('sha1', bytes, 'hex'), verify: (text: string, sig: string, key: string) => hash('sha1', key + text, 'hex') === sig }

/** The real plane and the real talk of one station, over a disk in memory and sockets that are functions. */
export class SimStation {
  readonly self: Address
  readonly isOld: boolean
  readonly #parts: SimParts
  readonly #plane: LivePlane
  readonly #peers: Peers
  readonly #power = { isOn: true }
  readonly #sockets = new Map<Address, (bytes: Uint8Array) => boolean>()

  constructor(parts: SimParts) {
    this.self = parts.self
    this.isOld = parts.isOld
    this.#parts = parts
    const store = parts.disk.open(this.#power)
    const onFault = (fault: unknown) => { if (this.#power.isOn) parts.fault(`${parts.self}: ${String(fault)}`) }
    const now = () => Math.floor(parts.world.now())
    this.#plane = new LivePlane({
      self: parts.self, run: parts.run, now, crypto: cheap, card: (doc) => parts.card(doc), store, onFault,
      sign: (text) => hash('sha1', parts.self + text, 'hex'),
      station: (address) => ({ keys: [{ publicKey: address, fromSeq: 1, untilSeq: null }], state: 'active' }),
      judgeValue: () => null,
      onEntry: (entry, from) => this.#peers.stream(entry, from),
      onUpdates: () => undefined, onKeys: () => undefined, onReset: () => undefined, onRights: () => undefined,
      onDurable: (entry, from) => this.#peers.durable(entry, from),
    })
    this.#peers = new Peers({
      plane: this.#plane, store, crypto: cheap, now, onFault, card: (doc) => parts.card(doc), concerns: (card, peer) => parts.concerns(card, peer),
      send: (peer, message) => {
        parts.count()
        return this.#power.isOn && (this.#sockets.get(peer)?.(encodeMessage(message)) ?? false)
      },
      isRoomy: () => parts.random.next() > 0.05,
      later: (ms, work) => parts.world.after(ms, () => { if (this.#power.isOn) work() }),
      onRefusal: (_peer, _doc, code, detail) => {
        // Facts travel at their own pace, so what is not granted yet is turned away now and then; nothing else may be.
        if (code !== 'live.not-writer' && code !== 'live.sealed') parts.fault(`${parts.self} turned away ${code}: ${detail}`)
      },
      onFlood: (peer) => parts.fault(`${peer} floods ${parts.self}`),
    })
  }

  get isOn(): boolean { return this.#power.isOn }

  edit(doc: string, key: string, label: string | null): Promise<void> {
    // A later version may say more in a value; this one keeps it.
    const value = label === null ? null : { label, ...(this.#parts.random.chance(0.2) ? { later: [1, 2] } : {}) }
    return this.#plane.edit(doc, { id: 'p', name: '值班员' }, [{ key, value }])
  }

  async limitOf(doc: string, station: Address): Promise<Limit> {
    const card = this.#parts.card(doc)!
    const limit: Record<string, number> = {}
    await this.#plane.settled()
    for (const [chain, seq] of await this.#plane.vectorOf(doc)) {
      const { station: writer, run } = partsOfChain(chain)
      if (writer === station) limit[run] = Math.min(seq, countsUpTo(card, writer, run))
    }
    return limit
  }

  async canonical(doc: string): Promise<string> {
    return (await this.#plane.open(doc))?.document.canonical() ?? 'none'
  }

  async vectorText(doc: string): Promise<string> {
    return [...await this.#plane.vectorOf(doc)].map(([chain, seq]) => `${chain}:${seq}`).sort().join(', ')
  }

  async pack(doc: string): Promise<number> {
    const packed = await this.#plane.pack(doc, 2)
    for (const entry of packed) this.#peers.repack(entry)
    return packed.length
  }

  cardsChanged(docs: string[]): void {
    const work = async () => {
      for (const doc of docs) await this.#plane.reconsider(doc)
      await this.#peers.cardsChanged(docs)
    }
    work().catch((fault: unknown) => { if (this.#power.isOn) this.#parts.fault(String(fault)) })
  }

  tick(): void { if (this.#power.isOn) this.#peers.tick() }

  joined(peer: Address, send: (bytes: Uint8Array) => boolean): void {
    this.#sockets.set(peer, send)
    this.#peers.joined(peer)
  }

  gone(peer: Address): void {
    this.#sockets.delete(peer)
    this.#peers.gone(peer)
  }

  receive(peer: Address, bytes: Uint8Array): void {
    const decoded = decodeMessage(bytes)
    if ('fault' in decoded) return this.#parts.fault(decoded.fault)
    if (decoded.message && this.#power.isOn) this.#peers.receive(peer, decoded.message).catch((fault: unknown) => this.#parts.fault(String(fault)))
  }

  /** What it had not yet on the disk is gone. */
  kill(): void {
    this.#power.isOn = false
    this.#sockets.clear()
  }
}
