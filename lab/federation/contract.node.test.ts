import { createPublicKey, verify } from 'node:crypto'
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import type { NewReport, ReportAnswer } from '#modules/report/report.api.ts'
import { until, type Client } from './client.ts'
import { federation, fiveStations, type Federation } from './federation.ts'

const [region, prefecture, county, scene] = fiveStations
const minute = 60_000

const quake = (change: Partial<NewReport> = {}): NewReport => ({
  kind: 'first', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: Date.now() - 2 * minute, learnedAt: Date.now() - minute,
  place: { division: '652927', lon: 78.63, lat: 41.26 },
  figures: { deaths: 3, missing: 0, seriousInjuries: 0, lightInjuries: 5, trapped: 0, evacuated: null, lossWan: null },
  attributes: { magnitude: 7.1 }, level: 'I', text: '震感强烈。', ...change,
})

interface FactAnswer { fact: { id: string; station: string; type: string }; canonical: string; signature: string; publicKey: string; algorithm: string }
interface LinkItem { peer: string; state: string; queued: number; reason: string | null; code: string | null }

let postgres: PostgresCluster
beforeAll(async () => { postgres = await startPostgres() })
afterAll(() => postgres?.stop())

describe.each(['sqlite', 'postgres'] as const)('five stations on %s', (dialect) => {
  let tree: Federation
  let duty: Record<string, Client>
  let leader: Record<string, Client>
  beforeAll(async () => {
    const urls = new Map<string, string>()
    for (const [i, address] of fiveStations.entries()) if (dialect === 'postgres') urls.set(address, await postgres.url(`federation_${i}`))
    tree = await federation({ databaseUrl: (address) => urls.get(address) })
    const everyone = async (account: string) => Object.fromEntries(await Promise.all(fiveStations.map(async (address) => [address, await tree.at(address).as(account)] as const)))
    duty = await everyone('duty')
    leader = await everyone('leader')
    await until('all directories', async () => fiveStations.every((address) => tree.at(address).station.ledger.directory.stations().length === fiveStations.length))
  })
  afterAll(() => tree?.close())

  async function send(change: Partial<NewReport> = {}): Promise<string> {
    const { id } = await duty[county]!.post<{ id: string }>('/api/reports', quake(change))
    await duty[county]!.post(`/api/reports/${id}/submit`)
    await leader[county]!.post(`/api/reports/${id}/sign`)
    return id
  }
  const at = (station: string, id: string) => duty[station]!.get<ReportAnswer>(`/api/reports/${id}`).catch(() => null)
  const arrives = (station: string, id: string) => until(`${id} at ${station}`, () => at(station, id))
  const link = async (station: string, peer: string) => (await duty[station]!.get<{ items: LinkItem[] }>('/api/links')).items.find((l) => l.peer === peer)!
  const setLink = async (station: string, peer: string, verb: 'cut' | 'heal') => (await tree.at(station).as('admin')).post(`/api/links/${encodeURIComponent(peer)}/${verb}`)
  const allClean = async () => {
    for (const address of fiveStations) expect([address, (await (await tree.at(address).as('audit')).get<{ bad: unknown[] }>('/api/ledger/verify')).bad]).toEqual([address, []])
  }

  test('a stranger verifies both signed receipts of a report with nothing but the public contract', async () => {
    const id = await send()
    const report = await until('two receipts', async () => {
      const now = await at(region, id)
      return now && now.hops.length === 2 && now.hops.every((hop) => hop.receiptFact) && now
    })
    expect(report.hops.map((hop) => hop.station)).toEqual([prefecture, region])
    for (const hop of report.hops) {
      const answer = await until('the receipt back at the county', () => duty[county]!.get<FactAnswer>(`/api/facts/${hop.receiptFact}`).catch(() => null))
      expect(answer).toMatchObject({ algorithm: 'Ed25519', fact: { station: hop.station, type: 'report.received.v1' } })
      const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(answer.publicKey, 'base64')])
      const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
      const canonical = Buffer.from(answer.canonical, 'base64')
      expect(verify(null, canonical, key, Buffer.from(answer.signature, 'base64'))).toBe(true)
      expect(JSON.parse(canonical.toString())).toMatchObject({ station: hop.station, subject: `report/${id}` })
      canonical[10]! ^= 1
      expect(verify(null, canonical, key, Buffer.from(answer.signature, 'base64'))).toBe(false)
    }
  })

  test('a grave report is at the region without anybody at the prefecture; a small one stays at the prefecture', async () => {
    const grave = await send()
    await arrives(region, grave)
    const small = await send({ code: '12H02', title: '乌什县一起交通事故', attributes: {}, level: 'IV', figures: { deaths: 1, missing: 0, seriousInjuries: 0, lightInjuries: 0, trapped: 0, evacuated: 0, lossWan: 1 } })
    await arrives(prefecture, small)
    const later = await send()
    await arrives(region, later)
    expect(await at(region, small)).toBeNull()
  })

  test('a report signed after its deadline is late at both ends, from the same facts', async () => {
    const id = await send({ occurredAt: Date.now() - 300 * minute, learnedAt: Date.now() - 299 * minute })
    await arrives(region, id)
    const lateness = async (station: string) => (await at(station, id))!.deadlines.filter((d) => d.kind === 'written').map(({ station: whose, due, metAt, late }) => ({ whose, due, metAt, late }))
    expect(await lateness(county)).toMatchObject([{ whose: county, late: true }])
    expect(await lateness(region)).toEqual(await lateness(county))
  })

  test('with the link cut the county goes on, says what is unsent and why; healed, everything arrives in order, once', async () => {
    await setLink(county, prefecture, 'cut')
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.push(await send({ title: `断网期间第${i + 1}报` }))
    const down = await link(county, prefecture)
    expect(down).toMatchObject({ state: 'offline', code: 'cut' })
    expect(down.queued).toBeGreaterThanOrEqual(ids.length)
    expect(down.reason).toMatch(/切断/)
    expect(await at(prefecture, ids[0]!)).toBeNull()
    await setLink(county, prefecture, 'heal')
    for (const id of ids) await arrives(region, id)
    await until('an empty queue', async () => (await link(county, prefecture)).queued === 0)
    const positions = (await Promise.all(ids.map((id) => tree.at(region).station.ledger.factsOf(`report/${id}`))))
      .map((facts) => facts.filter((f) => f.type === 'report.sent.v1').map((f) => f.position))
    expect(positions.map((p) => p.length)).toEqual([1, 1, 1])
    expect(positions.flat()).toEqual(positions.flat().sort((a, b) => a - b))
  })

  test('cuts at two levels at once: both sides work on, and after healing all four hold the same', async () => {
    const id = await send()
    await arrives(region, id)
    await setLink(county, prefecture, 'cut')
    await setLink(prefecture, region, 'cut')
    await duty[prefecture]!.post(`/api/reports/${id}/accept`)
    await leader[region]!.post(`/api/reports/${id}/instruct`, { text: '全力搜救', due: Date.now() + 60 * minute, to: [scene] })
    const during = await send({ title: '两处中断期间上报' })
    await setLink(prefecture, region, 'heal')
    await setLink(county, prefecture, 'heal')
    await arrives(region, during)
    const instructed = await until('the instruction at the scene', async () => {
      const report = await at(scene, id)
      return report && report.instructions.length === 1 && report
    })
    await duty[scene]!.post(`/api/reports/${id}/feedback`, { instructionId: instructed.instructions[0]!.instructionId, text: '已救出全部被困人员' })
    await until('the feedback at the region', async () => (await at(region, id))?.status === 'handled')
    const facts = await Promise.all([region, prefecture, county, scene].map(async (station) => (await until(`all of it at ${station}`, async () => {
      const report = await at(station, id)
      return report?.status === 'handled' && report
    })).facts))
    for (const held of facts) expect(held).toEqual(facts[0])
    await allClean()
  })

  test('a station killed in the middle and started again goes on where it was', async () => {
    const before = await send({ title: '重启之前' })
    await tree.restart(prefecture)
    duty[prefecture] = await tree.at(prefecture).as('duty')
    const after = await send({ title: '重启之后' })
    for (const id of [before, after]) for (const station of [prefecture, region]) await arrives(station, id)
    await allClean()
  })
})

test('a county restored from an old backup stops, explains, recovers, and goes on', async () => {
  const tree = await federation({ addresses: [region, prefecture, county], databaseUrl: () => undefined })
  try {
    await until('the links', async () => (await tree.at(county).links.list()).every((l) => l.state === 'online'))
    const signed = async (title: string) => {
      const duty = await tree.at(county).as('duty')
      const { id } = await duty.post<{ id: string }>('/api/reports', quake({ title }))
      await duty.post(`/api/reports/${id}/submit`)
      await (await tree.at(county).as('leader')).post(`/api/reports/${id}/sign`)
      const upper = await tree.at(region).as('duty')
      await until(`${title} at the region`, () => upper.get(`/api/reports/${id}`).catch(() => null))
      return id
    }
    const early = await signed('备份之前')
    const { folder } = tree.at(county)
    await tree.stop(county)
    copyFileSync(join(folder, 'station.db'), join(folder, 'backup'))
    await tree.restart(county)
    const lost = await signed('备份之后')
    await tree.stop(county)
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `station.db${end}`), { force: true })
    copyFileSync(join(folder, 'backup'), join(folder, 'station.db'))
    await tree.restart(county)
    const stopped = await until('the stop', async () => (await tree.at(county).links.list()).find((l) => l.code === 'restored-backup'))
    expect(stopped.wayOut?.zh).toContain('fengsui doctor --recover')
    const duty = await tree.at(county).as('duty')
    await expect(duty.post('/api/reports', quake())).rejects.toMatchObject({ body: { code: 'station.recovering' } })
    await tree.at(county).links.recover()
    for (const id of [early, lost]) await until(`${id} back at the county`, () => duty.get(`/api/reports/${id}`).catch(() => null))
    await until('authoring', async () => tree.at(county).links.recovering().length === 0)
    await signed('找回之后')
    expect((await tree.at(county).station.ledger.verify()).bad).toEqual([])
    expect((await tree.at(region).station.ledger.verify()).bad).toEqual([])
  } finally {
    await tree.close()
  }
})
