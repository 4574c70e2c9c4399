import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { startPostgres } from '#lab/postgres/cluster.ts'
import { languageFrom, table } from './language.ts'

const bin = fileURLToPath(new URL('fengsui.mjs', import.meta.url))
const base = mkdtempSync(join(tmpdir(), 'fengsui-cli-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

let count = 0
let data: string
beforeEach(() => { data = join(base, `station-${++count}`) })

interface Ended { code: number; out: string; err: string }

/** Runs the tool as an operator does. */
function fengsui(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env } }, (fault, out, err) => {
      resolve({ code: fault ? Number(fault.code) : 0, out, err })
    })
  })
}

const newRoot = (mode = 'production') => fengsui(['init', '--data', data, '--address', '65', '--name', '新疆维吾尔自治区', '--mode', mode, '--port', '0'])
const factId = () => {
  const db = new DatabaseSync(join(data, 'station.db'), { readOnly: true })
  const row = db.prepare('select id, text from facts order by position limit 1').get() as { id: string; text: string }
  db.close()
  return row.id
}

test('help is in the language of the terminal, for every command', async () => {
  const [zh, en] = await Promise.all([fengsui(['--help'], { LANG: 'zh_CN.UTF-8' }), fengsui(['--help'])])
  expect(zh.out).toContain('烽燧平台的运维工具')
  for (const command of ['init', 'join', 'serve', 'links', 'trace', 'verify', 'backup', 'restore', 'user', 'doctor']) expect(en.out).toMatch(new RegExp(`^  ${command} `, 'm'))
  expect(languageFrom({ LANG: 'en_US.UTF-8', LC_ALL: 'zh_CN' })).toBe('zh')
  expect(languageFrom({})).toBe('en')
})

test('wrong usage ends with 2 and names the fault', async () => {
  expect(await fengsui(['fly'])).toMatchObject({ code: 2, err: expect.stringContaining("unknown command 'fly'") })
  expect(await fengsui(['init', '--data', data, '--address', '65', '--name', 'x', '--port', '99999'])).toMatchObject({ code: 2 })
  expect(existsSync(data)).toBe(false)
})

test('init makes a root whose key only its owner reads, and says how the first administrator gets in', async () => {
  const made = await newRoot()
  expect(made).toMatchObject({ code: 0, out: expect.stringContaining('set-up link') })
  expect(statSync(join(data, 'key.pem')).mode & 0o777).toBe(0o600)
  const config = JSON.parse(readFileSync(join(data, 'station.json'), 'utf8')) as { root: { publicKey: string }; mode: string; parent: null }
  expect(config).toMatchObject({ address: '65', mode: 'production', parent: null })
  expect(made.out).toContain(config.root.publicKey)
})

test('init touches nothing that is there, and refuses what is no address', async () => {
  await newRoot()
  const key = readFileSync(join(data, 'key.pem'), 'utf8')
  expect(await newRoot()).toMatchObject({ code: 1, err: expect.stringContaining('not empty') })
  expect(readFileSync(join(data, 'key.pem'), 'utf8')).toBe(key)
  expect(await fengsui(['init', '--data', join(base, 'no'), '--address', '../65', '--name', 'x'])).toMatchObject({ code: 1, err: expect.stringContaining('not a station address') })
})

test('verify finds nothing wrong with a sound ledger, and names the fact of which one byte was changed', async () => {
  await newRoot()
  expect(await fengsui(['verify', '--data', data])).toMatchObject({ code: 0, out: expect.stringContaining('1 facts checked: every hash, signature and chain is right') })
  const id = factId()
  const db = new DatabaseSync(join(data, 'station.db'))
  db.exec(`update facts set text = replace(text, '"65"', '"66"')`)
  db.close()
  expect(await fengsui(['verify', '--data', data])).toMatchObject({ code: 1, out: expect.stringContaining(id) })
  expect((await fengsui(['doctor', '--data', data])).out).toMatch(/✗ Ledger: 1 of 1 facts are bad/)
})

test('verify does not believe the station table: a key swapped there changes nothing', async () => {
  await newRoot()
  const db = new DatabaseSync(join(data, 'station.db'))
  db.exec(`update station set card = replace(card, '"active"', '"revoked"')`)
  db.close()
  expect(await fengsui(['verify', '--data', data])).toMatchObject({ code: 0 })
})

test('trace tells who stated a fact, that its signature holds, and the history of its subject', async () => {
  await newRoot()
  const id = factId()
  const traced = await fengsui(['trace', id.slice(0, 8), '--data', data])
  expect(traced.code).toBe(0)
  for (const part of [id, 'station.founded.v1', '初始化', '✓ 新疆维吾尔自治区 65', `▶`]) expect(traced.out).toContain(part)
  expect(await fengsui(['trace', 'ffffffff', '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('does not hold') })
  expect(await fengsui(['trace', 'xyz', '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('SHA-256') })
})

test('a backup restores to the same station; its key stays its owner’s', async () => {
  await newRoot()
  const copy = join(base, 'copy')
  expect(await fengsui(['backup', copy, '--data', data])).toMatchObject({ code: 0, out: expect.stringContaining('own facts up to number 1') })
  for (const name of ['key.pem', 'station.db', 'station.json', 'manifest.json']) expect(statSync(join(copy, name)).mode & 0o077).toBe(0)
  const restored = join(base, 'restored')
  expect(await fengsui(['restore', copy, '--data', restored])).toMatchObject({ code: 0, out: expect.stringContaining('doctor --recover') })
  expect(readFileSync(join(restored, 'key.pem'), 'utf8')).toBe(readFileSync(join(data, 'key.pem'), 'utf8'))
  expect(await fengsui(['verify', '--data', restored])).toMatchObject({ code: 0, out: expect.stringContaining('1 facts checked') })
  expect(await fengsui(['restore', copy, '--data', restored])).toMatchObject({ code: 1, err: expect.stringContaining('not empty') })
})

test('a damaged backup restores nothing', async () => {
  await newRoot()
  const copy = join(base, 'damaged')
  await fengsui(['backup', copy, '--data', data])
  writeFileSync(join(copy, 'key.pem'), 'changed')
  const target = join(base, 'nothing')
  expect(await fengsui(['restore', copy, '--data', target])).toMatchObject({ code: 1, err: expect.stringContaining('key.pem does not match the manifest') })
  expect(existsSync(target) ? readdirSync(target) : []).toEqual([])
  expect(await fengsui(['restore', data, '--data', target])).toMatchObject({ code: 1, err: expect.stringContaining('is not a backup') })
})

test('user makes accounts with a password shown once, and keeps the administrators apart', async () => {
  await newRoot()
  const made = await fengsui(['user', 'add', 'wang', '--name', '王值班', '--role', 'duty', '--data', data])
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/password [a-z2-9]{20} /) })
  expect(await fengsui(['user', 'add', 'li', '--name', '李', '--role', 'admin', 'security', '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('Nobody may be two') })
  expect(await fengsui(['user', 'add', 'wang', '--name', '王', '--role', 'duty', '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('exists already') })
  expect(await fengsui(['user', 'add', 'zhao', '--name', '赵', '--role', 'king', '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('No such role: king') })
  expect(await fengsui(['user', 'disable', 'wang', '--data', data])).toMatchObject({ code: 0 })
  expect((await fengsui(['user', 'list', '--data', data])).out).toMatch(/wang\s+王值班\s+duty\s+disabled/)
  expect(await fengsui(['user', 'password', 'nobody', '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('no account nobody') })
})

test('doctor says what is right, and narrows a careless key', async () => {
  await newRoot()
  chmodSync(join(data, 'key.pem'), 0o644)
  const examined = await fengsui(['doctor', '--data', data])
  expect(examined.out).toContain('! The private key was readable by other accounts and is now 0600')
  for (const part of ['✓ Database: sound', '✓ Ledger: hash, signature and chain of 1 facts are right', '✓ Key: the one in the directory', '! Station: does not run']) expect(examined.out).toContain(part)
  expect(examined.code).toBe(0)
  expect(statSync(join(data, 'key.pem')).mode & 0o777).toBe(0o600)
})

test('a lost or broken key and a database server that is not there: the station says so, and what to do', async () => {
  await newRoot()
  const key = join(data, 'key.pem')
  expect(await fengsui(['serve', '--data', data], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })).toMatchObject({ code: 1, err: expect.stringContaining('does not answer (ECONNREFUSED)') })
  writeFileSync(key, '')
  expect(await fengsui(['serve', '--data', data])).toMatchObject({ code: 1, err: expect.stringMatching(/key.pem is damaged .*re-key token/) })
  rmSync(key)
  expect(await fengsui(['serve', '--data', data])).toMatchObject({ code: 1, err: expect.stringMatching(/there is no private key .*re-key token/) })
  rmSync(join(data, 'station.json'))
  expect(await fengsui(['serve', '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('from a backup') })
})

test('doctor says that a database is damaged and what to do', async () => {
  await newRoot()
  const path = join(data, 'station.db')
  const bytes = readFileSync(path)
  bytes.fill(0x5a, 8192)
  writeFileSync(path, bytes)
  expect(await fengsui(['doctor', '--data', data])).toMatchObject({ code: 1, out: expect.stringMatching(/✗ The database is damaged: .*restore a backup/) })
})

test('an index that is damaged: doctor says that the data is not, and the way out it names mends it', async () => {
  await newRoot()
  const path = join(data, 'station.db')
  const db = new DatabaseSync(path)
  const { rootpage } = db.prepare('select rootpage from sqlite_master where name = ?').get('facts_by_subject') as { rootpage: number }
  const { page_size: size } = db.prepare('pragma page_size').get() as { page_size: number }
  db.close()
  const bytes = readFileSync(path)
  bytes.fill(0x5a, rootpage * size - 12, rootpage * size - 4)
  writeFileSync(path, bytes)
  expect(await fengsui(['doctor', '--data', data])).toMatchObject({ code: 1, out: expect.stringMatching(/✗ Indexes of the database are damaged: .*its data is not: .*fengsui doctor --mend/) })
  expect(await fengsui(['doctor', '--mend', '--data', data])).toMatchObject({ code: 0, out: expect.stringContaining('✓ The indexes are made anew') })
  expect(await fengsui(['doctor', '--data', data])).toMatchObject({ code: 0, out: expect.stringContaining('✓ Database: sound') })
})

test('doctor notices a private key that is not the one in the directory', async () => {
  await newRoot()
  const own = data
  data = join(base, 'other')
  await newRoot()
  writeFileSync(join(own, 'key.pem'), readFileSync(join(data, 'key.pem')))
  expect(await fengsui(['doctor', '--data', own])).toMatchObject({ code: 1, out: expect.stringContaining('✗ The private key is not the one in the directory') })
})

test('a station on PostgreSQL is examined and verified alike; its backup is left to pg_dump', async () => {
  const postgres = await startPostgres()
  try {
    const env = { DATABASE_URL: await postgres.url('cli') }
    await fengsui(['init', '--data', data, '--address', '65', '--name', '自治区'], env)
    expect(await fengsui(['doctor', '--data', data], env)).toMatchObject({ code: 0, out: expect.stringContaining('✓ Ledger: hash, signature and chain of 1 facts are right') })
    expect(await fengsui(['verify', '--data', data], env)).toMatchObject({ code: 0 })
    expect(await fengsui(['backup', join(base, 'pg-copy'), '--data', data], env)).toMatchObject({ code: 1, err: expect.stringContaining('pg_dump') })
    expect(existsSync(join(base, 'pg-copy', 'key.pem'))).toBe(false)
    const latin = new URL(await postgres.url('latin_1'))
    const server = new Client({ connectionString: env.DATABASE_URL })
    await server.connect()
    await server.query('create database plain_latin encoding latin1 template template0 locale_provider libc locale \'C\'')
    await server.end()
    latin.pathname = '/plain_latin'
    expect(await fengsui(['init', '--data', join(base, 'latin'), '--address', '67', '--name', '一'], { DATABASE_URL: latin.href })).toMatchObject({ code: 1, err: expect.stringContaining('createdb --encoding UTF8') })
    latin.pathname = '/nowhere'
    expect(await fengsui(['serve', '--data', data], { DATABASE_URL: latin.href })).toMatchObject({ code: 1, err: expect.stringMatching(/does not accept the account or the database \(3D000\)/) })
    const other = join(base, 'other-root')
    expect(await fengsui(['init', '--data', other, '--address', '66', '--name', '兵团'], env)).toMatchObject({ code: 1, err: expect.stringContaining('is that of station 65') })
    expect(existsSync(join(other, 'key.pem'))).toBe(false)
    await fengsui(['init', '--data', other, '--address', '66', '--name', '兵团'])
    for (const command of ['serve', 'doctor', 'verify']) {
      const refused = await fengsui([command, '--data', other], env)
      expect([command, refused.code, refused.err]).toEqual([command, 1, expect.stringMatching(/database is that of station 65/)])
    }
    expect(await fengsui(['verify', '--data', data], env)).toMatchObject({ code: 0, out: expect.stringContaining('1 facts checked') })
  } finally {
    await postgres.stop()
  }
})

test('L-22 a database of an earlier version does not say whose it is: its own facts do, and no new station is made in it', async () => {
  await newRoot()
  const env = { DATABASE_URL: join(data, 'station.db') }
  const db = new DatabaseSync(env.DATABASE_URL)
  db.exec('drop table owner')
  db.close()
  const other = join(base, 'other-of-a-file')
  expect(await fengsui(['init', '--data', other, '--address', '66', '--name', '兵团'], env)).toMatchObject({ code: 1, err: expect.stringContaining('is that of station 65') })
  expect(await fengsui(['init', '--data', other, '--address', '65', '--name', '又一个'], env)).toMatchObject({ code: 1, err: expect.stringContaining('holds facts already') })
  expect(existsSync(join(other, 'key.pem'))).toBe(false)
  await fengsui(['init', '--data', other, '--address', '66', '--name', '兵团', '--port', '0'])
  expect(await fengsui(['serve', '--data', other], env)).toMatchObject({ code: 1, err: expect.stringMatching(/这个数据库属于平台 65.*Nothing was changed/) })
  expect(await fengsui(['verify', '--data', data])).toMatchObject({ code: 0 })
})

test('join refuses what is no token before it makes anything', async () => {
  expect(await fengsui(['join', 'hello', '--data', data])).toMatchObject({ code: 1, err: expect.stringContaining('not an enrolment token') })
  expect(existsSync(data)).toBe(false)
})

test('columns line up under Chinese headings', () => {
  expect(table([['账号', 'x'], ['duty', 'y']])).toBe('账号  x\nduty  y')
})
