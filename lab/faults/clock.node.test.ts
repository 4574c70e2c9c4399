import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Clock } from '#core/kernel/index.ts'
import { until } from '../federation/client.ts'
import { federation, type Federation } from '../federation/federation.ts'
import { quake } from './quake.ts'

/** Clocks that jump on live stations. */
const [region, county] = ['65', '65/6529'] as const
const hour = 3_600_000
const skew: Record<string, number> = {}
const clockOf = (address: string): Clock => ({ now: () => Date.now() + (skew[address] ?? 0) })

let tree: Federation
beforeAll(async () => { tree = await federation({ addresses: [region, county], clock: clockOf }) })
afterAll(() => tree?.close())

async function signed(title: string): Promise<string> {
  const duty = await tree.at(county).as('duty')
  const now = clockOf(county).now()
  const { id } = await duty.post<{ id: string }>('/api/reports', quake({ title, occurredAt: now - 2000, learnedAt: now - 1000 }))
  await duty.post(`/api/reports/${id}/submit`)
  await (await tree.at(county).as('leader')).post(`/api/reports/${id}/sign`)
  return id
}
const arrives = async (id: string) => {
  const duty = await tree.at(region).as('duty')
  await until(`${id} at the region`, () => duty.get(`/api/reports/${id}`).catch(() => null))
}
const risingAtCounty = async (ids: string[]) => {
  const facts = (await Promise.all(ids.map((id) => tree.at(county).station.ledger.factsOf(`report/${id}`)))).flat().filter((f) => f.station === county).sort((a, b) => a.seq - b.seq)
  for (const [i, fact] of facts.entries()) if (i > 0) expect(fact.at[0] > facts[i - 1]!.at[0] || (fact.at[0] === facts[i - 1]!.at[0] && fact.at[1] > facts[i - 1]!.at[1])).toBe(true)
}

test('L-19 the clock of a live station jumps back half a minute: it goes on, its times still rise, its reports arrive', async () => {
  const before = await signed('跳变之前')
  await arrives(before)
  skew[county] = -30_000
  const after = [await signed('跳变之后一'), await signed('跳变之后二')]
  for (const id of after) await arrives(id)
  await risingAtCounty([before, ...after])
  await tree.at(county).tick()
  expect((await tree.at(county).links.list())[0]).toMatchObject({ state: 'online' })
  for (const address of [region, county]) expect((await tree.at(address).station.ledger.verify()).bad).toEqual([])
  skew[county] = 0
})

test('L-20 the clock of a live station jumps back an hour: it states nothing and says so, and goes on when the clock is put right', async () => {
  await arrives(await signed('跳变之前'))
  skew[county] = -hour
  await expect(signed('跳变之后')).rejects.toMatchObject({ status: 409, body: { code: 'station.clock-ahead' } })
  const duty = await tree.at(county).as('duty')
  expect(await duty.get('/api/clock')).toMatchObject({ isSilent: true })
  // Whoever reads goes on reading, and arrivals go on arriving.
  expect(await duty.get('/api/reports')).toBeDefined()
  skew[county] = 0
  expect(await duty.get('/api/clock')).toMatchObject({ isSilent: false })
  await arrives(await signed('时钟校准之后'))
})

test('L-10 the receiver\'s clock jumps back an hour: what comes waits visibly, and is let in when the clock is put right', async () => {
  skew[region] = -hour
  const id = await signed('上级时钟慢一小时')
  const audit = await tree.at(region).as('audit')
  const waiting = () => audit.get<{ waiting: { items: { subject: string; reason: string }[] } }>('/api/audit').then((a) => a.waiting.items.filter((f) => f.subject === `report/${id}`))
  await until('facts that wait', async () => (await waiting()).length > 0)
  expect((await waiting())[0]).toMatchObject({ reason: 'future-clock' })
  skew[region] = 0
  await tree.at(region).tick()
  await arrives(id)
  expect(await waiting()).toEqual([])
  expect((await tree.at(region).station.ledger.verify()).bad).toEqual([])
})
