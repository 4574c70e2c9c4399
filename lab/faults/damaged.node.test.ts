import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../federation/client.ts'
import { federation, type Federation } from '../federation/federation.ts'
import { quake } from './quake.ts'

/** Bytes of stored facts that change on a station's own disk: never its neighbour's fault, and mended from the neighbour. */
const [region, county] = ['65', '65/6529'] as const
let tree: Federation
beforeAll(async () => {
  tree = await federation({ addresses: [region, county], databaseUrl: () => undefined })
  await online()
})
afterAll(() => tree?.close())

const linkOf = async (at: string) => (await tree.at(at).links.list())[0]!
const online = () => until('the link', async () => (await linkOf(region)).state === 'online' && (await linkOf(county)).state === 'online' && (await linkOf(county)).queued === 0)
const recovered = (at: string) => until('recovery', async () => { const link = await linkOf(at); return link.state === 'online' && !link.recovering })
const bad = async (at: string) => (await tree.at(at).station.ledger.verify()).bad

async function sent(title: string): Promise<string> {
  const duty = await tree.at(county).as('duty')
  const { id } = await duty.post<{ id: string }>('/api/reports', quake({ title, level: 'I' }))
  await duty.post(`/api/reports/${id}/submit`)
  await (await tree.at(county).as('leader')).post(`/api/reports/${id}/sign`)
  await online()
  await until('the report above', async () => (await tree.at(region).station.ledger.factsOf(`report/${id}`)).length >= 4)
  return id
}

/** Changes the bytes of a subject's nth fact in a station's file, as a disk may. */
function damage(at: string, subject: string, n: number, how: string): string {
  const db = new DatabaseSync(`${tree.at(at).folder}/station.db`)
  const { id } = db.prepare('select id from facts where subject = ? order by position limit 1 offset ?').get(subject, n) as { id: string }
  db.prepare(`update facts set text = ${how} where id = ?`).run(id)
  db.close()
  return id
}

test.each([['a letter of it', `replace(text, '震', '雪')`], ['its form', 'substr(text, 2)']])('L-24 R-33 a fact of which %s is changed is passed on to nobody, accuses nobody, freezes its record, and comes back from the neighbour', async (_, how) => {
  const [hurtId, wholeId] = [await sent('字节坏了的'), await sent('好的')]
  const fact = damage(region, `report/${hurtId}`, 0, how)
  await tree.restart(region)
  await online()
  expect(await bad(region)).toEqual([{ fact, reason: expect.stringMatching(/altered|not-json|not-canonical/) }])

  // The child asks for all there is: the damaged fact is not in it, and the link goes on.
  await (await tree.at(county).as('admin')).post('/api/links/recover')
  await recovered(county)
  expect((await tree.at(region).station.ledger.faults()).map((fault) => [fault.subject, fault.fact])).toEqual([[`report/${hurtId}`, fact]])
  expect(await tree.at(region).station.ledger.fact(fact)).toMatchObject({ status: 'refused', reason: 'fact.damaged' })
  const upper = await tree.at(region).as('duty')
  expect((await upper.get<{ title: string }>(`/api/reports/${wholeId}`)).title).toBe('好的')
  await sent('之后的')

  // The station that is hurt asks its neighbour: the bytes come back, and the record thaws.
  await (await tree.at(region).as('admin')).post('/api/links/recover')
  await recovered(region)
  await until('the fact', async () => (await tree.at(region).station.ledger.fact(fact))?.status === 'admitted')
  expect(await bad(region)).toEqual([])
  expect(await tree.at(region).station.ledger.faults()).toEqual([])
  expect((await upper.get<{ title: string; facts: string[] }>(`/api/reports/${hurtId}`)).title).toBe('字节坏了的')
  await online()
})

test('L-24 an own fact that is damaged comes back from those it was sent to', async () => {
  const id = await sent('自己的坏了')
  const fact = damage(county, `report/${id}`, 1, `replace(text, 'report', 'rep0rt')`)
  await tree.restart(county)
  await online()
  await (await tree.at(county).as('admin')).post('/api/links/recover')
  await recovered(county)
  await until('the fact', async () => (await tree.at(county).station.ledger.fact(fact))?.status === 'admitted')
  expect(await bad(county)).toEqual([])
  await sent('还能上报')
})

test('L-24 R-33 two damaged facts of one record: later reports arrive all the same, and both come back', async () => {
  const id = await sent('坏了两条')
  const facts = [1, 2].map((n) => damage(county, `report/${id}`, n, `replace(text, 'report', 'rep0rt')`))
  await tree.restart(county)
  await online()
  await (await tree.at(region).as('admin')).post('/api/links/recover')
  await recovered(region)
  await sent('两条之后的')
  await (await tree.at(county).as('admin')).post('/api/links/recover')
  await recovered(county)
  await until('the facts', async () => (await Promise.all(facts.map((fact) => tree.at(county).station.ledger.fact(fact)))).every((fact) => fact?.status === 'admitted'))
  expect(await bad(county)).toEqual([])
})
