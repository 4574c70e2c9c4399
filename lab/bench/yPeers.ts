import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { WebSocket } from 'ws'
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync'
import * as Y from 'yjs'

const [sync, awareness] = [0, 1]

/** A document and everyone it is kept level with: what comes from one goes to all others. For hops and for clients alike. */
export function yPeers() {
  const doc = new Y.Doc()
  const hands = new Awareness(doc)
  const sockets = new Set<WebSocket>()

  function spread(kind: number, write: (to: encoding.Encoder) => void, origin: unknown): void {
    const to = encoding.createEncoder()
    encoding.writeVarUint(to, kind)
    write(to)
    const bytes = encoding.toUint8Array(to)
    for (const socket of sockets) if (socket !== origin) socket.send(bytes)
  }
  doc.on('update', (update: Uint8Array, origin: unknown) => spread(sync, (to) => writeUpdate(to, update), origin))
  hands.on('update', ({ added, updated }: { added: number[]; updated: number[] }, origin: unknown) => {
    spread(awareness, (to) => encoding.writeVarUint8Array(to, encodeAwarenessUpdate(hands, [...added, ...updated])), origin)
  })

  return {
    doc, hands,
    add: (socket: WebSocket) => {
      sockets.add(socket)
      socket.on('message', (data: Buffer) => {
        const from = decoding.createDecoder(data)
        if (decoding.readVarUint(from) === awareness) return applyAwarenessUpdate(hands, decoding.readVarUint8Array(from), socket)
        const to = encoding.createEncoder()
        encoding.writeVarUint(to, sync)
        readSyncMessage(from, to, doc, socket)
        if (encoding.length(to) > 1) socket.send(encoding.toUint8Array(to))
      })
      socket.on('close', () => sockets.delete(socket))
      const to = encoding.createEncoder()
      encoding.writeVarUint(to, sync)
      writeSyncStep1(to, doc)
      socket.send(encoding.toUint8Array(to))
    },
    close: () => {
      for (const socket of sockets) socket.terminate()
      hands.destroy()
    },
  }
}
