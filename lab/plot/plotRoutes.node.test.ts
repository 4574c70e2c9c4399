import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import { acceptHandover, offerHandover } from '#modules/incident/incident.commands.ts'
import { shareIncident } from '#modules/incident/index.ts'
import type { LayerAnswer, PlotAnswer, VerifyAnswer } from '#modules/plot/plot.api.ts'
import { layerDoc, layerIdOf } from '#modules/plot/index.ts'
import { plotStations, type PlotStation } from './plotStations.ts'

const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'
const scene = '65/6529/652927/s1'
const seismology = '65/@seismology'
const five = [region, prefecture, county, scene, seismology]

/** Every answer these tests look at, as one form. */
type Answer = LayerAnswer & PlotAnswer & VerifyAnswer & {
  code: string; detail: string; errors?: { field: string }[]; ids: string[]; total: number; numberMatched: number
  features: { id: string; geometry: unknown; properties: Record<string, unknown> }[]
  items: { at: number; key: string; what: string; author: string; station: string; label: string; layer: string; stroke: Record<string, unknown> | null }[]
}
const encoded = encodeURIComponent
const point = (label: string, more: Record<string, unknown> = {}) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [78.63, 41.26] }, properties: { symbol: 'A10300', label, ...more } })

let cluster: PostgresCluster
beforeAll(async () => { cluster = await startPostgres() })
afterAll(() => cluster?.stop())

describe.each(['sqlite', 'postgres'] as const)('plots on %s', (dialect) => {
  let tree: Awaited<ReturnType<typeof plotStations>>
  beforeAll(async () => {
    tree = await plotStations(five, dialect === 'postgres' ? { databaseUrl: (index) => cluster.url(`plot_${index}`) } : {})
  })
  afterAll(() => tree?.close())

  const ask = async (station: string, method: Parameters<PlotStation['ask']>[1], path: string, body?: unknown, role: Parameters<PlotStation['ask']>[0] = 'leader'): Promise<{ status: number; body: Answer }> => tree.at(station).ask(role, method, path, body)
  const good = async (...request: Parameters<typeof ask>): Promise<Answer> => {
    const answer = await ask(...request)
    expect([request[1], request[2], answer.status, answer.status < 300 ? '' : answer.body]).toEqual([request[1], request[2], expect.toSatisfy((s: number) => s < 300), ''])
    return answer.body
  }
  const no = async (...request: Parameters<typeof ask>) => {
    const { status, body } = await ask(...request)
    return [status, body.code]
  }
  const plot = (station: string, id: string) => good(station, 'GET', `/api/incidents/${id}/plot`)
  const layers = (id: string, rest = '') => `/api/layers/${encoded(id)}${rest}`
  const shared = async (options?: Parameters<typeof tree.incident>[1]) => {
    const id = await tree.incident(county, options)
    await tree.settle()
    return id
  }

  it('a plot is there with its incident, at home alone while that is a draft', async () => {
    const id = await shared({ reported: false })
    expect((await plot(county, id)).layers.map((l) => l.ownerStation)).toEqual([county])
    expect(await no(prefecture, 'GET', `/api/incidents/${id}/plot`)).toEqual([404, 'plot.not-found'])
    expect(await no(county, 'GET', '/api/incidents/01NONE/plot')).toEqual([404, 'plot.not-found'])
  })

  it('reported, the lead, those above and those below have it, each with a layer of its own', async () => {
    const id = await shared()
    for (const station of [region, prefecture, county, scene]) {
      const seen = await plot(station, id)
      expect(seen).toMatchObject({ plotId: id, incidentId: id, mode: 'actual', openedBy: county })
      expect(seen.layers.map(({ ownerStation, own, mayWrite, name, grants, sealed, count }) => ({ ownerStation, own, mayWrite, name, grants, sealed, count }))).toEqual([region, prefecture, county, scene].map((owner) => (
        { ownerStation: owner, own: owner === station, mayWrite: owner === station, name: `${owner}应急办`, grants: [], sealed: false, count: 0 })))
    }
    expect(await no(seismology, 'GET', `/api/incidents/${id}/plot`)).toEqual([404, 'plot.not-found'])
    expect((await tree.at(county).ledger.factsOf(`plot/${id}`)).map((f) => [f.type, f.to])).toEqual([['plot.opened.v1', []], ['plot.shared.v1', ['ancestors', 'subtree']]])
  })

  it('an exercise has its own, and its facts stay in their mode', async () => {
    const id = await shared({ mode: 'exercise' as never })
    expect(id).toMatch(/\.x$/)
    expect((await plot(region, id)).mode).toBe('exercise')
    expect((await tree.at(region).ledger.factsOf(`plot/${id}`)).every((f) => f.mode === 'exercise')).toBe(true)
  })

  it('goes where the incident is shared and offered; who takes the lead spreads it', async () => {
    const id = await shared()
    await tree.at(county).say(id, (state) => shareIncident(state, { to: [seismology] }, { self: county }) as never)
    await tree.settle()
    expect((await plot(seismology, id)).layers).toHaveLength(5)
    expect(tree.at(seismology).live.told).toContain(layerDoc(layerIdOf(id, seismology)))
    await tree.at(county).say(id, (state) => offerHandover(state, { to: region }, { self: county }, tree.at(county).ledger.directory) as never)
    await tree.settle()
    await tree.at(region).say(id, (state) => acceptHandover(state, { self: region }) as never)
    await tree.settle()
    expect((await tree.at(scene).ledger.factsOf(`plot/${id}`)).filter((f) => f.type === 'plot.shared.v1').map((f) => [f.station, f.body.reason])).toEqual([[county, 'reported'], [county, 'shared'], [region, 'lead-changed']])
  })

  it('lists the plots of a station, with the incident’s title where the incident is known', async () => {
    const id = await shared()
    const listed = async (station: string) => (await good(station, 'GET', '/api/plots?size=100')).items as unknown as { plotId: string; title: string | null; openedBy: string }[]
    expect((await listed(county)).find(({ plotId }) => plotId === id)).toMatchObject({ openedBy: county, title: expect.any(String) })
    expect((await listed(scene)).find(({ plotId }) => plotId === id)).toMatchObject({ openedBy: county })
    expect((await listed(county)).length).toBe(new Set((await listed(county)).map(({ plotId }) => plotId)).size)
    expect(await no(county, 'GET', '/api/plots?size=0')).toEqual([400, 'request.invalid'])
  })

  it('further layers are added and renamed by their owner', async () => {
    const id = await shared()
    const added = await good(county, 'POST', `/api/plots/${id}/layers`, { name: '警戒区' })
    expect(added).toMatchObject({ name: '警戒区', further: true, own: true, mayWrite: true })
    await tree.settle()
    expect((await plot(region, id)).layers.map((l) => l.name)).toContain('警戒区')
    expect(await good(county, 'PATCH', layers(added.id), { name: '封控区' })).toMatchObject({ name: '封控区' })
    expect(await no(region, 'PATCH', layers(added.id), { name: '改' })).toEqual([409, 'plot.not-yours'])
    expect(await no(county, 'POST', `/api/plots/${id}/layers`, { name: ' ' })).toEqual([400, 'request.invalid'])
    expect(await no(county, 'PATCH', layers(layerIdOf(id, county, 'nonesuch')), { name: '改' })).toEqual([404, 'plot.layer.not-found'])
  })

  it('machines draw, change and remove through the same document; the history keeps each step', async () => {
    const id = await shared()
    const own = layerIdOf(id, county)
    const { ids } = await good(county, 'POST', layers(own, '/features'), { type: 'FeatureCollection', features: [point('断裂带'), { ...point('站点'), id: 'sensor-7' }] }, 'machine')
    expect(ids[1]).toBe('sensor-7')
    expect(await no(county, 'POST', layers(own, '/features'), { ...point('站点'), id: 'sensor-7' })).toEqual([409, 'plot.feature-known'])
    const all = await good(county, 'GET', layers(own, '/features'))
    expect(all).toMatchObject({ type: 'FeatureCollection', numberMatched: 2 })
    expect(all.features.find((f) => f.id === 'sensor-7')).toMatchObject({ geometry: { type: 'Point', coordinates: [78.63, 41.26] }, properties: { symbol: 'A10300', label: '站点', author: 'machine某', station: county, updatedAt: expect.stringMatching(/Z$/) } })
    const before = tree.clock.now()
    expect(await good(county, 'PATCH', layers(own, '/features/sensor-7'), { properties: { label: '新站点' } }, 'duty')).toMatchObject({ properties: { label: '新站点', author: 'duty某', symbol: 'A10300' } })
    await good(county, 'DELETE', layers(own, '/features/sensor-7'))
    expect(await no(county, 'GET', layers(own, '/features/sensor-7'))).toEqual([404, 'plot.feature.not-found'])
    expect((await good(county, 'GET', layers(own, `/features?at=${before}`))).features.map((f) => f.properties.label)).toContain('站点')
    expect((await good(county, 'GET', layers(own, '/features?bbox=0,0,1,1'))).numberMatched).toBe(0)
    expect((await good(county, 'GET', layers(own, '/features?bbox=78,41,79,42&size=1'))).features).toHaveLength(1)
    const history = await good(county, 'GET', layers(own, '/history?order=asc'))
    expect(history.items.map((i) => [i.what, i.label, i.author])).toEqual([['added', '断裂带', 'machine某'], ['added', '站点', 'machine某'], ['changed', '新站点', 'duty某'], ['removed', '新站点', 'leader某']])
    expect((await good(county, 'GET', layers(own, '/history?size=1'))).items.map((i) => i.what)).toEqual(['removed'])
    expect((await good(county, 'GET', layers(own, '/features/sensor-7/history?order=asc'))).items.map((i) => i.stroke?.label)).toEqual(['站点', '新站点', '新站点'])
    expect((await plot(county, id)).layers.find((l) => l.own)?.count).toBe(1)
  })

  it('playback tells all layers in the order of time', async () => {
    const id = await shared()
    for (const station of [scene, county, region, scene]) await good(station, 'POST', layers(layerIdOf(id, station), '/features'), point(station))
    await tree.settle()
    const steps = await good(prefecture, 'GET', `/api/plots/${id}/history`)
    expect(steps.items.map((i) => [i.station, i.layer, i.stroke?.label])).toEqual([scene, county, region, scene].map((s) => [s, layerIdOf(id, s), s]))
    expect(steps.total).toBe(4)
    expect((await good(prefecture, 'GET', `/api/plots/${id}/history?size=2&page=2&until=${steps.items[2]!.at}`)).items.map((i) => i.station)).toEqual([region])
  })

  it.each(['geojson', 'kml', 'gpkg'] as const)('exported as %s and imported on another layer, every stroke is as it was', async (format) => {
    const id = await shared()
    const own = layerIdOf(id, county)
    await good(county, 'POST', layers(own, '/features'), { type: 'FeatureCollection', features: [
      { ...point('断裂带'), id: 'a' }, { id: 'b', type: 'Feature', geometry: { type: 'Polygon', coordinates: [[[78, 41], [79, 41], [79, 42], [78, 41]]] }, properties: { label: '警戒区', fill: '#ff0000', opacity: 0.5, until: '2026-01-02T03:04:05.000Z' } },
      { id: 'c', type: 'Feature', geometry: null, properties: { shape: 'pincer-arrow', points: [[78, 41], [78.2, 41], [78.5, 41.6], [78.1, 41.5], [78.1, 41.2]], label: '合围' } },
    ] })
    await good(region, 'POST', layers(layerIdOf(id, region), '/features'), point('别家'))
    await tree.settle()
    const file = await tree.at(county).ask('leader', 'GET', `/api/plots/${id}/export?format=${format}&layers=${encoded(own)}`)
    expect(file.headers['content-disposition']).toContain(`plot.${format}`)
    const target = (await good(county, 'POST', `/api/plots/${id}/layers`, { name: '副本' })).id
    const send = async () => (await tree.at(county).ask('duty', 'POST', layers(target, '/import'), file.raw, { 'content-type': 'application/octet-stream' }))
    expect(await send()).toMatchObject({ status: 201, body: { imported: 3, own: 3, unchanged: 0, droppedFeatures: 0, faults: [] } })
    const drawn = ['symbol', 'label', 'shape', 'points', 'color', 'fill', 'opacity', 'width', 'dash', 'size', 'rotation', 'from', 'until', 'remark', 'photos']
    const bare = async (layer: string) => (await good(county, 'GET', layers(layer, '/features'))).features.map(({ id: key, geometry, properties }) => ({ key, geometry, drawn: drawn.map((name) => properties[name]) }))
    expect(await bare(target)).toEqual(await bare(own))
    expect(await send()).toMatchObject({ body: { imported: 0, unchanged: 3 } })
    await good(county, 'PATCH', layers(target, '/features/a'), { properties: { label: '改过' } })
    expect(await send()).toMatchObject({ body: { imported: 1, unchanged: 2 } })
    expect(new Set((await good(county, 'GET', layers(target, '/features'))).features.map((f) => f.properties.label))).toEqual(new Set(['合围', '断裂带', '改过', '警戒区']))
  })

  it('a file that is none, an empty one, a foreign layer: refused in plain words', async () => {
    const id = await shared()
    const own = layerIdOf(id, county)
    const send = async (station: string, body: Buffer, role: 'duty' | 'audit' = 'duty') => {
      const answer = await tree.at(station).ask(role, 'POST', layers(own, '/import'), body, { 'content-type': 'application/octet-stream' })
      return [answer.status, (answer.body as Answer).code]
    }
    expect(await send(county, Buffer.from('PK\x03\x04'))).toEqual([409, 'plot.import-zip'])
    expect(await send(county, Buffer.from('{"type":"FeatureCollection","features":['))).toEqual([409, 'plot.import-unreadable'])
    expect(await send(county, Buffer.from(''))).toEqual([409, 'plot.import-format'])
    expect(await send(county, Buffer.from(JSON.stringify(point('x'))), 'audit')).toEqual([403, 'permission.refused'])
    await tree.settle()
    expect(await send(region, Buffer.from(JSON.stringify(point('x'))))).toEqual([409, 'live.not-writer'])
    expect(await no(county, 'GET', `/api/plots/${id}/export?layers=nonsense`)).toEqual([400, 'request.invalid'])
    expect(await no(county, 'GET', `/api/plots/${id}/export?format=dwg`)).toEqual([400, 'request.invalid'])
  })

  it('only the owner writes, until it grants another; withdrawn, what was drawn stays and no more comes', async () => {
    const id = await shared()
    const own = layerIdOf(id, county)
    expect(await no(scene, 'POST', layers(own, '/features'), point('闯入'))).toEqual([409, 'live.not-writer'])
    expect(await no(scene, 'POST', layers(own, '/grant'), { station: scene })).toEqual([409, 'plot.not-yours'])
    expect(await no(county, 'POST', layers(own, '/grant'), { station: seismology })).toEqual([409, 'plot.not-concerned'])
    expect(await good(county, 'POST', layers(own, '/grant'), { station: scene }, 'duty')).toMatchObject({ grants: [scene] })
    await tree.settle()
    expect((await plot(scene, id)).layers.find((l) => l.id === own)).toMatchObject({ mayWrite: true, grants: [scene] })
    await good(scene, 'POST', layers(own, '/features'), point('代绘'))
    await tree.settle()
    expect(await good(county, 'DELETE', layers(own, `/grant?station=${encoded(scene)}`))).toMatchObject({ grants: [] })
    // Drawn before the withdrawal was known there: the scene sees it for now, nobody else ever does.
    await good(scene, 'POST', layers(own, '/features'), point('迟到'))
    await tree.settle()
    for (const station of [region, county, scene]) expect((await good(station, 'GET', layers(own, '/features'))).features.map((f) => f.properties.label)).toEqual(['代绘'])
    expect(await no(scene, 'POST', layers(own, '/features'), point('再来'))).toEqual([409, 'live.not-writer'])
    expect(await no(county, 'DELETE', layers(own, `/grant?station=${encoded(scene)}`))).toEqual([409, 'plot.not-granted'])
  })

  it('a sealed layer verifies at another station, check by check', async () => {
    const id = await shared()
    const own = layerIdOf(id, county)
    await good(county, 'POST', layers(own, '/features'), point('定稿点'))
    await good(county, 'POST', layers(own, '/features'), { ...point('旧点'), id: 'old' })
    await good(county, 'DELETE', layers(own, '/features/old'))
    expect(await good(county, 'GET', layers(own, '/verify'))).toEqual({ sealed: false, ok: false, checks: [] })
    expect(await no(region, 'POST', layers(own, '/seal'))).toEqual([409, 'plot.not-yours'])
    const sealed = await good(county, 'POST', layers(own, '/seal'), undefined, 'commander')
    expect(sealed).toMatchObject({ sealed: true, mayWrite: false, sealedBy: 'commander某', sealedFact: expect.stringMatching(/^[0-9a-f]{64}$/), sealedFile: expect.stringMatching(/^[0-9a-f]{64}$/) })
    await tree.settle()
    const verify = async (station: string) => (await good(station, 'GET', layers(own, '/verify'))).checks.map(({ check, ok }) => [check, ok])
    expect(await verify(region)).toEqual([['fact', true], ['file', false], ['document', true], ['history', true]])
    await tree.carryFile(sealed.sealedFile!, county, region)
    expect(await good(region, 'GET', layers(own, '/verify'))).toMatchObject({ ok: true })
    expect(await no(county, 'POST', layers(own, '/features'), point('事后'))).toEqual([409, 'live.not-writer'])
    expect(await no(county, 'POST', layers(own, '/seal'))).toEqual([409, 'plot.sealed'])
    expect(await no(county, 'POST', layers(own, '/grant'), { station: scene })).toEqual([409, 'plot.sealed'])
    // What is not what was sealed says so.
    tree.at(region).live.pieces.find((p) => p.doc === layerDoc(own))!.value = { ...tree.at(region).live.pieces.find((p) => p.doc === layerDoc(own))!.value, label: '篡改' }
    expect(await verify(region)).toEqual([['fact', true], ['file', true], ['document', false], ['history', false]])
  })

  it('a layer that is drawn on all the time is not sealed beside what it shows', async () => {
    const id = await shared()
    const own = layerIdOf(id, county)
    const { live } = tree.at(county)
    const { limits } = live
    let drawn = 0
    live.limits = async () => ({ [county]: { run: drawn++ } })
    expect(await no(county, 'POST', layers(own, '/seal'))).toEqual([409, 'plot.busy'])
    live.limits = limits
    expect(await good(county, 'POST', layers(own, '/seal'))).toMatchObject({ sealed: true })
  })

  it('started again, a station knows who may write what before anything new comes', async () => {
    const id = await shared()
    const own = layerIdOf(id, county)
    await good(county, 'POST', layers(own, '/grant'), { station: scene })
    const before = tree.at(county).live
    const { live } = await tree.restart(county)
    expect(live.cards(layerDoc(own))).toEqual(before.cards(layerDoc(own)))
    for (const owner of [region, prefecture, county, scene]) expect(live.cards(layerDoc(layerIdOf(id, owner)))).toMatchObject({ owner })
    const prefectureCard = tree.cards.get(prefecture)!
    tree.cards.set(prefecture, { ...prefectureCard, state: 'revoked' })
    expect((await plot(county, id)).layers.map((l) => l.ownerStation)).toEqual([region, county, scene])
    tree.cards.set(prefecture, prefectureCard)
  })

  it('rights and forms: who may, and which field to mend', async () => {
    const id = await shared()
    const own = layerIdOf(id, county)
    expect(await no(county, 'GET', `/api/incidents/${id}/plot`, undefined, 'security')).toEqual([403, 'permission.refused'])
    expect(await no(county, 'POST', layers(own, '/features'), point('旁观'), 'audit')).toEqual([403, 'permission.refused'])
    expect(await no(county, 'POST', layers(own, '/seal'), undefined, 'field')).toEqual([403, 'permission.refused'])
    expect(await no(county, 'POST', layers(own, '/grant'), { station: scene }, 'machine')).toEqual([403, 'permission.refused'])
    const fields = async (...request: Parameters<typeof ask>) => (await ask(...request)).body.errors?.map((e) => e.field)
    expect(await fields(county, 'POST', layers(own, '/features'), point('x', { width: 99, colour: 'red' }))).toEqual(['properties.width', 'properties.colour'])
    expect(await fields(county, 'POST', layers(own, '/features'), { type: 'FeatureCollection', features: [point('a'), { type: 'Feature', geometry: { type: 'Point', coordinates: [999, 0] } }] })).toEqual(['features.1.geometry'])
    expect(await fields(county, 'GET', layers(own, '/features?bbox=1,2,3&at=x&size=0'))).toEqual(['at', 'bbox', 'size'])
    expect(await fields(county, 'GET', layers(own, '/features?bbox=1,5,3,4'))).toEqual(['bbox'])
    expect(await fields(county, 'POST', layers(own, '/grant'), { station: '/' })).toEqual(['station'])
    expect(await fields(county, 'GET', '/api/layers/nonsense/history')).toEqual(['id'])
    expect(await no(county, 'GET', layers(layerIdOf('01NONE', county), '/history'))).toEqual([404, 'plot.not-found'])
  })
})

it('incidents from before there were plots are given theirs when the station starts with them', async () => {
  const tree = await plotStations([region, prefecture, county], { plotsFromStart: false })
  try {
    const draft = await tree.incident(county, { reported: false })
    const id = await tree.incident(county)
    await tree.settle()
    await tree.at(county).say(id, (state) => offerHandover(state, { to: prefecture }, { self: county }, tree.at(county).ledger.directory) as never)
    await tree.settle()
    await tree.at(prefecture).say(id, (state) => acceptHandover(state, { self: prefecture }) as never)
    await tree.settle()
    for (const station of [region, prefecture, county]) await tree.restart(station)
    await tree.settle()
    const layersAt = async (station: string, incident: string) => ((await tree.at(station).ask('duty', 'GET', `/api/incidents/${incident}/plot`)).body as Answer).layers?.map((l) => l.ownerStation)
    for (const station of [region, prefecture, county]) expect(await layersAt(station, id)).toEqual([region, prefecture, county])
    expect(await layersAt(county, draft)).toEqual([county])
    const facts = (await tree.at(county).ledger.factsOf(`plot/${id}`)).length
    await tree.restart(county)
    expect((await tree.at(county).ledger.factsOf(`plot/${id}`)).length).toBe(facts)
  } finally {
    await tree.close()
  }
})
