import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Clock } from '#core/kernel/index.ts'
import { newSubject, type Fact } from '#core/ledger/index.ts'
import { newPrivateKey, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import type { ReportAnswer } from '#modules/report/report.api.ts'
import { quake } from '#lab/faults/quake.ts'
import { client, until, type Client } from '#lab/federation/client.ts'
import { federation, type Federation } from '#lab/federation/federation.ts'
import { hostileChild, patientLinks, type HostileChild } from '#lab/federation/hostileChild.ts'

/** One enrolled child that lies, on a running tree: what it may not do to the ledgers of others. */
const [region, prefecture, county, seismology] = ['65', '65/6529', '65/6529/652927', '65/@seismology'] as const
const skew: Record<string, number> = {}
const clockOf = (address: string): Clock => ({ now: () => Date.now() + (skew[address] ?? 0) })

let tree: Federation
let hostile: HostileChild
beforeAll(async () => {
  tree = await federation({ addresses: [region, prefecture, county, seismology], links: { ...patientLinks, ping: 500 }, clock: clockOf, tickMs: 200 })
  hostile = await hostileChild(tree.at(prefecture), '65/6529/652922')
})
afterAll(async () => {
  hostile?.close()
  await tree?.close()
})

const as = (address: string, account: string): Promise<Client> => tree.at(address).as(account)
async function signed(at: string = county, title = '乌什县地震'): Promise<string> {
  const duty = await as(at, 'duty')
  const now = clockOf(at).now()
  const { id } = await duty.post<{ id: string }>('/api/reports', quake({ title, occurredAt: now - 2000, learnedAt: now - 1000 }))
  await duty.post(`/api/reports/${id}/submit`)
  await (await as(at, 'leader')).post(`/api/reports/${id}/sign`)
  return id
}
const reportAt = async (address: string, id: string) => (await as(address, 'duty')).get<ReportAnswer>(`/api/reports/${id}`)
const arrives = (address: string, id: string) => until(`${id} at ${address}`, () => reportAt(address, id).catch(() => null))
const reportPath = (id: string) => `report/${id}`
const factsAt = (address: string, subject: string): Promise<Fact[]> => tree.at(address).station.ledger.factsOf(subject)
const allWell = async () => {
  for (const address of [region, prefecture, county]) {
    expect([address, (await tree.at(address).station.ledger.verify()).bad]).toEqual([address, []])
  }
  const id = await signed()
  await arrives(region, id)
}

test('C1 a clock count near the end of the integers bricks nobody: all go on writing, peers take it, restarts open', async () => {
  const subject = `station/${hostile.address}`
  for (const at of [[Date.now() + 9_000, 2 ** 53 - 1], [Date.now() + 9_000, 2 ** 53 - 3], [Date.now() + 9_000, 2 ** 32]] as const) {
    await hostile.send([hostile.say({ type: 'station.renamed.v1', subject, to: ['all'], at: [...at], body: { name: '毒' } })])
  }
  for (const address of [region, prefecture, county]) {
    await tree.at(address).station.ledger.write({ id: 'x', name: 'x' }, (w) => w.append({ type: 'station.renamed.v1', subject: `station/${address}`, to: ['all'], body: { name: `改名${address}` } }))
  }
  await until('the county\'s new name at the region', async () => tree.at(region).station.ledger.directory.station(county)?.name === `改名${county}`)
  await tree.restart(prefecture)
  await tree.restart(region)
  hostile.close()
  hostile = await hostileChild(tree.at(prefecture), '65/6529/652923')
  await allWell()
}, 60_000)

test('C3a a poison fact cuts nobody off from above: the honest county\'s report reaches the region, and the auditor sees whose fact it was', async () => {
  const subject = newSubject('incident', hostile.address, 'actual', Date.now())
  const body = { deadlines: [], required: [], expected: [], missing: [], norms: {}, previous: null }
  const poison = hostile.say({ type: 'report.sent.v1', subject, to: ['ancestors'], body })
  await hostile.send([poison])
  await arrives(region, await signed())
  const { turnedAway } = await (await as(prefecture, 'audit')).get<{ turnedAway: { items: { id: string; reason: string; from: string }[] } }>('/api/audit')
  expect(turnedAway.items.find((line) => line.id === poison.id)).toMatchObject({ reason: 'kind-mismatch', from: hostile.address })
})

test('C4 a station that knows a report\'s id gets nothing of it by stating something about it, known or unknown', async () => {
  const id = await signed(county, '机密灾情')
  await arrives(region, id)
  // A neighbour, and a department at the region; both know the id.
  const department = await hostileChild(tree.at(region), '65/@spy')
  const incident = (await reportAt(county, id)).incidentId
  for (const child of [hostile, department]) {
    for (const subject of [reportPath(id), `incident/${incident}`]) {
      const kind = subject.split('/')[0]!
      await child.send([
        child.say({ type: `${kind}.peek.v1`, subject, to: ['ancestors'], body: {} }),
        child.say({ type: `${kind}.seen.v1`, subject, to: ['all'], body: {} }),
      ])
    }
    await child.send([
      child.say({ type: 'report.accepted.v1', subject: reportPath(id), to: [], body: {} }),
      child.say({ type: 'incident.assessed.v1', subject: `incident/${incident}`, to: [], body: { report: null, code: '11C02', figures: {}, attributes: {}, sensitive: false, raised: 0, initial: 'I', computed: { grade: 'I', clauses: [], unknown: [], couldBe: null, presumed: [] }, norms: {}, over: [] } }),
    ])
  }
  // What a later step of a party makes travel goes to the parties only.
  await (await as(prefecture, 'leader')).post(`/api/reports/${id}/return`, { reason: '内部意见：保密' })
  await until('the return at the county', async () => (await factsAt(county, reportPath(id))).some((f) => f.type === 'report.returned.v1'))
  for (const [parent, child] of [[prefecture, hostile], [region, department]] as const) {
    child.close()
    const queue = await tree.at(parent).station.database.read.withTables<{ link_out: { peer: string; position: number }; facts: { position: number; subject: string; station: string } }>()
      .selectFrom('link_out').innerJoin('facts', 'facts.position', 'link_out.position').select(['subject', 'station'])
      .where('peer', '=', child.address).where('facts.station', '!=', child.address).where('facts.subject', 'in', [reportPath(id), `incident/${incident}`]).execute()
    expect([child.address, queue]).toEqual([child.address, []])
  }
  department.close()
  hostile.close()
  hostile = await hostileChild(tree.at(prefecture), '65/6529/652924')
})

test('C5 a clock that was a year ahead: the station says so, states nothing, mends it from its own screen, and is heard again', async () => {
  const year = 365 * 86_400_000
  skew[county] = year
  const wrong = await signed(county, '时钟快了一年')
  skew[county] = 0
  await expect(signed(county, '之后')).rejects.toMatchObject({ status: 409, body: { code: 'station.clock-ahead' } })
  expect(await (await as(county, 'duty')).get('/api/clock')).toMatchObject({ isSilent: true })
  // A restart changes nothing, and heals nothing by itself.
  await tree.restart(county)
  await expect((await as(county, 'duty')).post('/api/clock/mend')).rejects.toMatchObject({ status: 403 })
  await until('the clock compared and mended', () => as(county, 'admin').then((a) => a.post('/api/clock/mend')).catch(() => null))
  expect(await (await as(county, 'duty')).get('/api/clock')).toMatchObject({ isSilent: false })
  const after = await signed(county, '修正之后')
  for (const id of [after, wrong]) await arrives(region, id)
  const at = (await factsAt(region, reportPath(wrong))).filter((f) => f.station === county).map((f) => f.at[0])
  expect(at.length).toBeGreaterThan(2)
  for (const ms of at) expect(Math.abs(ms - Date.now())).toBeLessThan(60_000)
  await allWell()
}, 60_000)

test('C5 the prefecture\'s clock was ten years ahead: nothing of others is lost, and the whole tree goes on after the mending', async () => {
  skew[prefecture] = 10 * 365 * 86_400_000
  const through = await signed(county, '经过快钟地区')
  await arrives(prefecture, through)
  skew[prefecture] = 0
  await tree.at(prefecture).tick()
  await until('the clock compared and mended', () => as(prefecture, 'admin').then((a) => a.post('/api/clock/mend')).catch(() => null))
  await arrives(region, through)
  await until('receipts of the prefecture at the county', async () => (await reportAt(county, through)).hops.every((hop) => hop.receiptFact))
  await allWell()
}, 60_000)

test('H7 a child moves no clock of others by more than seconds: what an honest officer sends is on time', async () => {
  const subject = `station/${hostile.address}`
  await hostile.send([hostile.say({ type: 'station.renamed.v1', subject, to: ['all'], at: [Date.now() + 295_000, 0], body: { name: '快' } })])
  await hostile.send([hostile.say({ type: 'station.renamed.v1', subject, to: ['all'], at: [Date.now() + 9_000, 0], seq: 5000, body: { name: '快' } })])
  const id = await signed()
  const sent = (await factsAt(county, reportPath(id))).find((f) => f.type === 'report.sent.v1')!
  expect(sent.at[0] - Date.now()).toBeLessThan(15_000)
  expect(Math.abs(sent.wall! - Date.now())).toBeLessThan(10_000)
  const { deadlines } = await arrives(region, id)
  expect(deadlines.filter((d) => d.station === county && d.metAt !== null).map((d) => d.late)).not.toContain(true)
})

test('directory facts that are not for everyone, and junk about the directory, do not grow what a new station is given', async () => {
  const subject = `station/${hostile.address}`
  const answerLength = async (address: string) => {
    const { token } = await (await as(prefecture, 'admin')).post<{ token: string }>('/api/enrolment/tokens', { address, name: address, kind: 'government', expiresInHours: 1 })
    return JSON.stringify(await (await as(prefecture, 'admin')).post('/api/enrolment', { token, publicKey: nodeSigner(newPrivateKey()).publicKey })).length
  }
  const before = await answerLength('65/6529/652981')
  const junk = Array.from({ length: 12 }, () => hostile.say({ type: 'station.renamed.v1', subject, to: ['all'], body: { name: '毒', junk: 'x'.repeat(60_000) } }))
  const names = Array.from({ length: 50 }, (_, i) => hostile.say({ type: 'station.renamed.v1', subject, to: ['all'], body: { name: `名${i}` } }))
  const secret = hostile.say({ type: 'station.enrolled.v1', subject: `${subject}/@s`, to: [prefecture], body: { address: `${hostile.address}/@s`, name: 's', level: 'county', kind: 'department', publicKey: hostile.signer.publicKey } })
  await hostile.send([...junk, ...names, secret])
  expect(await answerLength('65/6529/652982') - before).toBeLessThan(5_000)
  expect(tree.at(prefecture).station.ledger.directory.station(`${hostile.address}/@s`)).toBeUndefined()
})

test('H6 a thief that states the last number does not make the address impossible to re-key', async () => {
  const admin = await as(prefecture, 'admin')
  for (const seq of [2 ** 53 - 1, 2 ** 53 - 2, 2 ** 48, 2 ** 36]) {
    const address = `65/6529/6529${40 + (seq % 97) % 50}`
    const thief = await hostileChild(tree.at(prefecture), address)
    await thief.send([thief.say({ type: 'station.renamed.v1', subject: `station/${address}`, to: ['all'], body: { name: '窃' }, seq, prev: 'a'.repeat(64) })])
    thief.close()
    const path = `/api/stations/${encodeURIComponent(address)}`
    await admin.post(`${path}/revoke`, { reason: '失窃' })
    const { token } = await admin.post<{ token: string }>(`${path}/rekey`)
    const { publicKey } = nodeSigner(newPrivateKey())
    expect(await (await client(tree.at(prefecture).url, 'admin')).post('/api/enrolment', { token, publicKey })).toMatchObject({ station: { address } })
    expect(tree.at(prefecture).station.ledger.directory.station(address)).toMatchObject({ state: 'active', keys: [{}, { publicKey, untilSeq: null }] })
  }
}, 60_000)
