import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client } from 'pg'
import { startCluster, startPostgres, type OwnCluster } from './cluster.ts'

let cluster: OwnCluster
beforeAll(async () => { cluster = await startCluster() })
afterAll(() => cluster?.stop())

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

test('a database of the cluster is PostgreSQL 15, in UTF-8, durable, with PostGIS', async () => {
  const url = await cluster.url('one')
  expect(await ask(url, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }])
  expect(await ask(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }])
  const [server] = await ask(url, 'SHOW server_version')
  expect(server?.server_version).toMatch(/^15\./)
  const [row] = await ask(url, `SELECT ST_DistanceSphere(ST_MakePoint(79.22, 41.22), ST_MakePoint(78.63, 41.26)) / 1000 AS km`)
  expect(Number(row?.km)).toBeCloseTo(49.5, 0)
})

test('databases of different names are apart, the same name is the same database', async () => {
  await ask(await cluster.url('left'), 'CREATE TABLE only_here (x integer)')
  expect(await ask(await cluster.url('left'), 'SELECT count(*)::int AS n FROM only_here')).toEqual([{ n: 0 }])
  await expect(ask(await cluster.url('right'), 'SELECT 1 FROM only_here')).rejects.toThrow(/only_here/)
})

test('what was committed is there after the server was ended at once and started again', async () => {
  const url = await cluster.url('crash')
  await ask(url, 'CREATE TABLE kept (x integer)')
  await ask(url, 'INSERT INTO kept VALUES (42)')
  await cluster.kill()
  await expect(ask(url, 'SELECT 1')).rejects.toThrow()
  await cluster.start()
  expect(await ask(url, 'SELECT x FROM kept')).toEqual([{ x: 42 }])
})

test('with DATABASE_URL the databases are made on that server, apart for each test file, and dropped at the end', async () => {
  const before = process.env.DATABASE_URL
  process.env.DATABASE_URL = await cluster.url('postgres_of_somebody')
  try {
    const [one, other] = [await startPostgres(), await startPostgres()]
    const url = await one.url('station')
    expect(await one.url('station')).toBe(url)
    expect(await other.url('station')).not.toBe(url)
    expect(await ask(url, 'SELECT count(*)::int AS n FROM pg_extension WHERE extname = \'postgis\'')).toEqual([{ n: 1 }])
    await one.stop()
    await expect(ask(url, 'SELECT 1')).rejects.toThrow(/does not exist/)
    await other.stop()
  } finally {
    if (before === undefined) delete process.env.DATABASE_URL
    else process.env.DATABASE_URL = before
  }
})
