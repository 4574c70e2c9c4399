import { WebSocket } from 'ws'
import { LiveClient } from '#core/live/client.ts'
import { noStore, type UnsentStore } from '#core/live/clientHub.ts'

export interface Self { station: string; id: string; name: string }

/** Dials `WS /api/live` as a stranger's client would. */
export function dialLive(url: string, token: string): WebSocket {
  return new WebSocket(`${url.replace('http', 'ws')}/api/live`, ['fengsui.live', `bearer.${token}`])
}

/** The client of core/live over whatever socket is the present one. */
export function socketClient(self: Self, socket: () => WebSocket | null, onFault: (fault: unknown) => void, unsent: UnsentStore = noStore): LiveClient {
  return new LiveClient({
    self: () => self, now: () => Date.now(), unsent, onFault,
    send: (bytes) => {
      const open = socket()
      if (open?.readyState !== WebSocket.OPEN) return false
      open.send(bytes)
      return true
    },
    later: (ms, work) => {
      const timer = setTimeout(work, ms)
      return () => clearTimeout(timer)
    },
  })
}
