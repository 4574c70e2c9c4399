import { existsSync } from 'node:fs'
import { systemClock } from '#core/kernel/index.ts'
import type { Outbox } from '#core/ledger/server/ledger.ts'
import { ledgerTables } from '#core/ledger/server/ledger.tables.ts'
import { nodeCrypto, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { openLedger } from '#core/ledger/server/openLedger.ts'
import { DatabaseOfAnother, noteOwner, ownerTables, requireOwn } from '#core/ledger/server/owner.ts'
import type { Ledger } from '#core/ledger/server/ledger.ts'
import { DatabaseUnfit, requireFit } from '#core/sql/server/fit.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { createDirectory } from '#modules/directory/server/liveDirectory.ts'
import { directoryModule } from '#modules/directory/server/module.ts'
import { databaseUrl, readStationKey, type StationConfig } from '#apps/station/config.ts'
import { OperatorFault } from './language.ts'

/** Nothing goes anywhere yet: a new link's queue is filled from what is stored when the station first starts. */
const noLinks: Outbox = { enqueue: async () => undefined }

/** Makes sure that the database a station is told to use is its own, and of one only being made that no facts are there, before anything is written anywhere. */
export async function requireOwnDatabase(folder: string, config: Pick<StationConfig, 'address' | 'root' | 'database'>, isNew: boolean): Promise<void> {
  const url = databaseUrl(folder, config)
  if (!url.startsWith('postgres') && !existsSync(url)) return
  const database = openDatabase(url)
  try {
    await requireFit(database)
    await requireOwn(database, config, isNew)
  } catch (fault) {
    throw fault instanceof DatabaseOfAnother || fault instanceof DatabaseUnfit ? new OperatorFault(fault.sentence.zh, fault.sentence.en) : fault
  } finally {
    await database.close()
  }
}

/** Opens a new station's ledger with its directory alone, for the facts that must be there before it starts. `pem`: a key that is not in its place yet. */
export async function withNewLedger<T>(folder: string, config: StationConfig, work: (ledger: Ledger) => Promise<T>, pem?: string): Promise<T> {
  const database = openDatabase(databaseUrl(folder, config))
  try {
    const directory = createDirectory(config.address, config.root)
    const module = directoryModule(directory)
    await migrate(database, [...ledgerTables, ...ownerTables, ...module.tables], Date.now())
    await noteOwner(database, config)
    await directory.reload(database.read)
    const signer = nodeSigner(pem ?? await readStationKey(folder))
    const ledger = await openLedger({ database, clock: systemClock, signer, crypto: nodeCrypto, directory, outbox: noLinks, parts: [module] })
    return await work(ledger)
  } finally {
    await database.close()
  }
}
