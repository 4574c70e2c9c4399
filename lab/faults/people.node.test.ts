import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStation } from '#apps/station/openStation.ts'
import type { ReportAnswer } from '#modules/report/report.api.ts'
import { Problem, until, type Client } from '../federation/client.ts'
import { federation, quickLinks, type Federation } from '../federation/federation.ts'
import { quake } from './quake.ts'

/** What people do to a station without meaning harm. */
const [region, county] = ['65', '65/6529'] as const
let tree: Federation
let duty: Client
let leader: Client
beforeAll(async () => {
  tree = await federation({ addresses: [region, county] })
  duty = await tree.at(county).as('duty')
  leader = await tree.at(county).as('leader')
})
afterAll(() => tree?.close())

const outcome = (work: Promise<unknown>) => work.then(() => 200, (error: unknown) => (error instanceof Problem ? `${error.status} ${error.body.code}` : Promise.reject(error as Error)))
const factsOf = async (id: string, type: string) => (await tree.at(county).station.ledger.factsOf(`report/${id}`)).filter((fact) => fact.type === type)

describe('hasty hands', () => {
  test('a double click on every button states once: the second is told so', async () => {
    const key = { 'idempotency-key': 'one-click' }
    const drafted = await Promise.all(Array.from({ length: 5 }, () => duty.post<{ id: string }>('/api/reports', quake(), key)))
    expect(new Set(drafted.map(({ id }) => id)).size).toBe(1)
    const { id } = drafted[0]!
    const submits = await Promise.all(Array.from({ length: 5 }, () => outcome(duty.post(`/api/reports/${id}/submit`))))
    expect(submits.filter((one) => one === 200)).toHaveLength(1)
    expect(new Set(submits.filter((one) => one !== 200))).toEqual(new Set(['409 report.already-submitted']))
    const signs = await Promise.all(Array.from({ length: 5 }, () => outcome(leader.post(`/api/reports/${id}/sign`))))
    expect(signs.filter((one) => one === 200)).toHaveLength(1)
    for (const type of ['report.drafted.v1', 'report.submitted.v1', 'report.signed.v1', 'report.sent.v1']) expect([type, (await factsOf(id, type)).length]).toEqual([type, 1])
  })

  test('one signs while the other returns: one of them holds, the other is told', async () => {
    const { id } = await duty.post<{ id: string }>('/api/reports', quake())
    await duty.post(`/api/reports/${id}/submit`)
    const both = await Promise.all([outcome(leader.post(`/api/reports/${id}/sign`)), outcome(leader.post(`/api/reports/${id}/return`, { reason: '补充' }))])
    expect(both.filter((one) => one === 200)).toHaveLength(1)
    expect(String(both.find((one) => one !== 200))).toMatch(/^409 report\./)
  })

  test('one edits while the other submits: what was submitted is what is kept', async () => {
    const { id } = await duty.post<{ id: string }>('/api/reports', quake())
    const { kind: _kind, incidentId: _incident, ...rest } = quake()
    const [edit, submit] = await Promise.all([outcome(duty.put(`/api/reports/${id}`, { ...rest, kind: 'first', title: '改后' })), outcome(duty.post(`/api/reports/${id}/submit`))])
    expect(submit).toBe(200)
    const report = await duty.get<ReportAnswer>(`/api/reports/${id}`)
    expect(report.title).toBe(edit === 200 ? '改后' : quake().title)
  })
})

describe('long and large', () => {
  test('a text of 200 KB, a very long name and a deep field are refused with the field named, or stored whole', async () => {
    const fault = await duty.post('/api/reports', quake({ text: '字'.repeat(100_000) })).then(() => null, (error: Problem) => error)
    expect(fault).toBeInstanceOf(Problem)
    expect([fault!.status, fault!.body.errors?.[0]?.field]).toEqual([400, 'text'])
    expect(fault!.body.errors![0]!.message).toMatch(/\d/)
    const long = await duty.post('/api/reports', quake({ title: '名'.repeat(5_000) })).then(() => null, (error: Problem) => error)
    expect([long!.status, long!.body.errors?.[0]?.field]).toEqual([400, 'title'])
    const admin = await tree.at(region).as('admin')
    const name = await admin.post('/api/enrolment/tokens', { address: '65/6530', name: '名'.repeat(5_000), kind: 'government', expiresInHours: 1 }).then(() => null, (error: Problem) => error)
    expect([name!.status, name!.body.errors?.[0]?.field]).toEqual([400, 'name'])
  })

  test('the longest text that is allowed goes all the way to the region', async () => {
    const { id } = await duty.post<{ id: string }>('/api/reports', quake({ text: '乌'.repeat(20_000), level: 'I' }))
    await duty.post(`/api/reports/${id}/submit`)
    await leader.post(`/api/reports/${id}/sign`)
    const upper = await tree.at(region).as('duty')
    const there = await until('it at the region', () => upper.get<ReportAnswer>(`/api/reports/${id}`).catch(() => null))
    expect(there.text).toHaveLength(20_000)
  })

  test('a list of thousands answers at once, page by page, and so do its counts', async () => {
    const many = Number(process.env.FAULTS_REPORTS ?? 300)
    for (let i = 0; i < many; i += 20) await Promise.all(Array.from({ length: 20 }, (_, n) => duty.post('/api/reports', quake({ title: `第${i + n}份` }))))
    const timed = async (path: string) => {
      const started = performance.now()
      const answer = await duty.get<{ items: unknown[]; total: number }>(path)
      return { ms: performance.now() - started, answer }
    }
    const first = await timed('/api/reports?size=200')
    const last = await timed(`/api/reports?size=50&page=${Math.floor(many / 50)}`)
    const search = await timed(`/api/reports?q=${encodeURIComponent('第7')}&size=50`)
    const counts = await timed('/api/reports/counts')
    console.log(`a list of ${first.answer.total}: ${JSON.stringify({ first: first.ms, last: last.ms, search: search.ms, counts: counts.ms })} ms`)
    expect(first.answer.total).toBeGreaterThanOrEqual(many)
    for (const { ms } of [first, last, search, counts]) expect(ms).toBeLessThan(2_000)
  }, 600_000)
})

describe('a parent that does not answer', () => {
  /** Something that takes connections and says nothing: a firewall, a hung process. */
  async function silentServer() {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => { sockets.add(socket); socket.on('error', () => undefined) })
    await new Promise<void>((done) => { server.listen(0, '127.0.0.1', done) })
    const address = server.address()
    return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, close: () => { for (const socket of sockets) socket.destroy(); server.close() } }
  }

  test('the station works, says why the link is down, and closes at once', async () => {
    const silent = await silentServer()
    const { config, folder } = tree.at(county)
    await tree.stop(county)
    const alone = await openStation({ folder, config: { ...config, port: 0, parent: { address: region, url: silent.url } }, tickMs: 0, links: { timing: { ...quickLinks, handshake: 300 } } })
    try {
      const line = await until('a reason', async () => { const [link] = await alone.links.list(); return link?.reason && link })
      expect(line).toMatchObject({ state: 'offline' })
      expect(line.reason!.zh.length).toBeGreaterThan(4)
      const answer = await fetch(`${alone.url}/api/health`)
      expect(answer.status).toBe(200)
    } finally {
      const started = performance.now()
      await alone.close()
      silent.close()
      expect(performance.now() - started).toBeLessThan(3_000)
    }
  })
})
