import { randomBytes } from 'node:crypto'
import * as Y from 'yjs'
import { isRefusal, refuse, type Address, type Refusal } from '#core/kernel/index.ts'
import { holds, type Role } from '#core/http/roles.ts'
import type { Screen, ScreenTraffic } from '#core/http/server/live.ts'
import { decodeMessage, encodeMessage, type Message, type MessageOf, type Present } from '../messages.ts'
import type { LivePlane } from '../plane.ts'
import { readWord } from '../presence.ts'
import { notAllowed, unknownDocument } from '../refusals.ts'
import type { Rooms } from './rooms.ts'

const maxDocs = 200
const maxRooms = 8
/** Bytes and words a screen may send in a second; a hand that draws needs a hundredth of it. */
const maxBytesPerSecond = 4 * 1024 * 1024
const maxWordsPerSecond = 120
/** Each may bring a whole document. */
const maxOpensPerSecond = 100
/** A Yjs update that says nothing. */
const nothing = new Uint8Array([0, 0])
const fault = refuse('live.fault', '未能保存，请重试；改动仍保存在本机浏览器中', 'It could not be stored; try again. The change is still kept in this browser')

export interface ScreensParts {
  self: Address
  plane: LivePlane
  rooms: Rooms
  now(): number
  /** Roles that may open and write a document, and hear a room; undefined when there is no such kind. */
  rolesOf(doc: string): { readers: readonly Role[]; writers: readonly Role[] } | undefined
  roomReaders(room: string): readonly Role[] | undefined
  mayWriteHere(doc: string): boolean
  onRefusal(from: string, doc: string, code: string, detail: string): void
  onFault(fault: unknown): void
}

/** The browsers of one station on the live plane (SPEC V-10). */
export class Screens {
  readonly #parts: ScreensParts
  readonly #viewers = new Map<string, Set<OneScreen>>()
  /** Which screen uses a client id: nobody may go on where another is writing. */
  readonly #clients = new Map<number, OneScreen>()

  constructor(parts: ScreensParts) {
    this.#parts = parts
  }

  open(screen: Screen): ScreenTraffic {
    return new OneScreen(screen, this.#parts, this.#viewers, this.#clients)
  }

  isOpen(doc: string): boolean {
    return (this.#viewers.get(doc)?.size ?? 0) > 0
  }

  update(doc: string, updates: readonly Uint8Array[], by: unknown): void {
    const viewers = this.#viewers.get(doc)
    if (!viewers) return
    for (const update of updates) {
      const bytes = encodeMessage({ k: 'update', doc, n: 0, update })
      for (const viewer of viewers) if (viewer !== by) viewer.screen.send(bytes)
    }
  }

  /** Tells each whether it may write now. */
  rights(doc: string): void {
    for (const viewer of this.#viewers.get(doc) ?? []) viewer.tellOpened(doc)
  }

  reset(doc: string): void {
    const bytes = encodeMessage({ k: 'reset', doc })
    for (const viewer of this.#viewers.get(doc) ?? []) viewer.screen.send(bytes)
  }
}

class OneScreen implements ScreenTraffic {
  readonly screen: Screen
  readonly #parts: ScreensParts
  readonly #viewers: Map<string, Set<OneScreen>>
  readonly #clients: Map<number, OneScreen>
  readonly #docs = new Set<string>()
  readonly #rooms = new Set<string>()
  /** Names this screen in rooms, everywhere in the tree. */
  readonly #id = randomBytes(12).toString('hex')
  #words = 0
  #inbox: Promise<void> = Promise.resolve()
  #second = 0
  #bytes = 0
  #wordsNow = 0
  #opensNow = 0
  #isClosed = false

  constructor(screen: Screen, parts: ScreensParts, viewers: Map<string, Set<OneScreen>>, clients: Map<number, OneScreen>) {
    this.screen = screen
    this.#parts = parts
    this.#viewers = viewers
    this.#clients = clients
  }

  receive(data: Uint8Array): void {
    if (this.#isFlooding(data.length)) return this.screen.close(4429, 'too much')
    const decoded = decodeMessage(data)
    if ('fault' in decoded) {
      this.#parts.onRefusal(`person:${this.screen.person.id}`, '', 'live.malformed', decoded.fault)
      return this.screen.close(1003, decoded.fault.slice(0, 100))
    }
    const { message } = decoded
    if (!message) return
    // Words of a hand do not wait behind documents.
    if (message.k === 'tell') return this.#tell(message)
    if (message.k === 'open' && ++this.#opensNow > maxOpensPerSecond) {
      this.#isClosed = true
      return this.screen.close(4429, 'too much')
    }
    this.#inbox = this.#inbox.then(() => (this.#isClosed ? undefined : this.#take(message))).catch(this.#parts.onFault)
  }

  closed(): void {
    this.#isClosed = true
    for (const doc of this.#docs) this.#viewers.get(doc)?.delete(this)
    for (const room of this.#rooms) this.#parts.rooms.leave(room, this.#id, this)
    for (const [client, owner] of this.#clients) if (owner === this) this.#clients.delete(client)
  }

  async #take(message: Message): Promise<void> {
    switch (message.k) {
      case 'open': return this.#open(message)
      case 'update': return this.#update(message)
      case 'close':
        this.#docs.delete(message.doc)
        this.#viewers.get(message.doc)?.delete(this)
        return
      case 'enter': return this.#enter(message.room)
      case 'leave':
        if (this.#rooms.delete(message.room)) this.#parts.rooms.leave(message.room, this.#id, this)
        return
      default:
        this.#parts.onRefusal(`person:${this.screen.person.id}`, '', 'live.malformed', message.k)
        this.screen.close(1003, 'not for screens')
    }
  }

  async #open({ doc, state }: MessageOf<'open'>): Promise<void> {
    const { plane, rolesOf } = this.#parts
    const roles = rolesOf(doc)
    if (!roles) return this.#refuse(doc, 0, unknownDocument())
    if (!this.#holds(roles.readers)) return this.#refuse(doc, 0, notAllowed())
    if (!this.#docs.has(doc) && this.#docs.size >= maxDocs) return this.#refuse(doc, 0, refuse('live.too-many', '打开的图层过多', 'Too many documents are open'))
    const held = await plane.open(doc)
    if (!held) return this.#refuse(doc, 0, unknownDocument())
    let update: Uint8Array
    try {
      update = Y.encodeStateAsUpdate(held.document.ydoc, state.length > 0 ? state : undefined)
    } catch {
      return this.#refuse(doc, 0, refuse('live.malformed', '状态向量无法读取', 'The state vector cannot be read'))
    }
    this.#docs.add(doc)
    const viewers = this.#viewers.get(doc) ?? new Set()
    this.#viewers.set(doc, viewers.add(this))
    this.tellOpened(doc, update)
  }

  /** What it has not seen of a document, and whether it may write; with `nothing` when only that has changed. */
  tellOpened(doc: string, update: Uint8Array = nothing): void {
    const { rolesOf, mayWriteHere, now } = this.#parts
    this.screen.send(encodeMessage({ k: 'opened', doc, update, mayWrite: mayWriteHere(doc) && this.#holds(rolesOf(doc)?.writers ?? []), now: now() }))
  }

  async #update({ doc, n, update }: MessageOf<'update'>): Promise<void> {
    const { plane, rolesOf } = this.#parts
    const roles = rolesOf(doc)
    if (!roles) return this.#refuse(doc, n, unknownDocument())
    if (!this.#holds(roles.writers)) return this.#refuse(doc, n, notAllowed())
    const { id, name } = this.screen.person
    // Resolves when it is on the disk; the next message need not wait for that.
    plane.write(doc, update, { id, name }, (client) => this.#mayUse(client), this).then(
      () => { this.screen.send(encodeMessage({ k: 'ack', doc, n })) },
      (error: unknown) => {
        if (!isRefusal(error)) this.#parts.onFault(error)
        this.#refuse(doc, n, isRefusal(error) ? error : fault)
      },
    )
  }

  #mayUse(client: number): boolean {
    const owner = this.#clients.get(client)
    if (owner && owner !== this) return false
    this.#clients.set(client, this)
    return true
  }

  #enter(room: string): void {
    const readers = this.#parts.roomReaders(room)
    if (!readers || !this.#holds(readers) || this.#rooms.size >= maxRooms) return this.#refuse(room, 0, notAllowed())
    this.#rooms.add(room)
    this.#parts.rooms.enter(room, this.#id, this, (here, gone) => {
      if (this.screen.waiting < 256 * 1024) this.screen.send(encodeMessage({ k: 'others', room, here, gone }))
    })
  }

  #tell({ room, body }: MessageOf<'tell'>): void {
    if (!this.#rooms.has(room) || ++this.#wordsNow > maxWordsPerSecond || readWord(body) === null) return
    const { person } = this.screen
    const item: Present = { id: this.#id, station: this.#parts.self, name: person.name, person: person.id, n: ++this.#words, body }
    this.#parts.rooms.tell(room, item, this)
  }

  #refuse(doc: string, n: number, no: Refusal): void {
    if (n > 0) this.#parts.onRefusal(`person:${this.screen.person.id}`, doc, no.code, no.fields.map((f) => `${f.field}: ${f.message.en}`).join('; '))
    this.screen.send(encodeMessage({ k: 'refused', doc, n, code: no.code, zh: no.sentence.zh.slice(0, 400), en: no.sentence.en.slice(0, 400) }))
  }

  #holds(roles: readonly Role[]): boolean {
    return holds(this.screen.person, roles)
  }

  #isFlooding(size: number): boolean {
    const second = Math.floor(this.#parts.now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#bytes = 0
      this.#wordsNow = 0
      this.#opensNow = 0
    }
    this.#bytes += size
    return this.#bytes > maxBytesPerSecond
  }
}
