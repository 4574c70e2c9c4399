import { afterAll, beforeAll, expect, test } from 'vitest'
import { statement } from '#core/sql/server/statement.ts'
import { Problem, until, type Client } from '../federation/client.ts'
import { federation, type Federation } from '../federation/federation.ts'
import { quake } from './quake.ts'

/** What an operator's disk does to a live station. SQLite is told to behave like a full and like a read-only disk: the same codes. */
const [region, county] = ['65', '65/6529'] as const
let tree: Federation
let duty: Client
beforeAll(async () => {
  tree = await federation({ addresses: [region, county], databaseUrl: () => undefined })
  duty = await tree.at(county).as('duty')
  await until('the link', async () => (await tree.at(county).links.list()).every((l) => l.state === 'online'))
})
afterAll(() => tree?.close())

const pragma = (text: string, at: string = county) => tree.at(at).station.database.write((tx) => statement<Record<string, number>>(tx, `pragma ${text}`))
const draft = (title = '磁盘之前') => duty.post<{ id: string }>('/api/reports', quake({ title }))
const refusal = async (work: Promise<unknown>): Promise<Problem> => {
  const fault = await work.then(() => undefined, (error: unknown) => error)
  if (!(fault instanceof Problem)) throw new Error(`expected a problem, not ${String(fault)}`)
  return fault
}
const clean = async () => {
  for (const address of [region, county]) expect((await tree.at(address).station.ledger.verify()).bad).toEqual([])
}

test('a full disk: refused in plain words, nothing half stored, reading goes on, and with space again everything does', async () => {
  const { id } = await draft()
  const [size] = await pragma('page_count')
  await pragma(`max_page_count = ${size!.page_count}`)
  const answers: Problem[] = []
  for (let i = 0; i < 30; i++) await duty.post('/api/reports', quake({ text: '字'.repeat(3_000) })).catch((error: Problem) => answers.push(error))
  expect(answers.length).toBeGreaterThan(0)
  for (const { status, body } of answers) expect([status, body.code]).toEqual([507, 'storage.full'])
  expect(answers[0]!.body.detail).toMatch(/磁盘已满/)
  expect((await duty.get<{ id: string }>(`/api/reports/${id}`)).id).toBe(id)
  await clean()
  await pragma('max_page_count = 1073741823')
  expect((await draft('磁盘之后')).id).not.toBe(id)
  await clean()
})

test('a full disk at the receiver: the link says so and goes on by itself when there is space again, losing nothing', async () => {
  const [size] = await pragma('page_count', region)
  await pragma(`max_page_count = ${size!.page_count}`, region)
  const ids: string[] = []
  for (let i = 0; i < 12; i++) {
    const { id } = await duty.post<{ id: string }>('/api/reports', quake({ text: '字'.repeat(3_000), level: 'I' }))
    await duty.post(`/api/reports/${id}/submit`)
    await (await tree.at(county).as('leader')).post(`/api/reports/${id}/sign`)
    ids.push(id)
  }
  await until('a queue that stands', async () => (await tree.at(county).links.list())[0]!.queued > 0)
  expect((await fetch(`${tree.at(region).url}/api/health`)).status).toBe(200)
  await pragma('max_page_count = 1073741823', region)
  await until('an empty queue', async () => { const [link] = await tree.at(county).links.list(); return link!.queued === 0 && link!.state === 'online' })
  const upper = await tree.at(region).as('duty')
  for (const id of ids) expect((await upper.get<{ id: string }>(`/api/reports/${id}`)).id).toBe(id)
  await clean()
})

test('a database that has become read-only: refused in plain words, never a 500', async () => {
  await pragma('query_only = on')
  const { status, body } = await refusal(draft())
  expect([status, body.code]).toEqual([503, 'storage.read-only'])
  expect((await duty.get<{ items: unknown[] }>('/api/reports')).items.length).toBeGreaterThan(0)
  await tree.at(county).tick()
  await tree.restart(county)
  duty = await tree.at(county).as('duty')
  await draft('又能写了')
  await clean()
})
