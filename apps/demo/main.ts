import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keepRunning, type KeptProcess } from './keepRunning.ts'
import { readOptions, usage, type DemoOptions } from './options.ts'
import { folderOf, isProvisioned, provision } from './provision.ts'
import { demoStations, enrolmentOrder, portOf, type DemoStation } from './stations.ts'
import { startWall } from './wall.ts'

const stationMain = fileURLToPath(new URL('../station/main.ts', import.meta.url))
const scenarioMain = (name: string) => fileURLToPath(new URL(`../../lab/scenarios/${name}.ts`, import.meta.url))
const readyWithinMs = 60_000

const say = (text: string) => { process.stdout.write(`${text}\n`) }

/** Starts the demo and resolves to the exit code once it has been told to stop. */
async function main(options: DemoOptions): Promise<number> {
  const began = Date.now()
  // One address for five stations would be one database for five stations.
  if (process.env.DATABASE_URL) say('演示用 SQLite，不用 DATABASE_URL · the demo runs on SQLite and leaves DATABASE_URL aside')
  delete process.env.DATABASE_URL
  await requireFreePorts(options.basePort)
  await mkdir(options.data, { recursive: true })
  const kept: KeptProcess[] = []
  const told = untilToldToStop()
  const starting = (async () => {
    for (const station of enrolmentOrder(demoStations)) {
      if (told.stopped) return
      const parent = demoStations.find((s) => s.key === station.parent)
      if (!isProvisioned(station, options.data)) {
        say(`  首次运行，建立 · first run, making ${station.address} ${station.name} …`)
        // It joins with a token of its parent, which must answer first.
        if (parent) await healthy(parent, options.basePort)
      }
      await provision(station, options.data, options.basePort)
      kept.push(start(station, options))
    }
    for (const station of demoStations) await healthy(station, options.basePort)
    for (const station of demoStations) say(lineOf(station, options.basePort))
  })()
  let code = 0
  try {
    await Promise.race([starting, told.toStop])
    if (!told.stopped) {
      const wall = await startWall(options.basePort)
      const url = `http://127.0.0.1:${options.basePort}/`
      say(`烽燧演示已就绪（${((Date.now() - began) / 1000).toFixed(1)} 秒），Ctrl-C 停止 · the demo is ready, Ctrl-C stops it: ${url}`)
      if (!options.headless) openBrowser(url)
      const scenario = options.scenario ? runScenario(options.scenario, options) : null
      const ended = scenario?.then(async (result) => {
        code = result
        if (!options.exit) await told.toStop
      })
      await Promise.race([told.toStop, ended ?? told.toStop])
      wall.close()
    }
  } catch (fault) {
    code = 1
    process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`)
  }
  await starting.catch(() => undefined)
  // Children before parents, so that no link is seen to break.
  for (const process of kept.toReversed()) await process.stop()
  say('已停止 · stopped')
  return code
}

function start(station: DemoStation, { data, basePort }: DemoOptions): KeptProcess {
  return keepRunning({
    args: [stationMain, '--data', folderOf(station, data), '--port', String(portOf(station, basePort)), '--host', '127.0.0.1'],
    logPath: join(folderOf(station, data), 'station.log'),
    onCrash: (words) => say(`! ${station.name}: ${words}`),
  })
}

/** Waits until a station answers for itself. */
async function healthy(station: DemoStation, basePort: number): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  for (;;) {
    const health = await fetch(`http://127.0.0.1:${portOf(station, basePort)}/api/health`, { signal: AbortSignal.timeout(2000) })
      .then((answer) => answer.json() as Promise<{ ok: boolean; station: string }>, () => null)
    if (health?.ok && health.station === station.address) return
    if (Date.now() > deadline) throw new Error(`${station.name} 在 ${readyWithinMs / 1000} 秒内没有就绪，见其 station.log · ${station.name} did not come up; see its station.log`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function lineOf(station: DemoStation, basePort: number): string {
  return `  ${`http://127.0.0.1:${portOf(station, basePort)}/`.padEnd(26)} ${station.address.padEnd(18)} ${station.name}`
}

async function requireFreePorts(basePort: number): Promise<void> {
  const taken: number[] = []
  for (let port = basePort; port <= basePort + demoStations.length; port++) if (!(await isFree(port))) taken.push(port)
  if (taken.length === 0) return
  throw new Error(`端口 ${taken.join('、')} 已被占用。演示可能已在运行；也可以用 --base-port 换一组端口 · ports ${taken.join(', ')} are taken: the demo may be running already; --base-port chooses others`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** A browser that does not open is no error: the address is on the screen. */
function openBrowser(url: string): void {
  const [command, ...args] = process.platform === 'darwin' ? ['open', url] as const : process.platform === 'win32' ? ['cmd', '/c', 'start', '', url] as const : ['xdg-open', url] as const
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.once('error', () => undefined)
  child.unref()
}

function runScenario(name: string, { basePort, speed }: DemoOptions): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', scenarioMain(name), '--base-port', String(basePort), '--speed', speed], { stdio: 'inherit' })
    process.once('exit', () => child.kill())
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** The first signal asks; a terminal's Ctrl-C may reach us twice, by itself and through the script that started us. */
function untilToldToStop(): { toStop: Promise<void>; readonly stopped: boolean } {
  let stopped = false
  const toStop = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => { stopped = true; resolve() })
  })
  return { toStop, get stopped() { return stopped } }
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) say(usage)
  else process.exitCode = await main(options)
} catch (fault) {
  process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`)
  process.exitCode = 1
}
process.exit()
