import type { WebSocket } from 'ws'
import type { LiveClient } from '#core/live/client.ts'
import type { LiveDoc } from '#core/live/liveDoc.ts'
import { dialLive, socketClient, type Self } from './socketClient.ts'

const againMs = 100

/** A screen that outlives its station: dials again until it is let in. */
export class StubbornScreen {
  readonly client: LiveClient
  readonly #url: string
  readonly #token: string
  #socket: WebSocket | null = null
  #closed = false
  /** Keys by document that the station said are on its disk. */
  readonly acknowledged = new Map<string, Set<string>>()
  readonly faults: string[] = []

  constructor(url: string, token: string, self: Self) {
    this.#url = url
    this.#token = token
    this.client = socketClient(self, () => this.#socket, (fault) => this.faults.push(String(fault)))
    this.#dial()
  }

  #dial(): void {
    if (this.#closed) return
    const socket = dialLive(this.#url, this.#token)
    socket.on('open', () => {
      this.#socket = socket
      this.client.up()
    })
    socket.on('message', (data: Buffer, isBinary) => { if (isBinary) this.client.receive(data) })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.client.down()
      setTimeout(() => this.#dial(), againMs)
    })
  }

  /** Draws under a key and notes it once it is on the station's disk. */
  draw(doc: LiveDoc, key: string, body: Record<string, unknown>): void {
    doc.set(key, body)
    const off = doc.subscribe(() => {
      const { unsent, rejected } = doc.snapshot()
      for (const { key: refused, why } of rejected) this.faults.push(`${refused}: ${why.en}`)
      if (unsent > 0) return
      off()
      const keys = this.acknowledged.get(doc.name) ?? new Set()
      this.acknowledged.set(doc.name, keys.add(key))
    })
  }

  close(): void {
    this.#closed = true
    this.#socket?.terminate()
  }
}
