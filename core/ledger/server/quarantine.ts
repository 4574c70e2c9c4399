import type { Db } from '#core/sql/server/database.ts'
import type { FactStore } from './factStore.ts'

/** Characters that one peer may have waiting here, and one station unread: enough for years of honest work, too little to fill a disk. */
export const maxHeldFor = { waitingFrom: 16 * 2 ** 20, unreadOf: 64 * 2 ** 20 }

/** How much is held for whom: asked of the database once, then counted. `forget` after a write that failed, or let facts go. */
export function heldBounds(store: FactStore) {
  const known = new Map<string, number>()
  return {
    forget: () => known.clear(),
    /** Counts `length` characters more, or says that they are too many. */
    async take(db: Db, what: 'waitingFrom' | 'unreadOf', name: string, length: number): Promise<boolean> {
      const key = `${what} ${name}`
      const held = known.get(key) ?? await store.heldFor(db, what === 'waitingFrom' ? { waitingFrom: name } : { unreadOf: name })
      const fits = held + length <= maxHeldFor[what]
      known.set(key, fits ? held + length : held)
      return fits
    },
  }
}
