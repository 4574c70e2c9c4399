import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'

/** Takes over one WebSocket upgrade: `/api/live` here, `/link` in core/replicate. Must answer or destroy the socket. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

declare module 'fastify' {
  interface FastifyInstance {
    /** Hands WebSocket upgrades of exactly this path to `handler`. */
    onUpgrade(path: string, handler: UpgradeHandler): void
  }
}

/** Routes upgrades by path; everything unknown gets a 404 and a closed socket. */
export function routeUpgrades(app: FastifyInstance): void {
  const handlers = new Map<string, UpgradeHandler>()
  app.decorate('onUpgrade', (path: string, handler: UpgradeHandler) => {
    handlers.set(path, handler)
  })
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    const handler = handlers.get(path)
    if (!handler) return refuseUpgrade(socket, 404, 'Not Found')
    handler(request, socket, head)
  })
}

export function refuseUpgrade(socket: Duplex, status: number, phrase: string): void {
  socket.end(`HTTP/1.1 ${status} ${phrase}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
