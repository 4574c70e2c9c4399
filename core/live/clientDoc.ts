import * as Y from 'yjs'
import type { Sentence } from '#core/kernel/index.ts'
import type { ClientHub, Unsent } from './clientHub.ts'
import { newClientId } from './clientId.ts'
import { LiveDocument } from './document.ts'
import type { DocView, LiveDoc } from './liveDoc.ts'
import type { MessageOf } from './messages.ts'
import { stamped } from './refusals.ts'
import type { Stamped } from './stamped.ts'

type Waiting = Unsent & { tries: number }

const maxTries = 3
/** Refusals of the bytes, not of what they say: written anew they may be taken. */
const ofBytes = new Set(['live.gap', 'live.foreign-client', 'live.malformed', 'live.bad-structure', 'live.bad-stamp'])

/** One document at a screen: shows what the station has and what is on its way there. */
export class ClientDoc implements LiveDoc {
  readonly name: string
  users = 0
  readonly #client: ClientHub
  #document = new LiveDocument()
  #writer: number
  readonly #waiting = new Map<number, Waiting>()
  #next = 1
  #isRead = false
  #mustRewrite = false
  #mayWrite = false
  #refused: Sentence | null = null
  #rejected: { key: string; value: Stamped; why: Sentence }[] = []
  #state: DocView<Stamped>['state'] = 'opening'
  #view: DocView<Stamped> | null = null
  readonly #listeners = new Set<() => void>()

  constructor(client: ClientHub, name: string) {
    this.#client = client
    this.name = name
    this.#writer = newClientId(client.parts.self().station)
  }

  /** Takes up what an earlier page could not send, then opens. */
  async begin(): Promise<void> {
    for (const kept of await this.#client.parts.unsent.takeOver(this.name)) this.#waiting.set(this.#next++, { ...kept, tries: 0 })
    this.#isRead = true
    this.open()
  }

  open(): void {
    if (this.#isRead) this.#client.send({ k: 'open', doc: this.name, state: Y.encodeStateVector(this.#document.ydoc) })
  }

  down(): void {
    if (this.#state !== 'closed') this.#state = 'offline'
    this.#changed()
  }

  snapshot(): DocView<Stamped> {
    this.#view ??= { values: this.#document.values(), state: this.#state, mayWrite: this.#mayWrite, unsent: this.#waiting.size, refused: this.#refused, rejected: this.#rejected }
    return this.#view
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  set(key: string, body: Record<string, unknown> | null): void {
    const { station, id: by, name: byName } = this.#client.parts.self()
    const value = stamped(this.#document.get(key), body, { at: this.#client.now(), by, byName, station })
    if (!value) return
    const n = this.#next++
    const update = this.#document.write(this.#writer, [{ key, value }])
    const edit = { id: `${this.#writer}-${n}`, key, value, update, tries: 0 }
    this.#waiting.set(n, edit)
    this.#client.parts.unsent.add(this.name, edit).catch(this.#client.parts.onFault)
    if (this.#state === 'live') this.#client.send({ k: 'update', doc: this.name, n, update })
    this.#changed()
  }

  history(): { key: string; value: Stamped }[] {
    return this.#document.history()
  }

  close(): void {
    if (--this.users > 0) return
    this.#client.send({ k: 'close', doc: this.name })
    this.#client.forget(this)
  }

  take(message: MessageOf<'opened' | 'update' | 'ack' | 'refused' | 'reset'>): void {
    switch (message.k) {
      case 'opened': return this.#opened(message)
      case 'update':
        this.#document.apply(message.update)
        return this.#changed()
      case 'ack':
        this.#settle(message.n)
        this.#refused = null
        return this.#changed()
      case 'refused': return this.#onRefused(message)
      case 'reset': return this.#anew()
    }
  }

  #opened({ update, mayWrite }: MessageOf<'opened'>): void {
    this.#document.apply(update)
    this.#mayWrite = mayWrite
    this.#state = 'live'
    // What an earlier page made is shown too, and goes again: the station takes each number of a writer once.
    for (const [n, edit] of this.#waiting) {
      // It is there already, and somebody may have gone on from it.
      if (this.#mustRewrite && this.#document.holds(edit.key, edit.value)) {
        this.#settle(n)
        continue
      }
      if (this.#mustRewrite) edit.update = this.#document.write(this.#writer, [{ key: edit.key, value: edit.value }])
      else this.#document.apply(edit.update)
      this.#client.send({ k: 'update', doc: this.name, n, update: edit.update })
    }
    this.#mustRewrite = false
    this.#changed()
  }

  #onRefused({ n, code, zh, en }: MessageOf<'refused'>): void {
    this.#refused = { zh, en }
    if (n === 0) {
      this.#mayWrite = false
      this.#state = 'closed'
      return this.#changed()
    }
    const edit = this.#waiting.get(n)
    // A fault of the station is no answer: the edit stays and goes again with the next opening.
    if (!edit || code === 'live.fault') return this.#changed()
    // A clock that jumped, here or there: the station's own time is what counts.
    if (code === 'live.bad-stamp') edit.value = { ...edit.value, at: this.#client.now() }
    if (!ofBytes.has(code) || ++edit.tries >= maxTries) {
      this.#rejected = [...this.#rejected, { key: edit.key, value: edit.value, why: { zh, en } }]
      this.#settle(n)
    }
    this.#anew()
  }

  #settle(n: number): void {
    const edit = this.#waiting.get(n)
    if (!edit) return
    this.#waiting.delete(n)
    this.#client.parts.unsent.remove(this.name, edit.id).catch(this.#client.parts.onFault)
  }

  /** What we show is not what the station has: begins again from that, and writes what still waits on top of it. */
  #anew(): void {
    this.#document = new LiveDocument()
    this.#writer = newClientId(this.#client.parts.self().station)
    this.#mustRewrite = true
    this.#state = this.#client.isUp ? 'opening' : 'offline'
    this.open()
    this.#changed()
  }

  #changed(): void {
    this.#view = null
    for (const listener of this.#listeners) listener()
  }
}
