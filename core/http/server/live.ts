import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { App } from './app.ts'
import type { Person } from '../roles.ts'
import { cookieNameOf, credentialOf, isSameOrigin, type PersonOf } from './gate.ts'
import { refuseUpgrade } from './upgrades.ts'

export const livePath = '/api/live'
/** A browser that opens a socket with a token names both: `new WebSocket(url, ['fengsui.live', 'bearer.TOKEN'])`. */
export const liveProtocol = 'fengsui.live'
const maxText = 4_096
const maxBinary = 1024 * 1024

/** One open screen, for what else goes over its socket (core/live). */
export interface Screen {
  /** Who looks; looked up again at every beat. */
  readonly person: Person
  /** False when it is gone or reads too slowly. */
  send(bytes: Uint8Array): boolean
  readonly waiting: number
  close(code: number, reason: string): void
}

export interface ScreenTraffic {
  receive(bytes: Uint8Array): void
  closed(): void
}

export interface LiveOptions<News extends object> {
  self: string
  personOf: PersonOf
  /** Told after each commit. */
  onNews(listener: (news: News) => void): () => void
  /** Takes the binary messages of a screen; without it they end the socket. */
  onScreen?(screen: Screen): ScreenTraffic
  heartbeatMs?: number
  /** Bytes waiting for one slow screen before it is dropped; it comes back and refetches. */
  maxWaiting?: number
  maxScreens?: number
  /** Of one person; a further one takes the place of the oldest. */
  maxOfOne?: number
}

/** `WS /api/live`: news of stored facts to every signed-in screen. What a screen sends is binary and belongs to the live plane. */
export function serveLive<News extends object>(app: App, options: LiveOptions<News>): void {
  const { heartbeatMs = 20_000, maxWaiting = 1024 * 1024, maxScreens = 2_000, maxOfOne = 100 } = options
  const cookieName = cookieNameOf(options.self)
  const sockets = new WebSocketServer({
    noServer: true, maxPayload: options.onScreen ? maxBinary : maxText, perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(liveProtocol) ? liveProtocol : false),
  })
  const screens = new Map<WebSocket, { token: string; answered: boolean; person: Person }>()

  async function admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const credential = credentialOf(request, cookieName)
    // A browser sends the cookie from any page, so the page must be ours.
    if (credential?.by === 'cookie' && !isSameOrigin(request)) return refuseUpgrade(socket, 403, 'Forbidden')
    const person = credential && (await options.personOf(credential.token))
    if (!credential || !person) return refuseUpgrade(socket, 401, 'Unauthorized')
    const own = [...screens].filter(([, kept]) => kept.person.id === person.id)
    if (own.length >= maxOfOne) for (const [oldest] of own.slice(0, own.length - maxOfOne + 1)) {
      screens.delete(oldest)
      oldest.terminate()
    }
    if (screens.size >= maxScreens) return refuseUpgrade(socket, 503, 'Service Unavailable')
    sockets.handleUpgrade(request, socket, head, (screen) => {
      const kept = { token: credential.token, answered: true, person }
      screens.set(screen, kept)
      const traffic = options.onScreen?.(screenOf(screen, kept))
      screen.on('message', (data: Buffer, isBinary) => {
        // What was still on its way when the socket was ended has no person any more.
        if (screen.readyState !== WebSocket.OPEN) return
        if (!isBinary && data.length > maxText) return screen.close(1009)
        if (isBinary && traffic) traffic.receive(data)
        else if (isBinary) screen.close(1003)
      })
      screen.on('pong', () => {
        kept.answered = true
      })
      screen.on('error', () => screen.terminate())
      screen.on('close', () => {
        screens.delete(screen)
        traffic?.closed()
      })
    })
  }

  function screenOf(screen: WebSocket, kept: { person: Person }): Screen {
    return {
      get person() { return kept.person },
      get waiting() { return screen.bufferedAmount },
      close: (code, reason) => screen.close(code, reason),
      send: (bytes) => {
        if (screen.readyState !== WebSocket.OPEN) return false
        if (screen.bufferedAmount > Math.max(maxWaiting, 2 * bytes.length)) {
          screen.terminate()
          return false
        }
        screen.send(bytes, { binary: true })
        return true
      },
    }
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

  /** Whether the session still stands; a screen without one is closed. */
  async function stands(screen: WebSocket, kept: { token: string; person: Person }): Promise<boolean> {
    const person = await options.personOf(kept.token)
    if (person) kept.person = person
    else screen.close(4401, 'session ended')
    return person !== undefined
  }

  /** Drops screens that did not answer the last beat, and those whose session has run out or was ended by another process. */
  async function beat(): Promise<void> {
    for (const [screen, kept] of screens) {
      if (!kept.answered) screen.terminate()
      else if (await stands(screen, kept)) {
        kept.answered = false
        screen.ping()
      }
    }
  }

  app.onRightsChange((changed) => {
    for (const [screen, kept] of screens) {
      if (kept.person.id === changed) stands(screen, kept).catch((fault: unknown) => app.log.error({ err: fault }, 'live fault'))
    }
  })
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
