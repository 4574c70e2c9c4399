import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { folderOf, provision } from '#apps/demo/provision.ts'
import { demoStations, enrolmentOrder, portOf } from '#apps/demo/stations.ts'
import { client, until, type Client } from '#lab/federation/client.ts'
import { stationProcess, type StationProcess } from '#lab/kill/stationProcess.ts'
import { seeded } from '#lab/simulation/random.ts'
import type { LiveDoc } from '#core/live/liveDoc.ts'
import { layerDoc, layerIdOf } from '#modules/plot/index.ts'
import { plainStroke } from '#modules/plot/stroke.ts'
import { StubbornScreen } from './stubbornScreen.ts'

/**
 * `node24 lab/live/kill.ts [--kills 30] [--seed 1] [--base-port 28000]`: people at four levels draw on one plot while a random
 * station is killed with SIGKILL again and again; in the end every stroke that was acknowledged is at every station.
 */
const { values } = parseArgs({ options: { 'kills': { type: 'string', default: '30' }, 'seed': { type: 'string', default: '1' }, 'base-port': { type: 'string', default: '28000' } } })
const basePort = Number(values['base-port'])
const random = seeded(Number(values.seed))
delete process.env.DATABASE_URL
const data = mkdtempSync(join(tmpdir(), 'fengsui-live-kill-'))
const processes: StationProcess[] = []
const screens: StubbornScreen[] = []
const pause = (ms: number) => new Promise((done) => { setTimeout(done, ms) })

async function run(): Promise<string[]> {
  for (const station of enrolmentOrder(demoStations)) {
    await provision(station, data, basePort)
    mkdirSync(folderOf(station, data), { recursive: true })
    const started = stationProcess(station.address, folderOf(station, data), portOf(station, basePort))
    processes.push(started)
    started.start()
    await started.healthy()
  }
  const drawing = processes.filter((p) => !p.address.includes('@'))
  const people = new Map<string, Client>()
  for (const { address, url } of drawing) people.set(address, await client(url, 'duty'))
  const incident = await report(people.get('65/6529/652927')!, await client(drawing.find((p) => p.address === '65/6529/652927')!.url, 'leader'))
  for (const [address, caller] of people) await until(`the plot at ${address}`, () => caller.get(`/api/incidents/${incident}/plot`).catch(() => null), 60_000)

  const docs: { screen: StubbornScreen; doc: LiveDoc }[] = []
  for (const { address, url } of drawing) {
    const caller = people.get(address)!
    const { person } = await caller.get<{ person: { id: string; name: string } }>('/api/session')
    for (let i = 0; i < 2; i++) {
      const screen = new StubbornScreen(url, caller.token, { station: address, id: person.id, name: person.name })
      screens.push(screen)
      docs.push({ screen, doc: screen.client.openDoc(layerDoc(layerIdOf(incident, address))) })
    }
  }
  let n = 0
  const hands = setInterval(() => {
    const { screen, doc } = random.pick(docs)
    // While the station is away people go on drawing; not for ever.
    if (doc.snapshot().unsent < 50) screen.draw(doc, `k${++n}`, { ...plainStroke, shape: 'line', points: [[78.6, 41.2], [78.7, 41.3 + n / 1e4]], label: `第${n}笔` })
  }, 5)
  for (let kill = 1; kill <= Number(values.kills); kill++) {
    await pause(300 + random.next() * 700)
    const victim = random.pick(drawing)
    await victim.kill()
    victim.start()
    if (random.chance(0.6)) await victim.healthy()
  }
  for (const station of processes) await station.healthy()
  await pause(1_000)
  clearInterval(hands)
  for (const { doc } of docs) await until(`the last strokes of ${doc.name}`, async () => doc.snapshot().unsent === 0, 120_000)

  const faults = screens.flatMap((s) => s.faults)
  let acknowledged = 0
  for (const { address: owner } of drawing) {
    const layer = layerIdOf(incident, owner)
    const keys = screens.flatMap((s) => [...(s.acknowledged.get(layerDoc(layer)) ?? [])])
    acknowledged += keys.length
    const at = (address: string) => keysAt(people.get(address)!, layer)
    for (const { address } of drawing) {
      await until(`all of ${owner} at ${address}`, async () => (await at(address)).size >= keys.length, 120_000).catch((fault: unknown) => faults.push(String(fault)))
      const held = await at(address)
      for (const key of keys) if (!held.has(key)) faults.push(`${address}: ${key} of ${owner} was acknowledged and is lost`)
    }
    const all = await Promise.all(drawing.map(async ({ address }) => [...(await at(address))].sort().join()))
    if (new Set(all).size !== 1) faults.push(`the layer of ${owner} is not the same everywhere`)
  }
  if (acknowledged < 100) faults.push(`only ${acknowledged} strokes were acknowledged: too few to show anything`)
  process.stdout.write(`${processes.reduce((sum, p) => sum + p.starts - 1, 0)} processes killed, ${n} strokes drawn, ${acknowledged} acknowledged\n`)
  return faults
}

async function keysAt(caller: Client, layer: string): Promise<Set<string>> {
  const keys = new Set<string>()
  for (let page = 1; ; page++) {
    const { features, total } = await caller.get<{ features: { id: string }[]; total: number }>(`/api/layers/${encodeURIComponent(layer)}/features?page=${page}&size=1000`)
    for (const { id } of features) keys.add(id)
    if (features.length === 0 || keys.size >= total) return keys
  }
}

async function report(duty: Client, leader: Client): Promise<string> {
  const { id, incidentId } = await duty.post<{ id: string; incidentId: string }>('/api/reports', {
    kind: 'first', code: '11C02', title: '断电时标绘', occurredAt: Date.now() - 60_000, learnedAt: Date.now(), mode: 'exercise', level: 'I', place: { division: '652927', lon: 78.63, lat: 41.26 },
    figures: { deaths: null, missing: null, seriousInjuries: null, lightInjuries: null, trapped: null, evacuated: null, lossWan: null }, attributes: { magnitude: 7.1 }, text: '反复断电，图不得丢。',
  })
  await duty.post(`/api/reports/${id}/submit`)
  await leader.post(`/api/reports/${id}/sign`)
  return incidentId
}

let code = 1
try {
  const faults = await run()
  for (const fault of faults.slice(0, 30)) process.stdout.write(`✗ ${fault}\n`)
  if (faults.length === 0) process.stdout.write('✓ every acknowledged stroke is at every station\n')
  code = faults.length === 0 ? 0 : 1
} catch (fault) {
  process.stdout.write(`✗ ${fault instanceof Error ? fault.stack : String(fault)}\n`)
} finally {
  for (const screen of screens) screen.close()
  await Promise.all(processes.map((station) => station.stop()))
  if (code === 0) rmSync(data, { recursive: true, force: true })
  else process.stdout.write(`the stations’ data is in ${data}\n`)
}
process.exit(code)
