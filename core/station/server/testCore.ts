import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, testClock, type Address } from '#core/kernel/index.ts'
import { fileTables, openFolderFiles } from '#core/files/server/folderFiles.ts'
import type { Person, Role } from '#core/http/roles.ts'
import { createApp, type AppOptions } from '#core/http/server/createApp.ts'
import { ledgerTables } from '#core/ledger/server/ledger.tables.ts'
import { newPrivateKey, nodeCrypto, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { openLedger } from '#core/ledger/server/openLedger.ts'
import { noteFacts, noteSubject, testDirectory } from '#core/ledger/testNote.ts'
import type { Live } from '#core/live/server/live.ts'
import type { LinkLine, Links } from '#core/replicate/server/links.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { coreModule } from './coreModule.ts'
import type { Station } from './module.ts'

export const self = '65/6529'
export const child = '65/6529/652928'
/** The token is the role. */
export const as = (role: Role) => ({ authorization: `Bearer ${role}` })

/** A station of the core alone, with notes for facts and one pretended link. For tests; close it after. */
export async function openTestCore(options: { mode?: Station['mode']; uploadLimit?: number; app?: Partial<AppOptions> } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'fengsui-core-'))
  const mode = options.mode ?? 'test'
  const database = openDatabase(join(folder, 'station.db'))
  const clock = testClock(systemClock.now())
  const signers = { [self]: nodeSigner(newPrivateKey()), [child]: nodeSigner(newPrivateKey()) }
  const signer = signers[self]
  if (!signer) throw new Error('no signer')
  const directory = testDirectory(self, Object.entries(signers).map(([address, { publicKey }]) => ({ address, publicKey })))
  await migrate(database, [...ledgerTables, ...fileTables], clock.now())
  const ledger = await openLedger({ database, clock, signer, crypto: nodeCrypto, directory, outbox: { enqueue: async () => undefined }, parts: [{ facts: noteFacts, subjects: [noteSubject] }] })
  const files = await openFolderFiles(join(folder, 'files'), database, clock)
  const links = pretendLinks(child)
  const station: Station = { self, clock, database, ledger, files, links, live: pretendLive(), mode, version: '0.0.1' }
  const core = coreModule({ uploadLimit: options.uploadLimit, reads: { note: 'fact.read' } })
  const revoked = new Set<string>()
  const personOf = async (token: string): Promise<Person | undefined> =>
    revoked.has(token) ? undefined : { id: token, account: token, name: token, roles: [token as Role] }
  const app = await createApp({ self, mode, version: '0.0.1', access: core.access, personOf, ...options.app })
  core.routes?.(app, station)
  return {
    app, station, directory, clock, folder, revoked, childSigner: signers[child],
    write: (line: string, to: string[] = ['up'], subject = 'note/n1') => ledger.write({ id: 'p1', name: '值班员' }, (w) => w.append({ type: 'note.written.v1', subject, to, body: { line } })),
    listen: async () => Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port),
    close: async () => {
      await app.close()
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Only what the routes use; the real ones are proved in core/replicate. */
function pretendLinks(peer: Address): Links {
  let isCut = false
  const is = (asked: Address, cut: boolean) => {
    if (asked === peer) isCut = cut
    return asked === peer
  }
  const line = (): LinkLine => ({
    peer, direction: 'down', state: isCut ? 'offline' : 'online', queued: isCut ? 3 : 0, lastExchangeAt: 1_706_000_000_000, lagMs: 12, code: null,
    reason: isCut ? { zh: '已人工断开', en: 'Cut by hand' } : null, wayOut: null, recovering: false, saidBy: null, waitingThere: null, clockAheadMs: null,
  })
  return { list: async () => [line()], wantedFiles: async () => [], cut: (asked: Address) => is(asked, true), heal: (asked: Address) => is(asked, false), retry: (asked: Address) => asked === peer } as unknown as Links
}

/** No documents; the real one is proved in core/live. */
function pretendLive(): Live {
  return { openScreen: () => ({ receive: () => undefined, closed: () => undefined }), refusals: async () => [], behind: () => 0, stop: async () => undefined } as unknown as Live
}
