import { levelOf, type Address } from '#core/kernel/index.ts'
import type { Directory, StationCard } from '#core/ledger/index.ts'
import type { Db } from '#core/sql/server/database.ts'
import { readCards } from './stationRows.ts'
import type { PinnedRoot } from '../directory.rules.ts'

/** The directory in memory. The projection keeps it up to date; `reload` brings it back to what was committed. */
export interface LiveDirectory extends Directory {
  readonly root: PinnedRoot
  put(card: StationCard): void
  /** The enrolment of a station counts no more: nothing that its keys signed does. */
  end(address: Address): void
  reload(db: Db): Promise<void>
}

/** Knows only the pinned root until facts or `reload` tell more; call `reload` once the tables exist. */
export function createDirectory(self: Address, root: PinnedRoot): LiveDirectory {
  const cards = new Map<Address, StationCard>()
  const pinned: StationCard = {
    address: root.address, name: root.name, level: levelOf(root.address), kind: 'government', state: 'active',
    keys: [{ publicKey: root.publicKey, fromSeq: 1, untilSeq: null }],
  }
  cards.set(root.address, pinned)
  return {
    self,
    root,
    station: (address) => cards.get(address),
    stations: () => [...cards.values()].sort((a, b) => (a.address < b.address ? -1 : 1)),
    put: (card) => { cards.set(card.address, card) },
    end: (address) => {
      const card = cards.get(address)
      if (card && address !== root.address) cards.set(address, { ...card, state: 'revoked', keys: card.keys.map((key) => ({ ...key, untilSeq: 0 })) })
    },
    reload: async (db) => {
      const stored = await readCards(db)
      cards.clear()
      cards.set(root.address, pinned)
      for (const card of stored) cards.set(card.address, card)
    },
  }
}
