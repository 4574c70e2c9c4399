import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { App } from './app.ts'
import { cookieNameOf, credentialOf, isSameOrigin, type PersonOf } from './gate.ts'
import { refuseUpgrade } from './upgrades.ts'

export const livePath = '/api/live'
/** A browser that opens a socket with a token names both: `new WebSocket(url, ['fengsui.live', 'bearer.TOKEN'])`. */
export const liveProtocol = 'fengsui.live'

export interface LiveOptions<News extends object> {
  self: string
  personOf: PersonOf
  /** Told after each commit. */
  onNews(listener: (news: News) => void): () => void
  heartbeatMs?: number
  /** Bytes waiting for one slow screen before it is dropped; it comes back and refetches. */
  maxWaiting?: number
  maxScreens?: number
}

/** `WS /api/live`: news of stored facts to every signed-in screen. Screens only listen. */
export function serveLive<News extends object>(app: App, options: LiveOptions<News>): void {
  const { heartbeatMs = 20_000, maxWaiting = 1024 * 1024, maxScreens = 2_000 } = options
  const cookieName = cookieNameOf(options.self)
  const sockets = new WebSocketServer({
    noServer: true, maxPayload: 4_096, perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(liveProtocol) ? liveProtocol : false),
  })
  const screens = new Map<WebSocket, { token: string; answered: boolean }>()

  async function admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const credential = credentialOf(request, cookieName)
    // A browser sends the cookie from any page, so the page must be ours.
    if (credential?.by === 'cookie' && !isSameOrigin(request)) return refuseUpgrade(socket, 403, 'Forbidden')
    if (!credential || !(await options.personOf(credential.token))) return refuseUpgrade(socket, 401, 'Unauthorized')
    if (screens.size >= maxScreens) return refuseUpgrade(socket, 503, 'Service Unavailable')
    sockets.handleUpgrade(request, socket, head, (screen) => {
      screens.set(screen, { token: credential.token, answered: true })
      screen.on('pong', () => {
        const kept = screens.get(screen)
        if (kept) kept.answered = true
      })
      screen.on('error', () => screen.terminate())
      screen.on('close', () => screens.delete(screen))
    })
  }

  app.onUpgrade(livePath, (request, socket, head) => {
    admit(request, socket, head).catch((fault: unknown) => {
      app.log.error({ err: fault }, 'live fault')
      socket.destroy()
    })
  })

  const unsubscribe = options.onNews((news) => {
    if (screens.size === 0) return
    const text = JSON.stringify({ kind: 'news', ...news })
    for (const screen of screens.keys()) {
      if (screen.bufferedAmount > maxWaiting) screen.terminate()
      else if (screen.readyState === WebSocket.OPEN) screen.send(text)
    }
  })

  /** Drops screens that did not answer the last beat, and those whose session has ended meanwhile. */
  async function beat(): Promise<void> {
    for (const [screen, kept] of screens) {
      if (!kept.answered) screen.terminate()
      else if (!(await options.personOf(kept.token))) screen.close(4401, 'session ended')
      else {
        kept.answered = false
        screen.ping()
      }
    }
  }
  const beating = setInterval(() => {
    beat().catch((fault: unknown) => app.log.error({ err: fault }, 'live fault'))
  }, heartbeatMs)
  beating.unref()

  app.addHook('preClose', async () => {
    clearInterval(beating)
    unsubscribe()
    for (const screen of screens.keys()) screen.terminate()
  })
}
