import { idOfSubject } from '#core/ledger/index.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import type { Migration } from '#core/sql/server/database.ts'
import { parentOf } from '#core/kernel/index.ts'
import type { StationState } from '../directory.rules.ts'
import type { LiveDirectory } from './liveDirectory.ts'
import type { StationTables } from './stationRows.ts'

export const stationTables: Migration = {
  name: 'directory-001-stations',
  up: async (db) => {
    await db.schema.createTable('station')
      .addColumn('address', 'text', (c) => c.primaryKey())
      .addColumn('parent', 'text')
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('level', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('card', 'text', (c) => c.notNull())
      .execute()
  },
}

/** Rewrites a station's row and the view in memory that the ledger verifies by. */
export function projectStation(directory: LiveDirectory) {
  return async (writer: Pick<Writer, 'tx'>, subject: string, state: StationState): Promise<void> => {
    const address = idOfSubject(subject)
    const tables = writer.tx.withTables<StationTables>()
    await tables.deleteFrom('station').where('address', '=', address).execute()
    const { card } = state
    if (!card) return directory.end(address)
    await tables.insertInto('station').values({
      address, parent: parentOf(address), name: card.name, level: card.level, kind: card.kind, state: card.state, card: JSON.stringify(card),
    }).execute()
    directory.put(card)
  }
}
