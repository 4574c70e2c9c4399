import { isWithin, parentOf, type Address } from '#core/kernel/index.ts'
import type { Present } from './messages.ts'

/** Forgotten this long after the last word. */
const silenceMs = 15_000
const maxInRoom = 1_000

/** Who is where in the rooms of one station; kept in memory, never stored (SPEC V-12). `from` is a peer, or a screen of ours. */
export class PresenceTable<From> {
  readonly #rooms = new Map<string, Map<string, { item: Present; from: From; heardAt: number }>>()

  /** Takes a newer word of somebody; false when it is old, or too many are here. */
  tell(room: string, item: Present, from: From, now: number): boolean {
    const here = this.#rooms.get(room) ?? new Map<string, { item: Present; from: From; heardAt: number }>()
    this.#rooms.set(room, here)
    const before = here.get(item.id)
    if (before ? item.n <= before.item.n || before.item.station !== item.station : here.size >= maxInRoom) return false
    here.set(item.id, { item, from, heardAt: now })
    return true
  }

  /** Removes one, if it came this way. */
  leave(room: string, id: string, from: From): boolean {
    const here = this.#rooms.get(room)
    if (here?.get(id)?.from !== from) return false
    return here.delete(id)
  }

  /** Removes all that came this way, or that have been silent for long: ids by room. */
  sweep(now: number, gone?: (from: From) => boolean): Map<string, string[]> {
    const left = new Map<string, string[]>()
    for (const [room, here] of this.#rooms) {
      for (const [id, { from, heardAt }] of here) {
        if (now - heardAt <= silenceMs && !gone?.(from)) continue
        here.delete(id)
        left.set(room, [...(left.get(room) ?? []), id])
      }
      if (here.size === 0) this.#rooms.delete(room)
    }
    return left
  }

  everyone(room: string): { item: Present; from: From }[] {
    return [...(this.#rooms.get(room)?.values() ?? [])]
  }

  rooms(): string[] {
    return [...this.#rooms.keys()]
  }
}

/** Words waiting to go one way: of each person only the latest, so a slow way never makes a queue. */
export class PresenceOutbox {
  readonly #rooms = new Map<string, { here: Map<string, Present>; gone: Set<string> }>()

  add(room: string, item: Present): void {
    const waiting = this.#room(room)
    waiting.here.set(item.id, item)
    waiting.gone.delete(item.id)
  }

  drop(room: string, id: string): void {
    const waiting = this.#room(room)
    waiting.here.delete(id)
    waiting.gone.add(id)
  }

  get isEmpty(): boolean {
    return this.#rooms.size === 0
  }

  /** Everything waiting, and nothing waits any more. */
  take(): { room: string; here: Present[]; gone: string[] }[] {
    const all = [...this.#rooms].map(([room, { here, gone }]) => ({ room, here: [...here.values()], gone: [...gone] }))
    this.#rooms.clear()
    return all
  }

  #room(room: string) {
    const waiting = this.#rooms.get(room) ?? { here: new Map<string, Present>(), gone: new Set<string>() }
    this.#rooms.set(room, waiting)
    return waiting
  }
}

/** So many characters of presence in one message: even in Chinese a quarter of what a link takes at once. */
const charactersAtOnce = 64 * 1024

/** Words to a peer in messages that it reads, however many people speak at once. */
export function* inParts({ room, here, gone }: { room: string; here: Present[]; gone: string[] }): Generator<{ room: string; here: Present[]; gone: string[] }> {
  for (let i = 0; i < gone.length; i += 1000) yield { room, here: [], gone: gone.slice(i, i + 1000) }
  let part: Present[] = []
  let characters = 0
  for (const one of here) {
    if (part.length > 0 && (characters + one.body.length > charactersAtOnce || part.length >= 500)) {
      yield { room, here: part, gone: [] }
      part = []
      characters = 0
    }
    part.push(one)
    characters += one.body.length
  }
  if (part.length > 0) yield { room, here: part, gone: [] }
}

/** Whether a word about a station may come from that peer: a child speaks for its subtree, a parent for the rest. */
export function maySpeakFor(peer: Address, station: Address, self: Address): boolean {
  return parentOf(peer) === self ? isWithin(station, peer) : !isWithin(station, self)
}

/** What a word says; null unless it is a JSON object. */
export function readWord(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
