import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startCluster, type OwnCluster } from '#lab/postgres/cluster.ts'
import type { Database, Dialect, Migration } from './database.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open.ts'
import { isStorageFault } from './storageFault.ts'
import { statement } from './statement.ts'

type Tables = {
  line: { n: number; words: string; measure: number | null; bytes: Uint8Array | null }
  counter: { id: number; value: number }
}

const tables: Migration = {
  name: 'contract-001',
  up: async (db) => {
    await db.schema.createTable('line')
      .addColumn('n', 'integer', (c) => c.primaryKey())
      .addColumn('words', 'text', (c) => c.notNull())
      .addColumn('measure', 'real')
      .addColumn('bytes', 'blob')
      .execute()
    await db.schema.createTable('counter').addColumn('id', 'integer', (c) => c.primaryKey()).addColumn('value', 'integer').execute()
    await db.withTables<Tables>().insertInto('counter').values({ id: 1, value: 0 }).execute()
  },
}

const other = fileURLToPath(new URL('../../../lab/sql/otherProcess.ts', import.meta.url))
const row = (n: number, words = '字') => ({ n, words, measure: null, bytes: null })

let cluster: OwnCluster
let folder: string
beforeAll(async () => {
  cluster = await startCluster()
  folder = await mkdtemp(join(tmpdir(), 'fengsui-sql-'))
})
afterAll(async () => {
  await cluster?.stop()
  await rm(folder, { recursive: true, force: true })
})

let count = 0
const addresses: Record<Dialect, () => Promise<string>> = {
  sqlite: async () => join(folder, `contract-${++count}.db`),
  postgres: () => cluster.url(`contract_${++count}`),
}

describe.each(['sqlite', 'postgres'] as const)('a database on %s', (dialect) => {
  const open: Database[] = []
  afterEach(async () => {
    await Promise.all(open.splice(0).map((database) => database.close()))
  })
  async function fresh() {
    const url = await addresses[dialect]()
    const database = openDatabase(url)
    open.push(database)
    await migrate(database, [tables], 1)
    return { url, database, read: database.read.withTables<Tables>() }
  }
  const insert = (database: Database, ...rows: Tables['line'][]) =>
    database.write(async (tx) => { await tx.withTables<Tables>().insertInto('line').values(rows).execute() })

  test('says which it is', async () => {
    expect((await fresh()).database.dialect).toBe(dialect)
  })

  test('a write returns what its work returns, and its rows are there for readers', async () => {
    const { database, read } = await fresh()
    const answer = await database.write(async (tx) => {
      await tx.withTables<Tables>().insertInto('line').values(row(1)).execute()
      return 'done'
    })
    expect(answer).toBe('done')
    expect(await read.selectFrom('line').select(['n', 'words']).execute()).toEqual([{ n: 1, words: '字' }])
  })

  test('a write that throws leaves nothing, passes its error on, and the next write works', async () => {
    const { database, read } = await fresh()
    const fault = new Error('the rules say no')
    await expect(database.write(async (tx) => {
      await tx.withTables<Tables>().insertInto('line').values(row(1)).execute()
      throw fault
    })).rejects.toBe(fault)
    expect(await read.selectFrom('line').selectAll().execute()).toEqual([])
    await insert(database, row(2))
    expect(await read.selectFrom('line').select('n').execute()).toEqual([{ n: 2 }])
  })

  test('a statement that fails and is swallowed: never half a write, never a success that stored nothing', async () => {
    const { database, read } = await fresh()
    const outcome = await database.write(async (tx) => {
      const db = tx.withTables<Tables>()
      await db.insertInto('line').values(row(1)).execute()
      await db.insertInto('line').values(row(1)).execute().catch(() => undefined)
      await db.insertInto('line').values(row(2)).execute().catch(() => undefined)
    }).then(() => 'stored', () => 'refused')
    expect(await read.selectFrom('line').select('n').orderBy('n').execute()).toEqual(outcome === 'stored' ? [{ n: 1 }, { n: 2 }] : [])
  })

  test('a duplicate can be passed over without ending the write', async () => {
    const { database, read } = await fresh()
    await database.write(async (tx) => {
      const db = tx.withTables<Tables>()
      await db.insertInto('line').values(row(1, '先')).execute()
      await db.insertInto('line').values(row(1, '后')).onConflict((c) => c.doNothing()).execute()
      await db.insertInto('line').values(row(2, '先')).execute()
      await db.insertInto('line').values(row(2, '后')).onConflict((c) => c.column('n').doUpdateSet({ words: '改' })).execute()
    })
    expect(await read.selectFrom('line').select('words').orderBy('n').execute()).toEqual([{ words: '先' }, { words: '改' }])
  })

  test('a reader sees committed rows only; the writer sees its own', async () => {
    const { database, read } = await fresh()
    await database.write(async (tx) => {
      await tx.withTables<Tables>().insertInto('line').values(row(1)).execute()
      expect(await tx.withTables<Tables>().selectFrom('line').select('n').execute()).toEqual([{ n: 1 }])
      expect(await read.selectFrom('line').select('n').execute()).toEqual([])
    })
    expect(await read.selectFrom('line').select('n').execute()).toEqual([{ n: 1 }])
  })

  test('writes run alone and in the order asked', async () => {
    const { database, read } = await fresh()
    const order: number[] = []
    await Promise.all(Array.from({ length: 30 }, (_, i) => database.write(async (tx) => {
      const db = tx.withTables<Tables>()
      const { value } = await db.selectFrom('counter').select('value').executeTakeFirstOrThrow()
      await new Promise((resolve) => setImmediate(resolve))
      await db.updateTable('counter').set({ value: value + 1 }).execute()
      order.push(i)
    })))
    expect(await read.selectFrom('counter').select('value').execute()).toEqual([{ value: 30 }])
    expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i))
  })

  test('a write asked for within a write fails at once, instead of waiting for itself; what it has begun may ask again', async () => {
    const { database, read } = await fresh()
    const ended = Promise.withResolvers<void>()
    let later: Promise<void> | undefined
    await expect(database.write(async () => {
      later = ended.promise.then(() => insert(database, row(2)))
      await insert(database, row(1))
    })).rejects.toThrow('within a turn')
    ended.resolve()
    await later
    await insert(database, row(3))
    expect((await read.selectFrom('line').select('n').orderBy('n').execute()).map((r) => r.n)).toEqual([2, 3])
  })

  test('two processes writing the same row take turns: nothing is lost', async () => {
    const { url, read } = await fresh()
    await Promise.all([finished('count', url), finished('count', url)])
    expect(await read.selectFrom('counter').select('value').execute()).toEqual([{ value: 100 }])
  })

  test('integers are numbers, up to 2^53 − 1 and below zero', async () => {
    const { database, read } = await fresh()
    const values = [2 ** 31, 1_706_000_000_000, Number.MAX_SAFE_INTEGER, -(2 ** 40), 0]
    await insert(database, ...values.map((n) => row(n)))
    expect((await read.selectFrom('line').select('n').orderBy('n').execute()).map((r) => r.n)).toEqual([...values].sort((a, b) => a - b))
  })

  test('counts and sums are numbers', async () => {
    const { database, read } = await fresh()
    await insert(database, row(2 ** 33), row(2 ** 34))
    const found = await read.selectFrom('line').select((e) => [e.fn.countAll().as('rows'), e.fn.sum('n').as('sum'), e.fn.max('n').as('max')]).executeTakeFirst()
    expect(found).toEqual({ rows: 2, sum: 2 ** 33 + 2 ** 34, max: 2 ** 34 })
  })

  test('a real keeps every bit of a double', async () => {
    const { database, read } = await fresh()
    const values = [7.1, 41.260000000000005, -0.1, 1e-300, Math.PI, 1 / 3]
    await insert(database, ...values.map((measure, n) => ({ ...row(n), measure })))
    expect((await read.selectFrom('line').select('measure').orderBy('n').execute()).map((r) => r.measure)).toEqual(values)
  })

  test('text comes back as it went in: Chinese, rare characters, emoji, Uyghur, Kazakh, 200,000 characters, none', async () => {
    const { database, read } = await fresh()
    const words = ['乌什县发生7.1级地震', '𠮷野家 㐀𪚥', '👩‍🚒🏔️', 'ئۇچتۇرپان', 'Үшторғай', "'; drop table line; --", '\\ \t\r\n " %_', '烽燧'.repeat(100_000), '']
    await insert(database, ...words.map((text, n) => row(n, text)))
    expect((await read.selectFrom('line').select('words').orderBy('n').execute()).map((r) => r.words)).toEqual(words)
  })

  test('a null character in text is refused, not cut off', async () => {
    const { database, read } = await fresh()
    await expect(insert(database, row(1, 'a\0b'))).rejects.toThrow()
    expect(await read.selectFrom('line').select('words').execute()).toEqual([])
  })

  test('text is ordered by code point, whatever the language of the server', async () => {
    const { database, read } = await fresh()
    const words = ['65/@seismology', '65/6529/652927', '65/6529', '65', 'b', 'B', 'a', '丙', '甲', '乙', 'é', 'z', '_']
    await insert(database, ...words.map((text, n) => row(n, text)))
    const codePoints = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
    expect((await read.selectFrom('line').select('words').orderBy('words').execute()).map((r) => r.words)).toEqual([...words].sort(codePoints))
    const within = await read.selectFrom('line').select('words').where('words', '>=', '65/').where('words', '<', '650').execute()
    expect(within.map((r) => r.words).sort(codePoints)).toEqual(['65/6529', '65/6529/652927', '65/@seismology'])
  })

  test('bytes come back as they went in', async () => {
    const { database, read } = await fresh()
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256)
    await insert(database, { ...row(1), bytes }, { ...row(2), bytes: new Uint8Array() })
    const found = await read.selectFrom('line').select('bytes').orderBy('n').execute()
    expect(found[0]?.bytes).toBeInstanceOf(Uint8Array)
    expect(Buffer.from(found[0]?.bytes ?? []).equals(Buffer.from(bytes))).toBe(true)
    expect(found[1]?.bytes?.length).toBe(0)
  })

  test('a statement by hand takes ? for its parameters', async () => {
    const { database } = await fresh()
    await database.write(async (tx) => {
      await statement(tx, 'insert into line (n, words) values (?, ?)', [1, '手写'], dialect)
    })
    expect(await statement(database.read, 'select words from line where n = ? and words = ?', [1, '手写'], dialect)).toEqual([{ words: '手写' }])
  })

  test('migrations run once, in order, and say which ran', async () => {
    const { database } = await fresh()
    const ran: string[] = []
    const step = (name: string): Migration => ({ name, up: async () => { ran.push(name) } })
    expect(await migrate(database, [tables, step('a-001'), step('b-001')], 2)).toEqual(['a-001', 'b-001'])
    expect(await migrate(database, [tables, step('a-001'), step('b-001'), step('a-002')], 3)).toEqual(['a-002'])
    expect(ran).toEqual(['a-001', 'b-001', 'a-002'])
  })

  test('a migration that fails leaves none of its tables and runs again next time', async () => {
    const { database } = await fresh()
    let broken = true
    const step: Migration = {
      name: 'broken-001',
      up: async (db) => {
        await db.schema.createTable('half').addColumn('id', 'integer').execute()
        if (broken) throw new Error('power cut')
      },
    }
    await expect(migrate(database, [step], 1)).rejects.toThrow('power cut')
    broken = false
    expect(await migrate(database, [step], 1)).toEqual(['broken-001'])
  })

  test('two processes may start at once: the tables are made once', async () => {
    const { url, database } = await fresh()
    await Promise.all([finished('migrate', url), finished('migrate', url), finished('migrate', url)])
    expect(await statement(database.read, 'select name from migration where name = ?', ['shared-001'], dialect)).toEqual([{ name: 'shared-001' }])
  })

  test('a commit is asked to be on the disk before it is acknowledged', async () => {
    const { database } = await fresh()
    const ask = (sql: string) => database.write(async (tx) => Object.values((await statement<Record<string, unknown>>(tx, sql, [], dialect))[0] ?? {})[0])
    if (dialect === 'sqlite') {
      expect(await ask('pragma journal_mode')).toBe('wal')
      expect(await ask('pragma synchronous')).toBe(2)
    } else {
      expect(await ask('show synchronous_commit')).toBe('on')
      expect(await ask('show fsync')).toBe('on')
    }
  })

  test('what a killed process had acknowledged is there, whole', async () => {
    const { url, read } = await fresh()
    const acknowledged = await killedAfter(url, 40)
    const found = await read.selectFrom('line').select(['n', 'words']).orderBy('n').execute()
    expect(found.length).toBeGreaterThanOrEqual(acknowledged)
    expect(found).toEqual(found.map((_, i) => ({ n: i + 1, words: `第 ${i + 1} 行` })))
  })

  test('a closed database refuses work', async () => {
    const { database, read } = await fresh()
    open.splice(0)
    await database.close()
    await expect(read.selectFrom('line').selectAll().execute()).rejects.toThrow()
    await expect(insert(database, row(1))).rejects.toThrow()
  })
})

test('a table that another has locked, and a writer that does not end, keep nobody waiting without a limit; nothing of what was given up is stored', async () => {
  const url = await cluster.url('locked')
  const database = openDatabase(url)
  await migrate(database, [tables], 1)
  const other = new Client({ connectionString: url })
  await other.connect()
  await other.query('begin; lock table line in access exclusive mode')
  const insertOne = (n: number) => database.write(async (tx) => { await tx.withTables<Tables>().insertInto('line').values(row(n)).execute() })
  const waited = await Promise.allSettled([
    database.read.withTables<Tables>().selectFrom('line').selectAll().execute(), insertOne(1), insertOne(2), insertOne(3), insertOne(4), insertOne(5),
  ])
  const codes = waited.map((one) => one.status === 'rejected' ? (one.reason as { code: string }).code : 'done')
  expect(codes.slice(0, 2)).toEqual(['55P03', '55P03'])
  expect(codes.at(-1)).toBe('TURN_TOO_LATE')
  for (const one of waited) expect(one.status === 'rejected' && isStorageFault(one.reason)).toBe(true)
  await other.query('rollback')
  await insertOne(6)
  expect(await database.read.withTables<Tables>().selectFrom('line').select('n').execute()).toEqual([{ n: 6 }])
  await other.end()
  await database.close()
}, 180_000)

test('when the server ends in the middle of a write, the write fails, nothing of it stays, and work goes on after the restart', async () => {
  const database = openDatabase(await cluster.url('cut'))
  const read = database.read.withTables<Tables>()
  await migrate(database, [tables], 1)
  await expect(database.write(async (tx) => {
    await tx.withTables<Tables>().insertInto('line').values(row(1)).execute()
    await cluster.kill()
    await tx.withTables<Tables>().insertInto('line').values(row(2)).execute()
  })).rejects.toThrow()
  await cluster.start()
  expect(await read.selectFrom('line').selectAll().execute()).toEqual([])
  await database.write(async (tx) => { await tx.withTables<Tables>().insertInto('line').values(row(3)).execute() })
  expect(await read.selectFrom('line').select('n').execute()).toEqual([{ n: 3 }])
  await database.close()
}, 180_000)

function secondProcess(work: string, url: string) {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', other, work, url], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function finished(work: string, url: string): Promise<void> {
  const child = secondProcess(work, url)
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => { words += chunk.toString() })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${work} ended with ${String(code)}: ${words}`)
}

/** Runs the inserting process until it has acknowledged `rows` rows, kills it, and returns the last number it acknowledged. */
async function killedAfter(url: string, rows: number): Promise<number> {
  const child = secondProcess('insert', url)
  const closed = new Promise((resolve) => child.once('close', resolve))
  let last = 0
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    if (last === rows) child.kill('SIGKILL')
  }
  await closed
  return last
}
