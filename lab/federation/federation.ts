import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { parentOf, type Address, type Clock, type StationKind } from '#core/kernel/index.ts'
import { newPrivateKey, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import type { LinksOptions } from '#core/replicate/server/links.ts'
import { startPostgres } from '#lab/postgres/cluster.ts'
import { stationPaths, writeStationKey, type StationConfig } from '#apps/station/config.ts'
import { openStation, type RunningStation } from '#apps/station/openStation.ts'
import { withNewLedger } from '#apps/cli/firstFacts.ts'
import { found } from '#modules/directory/directory.rules.ts'
import { client, type Client } from './client.ts'

/** The five stations of the demo: enough to show every kind of hop. */
export const fiveStations = ['65', '65/6529', '65/6529/652927', '65/6529/652927/s1', '65/@seismology'] as const

export interface FederationOptions {
  addresses?: readonly Address[]
  /** One clock for all, or one for each station. */
  clock?: Clock | ((address: Address) => Clock)
  mode?: StationConfig['mode']
  /** What a station is called; its address where nothing is said. */
  names?: Readonly<Record<Address, string>>
  /** `postgres://…` for one station's database; undefined is an SQLite file. Without this, `DATABASE_URL` names a server that gives each its own. */
  databaseUrl?: (address: Address) => string | undefined
  links?: LinksOptions['timing']
  tickMs?: number
  logger?: FastifyBaseLogger
}

export interface Member extends RunningStation {
  address: Address
  folder: string
  config: StationConfig
  /** Signed in as one of the demo accounts: `duty`, `leader`, `admin`, `security`, `audit`, and `field` at a scene. */
  as(account: string): Promise<Client>
}

export interface Federation {
  at(address: Address): Member
  /** Stops a station and starts it again on the same folder and port. */
  restart(address: Address): Promise<Member>
  stop(address: Address): Promise<void>
  close(): Promise<void>
}

/** Links that notice and mend at a test's pace. */
export const quickLinks: NonNullable<FederationOptions['links']> = { backoffMin: 20, backoffMax: 100, stopped: 200, cutByPeer: 30, ping: 500, dead: 2_000, probe: 200, handshake: 5_000, refill: 20 }

/** A whole tree in one process: real databases, real sockets on loopback, enrolled by real tokens. Parents come before children in `addresses`. */
export async function federation(options: FederationOptions = {}): Promise<Federation> {
  const base = mkdtempSync(join(tmpdir(), 'fengsui-federation-'))
  const server = process.env.DATABASE_URL && !options.databaseUrl ? await startPostgres() : undefined
  const members = new Map<Address, Member>()
  const at = (address: Address): Member => {
    const member = members.get(address)
    if (!member) throw new Error(`no station ${address} in this federation`)
    return member
  }
  let rootKey: StationConfig['root'] | undefined

  async function start(address: Address, folder: string, config: StationConfig): Promise<Member> {
    const running = await openStation({
      folder, config, clock: typeof options.clock === 'function' ? options.clock(address) : options.clock, logger: options.logger, tickMs: options.tickMs ?? 0,
      links: { timing: { ...quickLinks, ...options.links } },
    })
    const port = Number(new URL(running.url).port)
    const member: Member = { ...running, address, folder, config: { ...config, port }, as: (account) => client(running.url, account) }
    members.set(address, member)
    return member
  }

  for (const address of options.addresses ?? fiveStations) {
    const folder = join(base, address.replaceAll('/', '_'))
    const pem = newPrivateKey()
    const publicKey = nodeSigner(pem).publicKey
    const parent = parentOf(address)
    const name = options.names?.[address] ?? address
    const kind: StationKind = address.includes('@') ? 'department' : 'government'
    const root = rootKey ??= { address, name, publicKey }
    await writeStationKey(folder, pem)
    const database = options.databaseUrl ? options.databaseUrl(address) ?? stationPaths(folder).database : await server?.url(`station_${members.size}`)
    const config: StationConfig = {
      address, name, kind, mode: options.mode ?? 'test', host: '127.0.0.1', port: 0, root, uploadLimitMiB: 16,
      parent: parent === null ? null : { address: parent, url: at(parent).url }, ...(database ? { database } : {}),
    }
    if (parent === null) {
      await withNewLedger(folder, config, (ledger) => ledger.write({ id: 'setup', name: '初始化' }, (w) => w.append(found({ address, name, publicKey }, kind))))
    } else {
      const admin = await at(parent).as('admin')
      const { token } = await admin.post<{ token: string }>('/api/enrolment/tokens', { address, name, kind, expiresInHours: 1 })
      const { facts } = await admin.post<{ facts: { text: string; sig: string }[] }>('/api/enrolment', { token, publicKey })
      await withNewLedger(folder, config, (ledger) => ledger.accept(facts, parent))
    }
    await start(address, folder, config)
  }

  return {
    at,
    stop: async (address) => { await at(address).close() },
    restart: async (address) => {
      const { folder, config, close } = at(address)
      await close()
      return start(address, folder, config)
    },
    close: async () => {
      for (const member of [...members.values()].reverse()) await member.close()
      await server?.stop()
      rmSync(base, { recursive: true, force: true })
    },
  }
}
