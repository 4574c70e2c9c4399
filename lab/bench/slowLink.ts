import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { Transform } from 'node:stream'

/** A line between two stations that counts what goes over it, and lets through only so much a second once told to. */
export interface SlowLink {
  port: number
  /** Bytes so far: towards the parent, and back. */
  up: number
  down: number
  /** Bits a second each way, all connections together; Infinity for a free line. */
  speed: number
  close(): Promise<void>
}

/** What the line holds beyond what it is just sending: more would be a delay that no real line has. */
const buffered = 2_048

export async function slowLink(parentPort: number): Promise<SlowLink> {
  const sockets = new Set<Socket>()
  const server = createServer((child) => {
    const parent = connect(parentPort, '127.0.0.1')
    for (const socket of [child, parent]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        child.destroy()
        parent.destroy()
      })
    }
    child.pipe(lane('up')).pipe(parent)
    parent.pipe(lane('down')).pipe(child)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const free = { up: 0, down: 0 }

  /** Bytes leave one portion after another, each when the line is free again. */
  function lane(way: 'up' | 'down'): Transform {
    return new Transform({
      highWaterMark: buffered,
      transform(chunk: Buffer, _, done) {
        link[way] += chunk.length
        const send = (from: number) => {
          const portion = chunk.subarray(from, from + 512)
          const now = performance.now()
          free[way] = Math.max(free[way], now) + (portion.length * 8_000) / link.speed
          const next = () => {
            this.push(portion)
            if (from + portion.length < chunk.length) send(from + portion.length)
            else done()
          }
          if (free[way] - now < 1) next()
          else setTimeout(next, free[way] - now)
        }
        send(0)
      },
    })
  }

  const link: SlowLink = {
    port: (server.address() as AddressInfo).port, up: 0, down: 0, speed: Infinity,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return link
}
