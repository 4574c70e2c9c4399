import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { levelOf, testClock, type Address, type TestClock } from '#core/kernel/index.ts'
import { reaches, type Directory, type StationCard } from '#core/ledger/index.ts'
import { nodeCrypto, nodeSigner, newPrivateKey } from '#core/ledger/server/nodeCrypto.ts'
import { ledgerTables, type LedgerTables } from '#core/ledger/server/ledger.tables.ts'
import { openLedger } from '#core/ledger/server/openLedger.ts'
import { fileTables, openFolderFiles } from '#core/files/server/folderFiles.ts'
import type { App } from '#core/http/server/app.ts'
import { createApp } from '#core/http/server/createApp.ts'
import type { Person, Role } from '#core/http/roles.ts'
import type { Links } from '#core/replicate/server/links.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import type { Station, StationModule } from '#core/station/server/module.ts'
import { incidentModule } from '#modules/incident/server/module.ts'
import { normsModule } from '#modules/norms/server/module.ts'
import { reportModule } from '#modules/report/server/module.ts'

/** A station's database, ledger and routes without its links; the test carries facts from one to another. */
export interface LinkedStation extends Station {
  app: App
  clock: TestClock
  /** One request as somebody with this role; answers status and body. */
  ask(role: Role, method: 'GET' | 'POST' | 'PUT', url: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: never }>
  tick(): Promise<void>
}

const modules: StationModule[] = [normsModule, incidentModule, reportModule]

/** Stations that share one clock and trust each other's keys. `databaseUrl` gives each its own database. */
export async function linkedStations(addresses: Address[], { start, databaseUrl }: { start: number; databaseUrl?: (index: number) => Promise<string> }) {
  const clock = testClock(start)
  const folder = await mkdtemp(join(tmpdir(), 'fengsui-report-'))
  const keys = new Map(addresses.map((address) => [address, nodeSigner(newPrivateKey())]))
  const cards = new Map(addresses.map((address): [Address, StationCard] => [address, {
    address, name: `${address}应急办`, level: levelOf(address), kind: 'government', state: 'active', keys: [{ publicKey: keys.get(address)?.publicKey ?? '', fromSeq: 1, untilSeq: null }],
  }]))
  const stations = new Map<Address, LinkedStation>()
  for (const [index, address] of addresses.entries()) {
    stations.set(address, await openStation(address, join(folder, String(index)), databaseUrl ? await databaseUrl(index) : join(folder, `${index}.db`)))
  }

  async function openStation(self: Address, files: string, url: string): Promise<LinkedStation> {
    const database = openDatabase(url)
    await migrate(database, [...ledgerTables, ...fileTables, ...modules.flatMap((module) => module.tables)], clock.now())
    const directory: Directory & { reload(): Promise<void> } = { self, station: (address) => cards.get(address), stations: () => [...cards.values()], reload: async () => undefined }
    const signer = keys.get(self)
    if (!signer) throw new Error(`no key for ${self}`)
    const ledger = await openLedger({ database, clock, signer, crypto: nodeCrypto, directory, outbox: { enqueue: async () => undefined }, parts: modules })
    const app = await createApp({
      self, mode: 'test', version: '0', access: Object.assign({}, ...modules.map((module) => module.access)) as Record<string, readonly Role[]>,
      personOf: async (token): Promise<Person> => ({ id: token, account: token, name: token, roles: [token as Role] }),
    })
    const station: Station = { self, clock, database, ledger, files: await openFolderFiles(files, database, clock), links: {} as Links, live: {} as Station['live'], mode: 'test', version: '0' }
    for (const module of modules) module.routes?.(app, station)
    await app.ready()
    return {
      ...station, app, clock,
      ask: async (role, method, path, body, headers = {}) => {
        const answer = await app.inject({ method, url: path, headers: { authorization: `Bearer ${role}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, payload: JSON.stringify(body) })
        return { status: answer.statusCode, body: (answer.body === '' ? null : answer.json()) as never }
      },
      tick: async () => { for (const module of modules) await module.tick?.(station, clock.now()) },
    }
  }

  function at(address: Address): LinkedStation {
    const station = stations.get(address)
    if (!station) throw new Error(`no station ${address}`)
    return station
  }

  /** Carries everything that `from` holds and `to` is entitled to, as a link would; `true` when something new came. */
  async function carry(from: Address, to: Address): Promise<boolean> {
    const db = at(from).database.read.withTables<LedgerTables>()
    const rows = await db.selectFrom('facts').innerJoin('subjects', 'subjects.subject', 'facts.subject').select(['text', 'sig', 'reach']).orderBy('position').execute()
    const wires = rows.filter(({ reach }) => reaches(JSON.parse(reach) as string[], to)).map(({ text, sig }) => ({ text, sig }))
    const accepted = await at(to).ledger.accept(wires, from)
    return accepted.some(({ outcome }) => outcome === 'stored')
  }

  /** Carries between all stations, or those named, until nothing new arrives anywhere. */
  async function settle(among: Address[] = addresses): Promise<void> {
    for (let news = true; news;) {
      news = false
      for (const from of among) for (const to of among) if (from !== to && (await carry(from, to))) news = true
    }
  }

  async function close(): Promise<void> {
    for (const station of stations.values()) { await station.app.close(); await station.database.close() }
    await rm(folder, { recursive: true })
  }

  return { at, clock, keys, carry, settle, close }
}
