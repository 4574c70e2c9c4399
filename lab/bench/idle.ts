import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { spread, type Compared } from './measure.ts'
import { memoryOf, type ThreeStations } from './stations.ts'

export interface Idle {
  /** MB resident after start and rest. */
  resident: Compared
  /** Milliseconds from spawning the process to its first answer at /api/health. */
  start: Compared
}

const restMs = 5_000

/** The least that any such program needs: Node, an HTTP server and an open SQLite. */
const bareProgram = `
const { DatabaseSync } = require('node:sqlite')
const db = new DatabaseSync(':memory:')
const server = require('node:http').createServer((request, reply) => reply.end(JSON.stringify({ ok: true, n: db.prepare('select 1 as n').get() })))
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit(0))`

/** A county station stopped and started again: when it answers, and what memory it holds once at rest with its link up. */
export async function idle({ county }: ThreeStations, rounds: number): Promise<Idle> {
  const rows: { ours: { ms: number; mb: number }; bare: { ms: number; mb: number } }[] = []
  for (let round = 0; round < rounds; round++) rows.push({ ours: await station(county), bare: await bareNode() })
  const of = (what: 'ms' | 'mb'): Compared => ({
    ours: spread(rows.map((row) => row.ours[what])), bare: spread(rows.map((row) => row.bare[what])), ratio: spread(rows.map((row) => row.ours[what] / row.bare[what])),
  })
  return { resident: of('mb'), start: of('ms') }
}

async function station(county: ThreeStations['county']): Promise<{ ms: number; mb: number }> {
  await county.stop()
  const started = performance.now()
  county.start()
  const ms = await firstAnswer(`${county.url}/api/health`, started)
  await rest()
  return { ms, mb: memoryOf(county.pid ?? 0)?.resident ?? Number.NaN }
}

async function bareNode(): Promise<{ ms: number; mb: number }> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', bareProgram], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [{ port }] = await once(child, 'message') as [{ port: number }]
  const ms = await firstAnswer(`http://127.0.0.1:${port}/`, started)
  await rest()
  const mb = memoryOf(child.pid ?? 0)?.resident ?? Number.NaN
  child.disconnect()
  await once(child, 'exit')
  return { ms, mb }
}

async function firstAnswer(url: string, started: number): Promise<number> {
  for (;;) {
    const ok = await fetch(url).then((answer) => answer.ok, () => false)
    if (ok) return performance.now() - started
    if (performance.now() - started > 60_000) throw new Error(`${url} does not answer`)
    await new Promise((done) => { setTimeout(done, 5) })
  }
}

function rest(): Promise<void> {
  return new Promise((done) => { setTimeout(done, restMs) })
}
