import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './client.ts'
import { federation, type Federation } from './federation.ts'

const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'

let tree: Federation
beforeAll(async () => { tree = await federation({ addresses: [region, prefecture, county] }) })
afterAll(() => tree?.close())

const keyAt = (at: string, of: string) => tree.at(at).station.ledger.directory.station(of)!.keys.find((k) => k.untilSeq === null)!.publicKey
const online = (at: string, peer: string) => until(`${at} – ${peer} online`, async () => (await tree.at(at).station.links.list()).some((l) => l.peer === peer && l.state === 'online'))

test('R-22 a key rotated while both neighbours were away is proven by the key before it: up and down come back by themselves', async () => {
  const { station } = tree.at(prefecture)
  await online(prefecture, region)
  await online(county, prefecture)
  const admin = await tree.at(prefecture).as('admin')
  const keys = [keyAt(region, prefecture)]
  station.links.cut(region)
  station.links.cut(county)
  // Twice: the second rotation rests on the first.
  for (let i = 0; i < 2; i++) {
    await admin.post('/api/station/rotate-key')
    keys.push(keyAt(prefecture, prefecture))
  }
  expect(new Set(keys).size).toBe(3)
  expect(keyAt(region, prefecture)).toBe(keys[0])
  station.links.heal(region)
  station.links.heal(county)
  await online(prefecture, region)
  await online(county, prefecture)
  for (const at of [region, county]) await until(`the new key at ${at}`, async () => keyAt(at, prefecture) === keys[2])
})

test('R-22 a key rotated while links stand: the sessions begin anew and go on', async () => {
  const admin = await tree.at(prefecture).as('admin')
  await admin.post('/api/station/rotate-key')
  const key = keyAt(prefecture, prefecture)
  for (const at of [region, county]) await until(`the new key at ${at}`, async () => keyAt(at, prefecture) === key)
  await online(prefecture, region)
  await online(county, prefecture)
  for (const at of [region, prefecture, county]) {
    expect((await tree.at(at).station.ledger.verify()).bad).toEqual([])
    await until(`nothing queued at ${at}`, async () => (await tree.at(at).station.links.list()).every((l) => l.queued === 0 && l.state === 'online'))
  }
})
