import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readOptions } from './options.ts'
import { demoStations, enrolmentOrder, portOf } from './stations.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const data = mkdtempSync(join(tmpdir(), 'fengsui-demo-'))
let base = 0
let demo: ChildProcess
let words = ''

function start(args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, '--headless', '--data', data, '--base-port', String(base), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const hear = (chunk: Buffer) => { words += chunk.toString() }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return child
}

async function until<T>(what: string, look: () => Promise<T | null | false> | T | null | false): Promise<T> {
  const deadline = Date.now() + 90_000
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}:\n${words}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Six ports in a row that nobody holds just now. */
async function freeBase(): Promise<number> {
  for (let candidate = 21_000 + (process.pid % 2000) * 10; ; candidate += 10) {
    const free = await Promise.all([0, 1, 2, 3, 4, 5].map((i) => new Promise<boolean>((resolve) => {
      const probe = createServer().once('error', () => resolve(false)).listen(candidate + i, '127.0.0.1', () => probe.close(() => resolve(true)))
    })))
    if (free.every(Boolean)) return candidate
  }
}

const health = (port: number) => fetch(`http://127.0.0.1:${port}/api/health`).then((r) => r.json() as Promise<{ ok: boolean; station: string; level: string; mode: string }>, () => null)

beforeAll(async () => {
  base = await freeBase()
  demo = start([])
  await until('the demo', () => words.includes('ready'))
})
afterAll(async () => {
  if (demo.exitCode === null && demo.signalCode === null) {
    const ended = new Promise((resolve) => demo.once('exit', resolve))
    demo.kill('SIGTERM')
    await ended
  }
  rmSync(data, { recursive: true, force: true })
})

test('five stations answer on N+1 … N+5: region, prefecture, county, scene, department; one line is printed for each', async () => {
  const answers = await Promise.all([1, 2, 3, 4, 5].map((i) => health(base + i)))
  expect(answers.map((a) => [a?.station, a?.level, a?.ok, a?.mode])).toEqual([
    ['65', 'region', true, 'demo'], ['65/6529', 'prefecture', true, 'demo'], ['65/6529/652927', 'county', true, 'demo'],
    ['65/6529/652927/s1', 'scene', true, 'demo'], ['65/@seismology', 'region', true, 'demo'],
  ])
  for (const station of demoStations) expect(words).toContain(`http://127.0.0.1:${portOf(station, base)}/`)
})

test('the wall shows every station’s health and signs in with one click, for its own page only', async () => {
  const wall = `http://127.0.0.1:${base}`
  expect(await (await fetch(wall)).text()).toContain('演示')
  const { items } = await (await fetch(`${wall}/api/wall`)).json() as { items: { key: string; health: { ok: boolean } }[] }
  expect(items.map((i) => [i.key, i.health.ok])).toEqual(demoStations.map((s) => [s.key, true]))
  const signIn = (headers: Record<string, string>, query = 'station=county&account=duty') => fetch(`${wall}/sign-in?${query}`, { method: 'POST', headers })
  const signedIn = await signIn({ origin: wall })
  expect(await signedIn.json()).toEqual({ url: `http://127.0.0.1:${base + 3}/` })
  const [cookie] = signedIn.headers.getSetCookie()
  const session = await fetch(`http://127.0.0.1:${base + 3}/api/session`, { headers: { cookie: String(cookie).split(';')[0] ?? '' } })
  expect(await session.json()).toMatchObject({ person: { account: 'duty' } })
  expect((await signIn({ origin: 'http://evil.example' })).status).toBe(404)
  expect((await signIn({ origin: wall }, 'station=county&account=root')).status).toBe(400)
})

test('ports that are taken are named, and what runs there goes on', async () => {
  const second = start([])
  const code = await new Promise((resolve) => second.once('exit', resolve))
  expect(code).toBe(1)
  expect(words).toContain(`${base}, ${base + 1}`)
  expect((await health(base + 1))?.ok).toBe(true)
})

test('told to stop, it ends every station; started again, each has kept its identity', async () => {
  const keyOf = async () => (await (await fetch(`http://127.0.0.1:${base + 3}/api/station`)).json() as { root: { publicKey: string } }).root.publicKey
  const before = await keyOf()
  const ended = new Promise((resolve) => demo.once('exit', resolve))
  demo.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(await Promise.all([1, 2, 3, 4, 5].map((i) => health(base + i)))).toEqual([null, null, null, null, null])
  words = ''
  demo = start([])
  await until('the demo again', () => words.includes('ready'))
  expect(await keyOf()).toBe(before)
})

test('options say what is wrong with them', () => {
  expect(readOptions([])).toMatchObject({ basePort: 7000, headless: false, scenario: null, speed: 'fast' })
  expect(() => readOptions(['--base-port', 'x'])).toThrow('--base-port x')
  expect(() => readOptions(['--scenario', 'atlantis'])).toThrow('wushi-2024')
  expect(() => readOptions(['--speed', '0'])).toThrow('--speed 0')
  expect(() => readOptions(['--nonsense'])).toThrow('--nonsense')
})

test('parents are enrolled before their children', () => {
  const order = enrolmentOrder(demoStations).map((s) => s.key)
  for (const station of demoStations) if (station.parent) expect(order.indexOf(station.parent)).toBeLessThan(order.indexOf(station.key))
  expect(order).toHaveLength(5)
})

test('a demo killed without a word leaves no station running', async () => {
  const ended = new Promise((resolve) => demo.once('exit', resolve))
  demo.kill('SIGKILL')
  await ended
  await until('every station to end', async () => (await Promise.all([1, 2, 3, 4, 5].map((i) => health(base + i)))).every((answer) => answer === null))
})
