import { connect } from 'node:net'
import { WebSocket } from 'ws'
import type { Message } from './frames.ts'

export interface SocketFuzz {
  url: string
  protocols?: string[]
  /** How many messages in all, and how many sockets at a time. */
  messages: number
  atOnce: number
  /** Messages that one socket sends before the next takes over; it often is closed earlier. */
  perSocket: number
  next(): Message
}

export interface SocketTally {
  sent: number
  sockets: number
  /** Sockets that were refused before they stood. */
  refused: number
  /** Close codes by number. */
  closed: Record<number, number>
}

/** Throws messages at a WebSocket path from many sockets; each ends by itself or is ended. */
export async function fuzzSocket(options: SocketFuzz): Promise<SocketTally> {
  const tally: SocketTally = { sent: 0, sockets: 0, refused: 0, closed: {} }
  const one = () => new Promise<void>((done) => {
    const socket = new WebSocket(options.url, options.protocols ?? [])
    let isOpen = false
    tally.sockets++
    const deadline = setTimeout(() => socket.terminate(), 5_000)
    socket.on('open', () => {
      isOpen = true
      for (let i = 0; i < options.perSocket && socket.readyState === socket.OPEN && tally.sent < options.messages; i++) {
        tally.sent++
        socket.send(options.next())
      }
      // A ping comes back after all before it were read, unless the other side has closed meanwhile.
      socket.ping()
    })
    socket.on('pong', () => socket.close())
    socket.on('error', () => undefined)
    socket.on('close', (code) => {
      clearTimeout(deadline)
      if (!isOpen) tally.refused++
      tally.closed[code] = (tally.closed[code] ?? 0) + 1
      done()
    })
  })
  const lane = async () => {
    while (tally.sent < options.messages) await one()
  }
  await Promise.all(Array.from({ length: options.atOnce }, lane))
  return tally
}

/** Raw bytes on a TCP connection, a piece at a time; resolves with what came back when the other side ends it, or after `within` ms with null. */
export function rawBytes(url: string, pieces: readonly (string | Buffer)[], within: number): Promise<string | null> {
  const { hostname, port } = new URL(url)
  return new Promise((done) => {
    const socket = connect(Number(port), hostname)
    let heard = ''
    const end = (answer: string | null) => {
      clearTimeout(timer)
      socket.destroy()
      done(answer)
    }
    const timer = setTimeout(() => end(null), within)
    socket.on('connect', () => { for (const piece of pieces) socket.write(piece) })
    socket.on('data', (data) => { heard += data.toString('latin1') })
    socket.on('error', () => end(heard))
    socket.on('close', () => end(heard))
  })
}
