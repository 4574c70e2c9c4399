import { ClientDoc } from './clientDoc.ts'
import type { ClientHub, ClientParts } from './clientHub.ts'
import { ClientRoom } from './clientRoom.ts'
import type { LiveDoc, Room } from './liveDoc.ts'
import { decodeMessage, encodeMessage, type Message } from './messages.ts'
import type { Stamped } from './stamped.ts'

/** One screen's end of the live plane (SPEC V-10). The socket, the clock and the store come in, so that it runs anywhere. */
export class LiveClient implements ClientHub {
  readonly parts: ClientParts
  readonly #docs = new Map<string, ClientDoc>()
  readonly #rooms = new Map<string, ClientRoom>()
  #isUp = false
  /** What to add to our clock to have the station's. */
  #ahead = 0

  constructor(parts: ClientParts) {
    this.parts = parts
  }

  get isUp(): boolean { return this.#isUp }
  now(): number { return Math.round(this.parts.now() + this.#ahead) }

  openDoc<Value extends Stamped>(name: string): LiveDoc<Value> {
    const doc = this.#docs.get(name) ?? new ClientDoc(this, name)
    this.#docs.set(name, doc)
    if (++doc.users === 1) doc.begin().catch(this.parts.onFault)
    return doc as unknown as LiveDoc<Value>
  }

  openRoom<Body extends object>(name: string): Room<Body> {
    const room = this.#rooms.get(name) ?? new ClientRoom(this, name)
    this.#rooms.set(name, room)
    if (++room.users === 1) room.up()
    return room as unknown as Room<Body>
  }

  forget(one: { readonly name: string }): void {
    if (this.#docs.get(one.name) === one) this.#docs.delete(one.name)
    if (this.#rooms.get(one.name) === one) this.#rooms.delete(one.name)
  }

  send(message: Message): boolean {
    return this.#isUp && this.parts.send(encodeMessage(message))
  }

  /** The socket is open: everything is opened again, with what we have. */
  up(): void {
    this.#isUp = true
    for (const doc of this.#docs.values()) doc.open()
    for (const room of this.#rooms.values()) room.up()
  }

  down(): void {
    if (!this.#isUp) return
    this.#isUp = false
    for (const doc of this.#docs.values()) doc.down()
    for (const room of this.#rooms.values()) room.down()
  }

  receive(bytes: Uint8Array): void {
    const decoded = decodeMessage(bytes)
    if ('fault' in decoded) return this.parts.onFault(new Error(decoded.fault))
    const { message } = decoded
    switch (message?.k) {
      case 'others': return this.#rooms.get(message.room)?.hear(message)
      case 'opened':
        this.#ahead = message.now - this.parts.now()
        return this.#docs.get(message.doc)?.take(message)
      case 'update': case 'ack': case 'refused': case 'reset': return this.#docs.get(message.doc)?.take(message)
      default: return undefined
    }
  }
}
