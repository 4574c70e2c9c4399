import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, testClock } from '#core/kernel/index.ts'
import type { Links } from '#core/replicate/server/links.ts'
import type { Files } from '#core/files/server/files.ts'
import type { App } from '#core/http/server/app.ts'
import { createApp } from '#core/http/server/createApp.ts'
import { ledgerTables } from '#core/ledger/server/ledger.tables.ts'
import { newPrivateKey, nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import { openLedger } from '#core/ledger/server/openLedger.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { openKeyRing } from '#core/station/server/keyRing.ts'
import type { Station } from '#core/station/server/module.ts'
import { found, type PinnedRoot } from '../directory.rules.ts'
import { createDirectory } from './liveDirectory.ts'
import { directoryModule } from './module.ts'
import { openPeople } from './people.ts'
import { openSessions } from './sessions.ts'

/** One station with the directory alone, on a database of its own. For tests; close it after. */
export async function openTestStation(options: { self?: string; mode?: Station['mode']; root?: PinnedRoot; pem?: string; databaseUrl?: string; declare?: (app: App, station: Station) => void; access?: Record<string, never[]> } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'fengsui-directory-'))
  const self = options.self ?? '65'
  const mode = options.mode ?? 'test'
  await writeFile(join(folder, 'key.pem'), options.pem ?? newPrivateKey())
  const keyRing = await openKeyRing(join(folder, 'key.pem'))
  const root = options.root ?? { address: self, publicKey: keyRing.publicKey, name: '自治区' }
  const database = openDatabase(options.databaseUrl ?? join(folder, 'station.db'))
  const clock = testClock(systemClock.now())
  const directory = createDirectory(self, root)
  const part = directoryModule(directory)
  await migrate(database, [...ledgerTables, ...part.tables], clock.now())
  const ledger = await openLedger({ database, clock, signer: keyRing, crypto: nodeCrypto, directory, outbox: { enqueue: async () => undefined }, parts: [part] })
  const station: Station = { self, clock, database, ledger, files: {} as Files, links: {} as Links, live: {} as Station['live'], mode, version: '0.0.1', keyRing }
  if (!options.root) await ledger.write({ id: 'system', name: '系统' }, (w) => w.append(found(root)))
  const people = openPeople(database, clock)
  const { setupToken } = await people.prepare(mode, false)
  const app = await createApp({ self, mode, version: station.version, access: part.access, personOf: openSessions(database, clock).personOf })
  part.routes?.(app, station)
  options.declare?.(app, station)
  await app.ready()

  async function signIn(account: string, password = 'demo'): Promise<{ authorization: string }> {
    const answer = await app.inject({ method: 'POST', url: '/api/session', payload: { account, password } })
    return { authorization: `Bearer ${answer.json<{ token: string }>().token}` }
  }
  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, as: string | { authorization: string } | null, payload?: object) => {
    const headers = as === null ? {} : typeof as === 'string' ? await signIn(as) : as
    const answer = await app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: (answer.body ? answer.json() : undefined) as never, headers: answer.headers, text: answer.body }
  }
  return {
    app, station, directory, clock, people, setupToken, signIn, call, keyRing, folder,
    close: async () => {
      await app.close()
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
}
