import type { Db } from '#core/sql/server/database.ts'
import type { FactStore } from './factStore.ts'

/** Characters kept of unknown stations for one peer, of one station until their time comes, and of one station unread: ample for honest work, too little to fill a disk. */
const maxHeldFor = { strangersFrom: 16 * 2 ** 20, waitingOf: 16 * 2 ** 20, unreadOf: 64 * 2 ** 20 }
export type Kept = keyof typeof maxHeldFor

/** How much is held for whom: asked of the database once, then counted. `forget` after a write that failed, or let facts go. */
export function heldBounds(store: FactStore) {
  const known = new Map<string, number>()
  return {
    forget: () => known.clear(),
    /** Counts `length` characters more, or says that they are too many. */
    async take(db: Db, what: Kept, name: string, length: number): Promise<boolean> {
      const key = `${what} ${name}`
      const held = known.get(key) ?? await store.heldFor(db, what, name)
      const fits = held + length <= maxHeldFor[what]
      known.set(key, fits ? held + length : held)
      return fits
    },
  }
}
