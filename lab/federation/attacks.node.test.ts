import { afterAll, beforeAll, expect, test } from 'vitest'
import { newPrivateKey, nodeCrypto, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import type { ReportAnswer } from '#modules/report/report.api.ts'
import { until, type Client } from './client.ts'
import { federation, type Federation } from './federation.ts'
import { dial, hostileChild, type HostileChild, patientLinks } from './hostileChild.ts'

/**
 * Must show 6: an enrolled child that is hostile, on a running federation, through the real link. Everything it tries
 * is where the prefecture's auditor sees it, with its reason, and changes nothing.
 */
const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'
const minute = 60_000
const day = 1440 * minute

interface Line { id: string; type: string; subject: string; station: string; reason: string | null; status: string; from: string | null }
interface Audit { waiting: { items: Line[] }; refused: { items: Line[] }; turnedAway: { items: { id: string; reason: string; detail: string; from: string }[] } }

let tree: Federation
let audit: Client
let hostile: HostileChild
let accomplice: HostileChild
let report: ReportAnswer
let before: unknown

beforeAll(async () => {
  tree = await federation({ addresses: [region, prefecture, county], links: patientLinks })
  audit = await tree.at(prefecture).as('audit')
  hostile = await hostileChild(tree.at(prefecture), '65/6529/652922')
  accomplice = await hostileChild(tree.at(prefecture), '65/6529/652923')
  const duty = await tree.at(county).as('duty')
  const { id } = await duty.post<{ id: string }>('/api/reports', {
    kind: 'first', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: Date.now() - 2 * minute, learnedAt: Date.now() - minute, place: { division: '652927' },
    figures: { deaths: 3, missing: 0, seriousInjuries: 0, lightInjuries: 5, trapped: 0, evacuated: null, lossWan: null }, attributes: { magnitude: 7.1 }, level: 'I', text: '震感强烈。',
  })
  await duty.post(`/api/reports/${id}/submit`)
  await (await tree.at(county).as('leader')).post(`/api/reports/${id}/sign`)
  const atPrefecture = await tree.at(prefecture).as('duty')
  report = await until('the report with both receipts', async () => {
    const found = await atPrefecture.get<ReportAnswer>(`/api/reports/${id}`).catch(() => null)
    return found?.hops.length === 2 && found.hops.every((hop) => hop.receiptFact) && found
  })
  before = await seen()
})

afterAll(async () => {
  hostile?.close()
  accomplice?.close()
  await tree?.close()
})

/** The report and its incident as the prefecture's duty officer sees them. */
async function seen(): Promise<unknown> {
  const duty = await tree.at(prefecture).as('duty')
  const { deadlines: _counting, ...rest } = await duty.get<ReportAnswer>(`/api/reports/${report.id}`)
  return { report: { ...rest, now: null }, incident: await duty.get(`/api/incidents/${report.incidentId}`) }
}

const auditOf = () => audit.get<Audit>('/api/audit?size=200')
const turnedAway = async (id: string) => (await auditOf()).turnedAway.items.find((line) => line.id === id)
const waiting = async (id: string) => (await auditOf()).waiting.items.find((line) => line.id === id)
const refused = async (id: string) => (await auditOf()).refused.items.find((line) => line.id === id)
const nothingChanged = async () => expect(await seen()).toEqual(before)
/** A true fact of the honest county, as it crossed the link. */
const trueFact = async (i = 0) => {
  const facts = (await tree.at(county).station.ledger.factsOf(`report/${report.id}`)).filter((fact) => fact.station === county)
  return { text: facts[i]!.text, sig: facts[i]!.sig }
}

test('a changed byte is turned away as bad-signature', async () => {
  const honest = await trueFact()
  const changed = { text: honest.text.replace('"deaths":3', '"deaths":9'), sig: honest.sig }
  expect(changed.text).not.toBe(honest.text)
  await hostile.send([changed])
  expect(await turnedAway(nodeCrypto.sha256(changed.text))).toMatchObject({ reason: 'bad-signature', from: hostile.address })
  await nothingChanged()
})

test('a fact in the name of another station is turned away as bad-signature; one of a station nobody enrolled waits as unknown-station', async () => {
  const forged = hostile.say({ type: 'report.closed.v1', subject: `report/${report.id}`, station: county, seq: 900 })
  const invented = hostile.say({ type: 'report.closed.v1', subject: `report/${report.id}`, station: '65/6529/659999', seq: 1 })
  await hostile.send([forged, invented])
  expect(await turnedAway(forged.id)).toMatchObject({ reason: 'bad-signature' })
  expect(await waiting(invented.id)).toMatchObject({ reason: 'unknown-station', station: '65/6529/659999' })
  await nothingChanged()
})

test('a replayed old fact is held once, as it first came, and nothing is answered twice', async () => {
  const old = await trueFact()
  const id = nodeCrypto.sha256(old.text)
  const held = await tree.at(prefecture).station.ledger.fact(id)
  await hostile.send([old, old])
  await hostile.send([old])
  expect(await tree.at(prefecture).station.ledger.fact(id)).toEqual(held)
  const { items } = await audit.get<{ items: Line[] }>(`/api/facts?subject=${encodeURIComponent(`report/${report.id}`)}&size=200`)
  expect(items.filter((line) => line.id === id)).toHaveLength(1)
  expect(items.find((line) => line.id === id)).toMatchObject({ from: county })
  await nothingChanged()
})

test("facts of another's subjects are refused with their reason, also backdated to before all others", async () => {
  const subject = `report/${report.id}`
  const content = { kind: 'first', incidentId: report.incidentId, code: '11C02', title: '无事', occurredAt: 1, learnedAt: 2, place: { division: '652922' }, figures: {}, level: 'IV', text: '无' }
  const facts = [
    // First of all in its chain, so its time is not yet bound by another of its own.
    [hostile.say({ type: 'incident.opened.v1', subject: `incident/${report.incidentId}`, at: [1_000, 0], body: { code: '11C02', title: '无事', occurredAt: 1, learnedAt: 2, place: { division: '652922' }, norms: {} } }), 'incident.not-yours'],
    [hostile.say({ type: 'report.drafted.v1', subject, at: [2_000, 0], body: { content, attachments: [] } }), /^(report\.not-yours|fact\.bad-body)$/],
    [hostile.say({ type: 'report.closed.v1', subject, body: {} }), 'report.not-yours'],
    [hostile.say({ type: 'incident.closed.v1', subject: `incident/${report.incidentId}`, body: { outcome: '无事' } }), /^incident\./],
    [hostile.say({ type: 'station.renamed.v1', subject: `station/${county}`, to: ['all'], body: { name: '假' } }), /./],
    [hostile.say({ type: 'station.revoked.v1', subject: `station/${county}`, to: ['all'], body: { reason: '假', untilSeq: 0 } }), /./],
  ] as const
  await hostile.send(facts.map(([fact]) => fact))
  for (const [fact, reason] of facts) {
    const line = await refused(fact.id)
    expect([fact.text.slice(0, 60), line?.reason ?? (await turnedAway(fact.id))?.reason]).toEqual([expect.any(String), expect.stringMatching(reason)])
  }
  expect(tree.at(prefecture).station.ledger.directory.station(county)).toMatchObject({ state: 'active', name: county })
  await nothingChanged()
})

test('a fact that claims to be older than the one before it in its chain is turned away as backdated', async () => {
  const honest = hostile.say({ type: 'hostile.noted.v1', subject: 'hostile/1', to: ['up'], body: {} })
  const { seq } = JSON.parse(honest.text) as { seq: number }
  const backdated = hostile.say({ type: 'hostile.noted.v1', subject: 'hostile/2', to: ['up'], seq: seq + 1, prev: honest.id, at: [Date.now() - 60 * minute, 0], body: {} })
  await hostile.send([honest, backdated])
  expect(await turnedAway(backdated.id)).toMatchObject({ reason: 'backdated', from: hostile.address })
})

test('a clock a day ahead waits as future-clock and pulls no clock along', async () => {
  const ahead = hostile.say({ type: 'hostile.noted.v1', subject: 'hostile/3', seq: 5000, at: [Date.now() + day, 0], body: {} })
  await hostile.send([ahead])
  expect(await waiting(ahead.id)).toMatchObject({ reason: 'future-clock' })
  expect(tree.at(prefecture).station.ledger.directory.station(region)).toBeDefined()
  expect(await tree.at(region).station.ledger.fact(ahead.id)).toBeUndefined()
})

test('an exercise fact posing as actual, and an actual one posing as exercise, are turned away as mode-mismatch', async () => {
  const posing = hostile.say({ type: 'hostile.noted.v1', subject: 'hostile/drill.x', mode: 'actual', seq: 5001, body: {} })
  const hiding = hostile.say({ type: 'report.closed.v1', subject: `report/${report.id}`, mode: 'exercise', seq: 5002, body: {} })
  await hostile.send([posing, hiding])
  for (const { id } of [posing, hiding]) expect(await turnedAway(id)).toMatchObject({ reason: 'mode-mismatch' })
  await nothingChanged()
})

test('a second fact under a number already held is turned away as forked and stops that link for good', async () => {
  const [one, other] = [1, 2].map((n) => accomplice.say({ type: 'hostile.noted.v1', subject: `hostile/fork${n}`, seq: 1, prev: '', body: {} }))
  await accomplice.send([one!])
  await expect(accomplice.send([other!])).rejects.toThrow('forked')
  expect(await turnedAway(other!.id)).toMatchObject({ reason: 'forked' })
  expect(await accomplice.knock()).toBe('forked')
})

test('a revoked key: the door stays shut, what it signed beyond the bound is refused, and later facts brought by another are turned away', async () => {
  const admin = await tree.at(prefecture).as('admin')
  const stolen = hostile.say({ type: 'hostile.noted.v1', subject: 'hostile/stolen', body: {} })
  await hostile.send([stolen])
  const { seq } = JSON.parse(stolen.text) as { seq: number }
  await admin.post(`/api/stations/${encodeURIComponent(hostile.address)}/revoke`, { reason: '密钥被盗', untilSeq: seq - 1 })
  expect(await refused(stolen.id)).toMatchObject({ reason: 'fact.revoked-key' })
  expect(await hostile.knock()).toBe('revoked-key')
  const later = hostile.say({ type: 'hostile.noted.v1', subject: 'hostile/later', body: {} })
  const helper = await hostileChild(tree.at(prefecture), '65/6529/652924')
  await helper.send([later])
  helper.close()
  expect(await turnedAway(later.id)).toMatchObject({ reason: 'revoked-key', from: helper.address })
})

test('a key that the directory does not hold, in the name of a station it does, is not let in', async () => {
  const stranger = await hostileChild(tree.at(prefecture), '65/6529/652925')
  expect(await stranger.knock()).toBeNull()
  const impostor = await dial(tree.at(prefecture), stranger.address, nodeSigner(newPrivateKey()))
  impostor.close()
  expect(impostor.stopped).toBe('unknown-station')
})

test('after all of it every ledger verifies clean, and the honest county goes on', async () => {
  for (const address of [region, prefecture, county]) expect([address, (await tree.at(address).station.ledger.verify()).bad]).toEqual([address, []])
  const duty = await tree.at(county).as('duty')
  await until('the county online', async () => (await duty.get<{ items: { peer: string; state: string }[] }>('/api/links')).items.every((link) => link.peer === prefecture && link.state === 'online'))
})
