import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { callerOf } from './caller.ts'

interface ConnectionLimit {
  perAddress: number
  /** Addresses that are not counted: a reverse proxy's own, behind which everyone comes. */
  exempt: (address: string) => boolean
  onRefused(address: string): void
}

/** Nobody takes all places: past its share an address's new connections are cut before a byte of them is read. */
export function limitConnections(server: Server, { perAddress, exempt, onRefused }: ConnectionLimit): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress
    // Gone already: nothing is held.
    if (address === undefined || exempt(address)) return
    const caller = callerOf(address)
    const count = (open.get(caller) ?? 0) + 1
    if (count > perAddress) {
      socket.destroy()
      return onRefused(address)
    }
    open.set(caller, count)
    socket.once('close', () => {
      const left = (open.get(caller) ?? 1) - 1
      if (left > 0) open.set(caller, left)
      else open.delete(caller)
    })
  })
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
