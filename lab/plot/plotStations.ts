import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { levelOf, refuse, testClock, type Address, type TestClock } from '#core/kernel/index.ts'
import { newSubject, idOfSubject, reaches, type Directory, type FactDraft, type StationCard } from '#core/ledger/index.ts'
import { newPrivateKey, nodeCrypto, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { ledgerTables, type LedgerTables } from '#core/ledger/server/ledger.tables.ts'
import { openLedger } from '#core/ledger/server/openLedger.ts'
import { fileTables, openFolderFiles } from '#core/files/server/folderFiles.ts'
import type { App } from '#core/http/server/app.ts'
import { createApp } from '#core/http/server/createApp.ts'
import type { Role } from '#core/http/roles.ts'
import type { Links } from '#core/replicate/server/links.ts'
import { countsUpTo, type Limit } from '#core/live/card.ts'
import type { Live, LiveKind } from '#core/live/server/live.ts'
import type { Stamped } from '#core/live/stamped.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import type { Station, StationModule } from '#core/station/server/module.ts'
import { assessIncident, incidentSubject, incidentType, openIncident, type IncidentState } from '#modules/incident/index.ts'
import { shippedNorms } from '#modules/norms/index.ts'
import { incidentModule } from '#modules/incident/server/module.ts'
import { normsModule } from '#modules/norms/server/module.ts'
import { plotModule } from '#modules/plot/server/module.ts'

/** One value as the pretended live plane keeps it: which station wrote it, in which place of its chain. */
interface Piece {
  doc: string
  station: Address
  seq: number
  key: string
  value: Stamped
}

/** The live plane in a few lines: what counts is asked of the cards each time, so authority is real and the rest is not. */
export interface PretendedLive extends Live {
  pieces: Piece[]
  /** Documents whose cards were said to have changed. */
  told: string[]
  cards(doc: string): ReturnType<LiveKind['card']>
}

const run = 'run'

function pretendedLive(self: Address, clock: TestClock, kind: LiveKind): PretendedLive {
  const pieces: Piece[] = []
  const cards = (doc: string) => kind.card(doc.slice(kind.kind.length + 1))
  const counting = (doc: string) => {
    const card = cards(doc)
    return card && pieces.filter((p) => p.doc === doc && p.seq <= countsUpTo(card, p.station, run)).sort((a, b) => a.value.at - b.value.at || (a.station < b.station ? -1 : 1) || a.seq - b.seq)
  }
  const values = (doc: string) => {
    const found = new Map(counting(doc)?.map(({ key, value }) => [key, value]))
    return new Map([...found].filter(([, value]) => value.gone !== true))
  }
  return {
    pieces, told: [], cards,
    values: async (doc) => (cards(doc) ? values(doc) : undefined),
    history: async (doc) => counting(doc)?.map(({ key, value }) => ({ key, value })),
    edit: async (doc, person, changes) => {
      const card = cards(doc)
      if (!card || card.sealed || countsUpTo(card, self, run) !== Infinity) throw refuse('live.not-writer', '无权', 'May not write')
      for (const { key, value } of changes) {
        const before = values(doc).get(key)
        const stamp = { at: clock.now(), by: person.id, byName: person.name, station: self }
        const stamped = { ...(value ?? before), ...stamp, ...(value ? {} : { gone: true }) } as Stamped
        const seq = 1 + Math.max(0, ...pieces.filter((p) => p.doc === doc && p.station === self).map((p) => p.seq))
        pieces.push({ doc, station: self, seq, key, value: kind.value.parse(stamped) })
      }
    },
    limits: async (doc, stations) => Object.fromEntries(stations.map((station): [Address, Limit] => {
      const last = Math.max(0, ...pieces.filter((p) => p.doc === doc && p.station === station).map((p) => p.seq))
      return [station, last > 0 ? { [run]: last } : {}]
    })),
    cardsChanged(docs) { this.told.push(...docs) },
    onChange: () => () => undefined,
    refusals: async () => [],
    behind: () => null,
    stop: async () => undefined,
    openScreen: () => { throw new Error('no screens here') },
  }
}

export interface PlotStation extends Station {
  app: App
  live: PretendedLive
  /** One request as somebody with this role. */
  ask(role: Role, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: never; raw: Buffer; headers: Record<string, unknown> }>
  /** States facts as this station, by the commands of the incident. */
  say(id: string, decide: (incident: IncidentState) => FactDraft[]): Promise<void>
}

const noKind: LiveKind = { kind: 'layer', value: {} as never, card: () => undefined, readers: [], writers: [] }

export interface PlotStationsOptions {
  databaseUrl?: (index: number) => Promise<string>
  /** False: stations know no plots until they are restarted. */
  plotsFromStart?: boolean
}

/** Stations with plots and incidents, real ledgers and files; the test carries facts, files and strokes between them. */
export async function plotStations(addresses: readonly Address[], { databaseUrl, plotsFromStart = true }: PlotStationsOptions = {}) {
  const clock = testClock()
  const folder = await mkdtemp(join(tmpdir(), 'fengsui-plot-'))
  const keys = new Map(addresses.map((address) => [address, nodeSigner(newPrivateKey())]))
  const cards = new Map(addresses.map((address): [Address, StationCard] => [address, {
    address, name: `${address}应急办`, level: levelOf(address), kind: 'government', state: 'active', keys: [{ publicKey: keys.get(address)!.publicKey, fromSeq: 1, untilSeq: null }],
  }]))
  const stations = new Map<Address, PlotStation>()

  async function open(self: Address, withPlots = true): Promise<PlotStation> {
    const modules: StationModule[] = [normsModule, incidentModule, ...(withPlots ? [plotModule()] : [])]
    const index = addresses.indexOf(self)
    const database = openDatabase(databaseUrl ? await databaseUrl(index) : join(folder, `${index}.db`))
    await migrate(database, [...ledgerTables, ...fileTables, ...modules.flatMap((module) => module.tables)], clock.now())
    const directory: Directory & { reload(): Promise<void> } = { self, station: (address) => cards.get(address), stations: () => [...cards.values()], reload: async () => undefined }
    const ledger = await openLedger({ database, clock, signer: keys.get(self)!, crypto: nodeCrypto, directory, outbox: { enqueue: async () => undefined }, parts: modules })
    const files = await openFolderFiles(join(folder, `${index}`), database, clock)
    const station = { self, clock, database, ledger, files, links: {} as Links, mode: 'test' as const, version: '0' } as unknown as Omit<Station, 'live'> & { live: PretendedLive }
    const kinds = await modules.at(-1)?.live?.(station)
    station.live = pretendedLive(self, clock, kinds?.docs[0] ?? noKind)
    const app = await createApp({
      self, mode: 'test', version: '0', access: Object.assign({}, ...modules.map((module) => module.access)) as Record<string, readonly Role[]>,
      personOf: async (token) => ({ id: token, account: token, name: `${token}某`, roles: [token as Role] }),
    })
    for (const module of modules) module.routes?.(app, station)
    await app.ready()
    return {
      ...station, app,
      ask: async (role, method, url, body, headers = {}) => {
        clock.advance(1_000)
        const raw = Buffer.isBuffer(body)
        const answer = await app.inject({ method, url, headers: { authorization: `Bearer ${role}`, ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }), ...headers }, ...(body === undefined ? {} : { payload: raw ? body : JSON.stringify(body) }) })
        const isJson = String(answer.headers['content-type']).includes('json')
        return { status: answer.statusCode, body: (isJson ? answer.json() : null) as never, raw: answer.rawPayload, headers: answer.headers }
      },
      say: (id, decide) => ledger.write({ id: 'p', name: '值班员' }, async (writer) => {
        for (const draft of decide(await writer.state(incidentType, incidentSubject(id)))) await writer.append(draft)
      }),
    }
  }
  for (const address of addresses) stations.set(address, await open(address, plotsFromStart))
  const at = (address: Address): PlotStation => {
    const station = stations.get(address)
    if (!station) throw new Error(`no station ${address}`)
    return station
  }

  /** Carries facts, strokes and files that `to` is entitled to and lacks; true when a fact was new. */
  async function carry(from: PlotStation, to: PlotStation): Promise<boolean> {
    const rows = await from.database.read.withTables<LedgerTables>().selectFrom('facts').innerJoin('subjects', 'subjects.subject', 'facts.subject').select(['text', 'sig', 'reach']).orderBy('position').execute()
    const accepted = await to.ledger.accept(rows.filter(({ reach }) => reaches(JSON.parse(reach) as string[], to.self)).map(({ text, sig }) => ({ text, sig })), from.self)
    const held = new Set(to.live.pieces.map((p) => `${p.doc} ${p.station} ${p.seq}`))
    to.live.pieces.push(...from.live.pieces.filter((p) => !held.has(`${p.doc} ${p.station} ${p.seq}`)))
    return accepted.some(({ outcome }) => outcome === 'stored')
  }

  return {
    at, clock, cards, folder,
    /** Stops a station and starts it again on what it has on its disk; its strokes are kept for it. */
    async restart(address: Address): Promise<PlotStation> {
      const before = at(address)
      await before.app.close()
      await before.database.close()
      const station = await open(address)
      station.live.pieces.push(...before.live.pieces)
      stations.set(address, station)
      return station
    },
    async settle(): Promise<void> {
      for (let news = true; news;) {
        news = false
        for (const from of stations.values()) for (const to of stations.values()) if (from !== to && (await carry(from, to))) news = true
      }
    },
    async carryFile(sha256: string, from: Address, to: Address): Promise<void> {
      await at(to).files.put(at(from).files.open(sha256), 1e9)
    },
    /** An incident opened at a station; `reported` also tells of it. */
    async incident(opener: Address, { reported = true, mode = 'actual' as const } = {}): Promise<string> {
      const subject = newSubject('incident', opener, mode, clock.now())
      const id = idOfSubject(subject)
      const context = { self: opener, norms: shippedNorms(opener) }
      await at(opener).say(id, () => openIncident({ subject, code: '11C02', title: '乌什县7.1级地震', occurredAt: 1, learnedAt: 2, place: { division: '652927' } }, context))
      if (reported) await at(opener).say(id, (state) => assessIncident(state, { report: null, figures: {}, attributes: { magnitude: 7.1 } }, context) as FactDraft[])
      return id
    },
    async close(): Promise<void> {
      for (const { app, database } of stations.values()) {
        await app.close()
        await database.close()
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}
