import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import { client, until } from '#lab/federation/client.ts'
import { readStationConfig } from '#apps/station/config.ts'
import { openStation, type RunningStation } from '#apps/station/openStation.ts'
import { backup, restore } from './backup.ts'
import { doctor, recover } from './doctor.ts'
import { init } from './init.ts'
import { join } from './join.ts'
import { links } from './links.ts'
import { verify } from './verify.ts'

// The life of a station in its operator's hands: founded, joined, backed up, lost, restored, recovered.

// A backup is of files; on PostgreSQL it is pg_dump's.
delete process.env.DATABASE_URL

const base = mkdtempSync(joinPath(tmpdir(), 'fengsui-life-'))
const running = new Map<string, RunningStation>()
afterEach(async () => {
  for (const station of running.values()) await station.close()
  running.clear()
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

let words: string[] = []
const print = (text: string) => { words.push(text) }
const said = () => words.splice(0).join('\n')

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function start(folder: string): Promise<RunningStation> {
  const station = await openStation({ folder, config: await readStationConfig(folder), tickMs: 0, links: { timing: { backoffMin: 20, backoffMax: 100, stopped: 100 } } })
  running.set(folder, station)
  return station
}

async function stop(folder: string): Promise<void> {
  await running.get(folder)?.close()
  running.delete(folder)
}

async function family(name: string) {
  const parent = joinPath(base, `${name}-parent`)
  const child = joinPath(base, `${name}-child`)
  await init({ data: parent, address: '65', name: '自治区', mode: 'demo', host: '127.0.0.1', port: await freePort() }, print)
  const { url } = await start(parent)
  const admin = await client(url, 'admin')
  const offer = (address: string) => admin.post<{ token: string }>('/api/enrolment/tokens', { address, name: address === '65/6529' ? '阿克苏地区' : address, kind: 'government', url })
  const { token } = await offer('65/6529')
  const place = { data: child, mode: 'demo', host: '127.0.0.1', port: await freePort() } as const
  await join(token, place, print)
  return { parent, child, admin, offer, place, token, parentUrl: url }
}

const linkOf = async (url: string) => (await (await client(url, 'admin')).get<{ items: { state: string; code: string | null; queued: number; recovering: boolean }[] }>('/api/links')).items[0]
const online = (url: string) => until('the link', async () => (await linkOf(url))?.state === 'online')

const figures = { deaths: null, missing: null, seriousInjuries: null, lightInjuries: null, trapped: null, evacuated: null, lossWan: null }

async function report(url: string, title: string, attachments: object[] = []): Promise<string> {
  const [duty, leader] = [await client(url, 'duty'), await client(url, 'leader')]
  const now = Date.now()
  const { id } = await duty.post<{ id: string }>('/api/reports', {
    kind: 'first', code: '11C02', title, occurredAt: now, learnedAt: now, mode: 'test', level: 'I', place: { division: '652900' }, attributes: { magnitude: 7.1 }, figures, text: title, attachments,
  })
  await duty.post(`/api/reports/${id}/submit`)
  await leader.post(`/api/reports/${id}/sign`)
  return id
}

test('a station that joined pins the root, links up, and the doctor finds it well', async () => {
  const { child, token, place } = await family('join')
  expect(said()).toContain('65/6529')
  const { url } = await start(child)
  await online(url)
  expect(await doctor(child, print)).toBe(true)
  expect(said()).not.toContain('✗')
  await links(child, print)
  expect(said()).toMatch(/65 .*(online|通)/)
  // The token has done its work.
  await expect(join(token, { ...place, data: joinPath(base, 'thief') }, print)).rejects.toThrow()
})

test('a join that was killed at any point is simply run again with the same token', async () => {
  const { child, token, place } = await family('killed-join')
  const key = joinPath(child, 'key.pem')
  // Between the station's description and its key.
  renameSync(key, `${key}.joining`)
  await join(token, place, print)
  // Before the description, with half a database.
  renameSync(key, `${key}.joining`)
  rmSync(joinPath(child, 'station.json'))
  truncateSync(joinPath(child, 'station.db'), 5000)
  await join(token, place, print)
  const { url } = await start(child)
  await online(url)
  expect(await doctor(child, print)).toBe(true)
})

test('a token whose root was exchanged on the way is refused: nothing is stored under a false root', async () => {
  const { offer, place } = await family('false-root')
  const { token } = await offer('65/6530')
  const [prefix, body] = token.split('.') as [string, string]
  const forged = JSON.parse(Buffer.from(body, 'base64url').toString()) as { root: { publicKey: string } }
  forged.root.publicKey = Buffer.alloc(32, 7).toString('base64')
  const target = joinPath(base, 'forged')
  await expect(join(`${prefix}.${Buffer.from(JSON.stringify(forged)).toString('base64url')}`, { ...place, data: target }, print)).rejects.toThrow(/65/)
  await expect(readStationConfig(target)).rejects.toThrow()
})

test('a lost key: the parent issues a re-key token, join replaces the key in place, the station goes on', async () => {
  const { child, admin, parentUrl, place } = await family('rekey')
  let { url } = await start(child)
  await online(url)
  await report(url, '换钥之前')
  await until('the queue to drain', async () => (await linkOf(url))?.queued === 0)
  await stop(child)
  const before = readFileSync(joinPath(child, 'key.pem'), 'utf8')
  rmSync(joinPath(child, 'key.pem'))
  const { token } = await admin.post<{ token: string }>('/api/stations/65%2F6529/rekey', { url: parentUrl })
  await join(token, place, print)
  expect(readFileSync(joinPath(child, 'key.pem'), 'utf8')).not.toBe(before)
  ;({ url } = await start(child))
  await online(url)
  const id = await report(url, '换钥之后')
  await until('the new report above', async () => (await (await client(parentUrl, 'duty')).get<{ id: string }>(`/api/reports/${id}`).catch(() => null)) !== null)
})

test('restored from an old backup: the link stops and says why, recovery fetches back what was lost, work goes on', async () => {
  const { child, parentUrl } = await family('restore')
  let { url } = await start(child)
  await online(url)
  const copy = joinPath(base, 'restore-copy')
  await backup(child, copy, print)
  const lost = await report(url, '备份之后的报告')
  await until('the report above', async () => (await linkOf(url))?.queued === 0 && (await (await client(parentUrl, 'duty')).get(`/api/reports/${lost}`).catch(() => null)) !== null)
  await stop(child)

  const restored = joinPath(base, 'restored-child')
  await restore(copy, restored, print)
  ;({ url } = await start(restored))
  await until('the link to stop', async () => (await linkOf(url))?.code === 'restored-backup')
  said()
  expect(await doctor(restored, print)).toBe(false)
  expect(said()).toContain('doctor --recover')

  await recover(restored, print)
  await until('recovery', async () => { const link = await linkOf(url); return link?.state === 'online' && !link.recovering })
  expect((await (await client(url, 'duty')).get<{ title: string }>(`/api/reports/${lost}`)).title).toBe('备份之后的报告')
  const next = await report(url, '恢复之后的报告')
  await until('the next report above', async () => (await (await client(parentUrl, 'duty')).get(`/api/reports/${next}`).catch(() => null)) !== null)
  for (const at of [url, parentUrl]) {
    const { checked, bad } = await (await client(at, 'audit')).get<{ checked: number; bad: unknown[] }>('/api/ledger/verify')
    expect(bad).toEqual([])
    expect(checked).toBeGreaterThan(0)
  }
})

test('L-23 own facts lost from the middle: verify and doctor name the numbers, and the way out they name brings them back', async () => {
  const { child } = await family('gap')
  let { url } = await start(child)
  await online(url)
  const id = await report(url, '缺号的报告')
  await until('the queue to drain', async () => (await linkOf(url))?.queued === 0)
  await stop(child)
  const db = new DatabaseSync(joinPath(child, 'station.db'))
  const own = db.prepare('select seq from facts where station = ? and subject = ? order by seq').all('65/6529', `report/${id}`) as { seq: number }[]
  db.prepare('delete from facts where station = ? and seq = ?').run('65/6529', own[0]!.seq)
  db.close()
  said()
  expect(await verify(child, print)).toBe(true)
  expect(said()).toContain(`Facts ${own[0]!.seq} to ${own[0]!.seq} of this station are not in its database; fengsui doctor --recover`)
  await doctor(child, print)
  expect(said()).toContain(`! Facts ${own[0]!.seq} to ${own[0]!.seq}`)
  ;({ url } = await start(child))
  await recover(child, print)
  await until('recovery', async () => { const link = await linkOf(url); return link?.state === 'online' && !link.recovering })
  said()
  expect(await verify(child, print)).toBe(true)
  expect(said()).not.toContain('!')
  expect((await (await client(url, 'duty')).get<{ title: string }>(`/api/reports/${id}`)).title).toBe('缺号的报告')
})

test('a photo altered on the disk: verify --files names it and sets it aside, and the station fetches it back from its parent', async () => {
  const { child, parentUrl } = await family('photo')
  const { url } = await start(child)
  await online(url)
  const bytes = Buffer.alloc(5_000, '照')
  const call = async (at: string, path: string, init: RequestInit = {}) =>
    fetch(`${at}/api/files${path}`, { ...init, headers: { authorization: `Bearer ${(await client(at, 'duty')).token}`, 'content-type': 'application/octet-stream' } })
  const card = await (await call(url, '', { method: 'POST', body: bytes as never })).json() as { sha256: string; size: number; mediaType: string }
  const download = (at: string) => call(at, `/${card.sha256}`)
  await report(url, '有照片', [{ ...card, name: '现场.jpg' }])
  await until('the photo above', async () => (await download(parentUrl)).status === 200)
  const path = joinPath(child, 'files', card.sha256.slice(0, 2), card.sha256)
  const altered = Buffer.from(bytes)
  altered[77]! ^= 1
  writeFileSync(path, altered)
  said()
  expect(await verify(child, print, { files: true })).toBe(false)
  expect(said()).toContain(`✗ ${card.sha256}  the file has been altered`)
  await until('the photo to be here again', async () => (await download(url)).status === 200)
  expect(Buffer.from(await (await download(url)).arrayBuffer()).equals(bytes)).toBe(true)
  expect(await verify(child, print, { files: true })).toBe(true)
})

test('recovery can be asked for while the station is stopped: it begins at the next start', async () => {
  const { child } = await family('offline-recover')
  const { url } = await start(child)
  await online(url)
  await stop(child)
  await recover(child, print)
  const again = await start(child)
  await until('recovery to end', async () => { const link = await linkOf(again.url); return link?.state === 'online' && !link.recovering })
  await report(again.url, '之后可以报告')
})
