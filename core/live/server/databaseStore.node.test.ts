import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '#core/sql/server/migrate.ts'
import type { Database } from '#core/sql/server/database.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import type { Entry } from '../entry.ts'
import type { EntryStore } from '../entryStore.ts'
import { databaseStore } from './databaseStore.ts'
import { liveTables } from './live.tables.ts'
import { refusalLog } from './refusalLog.ts'

const entry = (doc: string, run: string, first: number, updates: number[][], station = '65/6529'): Entry => ({
  doc, station, run, first, seq: first + updates.length - 1, at: 1_706_000_000_000 + first, updates: updates.map((u) => new Uint8Array(u)), sig: `sig ${run} ${first}`,
})

describe.each(['sqlite', 'postgres'] as const)('V-3 V-9 entries on %s', (dialect) => {
  let database: Database
  let store: EntryStore
  let postgres: PostgresCluster | undefined
  const folder = mkdtempSync(join(tmpdir(), 'fengsui-live-'))
  beforeAll(async () => {
    if (dialect === 'postgres') postgres = await startPostgres()
    database = openDatabase(postgres ? await postgres.url('live') : join(folder, 'station.db'))
    await migrate(database, liveTables, 0)
    store = databaseStore(database)
  })
  afterAll(async () => {
    await database?.close()
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('come back as they went, chain by chain in order', async () => {
    await store.append([entry('a', 'r1', 1, [[1, 2], [0]]), entry('a', 'r2', 1, [[255]]), entry('b', 'r1', 1, [[]])])
    await store.append([entry('a', 'r1', 3, [[3]])])
    expect(await store.all('a')).toEqual([entry('a', 'r1', 1, [[1, 2], [0]]), entry('a', 'r1', 3, [[3]]), entry('a', 'r2', 1, [[255]])])
    expect([...(await store.docs())].sort()).toEqual(['a', 'b'])
    expect(await store.vector('a')).toEqual(new Map([['65/6529 r1', 3], ['65/6529 r2', 1]]))
    expect(await store.vector('none')).toEqual(new Map())
  })

  it('gives what lies beyond a vector, at most as many and as much as asked', async () => {
    expect((await store.after('a', new Map([['65/6529 r1', 2]]), 10, 1e6)).map((e) => [e.run, e.seq])).toEqual([['r1', 3], ['r2', 1]])
    expect(await store.after('a', new Map([['65/6529 r1', 2]]), 1, 1e6)).toHaveLength(1)
    expect(await store.after('a', new Map(), 10, 1)).toHaveLength(1)
  })

  it('a packed entry takes the place of those that lie within it, and of no other', async () => {
    await store.append([entry('c', 'r1', 1, [[1]]), entry('c', 'r1', 2, [[2]]), entry('c', 'r1', 3, [[3]]), entry('c', 'r2', 1, [[9]])])
    await store.append([entry('c', 'r1', 1, [[1], [2]])])
    expect((await store.all('c')).map((e) => [e.run, e.first, e.seq])).toEqual([['r1', 1, 2], ['r1', 3, 3], ['r2', 1, 1]])
    expect(await store.within('c', '65/6529', 'r1', 1, 3)).toHaveLength(2)
  })

  it('the same entry twice is one', async () => {
    await store.append([entry('d', 'r1', 1, [[1]])])
    await store.append([entry('d', 'r1', 1, [[1]])])
    expect(await store.all('d')).toHaveLength(1)
  })

  it('V-11 of one origin the newest 500 refusals are kept, and others’ are not pushed out', async () => {
    const log = refusalLog(database, () => 7, (fault) => { throw fault })
    log.add({ from: 'quiet', doc: 'a', code: 'live.not-writer', detail: 'once\0' })
    await log.stop()
    for (let round = 0; round < 4; round++) {
      const loud = refusalLog(database, () => 7, (fault) => { throw fault })
      for (let i = 0; i < 250; i++) loud.add({ from: 'loud', doc: 'a', code: 'live.malformed', detail: String(i) })
      await loud.stop()
    }
    const all = await log.list(2_000)
    expect(all.filter((r) => r.from === 'loud')).toHaveLength(500)
    expect(all.filter((r) => r.from === 'loud' && r.code === 'live.more').map((r) => r.detail)).toContain('50')
    expect(all.filter((r) => r.from === 'quiet')).toEqual([{ at: 7, from: 'quiet', doc: 'a', code: 'live.not-writer', detail: 'once' }])
  })
})
