import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { folderOf, provision } from '#apps/demo/provision.ts'
import { demoStations, enrolmentOrder, portOf } from '#apps/demo/stations.ts'
import { check } from './check.ts'
import { live, newOracle, type Crew } from './load.ts'
import { stationProcess, type StationProcess } from './stationProcess.ts'
import { stubbornClient } from './stubbornClient.ts'

/**
 * `node24 lab/kill/main.ts [--kills 300] [--seed 1] [--workers 6] [--base-port 27000] [--keep]`: five real stations under load, a random
 * one killed with SIGKILL again and again; in the end nothing acknowledged may be lost or doubled anywhere.
 */

const { values } = parseArgs({
  options: {
    'kills': { type: 'string', default: '300' },
    'seed': { type: 'string', default: String(Date.now() % 1_000_000) },
    'workers': { type: 'string', default: '6' },
    'base-port': { type: 'string', default: '27000' },
    'gap': { type: 'string', default: '900' },
    'keep': { type: 'boolean', default: false },
  },
})
const kills = Number(values.kills)
const basePort = Number(values['base-port'])
const seed = Number(values.seed)
const drainWithinMs = 180_000

/** mulberry32: which station dies and when can be told again from the seed; what the load was doing then cannot. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

// Five stations, five files.
delete process.env.DATABASE_URL

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const data = mkdtempSync(join(tmpdir(), 'fengsui-kill-'))
const processes: StationProcess[] = []
const serverFaults: string[] = []

async function run(): Promise<string[]> {
  for (const station of enrolmentOrder(demoStations)) {
    const folder = folderOf(station, data)
    await provision(station, data, basePort)
    mkdirSync(folder, { recursive: true })
    const started = stationProcess(station.address, folder, portOf(station, basePort))
    processes.push(started)
    started.start()
    await started.healthy()
  }
  const crews = new Map<string, Crew>()
  for (const { address, url } of processes) {
    const as = (account: string) => stubbornClient(address, url, account, (words) => serverFaults.push(words))
    crews.set(address, { duty: await as('duty'), leader: await as('leader'), audit: await as('audit') })
  }
  const crewOf = (key: string) => crews.get(demoStations.find((s) => s.key === key)?.address ?? '') as Crew
  const pairs = [['county', 'region'], ['scene', 'prefecture'], ['seismology', 'region'], ['county', 'prefecture'], ['prefecture', 'region'], ['scene', 'region']] as const

  const oracle = newOracle()
  const faults: string[] = []
  const random = randomFrom(seed)
  const state = { stopping: false }
  const workers = Array.from({ length: Number(values.workers) }, async (_, worker) => {
    for (let n = 1; !state.stopping; n++) {
      const [author, above] = pairs[(worker + n) % pairs.length] ?? pairs[0]
      await live(`${worker + 1}-${n}`, crewOf(author), crewOf(above), oracle, () => state.stopping).catch((fault: unknown) => {
        faults.push(`worker ${worker + 1}: ${fault instanceof Error ? fault.message : String(fault)}`)
      })
      if (faults.length > 20) state.stopping = true
    }
  })

  const began = Date.now()
  for (let kill = 1; kill <= kills && !state.stopping; kill++) {
    // Mostly they come up and work in between; sometimes one dies while another, or it itself, is still starting.
    if (random() < 0.8) for (const station of processes) await station.healthy()
    await pause(Number(values.gap) * (0.2 + 1.6 * random()))
    const first = Math.floor(random() * processes.length)
    // Sometimes a second one goes at the same moment.
    const second = random() < 0.2 ? Math.floor(random() * processes.length) : first
    for (const victim of processes.filter((_, i) => i === first || i === second)) {
      await victim.kill()
      victim.start()
    }
    if (kill % 10 === 0 || kill === kills) {
      process.stdout.write(`${String(kill).padStart(4)}/${kills} kills  ${((Date.now() - began) / 1000).toFixed(0)} s  acknowledged ${oracle.acknowledged}, reports ${oracle.reports.size}, instructions ${oracle.instructions.length}, faults ${faults.length + serverFaults.length}\n`)
    }
  }
  state.stopping = true
  for (const station of processes) await station.healthy()
  await Promise.all(workers)
  await drained(crews)
  faults.push(...serverFaults, ...(await check(oracle, crews)))
  process.stdout.write(`seed ${seed}: ${processes.reduce((n, p) => n + p.starts - 1, 0)} processes killed; acknowledged ${oracle.acknowledged}: ${oracle.reports.size} reports (${[...oracle.reports.values()].filter((r) => r.signed).length} signed), ${oracle.accepted.length} acceptances, ${oracle.instructions.length} instructions\n`)
  return faults
}

/** All links are online with empty queues, three looks in a row: what arrives may cause more to go out. */
async function drained(crews: Map<string, Crew>): Promise<void> {
  const deadline = Date.now() + drainWithinMs
  for (let quiet = 0; quiet < 3;) {
    const links = (await Promise.all([...crews.values()].map(async ({ duty }) => {
      const answer = await duty.get<{ items: { peer: string; state: string; queued: number; reason: string | null }[] }>('/api/links')
      return (answer?.items ?? []).map((link) => ({ ...link, at: duty.station }))
    }))).flat()
    const busy = links.filter((link) => link.state !== 'online' || link.queued > 0)
    quiet = busy.length === 0 ? quiet + 1 : 0
    if (Date.now() > deadline) throw new Error(`the links do not come to rest: ${busy.map((l) => `${l.at} → ${l.peer}: ${l.state}, ${l.queued} queued ${l.reason ?? ''}`).join('; ')}`)
    await pause(250)
  }
}

let code = 1
try {
  const faults = await run()
  for (const fault of faults.slice(0, 50)) process.stdout.write(`✗ ${fault}\n`)
  process.stdout.write(faults.length === 0 ? '✓ nothing lost, nothing doubled, every ledger verifies\n' : `✗ ${faults.length} faults\n`)
  code = faults.length === 0 ? 0 : 1
} catch (fault) {
  process.stdout.write(`✗ ${fault instanceof Error ? fault.stack : String(fault)}\n`)
} finally {
  await Promise.all(processes.map((station) => station.stop()))
  if (code === 0 && !values.keep) rmSync(data, { recursive: true, force: true })
  else process.stdout.write(`the stations’ data is in ${data}\n`)
}
process.exit(code)
