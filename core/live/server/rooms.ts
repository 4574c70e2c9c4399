import type { Address } from '#core/kernel/index.ts'
import type { Reach } from '#core/ledger/index.ts'
import type { MessageOf, Present } from '../messages.ts'
import { inParts, maySpeakFor, PresenceOutbox, PresenceTable } from '../presence.ts'

/** Words go out at once, then at most this often each way. */
const everyMs = 25
const sweepMs = 1_000
/** More than this waiting in a peer's socket: words wait, and only the latest of each person stays. */
const maxWaiting = 32 * 1024

export interface RoomsParts {
  self: Address
  now(): number
  reach(room: string): Reach | undefined
  concerns(reach: Reach, peer: Address): boolean
  send(peer: Address, message: MessageOf<'presence'>): boolean
  waiting(peer: Address): number
  onRefusal(peer: Address, room: string, code: string, detail: string): void
}

interface Way { hear(here: Present[], gone: string[]): void; outbox: PresenceOutbox }

/** Hands in rooms: what people at this station and beyond its links are just doing. Nothing is stored (SPEC V-12). */
export class Rooms {
  readonly #parts: RoomsParts
  readonly #table = new PresenceTable<unknown>()
  readonly #screens = new Map<string, Map<unknown, Way>>()
  readonly #peers = new Map<Address, PresenceOutbox>()
  #flushedAt = 0
  #timer: NodeJS.Timeout | undefined
  readonly #sweeping: NodeJS.Timeout

  constructor(parts: RoomsParts) {
    this.#parts = parts
    this.#sweeping = setInterval(() => this.#sweep(), sweepMs)
    this.#sweeping.unref()
  }

  stop(): void {
    clearInterval(this.#sweeping)
    clearTimeout(this.#timer)
  }

  joined(peer: Address): void {
    const outbox = new PresenceOutbox()
    this.#peers.set(peer, outbox)
    for (const room of this.#table.rooms()) {
      const reach = this.#parts.reach(room)
      if (reach && this.#parts.concerns(reach, peer)) for (const { item, from } of this.#table.everyone(room)) if (from !== peer) outbox.add(room, item)
    }
    this.#soon()
  }

  gone(peer: Address): void {
    this.#peers.delete(peer)
    this.#left(this.#table.sweep(this.#parts.now(), (from) => from === peer), peer)
  }

  enter(room: string, id: string, screen: unknown, hear: Way['hear']): void {
    const here = this.#screens.get(room) ?? new Map<unknown, Way>()
    this.#screens.set(room, here)
    const way = { hear, outbox: new PresenceOutbox() }
    here.set(screen, way)
    for (const { item } of this.#table.everyone(room)) if (item.id !== id) way.outbox.add(room, item)
    this.#soon()
  }

  leave(room: string, id: string, screen: unknown): void {
    const here = this.#screens.get(room)
    here?.delete(screen)
    if (here?.size === 0) this.#screens.delete(room)
    if (this.#table.leave(room, id, screen)) this.#left(new Map([[room, [id]]]), screen)
  }

  tell(room: string, item: Present, screen: unknown): void {
    if (this.#table.tell(room, item, screen, this.#parts.now())) this.#spread(room, item, screen)
  }

  receive(peer: Address, { room, here, gone }: MessageOf<'presence'>): void {
    const parts = this.#parts
    const reach = parts.reach(room)
    if (!reach) return
    if (!parts.concerns(reach, peer)) return parts.onRefusal(peer, room, 'live.out-of-scope', 'presence')
    for (const item of here) {
      if (!maySpeakFor(peer, item.station, parts.self)) parts.onRefusal(peer, room, 'live.foreign-presence', item.station)
      else if (this.#table.tell(room, item, peer, parts.now())) this.#spread(room, item, peer)
    }
    for (const id of gone) if (this.#table.leave(room, id, peer)) this.#left(new Map([[room, [id]]]), peer)
  }

  #spread(room: string, item: Present, from: unknown): void {
    for (const [screen, way] of this.#screens.get(room) ?? []) if (screen !== from) way.outbox.add(room, item)
    for (const [, outbox] of this.#peersOf(room, from)) outbox.add(room, item)
    this.#soon()
  }

  #left(ids: Map<string, string[]>, from: unknown): void {
    for (const [room, gone] of ids) {
      for (const id of gone) {
        for (const way of this.#screens.get(room)?.values() ?? []) way.outbox.drop(room, id)
        for (const [, outbox] of this.#peersOf(room, from)) outbox.drop(room, id)
      }
    }
    if (ids.size > 0) this.#soon()
  }

  *#peersOf(room: string, from: unknown): Iterable<[Address, PresenceOutbox]> {
    const reach = this.#parts.reach(room)
    if (!reach) return
    for (const [peer, outbox] of this.#peers) if (peer !== from && this.#parts.concerns(reach, peer)) yield [peer, outbox]
  }

  #sweep(): void {
    this.#left(this.#table.sweep(this.#parts.now()), null)
    // A peer whose socket was full may have room again.
    this.#soon()
  }

  #soon(): void {
    if (this.#timer) return
    const wait = this.#flushedAt + everyMs - performance.now()
    if (wait <= 0) this.#flush()
    else this.#timer = setTimeout(() => this.#flush(), wait)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#flushedAt = performance.now()
    for (const here of this.#screens.values()) {
      for (const way of here.values()) for (const { here: items, gone } of way.outbox.take()) way.hear(items, gone)
    }
    for (const [peer, outbox] of this.#peers) {
      if (outbox.isEmpty || this.#parts.waiting(peer) > maxWaiting) continue
      for (const words of outbox.take()) {
        // What does not fit now is said again before long: it must not hold up what a link is for.
        for (const part of inParts(words)) if (this.#parts.waiting(peer) <= maxWaiting) this.#parts.send(peer, { k: 'presence', ...part })
      }
    }
  }
}
