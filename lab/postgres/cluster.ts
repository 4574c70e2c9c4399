import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)
const binaries = '/usr/lib/postgresql/15/bin'
const postgis = '/usr/lib/postgresql/15/lib/postgis-3.so'
const account = 'fengsui'
const template = 'fengsui_template'

/** Databases of a real PostgreSQL with PostGIS, for one test file. */
export interface PostgresCluster {
  /** The address of a database of that name; the first call creates it, with PostGIS. */
  url(databaseName: string): Promise<string>
  stop(): Promise<void>
}

/** One that the test started itself and may treat badly. */
export interface OwnCluster extends PostgresCluster {
  /** Cuts every connection and ends the server at once, as a crash would; the databases are there again after `start`. */
  kill(): Promise<void>
  start(): Promise<void>
}

/**
 * A PostgreSQL for a test file: the server that `DATABASE_URL` names (its user may create databases, and PostGIS is
 * installed there), else a cluster of its own.
 */
export async function startPostgres(): Promise<PostgresCluster> {
  const given = process.env.DATABASE_URL
  return given ? databasesOn(given) : startCluster()
}

/** Fresh databases on somebody's server, dropped at the end. */
function databasesOn(server: string): PostgresCluster {
  const created = new Map<string, { name: string; ready: Promise<void> }>()
  const urlOf = (name: string) => Object.assign(new URL(server), { pathname: `/${name}` }).href
  return {
    url: async (wanted) => {
      const known = created.get(wanted)
      const name = known?.name ?? `fengsui_${randomBytes(4).toString('hex')}_${wanted}`
      const ready = known?.ready ?? execute(server, `CREATE DATABASE "${name}"`).then(() => execute(urlOf(name), 'CREATE EXTENSION IF NOT EXISTS postgis'))
      created.set(wanted, { name, ready })
      await ready
      return urlOf(name)
    },
    stop: async () => {
      for (const { name } of created.values()) await execute(server, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
    },
  }
}

/**
 * Starts a cluster in a temporary folder on a free loopback port, with a random password.
 * `fsync` stays on, so what is shown of durability here is true of a real server. Databases sort text the Chinese way
 * (ICU zh): code that forgets to ask for code-point order is found out here and not at the first customer.
 */
export async function startCluster(): Promise<OwnCluster> {
  requirePackages()
  const owner = await unprivileged()
  const folder = await mkdtemp(join(tmpdir(), 'fengsui-postgres-'))
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  for (const path of owner ? [folder, passwordFile] : []) await chown(path, owner!.uid, owner!.gid)
  const data = join(folder, 'data')
  await run(join(binaries, 'initdb'), [
    '-D', data, '-U', account, '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C.UTF-8', '--no-instructions',
  ], { ...owner, cwd: folder, env: {} })

  let server: { process: ChildProcess; port: number } | undefined
  const urlOf = (database: string) => `postgres://${account}:${password}@127.0.0.1:${server?.port}/${database}`
  const created = new Map<string, Promise<void>>()

  const cluster: OwnCluster = {
    url: async (name) => {
      if (!created.has(name)) created.set(name, execute(urlOf('postgres'), `CREATE DATABASE "${name}" TEMPLATE ${template}`))
      await created.get(name)
      return urlOf(name)
    },
    start: async () => {
      server = await serve(data, folder, owner, password, server?.port)
    },
    kill: async () => {
      await end(server?.process, 'SIGQUIT')
    },
    stop: async () => {
      await end(server?.process, 'SIGINT')
      await rm(folder, { recursive: true, force: true })
    },
  }
  try {
    await cluster.start()
    await execute(urlOf('postgres'), `CREATE DATABASE ${template} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-Hans-CN'`)
    await execute(urlOf(template), 'CREATE EXTENSION postgis')
  } catch (fault) {
    await cluster.stop()
    throw fault
  }
  return cluster
}

/** Names the missing Debian package: a test that needs the cluster fails with it and is never skipped. */
function requirePackages(): void {
  if (!existsSync(join(binaries, 'initdb'))) throw new Error('PostgreSQL 15 is not installed: apt-get install postgresql-15')
  if (!existsSync(postgis)) throw new Error('PostGIS is not installed: apt-get install postgresql-15-postgis-3')
}

/** PostgreSQL refuses to run as root: then its processes belong to an account without rights. Undefined when we are not root. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = ['postgres', 'nobody'].map((name) => lines.find(([account]) => account === name)).find((line) => line !== undefined)
  if (!found) throw new Error('PostgreSQL does not run as root, and there is no account postgres or nobody to run it as')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

async function serve(data: string, folder: string, owner: { uid: number; gid: number } | undefined, password: string, wanted?: number) {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort())
    const child = spawn(join(binaries, 'postgres'), [
      '-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`, '-c', 'max_connections=200',
    ], { ...owner, cwd: folder, env: {}, stdio: ['ignore', 'ignore', 'pipe'] })
    let words = ''
    child.stderr?.on('data', (chunk: Buffer) => { words = `${words}${chunk.toString()}`.slice(-4000) })
    const url = `postgres://${account}:${password}@127.0.0.1:${port}/postgres`
    if (await answers(url, child)) {
      process.once('exit', () => child.kill('SIGQUIT'))
      return { process: child, port }
    }
    await end(child, 'SIGQUIT')
    // Another process may have taken the port between our look and the server's start.
    if (attempt === 3) throw new Error(`PostgreSQL did not start: ${words}`)
  }
}

/** Waits until the server takes a connection; false when it ends first or 30 s pass. */
async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + 30_000
  while (child.exitCode === null && Date.now() < deadline) {
    try {
      await execute(url, 'SELECT 1')
      return true
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return false
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

async function end(child: ChildProcess | undefined, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill(signal)
  await ended
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })
}
