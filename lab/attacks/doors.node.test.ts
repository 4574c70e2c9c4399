import { once } from 'node:events'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { pino } from 'pino'
import { WebSocket } from 'ws'
import { createApp, type AppOptions } from '#core/http/server/createApp.ts'
import { isSameOrigin } from '#core/http/server/gate.ts'
import type { App } from '#core/http/server/app.ts'
import { statement } from '#core/sql/server/statement.ts'
import { init } from '#apps/cli/init.ts'
import { recover } from '#apps/cli/doctor.ts'
import { join as joinParent } from '#apps/cli/join.ts'
import { readStationConfig } from '#apps/station/config.ts'
import { openStation } from '#apps/station/openStation.ts'
import { reportDocuments } from '#modules/report/server/report.documents.ts'
import { sampleRow } from '#modules/report/server/sampleReport.ts'
import { as, openTestCore } from '#core/station/server/testCore.ts'
import { writeEnrolmentToken } from '#modules/directory/enrolment.ts'
import { openTestStation } from '#modules/directory/server/testStation.ts'
import { federation, type Federation } from '../federation/federation.ts'
import { quake } from '../faults/quake.ts'

/** The doors of one station: its process, its sockets, its sign-in, its slow answers. */
const base = mkdtempSync(join(tmpdir(), 'fengsui-doors-'))
const closing: (() => unknown)[] = []
afterEach(async () => { for (const close of closing.splice(0).reverse()) await close() })
afterAll(() => rmSync(base, { recursive: true, force: true }))

const good = 'correct horse battery'
const main = fileURLToPath(new URL('../../apps/station/main.ts', import.meta.url))
let count = 0
async function newFolder(mode: 'production' | 'test' = 'production', port = 0): Promise<string> {
  const folder = join(base, `s${++count}`)
  await init({ data: folder, address: '65', name: '自治区', mode, host: '127.0.0.1', port }, () => undefined)
  return folder
}

interface Started { child: ChildProcess; words: () => string; code: Promise<number | null>; says(pattern: RegExp): Promise<RegExpExecArray> }
/** A real process of a station. */
function start(folder: string, port = 0): Started {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, '--data', folder, '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  const code = new Promise<number | null>((resolve) => { child.once('close', resolve) })
  closing.push(async () => { child.kill('SIGKILL'); await code })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { words += chunk.toString(); child.emit('words') })
  return {
    child, code, words: () => words,
    says: async (pattern) => {
      for (;;) {
        const found = pattern.exec(words)
        if (found) return found
        if (await Promise.race([once(child, 'words').then(() => false), code.then(() => true)]) && !pattern.test(words)) throw new Error(`ended without ${String(pattern)}: ${words}`)
      }
    },
  }
}
const link = /set-up: (\S+)\/setup\?token=(\S+)/
const setUp = (url: string, token: string) => fetch(`${url}/api/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, account: 'liu', name: '刘安', password: good }) })

describe('H1: one process has a station', () => {
  test('H1: a second start on the same folder names the first, ends with 1 and changes nothing: the set-up link on the screen stays good', async () => {
    const folder = await newFolder()
    const first = start(folder)
    const [, url, token] = await first.says(link)
    const second = start(folder)
    expect(await Promise.race([second.code, second.says(/"ready"/).then(() => 'both serve')])).toBe(1)
    expect(second.words()).toMatch(/正由另一个进程使用.*is in use by another process/s)
    expect(second.words()).toContain(`pid ${first.child.pid}`)
    const third = start(folder, Number(new URL(url!).port))
    expect(await third.code).toBe(1)
    expect((await setUp(url!, token!)).status).toBe(201)
  }, 60_000)

  test('H1: a start on a taken port says so and leaves the set-up link good; what a killed process held is free', async () => {
    const folder = await newFolder()
    const first = start(folder)
    await first.says(link)
    first.child.kill('SIGKILL')
    await first.code
    const offers = () => {
      const db = new DatabaseSync(join(folder, 'station.db'), { readOnly: true })
      try { return db.prepare('select * from one_time').all() } finally { db.close() }
    }
    const offered = offers()
    const taken = createServer().listen(0, '127.0.0.1')
    closing.push(() => taken.close())
    await once(taken, 'listening')
    const second = start(folder, (taken.address() as { port: number }).port)
    expect(await second.code).toBe(1)
    expect(second.words()).toMatch(/端口 \d+ 已被其他程序占用.*port \d+ is taken/s)
    expect(offers()).toEqual(offered)
    const third = start(folder)
    await third.says(link)
  }, 60_000)

  test('H1: doctor --recover does not write beside a station that runs but is not found', async () => {
    const folder = await newFolder('test', 1)
    const running = await openStation({ folder, config: { ...await readStationConfig(folder), port: 0 }, tickMs: 0 })
    closing.push(() => running.close())
    await expect(recover(folder, () => undefined)).rejects.toThrow(/正由另一个进程使用|is in use by another process/)
  })

  test('H1: join does not replace the key of a station that runs, and leaves its token unused', async () => {
    const folder = await newFolder('test')
    const config = await readStationConfig(folder)
    const running = await openStation({ folder, config, tickMs: 0 })
    closing.push(() => running.close())
    let asked = 0
    const parent = createServer((_request, answer) => { asked++; answer.end() }).listen(0, '127.0.0.1')
    closing.push(() => parent.close())
    await once(parent, 'listening')
    const token = writeEnrolmentToken({ v: 1, address: '65', parent: '65', url: `http://127.0.0.1:${(parent.address() as { port: number }).port}`, root: config.root, expires: Date.now() + 60_000, secret: 'x'.repeat(43) })
    const key = readFileSync(join(folder, 'key.pem'), 'utf8')
    await expect(joinParent(token, { data: folder, mode: 'test', host: '127.0.0.1', port: 0 }, () => undefined)).rejects.toThrow(/正由另一个进程使用|is in use by another process/)
    expect([asked, readFileSync(join(folder, 'key.pem'), 'utf8') === key]).toEqual([0, true])
  })

  test('H1: a number of a chain is held once, whatever writes; a database with a fork still starts', async () => {
    const folder = await newFolder('test')
    const config = await readStationConfig(folder)
    const running = await openStation({ folder, config, tickMs: 0 })
    const fork = `insert into facts (id, type, subject, station, seq, at_ms, at_n, mode, text, sig, received_at, from_peer, status, reason, reacted)
      select substr(id, 2) || 'f', type, subject, station, seq, at_ms, at_n, mode, text, sig, received_at, from_peer, status, reason, reacted from facts where seq = 1`
    await expect(running.station.database.write((tx) => statement(tx, fork))).rejects.toThrow(/UNIQUE/)
    await running.close()
    const db = new DatabaseSync(join(folder, 'station.db'))
    db.exec(`drop index facts_by_chain; create index facts_by_chain on facts (station); drop index facts_out_of_chain; delete from migration where name = 'ledger-002-one-number'; ${fork}`)
    db.close()
    const again = await openStation({ folder, config, tickMs: 0 })
    closing.push(() => again.close())
    expect((await again.station.ledger.verify()).bad.map(({ reason }) => reason)).toContainEqual(expect.stringContaining('altered'))
  })
})

test('L3: a damaged database at the start says what to do, in both languages', async () => {
  const folder = await newFolder()
  const path = join(folder, 'station.db')
  const bytes = readFileSync(path)
  bytes.fill(0x5a, 4096)
  writeFileSync(path, bytes)
  const started = start(folder)
  expect(await started.code).toBe(1)
  expect(started.words()).toMatch(/数据库已损坏.*fengsui doctor.*fengsui restore/s)
  expect(started.words()).toMatch(/the database is damaged.*fengsui doctor.*fengsui restore/s)
}, 60_000)

async function app(options: Partial<AppOptions> = {}, declare: (app: App) => void = () => undefined): Promise<App> {
  const made = await createApp({ self: '65', mode: 'production', version: '0', access: { 'report.read': ['duty'] }, personOf: async () => ({ id: 'p', account: 'duty', name: '值班员', roles: ['duty'] }), ...options })
  declare(made)
  closing.push(() => made.close())
  return made
}

/** How long nobody else had a turn. */
function longestStall() {
  let [longest, last] = [0, performance.now()]
  const look = () => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }
  const timer = setInterval(look, 5)
  return { end: () => { clearInterval(timer); look(); return longest } }
}

describe('M2: no answer takes the loop', () => {
  const rows = Array.from({ length: 3_000 }, (_, i) => sampleRow({ id: `r${i}`, title: `乌什县7.1级地震灾害第${i}报` }))
  const source = {
    list: async (_: unknown, { page, size }: { page: number; size: number }) => ({ items: rows.slice((page - 1) * size, page * size), unreadable: [], total: rows.length }),
    now: () => 0, words: () => ({}), read: () => Promise.reject(new Error('not asked')),
  }
  const headers = { authorization: 'Bearer x' }

  test('M2: an export of 3,000 reports lets the others have their turn; many at once wait or are told', async () => {
    const made = await app({}, (on) => reportDocuments(on, source as never))
    await made.inject({ url: '/api/reports.xlsx?q=x', headers })
    const stalls = longestStall()
    const answers = await Promise.all(Array.from({ length: 6 }, () => made.inject({ url: '/api/reports.xlsx', headers })))
    expect(stalls.end()).toBeLessThan(2_000)
    expect(answers.map((answer) => answer.statusCode).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 200, 503, 503])
    expect(answers.find((answer) => answer.statusCode === 503)!.json()).toMatchObject({ code: 'report.export-busy' })
  }, 120_000)

  test('M2: a list that changes while it is written is whole: no row twice, none left out', async () => {
    const ExcelJS = (await import('exceljs')).default
    const moving = rows.slice(0, 450)
    let pages = 0
    const list = async (_: unknown, { page, size }: { page: number; size: number }) => {
      // The last is changed and goes to the top, after the first page was read.
      if (++pages === 2) moving.unshift(moving.pop()!)
      return { items: moving.slice((page - 1) * size, page * size), unreadable: [], total: moving.length }
    }
    const made = await app({}, (on) => reportDocuments(on, { ...source, list } as never))
    const workbook = new ExcelJS.Workbook()
    await workbook.xlsx.load((await made.inject({ url: '/api/reports.xlsx', headers })).rawPayload as never)
    const ids = (workbook.worksheets[0]!.getColumn(24).values as string[]).slice(2)
    expect([ids.length, new Set(ids).size]).toEqual([450, 450])
  })
})

test('M2: looking through 2,000 facts lets the others have their turn, and is not for everybody', async () => {
  const core = await openTestCore()
  closing.push(() => core.close())
  await core.station.ledger.write({ id: 'p', name: '值班员' }, async (w) => {
    for (let i = 0; i < 2_000; i++) await w.append({ type: 'note.written.v1', subject: `note/n${i % 50}`, to: ['up'], body: { line: '字'.repeat(3_000) } })
  })
  const verify = (role: 'audit' | 'duty') => core.app.inject({ url: '/api/ledger/verify', headers: as(role) })
  await verify('audit')
  // The best of some: a busy machine holds everybody up now and then. All at once it is some 800 ms on a quiet one.
  let stall = Infinity
  for (let i = 0; i < 4; i++) {
    const stalls = longestStall()
    const answer = await verify('audit')
    stall = Math.min(stall, stalls.end())
    expect(answer.json()).toEqual({ checked: 2_000, bad: [], gaps: [] })
  }
  expect(stall).toBeLessThan(400)
  expect((await verify('duty')).statusCode).toBe(403)
}, 120_000)

describe('M5: connections', () => {
  /** Half a request, from a loopback address of its own; resolves when it stands or is cut. */
  async function half(port: number, from: string): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from })
    socket.on('error', () => undefined)
    closing.push(() => socket.destroy())
    await once(socket, 'connect')
    socket.write('GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n')
    return socket
  }
  const answered = (port: number, from: string) => half(port, from).then(async (socket) => {
    let heard = ''
    socket.on('data', (data) => { heard += data.toString() })
    const closed = new Promise((done) => { socket.once('close', done) })
    if (!socket.destroyed) socket.end('Connection: close\r\n\r\n')
    await closed
    return heard.startsWith('HTTP/1.1 200')
  })
  const portOf = async (made: App) => Number(new URL(await made.listen({ host: '127.0.0.1', port: 0 })).port)

  test('M5: one address cannot take all connections; it is told once in the log, and has places again when it lets go', async () => {
    const lines: { msg: string; from: string }[] = []
    const logger = pino({ level: 'warn' }, { write: (line: string) => { lines.push(JSON.parse(line) as never) } })
    const port = await portOf(await app({ logger, limits: { connections: 12, perAddress: 6 } }))
    const held = await Promise.all(Array.from({ length: 20 }, () => half(port, '127.0.0.1')))
    expect(await answered(port, '127.0.0.2')).toBe(true)
    expect(await answered(port, '127.0.0.1')).toBe(false)
    expect(lines.filter(({ msg }) => msg.includes('too many connections'))).toEqual([expect.objectContaining({ from: '127.0.0.1' })])
    await Promise.all(held.map(async (socket) => { if (!socket.closed) { const closed = new Promise((done) => { socket.once('close', done) }); socket.destroy(); await closed } }))
    for (let tries = 0; !(await answered(port, '127.0.0.1')); tries++) expect(tries).toBeLessThan(100)
  })

  test('behind a proxy of this machine its connections are not counted', async () => {
    const port = await portOf(await app({ trustProxy: 'loopback', limits: { connections: 50, perAddress: 3 } }))
    await Promise.all(Array.from({ length: 10 }, () => half(port, '127.0.0.1')))
    expect(await answered(port, '127.0.0.1')).toBe(true)
  })
})

describe('M8: signing in', () => {
  async function production() {
    const one = await openTestStation({ mode: 'production' })
    closing.push(() => one.close())
    await one.call('POST', '/api/setup', null, { token: one.setupToken, account: 'liu', name: '刘安', password: good })
    const signIn = (account: string, password: string, from = '10.0.0.1') => one.app.inject({ method: 'POST', url: '/api/session', payload: { account, password }, remoteAddress: from }).then((answer) => answer.statusCode)
    return { ...one, signIn }
  }

  test('M8: after many wrong passwords from one address a right one is let in, from there and from elsewhere, within a few turns', async () => {
    const { signIn } = await production()
    let wrong = 0
    const flood = Array.from({ length: 30 }, (_, i) => signIn(`a${i}`, 'x').then((status) => { wrong++; return status }))
    const [same, other] = [signIn('liu', good), signIn('liu', good, '10.0.0.2').then((status) => ({ status, after: wrong }))]
    expect(await other).toMatchObject({ status: 200 })
    // The addresses take turns: it did not wait for the whole line of the other one.
    expect((await other).after).toBeLessThan(15)
    expect(await same).toBe(200)
    expect(new Set(await Promise.all(flood))).toEqual(new Set([401]))
  }, 60_000)

  test('M8: more at once than a line holds are told to come back, and cost no password check', async () => {
    const { signIn } = await production()
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, i) => signIn(`a${i}`, 'x')))
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(41)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
  }, 60_000)

  test('M8: an IPv6 network of /64 is one address: changing it buys no more tries', async () => {
    const { signIn } = await production()
    for (let i = 1; i <= 5; i++) expect(await signIn('liu', 'x', `2001:db8:1:2::${i}`)).toBe(401)
    expect(await signIn('liu', 'x', '2001:0db8:1:2:ffff::9')).toBe(429)
    expect(await signIn('liu', good, '2001:db8:1:3::1')).toBe(200)
  })
})

describe('a whole station', () => {
  let tree: Federation
  beforeAll(async () => { tree = await federation({ addresses: ['65'], databaseUrl: () => undefined }) })
  afterAll(() => tree?.close())
  const call = async (token: string, method: string, path: string, body?: object) => {
    const answer = await fetch(`${tree.at('65').url}${path}`, { method, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) })
    const text = await answer.text()
    return { status: answer.status, body: (text ? JSON.parse(text) : {}) as Record<string, unknown> }
  }
  async function newPerson(account: string) {
    const security = (await tree.at('65').as('security')).token
    const { body } = await call(security, 'POST', '/api/people', { account, name: '临时', roles: ['duty'], password: good })
    const signed = await call('', 'POST', '/api/session', { account, password: good })
    return { security, id: String(body.id), token: String(signed.body.token) }
  }

  test('L1: an open live socket ends at once at sign-out, disabling, a change of roles, and when its token is withdrawn', async () => {
    const { url } = tree.at('65')
    const ends: ((person: Awaited<ReturnType<typeof newPerson>>) => Promise<{ used: string; end: () => Promise<unknown> }>)[] = [
      async ({ token }) => ({ used: token, end: () => call(token, 'DELETE', '/api/session') }),
      async ({ token, security, id }) => ({ used: token, end: () => call(security, 'PATCH', `/api/people/${id}`, { state: 'disabled' }) }),
      async ({ token, security, id }) => ({ used: token, end: () => call(security, 'PATCH', `/api/people/${id}`, { roles: ['keeper'] }) }),
      async ({ token }) => {
        const { body } = await call(token, 'POST', '/api/session/tokens', { name: '程序', roles: ['duty'], expiresInDays: 1 })
        return { used: String(body.token), end: () => call(token, 'DELETE', `/api/session/tokens/${String(body.id)}`) }
      },
    ]
    for (const prepare of ends) {
      const { used, end } = await prepare(await newPerson(`live${++count}`))
      const socket = new WebSocket(`${url.replace('http', 'ws')}/api/live`, { headers: { authorization: `Bearer ${used}` } })
      closing.push(() => socket.terminate())
      await once(socket, 'open')
      const closed = once(socket, 'close', { signal: AbortSignal.timeout(5_000) })
      await end()
      expect((await closed)[0]).toBe(4401)
    }
    // The beat that alone looked before comes every twenty seconds.
  }, 60_000)

  test('L2: on a full disk people sign in, are told, and sign out; the session ends with the person’s roles and with the process', async () => {
    const { security, id, token: before } = await newPerson('full')
    const pragma = (text: string) => tree.at('65').station.database.write((tx) => statement<Record<string, number>>(tx, `pragma ${text}`))
    const duty = await tree.at('65').as('duty')
    const [size] = await pragma('page_count')
    await pragma(`max_page_count = ${size!.page_count}`)
    const refused: unknown[] = []
    for (let i = 0; refused.length < 5 && i < 500; i++) await duty.post('/api/reports', quake({ text: '字'.repeat(i % 2 ? 3_000 : 10) })).catch((fault: unknown) => refused.push(fault))
    const signed = []
    for (let i = 0; i < 60 && !signed.at(-1)?.body.notice; i++) signed.push(await call('', 'POST', '/api/session', { account: 'full', password: good }))
    expect(new Set(signed.map(({ status }) => status))).toEqual(new Set([200]))
    const { token, notice } = signed.at(-1)!.body as { token: string; notice: string }
    expect(notice).toMatch(/磁盘已满/)
    expect((await call(token, 'GET', '/api/reports')).status).toBe(200)
    expect((await call(before, 'DELETE', '/api/session')).status).toBe(204)
    expect((await call(before, 'GET', '/api/reports')).status).toBe(401)
    const second = (await call('', 'POST', '/api/session', { account: 'full', password: good })).body.token as string
    expect((await call(second, 'DELETE', '/api/session')).status).toBe(204)
    expect((await call(second, 'GET', '/api/reports')).status).toBe(401)
    await pragma('max_page_count = 1073741823')
    expect((await call(token, 'GET', '/api/reports')).status).toBe(200)
    await call(security, 'PATCH', `/api/people/${id}`, { roles: ['keeper'] })
    expect((await call(token, 'GET', '/api/reports')).status).toBe(401)
  }, 60_000)

  test('L4: a token’s level is what the address says, and nobody is called like a station above or beside', async () => {
    const admin = (await tree.at('65').as('admin')).token
    const offer = (change: object) => call(admin, 'POST', '/api/enrolment/tokens', { address: '65/6529', name: '阿克苏地区', kind: 'government', expiresInHours: 1, ...change })
    expect((await offer({ level: 'region' })).body).toMatchObject({ status: 409, code: 'station.level-mismatch' })
    for (const name of ['65', ' ６５ ', '6\u200b5']) expect((await offer({ name })).body).toMatchObject({ status: 409, code: 'station.name-taken', errors: [{ field: 'name' }] })
    const { status, body } = await offer({})
    expect(status).toBe(201)
    expect((await call('', 'POST', '/api/enrolment', { token: body.token, publicKey: 'A'.repeat(43) + '=' })).status).toBe(201)
    expect((await offer({ address: '65/6530', name: '阿克苏 地区' })).body).toMatchObject({ code: 'station.name-taken' })
    const rename = (address: string, name: string) => call(admin, 'PATCH', `/api/stations/${encodeURIComponent(address)}`, { name })
    expect((await rename('65/6529', '65')).body).toMatchObject({ code: 'station.name-taken' })
    expect((await rename('65/6529', '阿克苏地区应急管理局')).status).toBe(200)
    expect((await offer({ address: '65/@flood', name: '水利厅', kind: 'department', level: 'region' })).status).toBe(201)
  })
})

test('M8: a flood of wrong passwords is one line in the log, with the address and an account', async () => {
  const lines: { msg: string; from: string; account: string; meanwhile?: number }[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => { lines.push(JSON.parse(line) as never) } })
  const folder = await newFolder('test')
  const running = await openStation({ folder, config: await readStationConfig(folder), tickMs: 0, logger })
  closing.push(() => running.close())
  for (let i = 0; i < 20; i++) await running.app.inject({ method: 'POST', url: '/api/session', payload: { account: `a${i}`, password: 'x' }, remoteAddress: '10.9.8.7' })
  expect(lines).toEqual([expect.objectContaining({ msg: expect.stringContaining('sign-in refused'), from: '10.9.8.7', account: 'a0' })])
})

test('the nginx of docs/deploy.md hands on the port, by which our own pages are told from strangers’', () => {
  const host = /proxy_set_header Host (\S+);/.exec(readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8'))![1]!
  const asNginx = (asked: string) => ({ $host: asked.replace(/:\d+$/, ''), $http_host: asked })[host as '$host' | '$http_host']
  const from = (origin: string, asked: string) => isSameOrigin({ headers: { origin, host: asNginx(asked) } } as never)
  expect(from('https://station.example:8443', 'station.example:8443')).toBe(true)
  expect(from('https://station.example', 'station.example')).toBe(true)
  expect(from('https://station.example:9000', 'station.example:8443')).toBe(false)
})
