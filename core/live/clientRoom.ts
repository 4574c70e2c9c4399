import type { ClientHub } from './clientHub.ts'
import type { Presence, Room } from './liveDoc.ts'
import type { MessageOf, Present } from './messages.ts'
import { readWord } from './presence.ts'

const everyMs = 33
/** Said again while nothing changes, so that we are not forgotten. */
const repeatMs = 5_000
/** Forgotten this long after the last word, should the station not say so. */
const silenceMs = 20_000

/** One room at a screen: the others' latest words, and ours. */
export class ClientRoom implements Room {
  readonly name: string
  users = 0
  readonly #client: ClientHub
  readonly #heard = new Map<string, { item: Present; at: number }>()
  #others: Presence[] | null = null
  #body: string | null = null
  #said: string | null = null
  #saidAt = -Infinity
  #off: (() => void) | null = null
  readonly #listeners = new Set<() => void>()

  constructor(client: ClientHub, name: string) {
    this.#client = client
    this.name = name
  }

  others(): readonly Presence[] {
    const self = this.#client.parts.self()
    this.#others ??= [...this.#heard.values()].flatMap(({ item }) => {
      const body = readWord(item.body)
      return body ? [{ id: item.id, station: item.station, name: item.name, own: item.station === self.station && item.person === self.id, body }] : []
    })
    return this.#others
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(body: Record<string, unknown>): void {
    this.#body = JSON.stringify(body)
    this.#arm()
  }

  close(): void {
    if (--this.users > 0) return
    this.#client.send({ k: 'leave', room: this.name })
    this.#off?.()
    this.#client.forget(this)
  }

  up(): void {
    if (!this.#client.send({ k: 'enter', room: this.name })) return
    this.#said = null
    this.#arm()
  }

  down(): void {
    this.#heard.clear()
    this.#changed()
  }

  hear({ here, gone }: MessageOf<'others'>): void {
    for (const item of here) this.#heard.set(item.id, { item, at: this.#client.parts.now() })
    for (const id of gone) this.#heard.delete(id)
    this.#changed()
  }

  /** One timer: the next word as soon as its turn comes, or the last one again. */
  #arm(): void {
    this.#off?.()
    if (this.#body === null) return
    const due = this.#body === this.#said ? this.#saidAt + repeatMs : this.#saidAt + everyMs
    this.#off = this.#client.parts.later(Math.max(0, due - this.#client.parts.now()), () => this.#say())
  }

  #say(): void {
    this.#off = null
    const now = this.#client.parts.now()
    for (const [id, { at }] of this.#heard) if (now - at > silenceMs) this.#heard.delete(id)
    if (this.#body !== null && this.#client.send({ k: 'tell', room: this.name, body: this.#body })) this.#said = this.#body
    this.#saidAt = now
    this.#arm()
  }

  #changed(): void {
    this.#others = null
    for (const listener of this.#listeners) listener()
  }
}
