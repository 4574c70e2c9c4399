import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyBaseLogger } from 'fastify'
import packageJson from '../../package.json' with { type: 'json' }
import { levelOf, systemClock, type Clock } from '#core/kernel/index.ts'
import { fileTables, openFolderFiles } from '#core/files/server/folderFiles.ts'
import type { App } from '#core/http/server/app.ts'
import { callerOf } from '#core/http/server/caller.ts'
import { createApp, type HttpLimits } from '#core/http/server/createApp.ts'
import { remoteAddress } from '#core/http/server/remoteAddress.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import { ledgerTables } from '#core/ledger/server/ledger.tables.ts'
import { openLedger } from '#core/ledger/server/openLedger.ts'
import { noteOwner, ownerTables, requireOwn } from '#core/ledger/server/owner.ts'
import { liveTables } from '#core/live/server/live.tables.ts'
import { openLive } from '#core/live/server/openLive.ts'
import { linkTables } from '#core/replicate/server/link.tables.ts'
import { createLinks, linkPath, type Links, type LinksOptions } from '#core/replicate/server/links.ts'
import { createOutbox } from '#core/replicate/server/outbox.ts'
import { requireFit } from '#core/sql/server/fit.ts'
import { lockStation, type StationLock } from '#core/sql/server/lock.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { openKeyRing } from '#core/station/server/keyRing.ts'
import type { Station } from '#core/station/server/module.ts'
import { createDirectory } from '#modules/directory/server/liveDirectory.ts'
import { openPeople } from '#modules/directory/server/people.ts'
import { openSessions } from '#modules/directory/server/sessions.ts'
import { databaseUrl, stationPaths, type StationConfig } from './config.ts'
import { stationModules } from './modules.ts'
import { startTicking } from './ticking.ts'

export interface OpenOptions {
  /** The data folder; it holds the key and the files. */
  folder: string
  config: StationConfig
  clock?: Clock
  logger?: FastifyBaseLogger
  limits?: Partial<HttpLimits>
  links?: Pick<LinksOptions, 'timing' | 'protocol' | 'random' | 'doorway'>
  /** How often modules look for deadlines that have passed; 0 in tests that call `tick` themselves. */
  tickMs?: number
  /** The lock on the database is lost: nothing is written any more, and the station is to be ended. */
  onLockLost?: () => void
}

export interface RunningStation {
  station: Station
  app: App
  links: Links
  url: string
  /** One round of every module's `tick`, and of facts that have waited long enough. */
  tick(): Promise<void>
  /** Shown once: a production station without people is set up through a link with this token. */
  setupToken?: string
  close(): Promise<void>
}

const consoleFolder = fileURLToPath(new URL('../console/dist', import.meta.url))

/** Opens a station unless another process has it: throws `StationInUse` and has changed nothing then. */
export async function openStation(options: OpenOptions): Promise<RunningStation> {
  const { folder, config } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await lockStation(folder, databaseUrl(folder, config), () => {
    options.logger?.fatal('与 PostgreSQL 的锁连接已断，停止写入 · the connection that holds the lock on PostgreSQL is lost; nothing is written any more')
    options.onLockLost?.()
  })
  try {
    return await openLocked(options, lock)
  } catch (fault) {
    await lock.release()
    throw fault
  }
}

/** Opens everything of one station and listens. The order is the order of dependence; `close` goes back the same way. */
async function openLocked(options: OpenOptions, lock: StationLock): Promise<RunningStation> {
  const { folder, config, clock = systemClock } = options
  const paths = stationPaths(folder)
  const keyRing = await openKeyRing(paths.key)
  const database = lock.guard(openDatabase(databaseUrl(folder, config)))
  await requireFit(database)
  await requireOwn(database, config)
  const directory = createDirectory(config.address, config.root)
  const modules = stationModules(directory, config.uploadLimitMiB)
  await migrate(database, [...ledgerTables, ...ownerTables, ...linkTables, ...fileTables, ...liveTables, ...modules.flatMap((m) => m.tables)], clock.now())
  await noteOwner(database, config)
  await directory.reload(database.read)
  const ownKey = directory.station(config.address)?.keys.find((k) => k.untilSeq === null)
  if (ownKey) await keyRing.settle(ownKey.publicKey)

  const outbox = createOutbox({ self: config.address, dialect: database.dialect, clock, sha256: nodeCrypto.sha256 })
  const ledger = await openLedger({ database, clock, signer: keyRing, crypto: nodeCrypto, directory, outbox, parts: modules, version: packageJson.version, onFault: (fault) => options.logger?.error({ err: fault }, 'module fault') })
  const files = await openFolderFiles(paths.files, database, clock)
  const links = await createLinks({
    ledger, outbox, database, files, clock, signer: keyRing, parentUrl: config.parent?.url ?? null, uploadLimit: config.uploadLimitMiB * 1024 * 1024, ...options.links,
    onFault: (peer, fault) => options.logger?.error({ peer, err: fault }, 'link fault'),
    onTurnedAway: (who) => options.logger?.warn(who, 'link not let in'),
    onParentClock: (aheadMs) => ledger.noteParentClock(aheadMs),
    sourceOf: (request) => callerOf(remoteAddress(request, config.proxy ?? false)),
  })
  const station = { self: config.address, clock, database, ledger, files, links, keyRing, folder, mode: config.mode, version: packageJson.version } as Omit<Station, 'live'> & { live: Station['live'] }
  const kinds = (await Promise.all(modules.map(async (m) => m.live?.(station)))).filter((k) => k !== undefined)
  station.live = openLive({
    ledger, links, database, clock, signer: keyRing, docs: kinds.flatMap((k) => k.docs), rooms: kinds.flatMap((k) => k.rooms),
    onFault: (fault) => options.logger?.error({ err: fault }, 'live fault'),
  })

  const people = openPeople(database, clock)
  const prepare = () => people.prepare(config.mode, levelOf(config.address) === 'scene')
  if (config.mode !== 'production') await prepare()
  const app = await createApp({
    self: config.address, mode: config.mode, version: station.version, logger: options.logger, limits: options.limits, consoleFolder,
    ...(config.proxy ? { trustProxy: 'loopback' } : {}),
    access: Object.assign({}, ...modules.map((m) => m.access)),
    personOf: openSessions(database, clock).personOf,
  })
  for (const module of modules) module.routes?.(app, station)
  app.onUpgrade(linkPath, links.takeUpgrade)
  const url = await app.listen({ host: config.host, port: config.port })
  // A new set-up link ends the one before, so only a station that has got its port makes one.
  const prepared = config.mode === 'production' ? await prepare() : {}
  await links.start()
  const ticking = startTicking(station, modules, options.tickMs ?? 1000, (fault) => options.logger?.error({ err: fault }, 'tick fault'))

  return {
    station, app, links, url, tick: ticking.once, ...prepared,
    close: async () => {
      await ticking.stop()
      await links.stop()
      await app.close()
      await station.live.stop()
      await database.close()
      await lock.release()
    },
  }
}
