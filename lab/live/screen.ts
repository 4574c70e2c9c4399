import { once } from 'node:events'
import type { WebSocket } from 'ws'
import type { LiveClient } from '#core/live/client.ts'
import type { UnsentStore } from '#core/live/clientHub.ts'
import type { Client } from '#lab/federation/client.ts'
import { dialLive, socketClient, type Self } from './socketClient.ts'

export interface TestScreen {
  live: LiveClient
  socket: WebSocket
  /** What went wrong inside, in order. */
  faults: unknown[]
  close(): Promise<void>
}

/** A screen of one station as a stranger would write it: the socket of `WS /api/live` and the client of core/live. */
export async function openScreen(url: string, caller: Client, options: { unsent?: UnsentStore } = {}): Promise<TestScreen> {
  const { station } = await identity(caller)
  const socket = dialLive(url, caller.token)
  const faults: unknown[] = []
  const live = socketClient(station, () => socket, (fault) => faults.push(fault), options.unsent)
  socket.on('message', (data: Buffer, isBinary) => { if (isBinary) live.receive(data) })
  socket.on('close', () => live.down())
  socket.on('error', (fault) => faults.push(fault))
  await once(socket, 'open')
  live.up()
  return {
    live, socket, faults,
    close: async () => {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

async function identity(caller: Client): Promise<{ station: Self }> {
  const [{ address }, { person }] = await Promise.all([caller.get<{ address: string }>('/api/station'), caller.get<{ person: { id: string; name: string } }>('/api/session')])
  return { station: { station: address, id: person.id, name: person.name } }
}

/** Resolves when `check` holds of something that tells of its changes; fails naming `what`. */
export function when<T>(what: string, source: { subscribe(listener: () => void): () => void }, check: () => T | false | undefined | null, within = 20_000): Promise<T> {
  return new Promise((resolve, reject) => {
    let off = () => undefined as void
    const timer = setTimeout(() => { off(); reject(new Error(`waited in vain for ${what}`)) }, within)
    const look = () => {
      const found = check()
      if (!found) return
      clearTimeout(timer)
      off()
      resolve(found)
    }
    off = source.subscribe(look)
    look()
  })
}
