import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { init } from '#apps/cli/init.ts'
import { client } from '#lab/federation/client.ts'
import { against, alone, type Alone, type Compared } from './measure.ts'
import { memoryOf } from './stations.ts'

interface Started { health: number; tile: number | null; memory: number }
export interface StartFigures { health: Compared; tile: Alone; memory: Compared }

const root = fileURLToPath(new URL('../../', import.meta.url))
const port = 30_900 + (process.pid % 90)
const restMs = 5_000
const patienceMs = 120_000

/**
 * One station in an installation of its own, so that the base map can be missing: started where it must build the map first, and where it is
 * there. Health in ms from spawning the process; the tile in ms from then on, asked for at once. Baseline: the same station in mode `test`, which
 * neither builds nor opens a base map until one is asked for.
 */
export async function baseMap(rounds: number): Promise<{ first: StartFigures; later: StartFigures }> {
  const place = installation()
  const data = mkdtempSync(join(tmpdir(), 'fengsui-basemap-'))
  await init({ data, mode: 'demo', host: '127.0.0.1', port, address: '65', name: '新疆维吾尔自治区', kind: 'government' }, () => undefined)
  const without: Started[] = []
  const first: Started[] = []
  const later: Started[] = []
  try {
    // Node keeps what it has compiled: the first start of all does not count. The tile, so that nothing is still being built afterwards.
    await started(place, data, 'demo', true)
    for (let round = 0; round < rounds; round++) {
      rmSync(join(place, 'node_modules/.cache/fengsui'), { recursive: true, force: true })
      without.push(await started(place, data, 'test', false))
      first.push(await started(place, data, 'demo', true))
      later.push(await started(place, data, 'demo', true))
    }
    const figures = (some: Started[]): StartFigures => ({
      health: against(some.map((s) => s.health), without.map((s) => s.health)), tile: alone(some.map((s) => s.tile ?? Number.NaN)), memory: against(some.map((s) => s.memory), without.map((s) => s.memory)),
    })
    return { first: figures(first), later: figures(later) }
  } finally {
    rmSync(place, { recursive: true, force: true })
    rmSync(data, { recursive: true, force: true })
  }
}

/** The program copied and its packages linked, for its cache folder to be its own. */
function installation(): string {
  const place = mkdtempSync(join(tmpdir(), 'fengsui-installation-'))
  for (const name of ['package.json', 'core', 'modules', 'apps']) cpSync(join(root, name), join(place, name), { recursive: true, filter: (path) => !path.includes('/apps/console/') })
  mkdirSync(join(place, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules'))) if (name !== '.cache') symlinkSync(join(root, 'node_modules', name), join(place, 'node_modules', name))
  return place
}

async function started(place: string, data: string, mode: 'demo' | 'test', withTile: boolean): Promise<Started> {
  const path = join(data, 'station.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')) as object, mode }))
  const url = `http://127.0.0.1:${port}`
  const began = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(place, 'apps/station/main.ts'), '--data', data], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, LOG_LEVEL: 'error', NODE_COMPILE_CACHE: join(place, 'node_modules/.cache/node') } })
  try {
    await answered(child, () => fetch(`${url}/api/health`))
    const health = performance.now() - began
    let tile: number | null = null
    if (withTile) {
      const { token } = await client(url, 'duty')
      const asked = performance.now()
      await answered(child, () => fetch(`${url}/tiles/base/5/23/11.mvt`, { headers: { authorization: `Bearer ${token}` } }))
      tile = performance.now() - asked
    }
    await new Promise((done) => { setTimeout(done, restMs) })
    return { health, tile, memory: memoryOf(child.pid!)?.resident ?? Number.NaN }
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
}

async function answered(child: ChildProcess, ask: () => Promise<Response>): Promise<void> {
  for (const end = Date.now() + patienceMs; ;) {
    const answer = await ask().catch(() => null)
    await answer?.arrayBuffer()
    if (answer?.ok) return
    if (child.exitCode !== null || Date.now() > end) throw new Error(`the station does not answer (${answer?.status ?? child.exitCode})`)
    await new Promise((done) => { setTimeout(done, 10) })
  }
}
