import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from '#lab/federation/client.ts'
import { federation, type Federation } from '#lab/federation/federation.ts'
import { hostileChild, patientLinks, type HostileChild } from '#lab/federation/hostileChild.ts'
import { layerDoc, layerIdOf, plotSubject, plotType } from '#modules/plot/index.ts'
import { layerPath, plotAt, plotClient, pointAt, reportedIncident, type PlotClient } from './plotFederation.ts'

/**
 * An enrolled child that is hostile, below a prefecture whose plot it belongs to: what it states of others' layers is
 * where the auditor sees it, with its reason, and changes nothing. Its entries in the live plane: lab/live.
 */
const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'

let tree: Federation
let audit: Client
let hostile: HostileChild
let duty: PlotClient
let id: string
const own = (station: string) => layerIdOf(id, station)

beforeAll(async () => {
  tree = await federation({ addresses: [region, prefecture, county], links: patientLinks })
  audit = await tree.at(prefecture).as('audit')
  hostile = await hostileChild(tree.at(prefecture), '65/6529/652922')
  duty = await plotClient(tree, prefecture, 'duty')
  // Reported by the prefecture, so that the hostile county below it is in the plot's reach.
  ;({ id } = await reportedIncident(tree, prefecture, [region, prefecture]))
  await plotAt(tree, [county], id)
  await duty.ask('POST', layerPath(own(prefecture), '/features'), pointAt(80, 41, '指挥部'))
})
afterAll(async () => {
  hostile?.close()
  await tree?.close()
})

const reasonOf = async (fact: string) => {
  const { refused, turnedAway } = await audit.get<{ refused: { items: { id: string; reason: string }[] }; turnedAway: { items: { id: string; reason: string }[] } }>('/api/audit?size=200')
  return [...refused.items, ...turnedAway.items].find((line) => line.id === fact)?.reason
}
const seen = async () => ({
  plot: (await duty.ask('GET', `/api/incidents/${id}/plot`)).layers.map(({ id: layer, name, grants, sealed, mayWrite }) => ({ layer, name, grants, sealed, mayWrite })),
  features: (await duty.ask('GET', layerPath(own(prefecture), '/features'))).features,
  reach: (await tree.at(prefecture).station.ledger.state(plotType, plotSubject(id))).reach,
})

test('it opens no plot of another, grants itself nothing, names, withdraws and seals nothing that is not its own', async () => {
  const before = await seen()
  const about = { subject: `plot/${id}`, to: [] }
  const theirs = own(prefecture)
  const seal = { layer: theirs, upTo: {}, attachments: [{ sha256: 'a'.repeat(64), name: 'x', size: 1, mediaType: 'text/plain' }], features: 0, digest: 'b'.repeat(64) }
  const said = [
    // First of all in its chain, so its time is not yet bound by another of its own.
    [hostile.say({ ...about, type: 'plot.opened.v1', at: [1_000, 0], body: { incident: id } }), 'plot.not-yours'],
    [hostile.say({ ...about, type: 'plot.granted.v1', body: { layer: theirs, station: hostile.address } }), 'plot.not-yours'],
    [hostile.say({ ...about, type: 'plot.withdrawn.v1', body: { layer: theirs, station: prefecture, upTo: {} } }), 'plot.not-yours'],
    [hostile.say({ ...about, type: 'plot.sealed.v1', body: seal }), 'plot.not-yours'],
    [hostile.say({ ...about, type: 'plot.layerRenamed.v1', body: { layer: theirs, name: '假' } }), 'plot.not-yours'],
    [hostile.say({ ...about, type: 'plot.layerAdded.v1', body: { layer: layerIdOf(id, prefecture, 'forged'), name: '假' } }), 'plot.not-yours'],
    [hostile.say({ ...about, type: 'plot.filesAdded.v1', body: { layer: theirs, attachments: seal.attachments } }), 'plot.not-yours'],
    [hostile.say({ ...about, type: 'plot.shared.v1', to: ['all'], body: { reason: 'shared' } }), 'plot.wrong-audience'],
    [hostile.say({ ...about, type: 'plot.layerAdded.v1', to: ['public'], body: { layer: layerIdOf(id, hostile.address, 'public'), name: '假' } }), 'plot.wrong-audience'],
    [hostile.say({ ...about, type: 'plot.granted.v1', body: { layer: 'nonsense', station: '..' } }), 'fact.bad-body'],
  ] as const
  await hostile.send(said.map(([fact]) => fact))
  for (const [fact, reason] of said) expect([fact.text.slice(0, 200), await reasonOf(fact.id)]).toEqual([expect.any(String), reason])
  expect(await seen()).toEqual(before)
})

test('a facts flood of layers of its own ends at the bound', async () => {
  const said = Array.from({ length: 25 }, (_, i) => hostile.say({ type: 'plot.layerAdded.v1', subject: `plot/${id}`, to: [], body: { layer: layerIdOf(id, hostile.address, `flood${i.toString().padStart(3, '0')}`), name: `层${i}` } }))
  await hostile.send(said)
  expect(await reasonOf(said.at(-1)!.id)).toBe('plot.too-many-layers')
  expect((await duty.ask('GET', `/api/incidents/${id}/plot`)).layers.filter((l) => l.ownerStation === hostile.address && l.further)).toHaveLength(20)
})

test('an account that may only look is refused, and so is one without any business', async () => {
  const code = async (account: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) =>
    (await plotClient(tree, prefecture, account)).ask(method, path, body).then(() => 'done', (error: { body: { code: string } }) => error.body.code)
  const features = layerPath(own(prefecture), '/features')
  expect(await code('audit', 'GET', features)).toBe('done')
  for (const account of ['audit', 'security', 'admin']) {
    expect(await code(account, 'POST', features, pointAt(80, 41, '旁观'))).toBe('permission.refused')
    expect(await code(account, 'POST', layerPath(own(prefecture), '/grant'), { station: county })).toBe('permission.refused')
    expect(await code(account, 'POST', layerPath(own(prefecture), '/seal'))).toBe('permission.refused')
  }
  expect((await duty.ask('GET', features)).features).toHaveLength(1)
})

test('a county beside has no layer in what is not its business', async () => {
  const { id: other } = await reportedIncident(tree, county, [county, prefecture, region])
  expect((await duty.ask('GET', `/api/incidents/${other}/plot`)).layers.map((l) => l.ownerStation)).toEqual([region, prefecture, county])
  expect(await tree.at(prefecture).station.live.values(layerDoc(layerIdOf(other, hostile.address)))).toBeUndefined()
  expect(await tree.at(prefecture).station.live.values(layerDoc(layerIdOf(other, county)))).toBeDefined()
})
