import { verify, createPublicKey } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { encode, type WireFact } from '#core/ledger/index.ts'
import { as, child, openTestCore, self } from './testCore.ts'

type Core = Awaited<ReturnType<typeof openTestCore>>
const opened: Core[] = []
afterEach(async () => { for (const one of opened.splice(0)) await one.close() })
async function open(options?: Parameters<typeof openTestCore>[0]): Promise<Core> {
  const core = await openTestCore(options)
  opened.push(core)
  return core
}

it('health needs no sign-in and has the contract’s shape', async () => {
  const core = await open()
  const answer = await core.app.inject({ url: '/api/health' })
  expect(answer.json()).toEqual({ ok: true, station: self, level: 'county', name: self, mode: 'test', version: '0.0.1' })
})

describe('a fact', () => {
  it('comes with all a stranger needs to verify it', async () => {
    const core = await open()
    const fact = await core.write('乌什县发生地震')
    const { canonical, signature, publicKey, algorithm, fact: shown } = (await core.app.inject({ url: `/api/facts/${fact.id}`, headers: as('duty') })).json<Record<string, string>>()
    expect(algorithm).toBe('Ed25519')
    expect(shown).toMatchObject({ id: fact.id, station: self, type: 'note.written.v1', body: { line: '乌什县发生地震' }, status: 'admitted' })
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey ?? '', 'base64').toString('base64url') }, format: 'jwk' })
    const bytes = Buffer.from(canonical ?? '', 'base64')
    expect(verify(null, bytes, key, Buffer.from(signature ?? '', 'base64'))).toBe(true)
    expect(JSON.parse(bytes.toString())).toMatchObject({ body: { line: '乌什县发生地震' } })
  })

  it('is for signed-in people; unknown is 404, nonsense 400', async () => {
    const core = await open()
    const { id } = await core.write('一')
    expect((await core.app.inject({ url: `/api/facts/${id}` })).statusCode).toBe(401)
    expect((await core.app.inject({ url: `/api/facts/${'0'.repeat(64)}`, headers: as('duty') })).json()).toMatchObject({ status: 404, code: 'fact.not-found' })
    expect((await core.app.inject({ url: '/api/facts/xyz', headers: as('duty') })).json()).toMatchObject({ status: 400, errors: [{ field: 'id' }] })
  })

  it('lists by subject, type and status, for the auditor', async () => {
    const core = await open()
    for (const line of ['一', '二', '三']) await core.write(line)
    await core.write('他', ['up'], 'note/n2')
    const list = async (query: string) => (await core.app.inject({ url: `/api/facts?${query}`, headers: as('audit') })).json<{ items: { seq: number }[]; total: number }>()
    expect(await list('subject=note/n1&size=2')).toMatchObject({ total: 3, items: [{ seq: 3 }, { seq: 2 }] })
    expect(await list('subject=note/n1&size=2&page=2')).toMatchObject({ total: 3, items: [{ seq: 1 }] })
    expect(await list('status=waiting')).toMatchObject({ total: 0 })
    expect((await core.app.inject({ url: '/api/facts', headers: as('duty') })).statusCode).toBe(403)
  })
})

it('the audit page shows quarantine, what was turned away, and every chain', async () => {
  const core = await open()
  await core.write('一')
  const sign = (seq: number, at: number): WireFact => {
    const text = encode({ type: 'note.written.v1', subject: `note/c${seq}`, station: child, seq, prev: '', at: [at, seq], actor: { id: 'a', name: 'a' }, to: ['up'], mode: 'actual', body: { line: 'x' } })
    return { text, sig: core.childSigner?.sign(text) ?? '' }
  }
  const now = core.clock.now()
  const forged = sign(7, now)
  await core.station.ledger.accept([sign(1, now), sign(4, now), sign(5, now + 86_400_000), { ...forged, sig: sign(8, now).sig }], child)
  const audit = (await core.app.inject({ url: '/api/audit', headers: as('audit') })).json()
  expect(audit).toMatchObject({
    waiting: { total: 1, items: [{ station: child, seq: 5, reason: 'future-clock' }] },
    turnedAway: { total: 1, items: [{ reason: 'bad-signature', from: child }] },
    chains: [{ station: self, held: 1, lastSeq: 1, gaps: 0 }, { station: child, held: 2, lastSeq: 4, gaps: 2 }],
  })
  expect((await core.app.inject({ url: '/api/audit', headers: as('duty') })).json()).toMatchObject({ code: 'permission.refused' })
})

it('verify names a fact whose bytes were changed on the disk', async () => {
  const core = await open()
  const fact = await core.write('伤亡不明')
  const verifyNow = async () => (await core.app.inject({ url: '/api/ledger/verify', headers: as('audit') })).json<{ checked: number; bad: unknown[] }>()
  expect(await verifyNow()).toEqual({ checked: 1, bad: [], gaps: [] })
  await core.station.database.write(async (tx) => {
    await tx.withTables<{ facts: { id: string; text: string } }>().updateTable('facts').set({ text: fact.text.replace('伤亡不明', '无人伤亡') }).where('id', '=', fact.id).execute()
  })
  const both = await Promise.all([verifyNow(), verifyNow()])
  for (const found of both) expect(found).toMatchObject({ checked: 1, bad: [{ fact: fact.id }] })
})

describe('links', () => {
  it('tell why they are down in the reader’s language; cut and heal in demo and test', async () => {
    const core = await open()
    const peer = encodeURIComponent(child)
    const cut = (verb: string, at = peer) => core.app.inject({ method: 'POST', url: `/api/links/${at}/${verb}`, headers: as('duty') })
    const list = async (language: string) => (await core.app.inject({ url: '/api/links', headers: { ...as('duty'), 'accept-language': language } })).json()
    expect((await cut('cut')).statusCode).toBe(200)
    expect(await list('zh')).toMatchObject({ items: [{ peer: child, direction: 'down', state: 'offline', queued: 3, reason: '已人工断开' }] })
    expect(await list('en')).toMatchObject({ items: [{ reason: 'Cut by hand' }] })
    expect((await cut('heal')).statusCode).toBe(200)
    expect(await list('zh')).toMatchObject({ items: [{ state: 'online', reason: null }] })
    expect((await cut('cut', '66')).json()).toMatchObject({ status: 404, code: 'link.not-found' })
    expect((await cut('cut', 'A B')).statusCode).toBe(400)
  })

  it('cannot be cut in production', async () => {
    const core = await open({ mode: 'production' })
    expect((await core.app.inject({ method: 'POST', url: `/api/links/${encodeURIComponent(child)}/cut`, headers: as('duty') })).statusCode).toBe(404)
  })
})

describe('metrics', () => {
  it('are for this machine itself, or with the permission', async () => {
    const core = await open()
    const get = (headers: Record<string, string>, remoteAddress: string) => core.app.inject({ url: '/metrics', headers, remoteAddress })
    expect((await get({}, '127.0.0.1')).body).toContain('fengsui_http_seconds')
    expect((await get({}, '10.1.2.3')).statusCode).toBe(401)
    expect((await get({ 'x-forwarded-for': '10.1.2.3' }, '127.0.0.1')).statusCode).toBe(401)
    expect((await get(as('duty'), '10.1.2.3')).statusCode).toBe(403)
    expect((await get(as('admin'), '10.1.2.3')).statusCode).toBe(200)
  })
})
