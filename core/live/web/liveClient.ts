import { LiveClient } from '../client.ts'
import type { LiveDoc, Room } from '../liveDoc.ts'
import type { Stamped } from '../stamped.ts'
import { ride, sendLive, whoLooks } from './liveSocket.ts'
import { browserStore } from './unsentStore.ts'

let client: LiveClient | null = null

/** Made when the first document or room is opened: pages without one carry none of it. */
function liveClient(): LiveClient {
  if (client) return client
  client = new LiveClient({
    send: sendLive,
    self: whoLooks,
    now: () => Date.now(),
    unsent: browserStore(() => `${whoLooks().station} ${whoLooks().id}`),
    later: (ms, work) => {
      const timer = setTimeout(work, ms)
      return () => clearTimeout(timer)
    },
    onFault: (fault) => console.warn('live', fault),
  })
  ride(client)
  return client
}

/** Opens a document such as `layer/…`; every opening wants its `close`. */
export function openDoc<Value extends Stamped>(name: string): LiveDoc<Value> {
  return liveClient().openDoc<Value>(name)
}

/** Enters a room such as `plot/…`; every opening wants its `close`. */
export function openRoom<Body extends object>(name: string): Room<Body> {
  return liveClient().openRoom<Body>(name)
}
