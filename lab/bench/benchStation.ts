import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#core/kernel/index.ts'
import type { Signer, WireFact } from '#core/ledger/index.ts'
import type { Ledger } from '#core/ledger/server/ledger.ts'
import { ledgerTables, type LedgerTables } from '#core/ledger/server/ledger.tables.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import { openLedger } from '#core/ledger/server/openLedger.ts'
import { testDirectory } from '#core/ledger/testNote.ts'
import { linkTables } from '#core/replicate/server/link.tables.ts'
import { createOutbox, type LinkOutbox } from '#core/replicate/server/outbox.ts'
import type { Database } from '#core/sql/server/database.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { notePart, noticePart, noticeTables } from './notice.ts'

export const parent = '65'
export const child = '65/6529'
const actor = { id: 'p1', name: '值班员' }

/** A station without HTTP: database, ledger with two nouns, and a queue to its one neighbour. */
export interface BenchStation {
  database: Database
  ledger: Ledger
  outbox: LinkOutbox
  folder: string
  /** One fact, one durable commit. */
  state(draft: Parameters<Parameters<Parameters<Ledger['write']>[1]>[0]['append']>[0]): Promise<void>
  /** Signed facts after a position, as they cross a link. */
  wires(after: number, count: number): Promise<WireFact[]>
  close(): Promise<void>
}

export async function benchStation(self: string, keys: ReadonlyMap<string, Signer>): Promise<BenchStation> {
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-bench-'))
  const database = openDatabase(join(folder, 'station.db'))
  await migrate(database, [...ledgerTables, ...linkTables, ...noticeTables], 0)
  const directory = testDirectory(self, [...keys].map(([address, { publicKey }]) => ({ address, publicKey })))
  const outbox = createOutbox({ self, dialect: database.dialect, clock: systemClock, sha256: nodeCrypto.sha256 })
  await database.write((tx) => outbox.addPeer(tx, self === parent ? child : parent, self === parent ? 'down' : 'up'))
  const signer = keys.get(self)
  if (!signer) throw new Error(`no key for ${self}`)
  const ledger = await openLedger({ database, clock: systemClock, signer, crypto: nodeCrypto, directory, outbox, parts: [notePart, noticePart] })
  return {
    database, ledger, outbox, folder,
    state: async (draft) => { await ledger.write(actor, (writer) => writer.append(draft)) },
    wires: (after, count) => database.read.withTables<LedgerTables>().selectFrom('facts').select(['text', 'sig']).where('position', '>', after).orderBy('position').limit(count).execute(),
    close: async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
