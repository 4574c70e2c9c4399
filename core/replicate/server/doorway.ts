import type { Duplex } from 'node:stream'

/** Places for connections that are not proven: of one source address, and all together (SPEC R-18). */
export interface DoorwayLimits { perSource: number; total: number }
export const doorwayLimits: DoorwayLimits = { perSource: 256, total: 1024 }

/**
 * Who stands at the door and is not proven yet. A slow child needs a second or two; a flood has as many
 * connections as it likes. So where places run out, one of the most crowded source is drawn by lot to leave, the newcomer
 * included: whoever comes again and again gets through, and a crowd from one source pushes nobody out but its own.
 */
export class Doorway<Guest> {
  readonly #limits: DoorwayLimits
  readonly #random: () => number
  readonly #bySource = new Map<string, Guest[]>()
  #count = 0

  constructor(limits: DoorwayLimits, random: () => number) {
    this.#limits = limits
    this.#random = random
  }

  /** Whether a newcomer may come in; whoever must leave for it is no longer counted. */
  admit(source: string, leave: (guest: Guest) => void): boolean {
    const own = this.#bySource.get(source)?.length ?? 0
    if (own < this.#limits.perSource && this.#count < this.#limits.total) return true
    const crowded = own >= this.#limits.perSource ? source : this.#mostCrowded(source)
    const guests = this.#bySource.get(crowded) ?? []
    const drawn = Math.floor(this.#random() * (guests.length + (crowded === source ? 1 : 0)))
    const guest = guests[drawn]
    if (guest === undefined) return false
    this.leave(crowded, guest)
    leave(guest)
    return true
  }

  enter(source: string, guest: Guest): void {
    const guests = this.#bySource.get(source)
    if (guests) guests.push(guest)
    else this.#bySource.set(source, [guest])
    this.#count++
  }

  /** It is proven, or gone. */
  leave(source: string, guest: Guest): void {
    const guests = this.#bySource.get(source)
    const place = guests?.indexOf(guest) ?? -1
    if (!guests || place === -1) return
    guests.splice(place, 1)
    if (guests.length === 0) this.#bySource.delete(source)
    this.#count--
  }

  all(): Guest[] {
    return [...this.#bySource.values()].flat()
  }

  #mostCrowded(newcomer: string): string {
    let most = newcomer
    for (const [source, guests] of this.#bySource) if (guests.length > (this.#bySource.get(most)?.length ?? 0)) most = source
    return most
  }
}

/**
 * Refuses a connection whose first message is not one whole text shorter than 64 KiB (what a WebSocket's two-byte
 * length can say), from the head of its first frame alone, before any of it is kept.
 */
export function guardFirstMessage(wire: Duplex, refuse: () => void): () => void {
  let seen = Buffer.alloc(0)
  const look = (part: Buffer) => {
    seen = Buffer.concat([seen, part.subarray(0, 2)])
    if (seen.length < 2) return
    stop()
    // 0x81: whole, a text, 0x40 more if it is compressed; 127: eight bytes of length follow (RFC 6455, 5.2).
    if ((seen[0]! & 0xbf) !== 0x81 || (seen[1]! & 0x7f) === 127) refuse()
  }
  const stop = () => { wire.off('data', look) }
  wire.on('data', look)
  return stop
}
