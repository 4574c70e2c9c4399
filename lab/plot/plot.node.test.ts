import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '#lab/federation/client.ts'
import { federation, fiveStations, type Federation } from '#lab/federation/federation.ts'
import { layerDoc, layerIdOf } from '#modules/plot/index.ts'
import { layerPath, plotAt, plotClient, pointAt, reportedIncident, type PlotAnswers, type PlotClient } from './plotFederation.ts'

const [region, prefecture, county, scene, seismology] = fiveStations
const four = [region, prefecture, county, scene]

let tree: Federation
let duty: Record<string, PlotClient>
beforeAll(async () => {
  tree = await federation()
  duty = Object.fromEntries(await Promise.all(fiveStations.map(async (address) => [address, await plotClient(tree, address, 'duty')] as const)))
  await until('all directories', async () => fiveStations.every((address) => tree.at(address).station.ledger.directory.stations().length === fiveStations.length))
})
afterAll(() => tree?.close())

const setLink = async (station: string, peer: string, verb: 'cut' | 'heal') => (await tree.at(station).as('admin')).post(`/api/links/${encodeURIComponent(peer)}/${verb}`)
const plot = (station: string, id: string) => duty[station]!.ask('GET', `/api/incidents/${id}/plot`)
const draw = (station: string, layer: string, label: string, lon = 78.63) => duty[station]!.ask('POST', layerPath(layer, '/features'), pointAt(lon, 41.26, label)).then((a) => a.id)
const labels = async (station: string, layer: string) => (await duty[station]!.ask('GET', layerPath(layer, '/features')).catch(() => ({ features: [] as PlotAnswers['features'] }))).features.map((f) => f.properties.label as string).sort()
const sees = (station: string, layer: string, expected: string[]) => until(`${expected.join()} at ${station}`, async () => JSON.stringify(await labels(station, layer)) === JSON.stringify([...expected].sort()))
const code = (work: Promise<unknown>) => work.then(() => 'done', (error: { body?: { code: string } }) => error.body?.code)
const grant = (layer: string, from: string, to: string) => duty[from]!.ask('POST', layerPath(layer, '/grant'), { station: to })
/** The whole of a document as one text: equal where equal entries count. */
const document = async (station: string, layer: string) => JSON.stringify([[...(await tree.at(station).station.live.values(layerDoc(layer))) ?? []].sort(([a], [b]) => (a < b ? -1 : 1)), await tree.at(station).station.live.history(layerDoc(layer))])

describe('one plot at five stations', () => {
  let id: string
  const own = (station: string) => layerIdOf(id, station)
  beforeAll(async () => {
    const incident = await reportedIncident(tree, county, four)
    id = incident.id
    const leader = await plotClient(tree, region, 'leader')
    await until('the report at the region', () => leader.ask('GET', `/api/reports/${incident.report}`).catch(() => null))
    await leader.ask('POST', `/api/reports/${incident.report}/forward`, { to: [seismology] })
    await plotAt(tree, fiveStations, id)
  })

  test('each sees five layers, of which one is its own', async () => {
    for (const station of fiveStations) {
      const { layers } = await until(`five layers at ${station}`, async () => {
        const seen = await plot(station, id)
        return seen.layers.length === 5 && seen
      })
      expect(new Set(layers.map((l) => l.ownerStation))).toEqual(new Set(fiveStations))
      expect(layers.filter((l) => l.own && l.mayWrite).map((l) => l.ownerStation)).toEqual([station])
    }
  })

  test('what a machine draws at the scene is at the region and beside it, with author and station; changes and removals follow', async () => {
    const key = await draw(scene, own(scene), '塌方点')
    for (const station of fiveStations) await sees(station, own(scene), ['塌方点'])
    const [feature] = (await duty[region]!.ask('GET', layerPath(own(scene), '/features'))).features
    expect(feature).toMatchObject({ id: key, properties: { symbol: 'A10300', station: scene, author: expect.any(String), updatedAt: expect.stringMatching(/Z$/) } })
    await duty[scene]!.ask('PATCH', layerPath(own(scene), `/features/${key}`), { properties: { label: '塌方已清' } })
    await sees(region, own(scene), ['塌方已清'])
    await duty[scene]!.ask('DELETE', layerPath(own(scene), `/features/${key}`))
    await sees(seismology, own(scene), [])
    expect((await duty[region]!.ask('GET', layerPath(own(scene), '/history?order=asc'))).items.map((i) => [i.what, i.label])).toEqual([['added', '塌方点'], ['changed', '塌方已清'], ['removed', '塌方已清']])
  })

  test('a station without a grant is refused, at its own desk, and it is on record there', async () => {
    expect(await code(draw(scene, own(county), '闯入'))).toBe('live.not-writer')
    await until('the record', async () => (await tree.at(scene).station.live.refusals(5)).some((r) => r.doc === layerDoc(own(county)) && r.code === 'live.not-writer' && r.from.startsWith('person:')))
    await sees(county, own(county), [])
  })

  test('cut apart, both sides draw on their own layers and on a granted one; healed, all hold the same and nothing is lost', async () => {
    await grant(own(prefecture), prefecture, county)
    await until('the grant at the county', async () => (await plot(county, id)).layers.some((l) => l.id === own(prefecture) && l.mayWrite))
    const shared = await draw(prefecture, own(prefecture), '共用')
    await sees(county, own(prefecture), ['共用'])
    await setLink(county, prefecture, 'cut')
    for (const station of [region, prefecture, county, scene]) await draw(station, own(station), `断网-${station}`)
    await draw(prefecture, own(prefecture), '地区画')
    await draw(county, own(prefecture), '县里画')
    await duty[prefecture]!.ask('PATCH', layerPath(own(prefecture), `/features/${shared}`), { properties: { label: '地区改' } })
    await duty[county]!.ask('PATCH', layerPath(own(prefecture), `/features/${shared}`), { properties: { label: '县里改' } })
    expect(await labels(prefecture, own(county))).toEqual([])
    await setLink(county, prefecture, 'heal')
    for (const owner of four) {
      const count = owner === prefecture ? 4 : 1
      for (const station of fiveStations) await until(`${owner}'s layer at ${station}`, async () => (await labels(station, own(owner))).length === count)
      const held = await until(`one document of ${owner}`, async () => {
        const all = await Promise.all(fiveStations.map((station) => document(station, own(owner))))
        return all.every((text) => text === all[0]) && all
      })
      expect(new Set(held).size).toBe(1)
    }
    expect((await labels(scene, own(prefecture))).filter((label) => label !== '地区改' && label !== '县里改').sort()).toEqual(['县里画', '地区画', `断网-${prefecture}`].sort())
    const both = await duty[scene]!.ask('GET', layerPath(own(prefecture), `/features/${shared}/history`))
    expect(both.items.map((i) => i.label).sort()).toEqual(['共用', '县里改', '地区改'].sort())
  })

  test('a grant withdrawn while apart: what the owner had seen stays, what was drawn after counts nowhere', async () => {
    const further = (await duty[prefecture]!.ask('POST', `/api/plots/${id}/layers`, { name: '抢险' })).id
    await grant(further, prefecture, county)
    await until('the grant', async () => (await plot(county, id)).layers.some((l) => l.id === further && l.mayWrite))
    await draw(county, further, '早')
    await sees(prefecture, further, ['早'])
    await setLink(county, prefecture, 'cut')
    await duty[prefecture]!.ask('DELETE', layerPath(further, `/grant?station=${encodeURIComponent(county)}`))
    await draw(county, further, '晚')
    expect(await labels(county, further)).toEqual(['早', '晚'].sort())
    await setLink(county, prefecture, 'heal')
    await until('the end of the grant', async () => (await plot(county, id)).layers.some((l) => l.id === further && !l.mayWrite))
    for (const station of fiveStations) await sees(station, further, ['早'])
    expect(await code(draw(county, further, '再'))).toBe('live.not-writer')
  })

  test('playback is the same at the scene and at the region, in the order of time', async () => {
    const steps = async (station: string) => (await duty[station]!.ask('GET', `/api/plots/${id}/history?size=5000`)).items
    const at = await steps(scene)
    expect(at.map((s) => s.at)).toEqual(at.map((s) => s.at).sort((a, b) => a - b))
    expect(new Set(at.map((s) => s.station))).toEqual(new Set(four))
    await until('the same at the region', async () => JSON.stringify(await steps(region)) === JSON.stringify(at))
  })

  test('a sealed layer verifies at another station and can change no more', async () => {
    const leader = await plotClient(tree, county, 'leader')
    const sealed = await leader.ask('POST', layerPath(own(county), '/seal'))
    expect(sealed).toMatchObject({ sealed: true, mayWrite: false })
    for (const station of [region, seismology, scene]) {
      const verdict = await until(`the seal at ${station}`, async () => {
        const answer = await duty[station]!.ask('GET', layerPath(own(county), '/verify'))
        return answer.ok && answer
      })
      expect(verdict.checks.map(({ check, ok }) => [check, ok])).toEqual([['fact', true], ['file', true], ['document', true], ['history', true]])
    }
    expect(await code(draw(county, own(county), '事后'))).toBe('live.sealed')
    const file = await fetch(`${tree.at(region).url}/api/files/${sealed.sealedFile}`, { headers: { authorization: `Bearer ${(await tree.at(region).as('duty')).token}` } })
    expect((await file.json() as PlotAnswers).features.map((f) => f.properties.label)).toEqual([`断网-${county}`])
  })

  test('a photo on a stroke travels to every station of the plot, also when it is uploaded after the stroke', async () => {
    const bytes = Buffer.from(`\x89PNG\r\n\x1a\n${id}`, 'latin1')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const drawn = pointAt(78.7, 41.3, '现场照片')
    await duty[scene]!.ask('POST', layerPath(own(scene), '/features'), { ...drawn, properties: { ...drawn.properties, photos: [sha256] } })
    await tree.at(scene).tick()
    const { token } = await tree.at(scene).as('duty')
    await fetch(`${tree.at(scene).url}/api/files`, { method: 'POST', body: bytes, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' } })
    await tree.at(scene).tick()
    for (const station of fiveStations) await until(`the photo at ${station}`, () => tree.at(station).station.files.card(sha256))
    await tree.at(scene).tick()
    expect((await tree.at(region).station.ledger.factsOf(`plot/${id}`)).filter((f) => f.type === 'plot.filesAdded.v1')).toHaveLength(1)
  })

  test('stopped and started again, a station holds and knows the same, and goes on', async () => {
    const before = await document(prefecture, own(prefecture))
    await tree.restart(prefecture)
    duty[prefecture] = await plotClient(tree, prefecture, 'duty')
    expect(await document(prefecture, own(prefecture))).toBe(before)
    await draw(scene, own(scene), '重启之后')
    await until('it at the region', async () => (await labels(region, own(scene))).includes('重启之后'))
  })
})
