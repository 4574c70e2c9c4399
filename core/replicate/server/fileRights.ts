import type { Address } from '#core/kernel/index.ts'
import type { Db } from '#core/sql/server/database.ts'
import { leadsTo, sideOf } from '../sides.ts'
import type { FileStore } from './fileStore.ts'

/** Who may be asked for a file, and who may have it: a hash is a name, not a right (SPEC R-28). */
export function fileRights(self: Address, store: FileStore) {
  return {
    /** The neighbours behind whom a fact that names the file is known, those behind whom it was stated first. */
    async holders(db: Db, sha256: string, neighbours: Address[]): Promise<Address[]> {
      const namings = await store.namings(db, sha256)
      const able = new Set(neighbours.filter((peer) => namings.some(({ reach }) => leadsTo(self, peer, reach))))
      const authors = namings.flatMap(({ station }) => sideOf(self, station) ?? [])
      return [...new Set([...authors, ...able])].filter((peer) => able.has(peer))
    },

    /**
     * A fact from the peer's own side gives it no right to bytes that others brought: whoever has read a hash somewhere can
     * state it. But what the peer itself once gave us it may have back.
     */
    async mayHave(db: Db, sha256: string, peer: Address): Promise<boolean> {
      const there = (await store.namings(db, sha256)).filter(({ reach }) => leadsTo(self, peer, reach))
      if (there.some(({ station }) => sideOf(self, station) !== peer)) return true
      return there.length > 0 && await store.source(db, sha256) === peer
    },
  }
}

export type FileRights = ReturnType<typeof fileRights>
