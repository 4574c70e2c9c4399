import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem, until, type Client } from '#lab/federation/client.ts'
import { federation, type Federation } from '#lab/federation/federation.ts'
import { layerPath, plotClient, pointAt, reportedIncident, type PlotAnswers } from '#lab/plot/plotFederation.ts'
import type { IncidentItem } from '#modules/incident/incident.api.ts'
import { layerIdOf } from '#modules/plot/index.ts'
import { gdal } from './gdal.ts'

/** Must show 6: GDAL reads `/ogc`, and what it reads is what the API says. */
const [region, prefecture, county] = ['65', '65/6529', '65/6529/652927']
const cgcs2000 = 'http://www.opengis.net/def/crs/EPSG/0/4490'
const webMercator = 'http://www.opengis.net/def/crs/EPSG/0/3857'
const strokeCount = 1_203

interface Feature { id: string; geometry: { type: string; coordinates: [number, number] }; properties: Record<string, unknown> }
interface Items { numberMatched: number; features: Feature[]; links: { rel: string; href: string }[] }

let tree: Federation
let duty: Client
let reader: ReturnType<typeof gdal>
let plots: string[]
let layers: string[]
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fengsui-ogc-'))
  tree = await federation({ addresses: [region, prefecture, county] })
  plots = []
  for (const title of ['乌什县发生7.1级地震', '乌什县<余震> & "次生"灾害', '某矿透水']) plots.push((await reportedIncident(tree, county, [prefecture], title)).id)
  const drawer = await plotClient(tree, prefecture, 'duty')
  layers = [layerIdOf(plots[0]!, prefecture), layerIdOf(plots[1]!, prefecture)]
  for (let start = 0; start < strokeCount; start += 500) {
    const features = Array.from({ length: Math.min(500, strokeCount - start) }, (_, n) => pointAt(78 + (start + n) / 1_000, 41 + ((start + n) % 7) / 100, `点 ${start + n}`, (start + n) % 2 === 0 ? 'A10300' : 'D10100'))
    await drawer.ask('POST', layerPath(layers[0]!, '/features'), { type: 'FeatureCollection', features })
  }
  await drawer.ask('POST', layerPath(layers[1]!, '/features'), { type: 'Feature', geometry: { type: 'Polygon', coordinates: [[[78, 41], [79, 41], [79, 42], [78, 41]]] }, properties: { label: "O'Hara <b>警戒区</b>", symbol: 'F10100' } })
  await drawer.ask('POST', layerPath(layers[1]!, '/features'), { type: 'Feature', geometry: { type: 'LineString', coordinates: [[78, 41], [79.5, 41.25]] }, properties: { label: '路线', symbol: 'E30100' } })
  duty = await tree.at(prefecture).as('duty')
  reader = gdal(tree.at(prefecture).url, duty.token)
})
afterAll(async () => {
  await tree?.close()
  await rm(folder, { recursive: true, force: true })
})

const items = (collection: string, query: Record<string, string> = {}) => duty.get<Items>(`/ogc/collections/${collection}/items?${new URLSearchParams({ limit: '10000', ...query })}`)
const drawn = async (layer: string, query = '') => (await duty.get<PlotAnswers>(layerPath(layer, `/features?size=10000${query}`))).features as Feature[]
const incidents = async (query = '') => (await duty.get<{ items: IncidentItem[] }>(`/api/incidents?size=200${query}`)).items
const byKey = <T extends { properties: Record<string, unknown> }>(features: T[], name: string) => features.toSorted((a, b) => (String(a.properties[name]) < String(b.properties[name]) ? -1 : 1))
const sorted = (values: unknown[]) => values.map(String).sort()

describe('what /ogc says is what the API says', () => {
  it('of incidents', async () => {
    const [found, listed] = [(await items('incidents')).features, await incidents()]
    expect(listed).toHaveLength(3)
    expect(byKey(found, 'id').map(({ id, geometry, properties }) => ({ id, geometry, properties }))).toEqual(
      listed.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((i) => ({
        id: i.id, geometry: { type: 'Point', coordinates: [i.place.lon, i.place.lat] },
        properties: {
          id: i.id, title: i.title, code: i.code, level: i.level.working, status: i.status, mode: i.mode, lead: i.lead, division: i.place.division, divisionName: '阿克苏地区乌什县',
          occurredAt: new Date(i.occurredAt).toISOString(), updatedAt: new Date(i.updatedAt).toISOString(), approximate: false,
        },
      })),
    )
    for (const [query, filter] of [['&level=I', `level = 'I'`], ['&code=11C', `code LIKE '11C%'`], ['&division=6529', `division LIKE '6529%'`], [`&lead=${county}`, `lead = '${county}'`], ['&status=closed', `status = 'closed'`]] as const) {
      expect([filter, sorted((await items('incidents', { filter })).features.map(({ id }) => id))]).toEqual([filter, sorted((await incidents(query)).map(({ id }) => id))])
    }
    const { occurredAt } = listed[1]!
    expect(sorted((await items('incidents', { datetime: `${new Date(occurredAt).toISOString()}/..` })).features.map(({ id }) => id))).toEqual(sorted((await incidents(`&from=${occurredAt}`)).map(({ id }) => id)))
  })

  it('of strokes, on every layer', async () => {
    const { features, numberMatched } = await items('plots')
    expect(numberMatched).toBe(strokeCount + 2)
    for (const [i, layer] of layers.entries()) {
      const own = features.filter(({ properties }) => properties.layer === layer)
      expect(own.map(({ id, geometry, properties: { plot, ownerStation, ...properties } }) => {
        expect([id, plot, ownerStation]).toEqual([`${layer}:${String(properties.key)}`, plots[i], prefecture])
        return { id: properties.key, geometry, properties }
      })).toEqual((await drawn(layer)).map(({ id, geometry, properties }) => ({ id, geometry, properties })))
    }
    expect((await items('plots', { plot: plots[1]! })).numberMatched).toBe(2)
    expect((await items('plots', { filter: `layer = '${layers[0]!}' AND label = '点 7'` })).features).toHaveLength(1)
  })

  it('a moment after it was drawn, changed or removed', async () => {
    const drawer = await plotClient(tree, prefecture, 'duty')
    const layer = layerIdOf(plots[2]!, prefecture)
    const here = async () => (await items('plots', { layer })).features.map(({ properties }) => properties.label)
    expect(await here()).toEqual([])
    const { id } = await drawer.ask('POST', layerPath(layer, '/features'), pointAt(79, 41, '指挥部', 'D10100'))
    expect(await here()).toEqual(['指挥部'])
    await drawer.ask('PATCH', layerPath(layer, `/features/${id}`), { properties: { label: '前方指挥部' } })
    expect(await here()).toEqual(['前方指挥部'])
    expect((await duty.get<Feature>(`/ogc/collections/plots/items/${encodeURIComponent(`${layer}:${id}`)}`)).properties.label).toBe('前方指挥部')
    await drawer.ask('DELETE', layerPath(layer, `/features/${id}`))
    expect(await here()).toEqual([])
  })

  it('also of what another station draws, once it has come over the link', async () => {
    const layer = layerIdOf(plots[2]!, county)
    const here = async () => (await items('plots', { layer })).features
    expect(await here()).toEqual([])
    const there = await plotClient(tree, county, 'duty')
    const { id } = await there.ask('POST', layerPath(layer, '/features'), pointAt(78.63, 41.26, '震中'))
    const [found] = await until('the county’s stroke at the prefecture', async () => { const features = await here(); return features.length > 0 && features })
    expect(found).toMatchObject({ id: `${layer}:${id}`, geometry: { coordinates: [78.63, 41.26] }, properties: { label: '震中', station: county, ownerStation: county, plot: plots[2] } })
    await there.ask('DELETE', layerPath(layer, `/features/${id}`))
    await until('its end at the prefecture', async () => (await here()).length === 0)
  })
})

describe('GDAL', () => {
  it('finds the collections and their fields, and has nothing to complain of', async () => {
    const layers = await reader.info()
    for (const line of ['divisions (title: 行政区划) (Point)', 'division-areas (title: 地州市范围（示意）) (Multi Polygon)', 'incidents (title: 突发事件) (Point)', 'plots (title: 标绘)']) expect(layers).toContain(line)
    const incident = await reader.info('incidents')
    for (const line of ['Feature Count: 3', 'id: String', 'title: String', 'occurredAt: DateTime', 'approximate: Integer(Boolean)']) expect(incident).toContain(line)
    expect(await reader.info('plots', '-where', `label = '点 7'`)).toContain('Feature Count: 1')
  })

  it('reads all incidents and divisions', async () => {
    const [read, listed] = [await reader.features('incidents'), await incidents()]
    expect(byKey(read, 'id').map(({ geometry, properties }) => [properties.id, properties.title, properties.level, Date.parse(String(properties.occurredAt)), geometry!.coordinates])).toEqual(
      listed.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((i) => [i.id, i.title, i.level.working, i.occurredAt, [i.place.lon, i.place.lat]]),
    )
    const divisions = await reader.features('divisions')
    expect(divisions.find(({ properties }) => properties.code === '652927')).toMatchObject({ geometry: { coordinates: [79.22, 41.22] }, properties: { name: '乌什县', level: 'county' } })
    expect(divisions).toHaveLength(10)
  })

  it.each([['pages of ten', []], ['pages of a thousand', ['-oo', 'PAGE_SIZE=1000']]])('reads all strokes by %s: each once, as the API has them', async (_name, options) => {
    const read = await reader.features('plots', ...options)
    const api = [...await drawn(layers[0]!), ...await drawn(layers[1]!)]
    const line = ({ geometry, properties }: { geometry: unknown; properties: Record<string, unknown> }) => JSON.stringify([properties.key, properties.layer, properties.symbol, properties.label, properties.author, Date.parse(String(properties.updatedAt)), geometry])
    expect(read).toHaveLength(strokeCount + 2)
    expect(read.map((feature) => line(feature)).sort()).toEqual(api.map((feature) => line(feature)).sort())
  })

  it('finds by box as the API does', async () => {
    const box = ['78.2', '41.005', '78.3', '41.035']
    const read = await reader.features('plots', '-spat', ...box, '-where', `layer = '${layers[0]!}'`)
    const api = await drawn(layers[0]!, `&bbox=${box.join(',')}`)
    expect(api.length).toBeGreaterThan(20)
    expect(sorted(read.map(({ properties }) => properties.key))).toEqual(sorted(api.map(({ id }) => id)))
  })

  it.each([
    [`symbol = 'D10100' AND label LIKE '点 1_'`, (p: Record<string, unknown>) => p.symbol === 'D10100' && /^点 1.$/.test(String(p.label))],
    [`label = 'O''Hara <b>警戒区</b>' OR symbol = 'E30100'`, (p: Record<string, unknown>) => p.symbol !== 'A10300' && p.symbol !== 'D10100'],
    [`NOT (symbol = 'A10300') AND label ILIKE '点 %'`, (p: Record<string, unknown>) => p.symbol === 'D10100'],
    [`updatedAt > '2024/01/01 00:00:00' AND remark = ''`, () => true],
    [`"from" IS NULL`, () => true],
  ])('finds by the filter %s as one who looks at each', async (where, holds) => {
    const read = await reader.features('plots', '-oo', 'PAGE_SIZE=1000', '-where', where)
    const api = [...await drawn(layers[0]!), ...await drawn(layers[1]!)].filter(({ properties }) => holds(properties))
    expect(sorted(read.map(({ properties }) => properties.key))).toEqual(sorted(api.map(({ id }) => id)))
  })

  it('agrees on EPSG:4490, latitude first, and on EPSG:3857', async () => {
    const plain = (await items('incidents')).features
    expect(await reader.firstAxis('EPSG:4490')).toMatch(/latitude/i)
    const chinese = (await items('incidents', { crs: cgcs2000 })).features
    expect(chinese.map(({ geometry }) => geometry.coordinates)).toEqual(plain.map(({ geometry: { coordinates: [lon, lat] } }) => [lat, lon]))
    expect(chinese[0]!.geometry.coordinates).toEqual([41.26, 78.63])
    const byGdal = await reader.features('incidents', '-t_srs', 'EPSG:4490', '-lco', 'RFC7946=NO')
    expect(byKey(byGdal, 'id').map(({ geometry }) => geometry!.coordinates)).toEqual(byKey(plain, 'id').map(({ geometry }) => geometry.coordinates))

    const file = join(folder, 'mercator.geojson')
    await writeFile(file, JSON.stringify(await items('plots', { crs: webMercator })))
    const back = byKey(await reader.converted(file, 'EPSG:3857', 'EPSG:4490'), 'key')
    const there = byKey((await items('plots')).features, 'key')
    expect(back).toHaveLength(there.length)
    const flat = (coordinates: unknown): number[] => (coordinates as unknown[]).flat(4) as number[]
    for (const [i, feature] of there.entries()) for (const [n, value] of flat(feature.geometry.coordinates).entries()) expect(flat(back[i]!.geometry!.coordinates)[n]).toBeCloseTo(value, 7)
    expect((await items('plots', { bbox: '41.005,78.2,41.035,78.3', 'bbox-crs': cgcs2000 })).numberMatched).toBe((await items('plots', { bbox: '78.2,41.005,78.3,41.035' })).numberMatched)
  })
})

describe('what is not right', () => {
  it.each([['bbox', '1,2,3'], ['datetime', 'yesterday'], ['filter', 'label >'], ['filter', `colour = 'red'`], ['crs', 'EPSG:4490'], ['limit', '0'], ['colour', 'red'], ['status', 'unknown']])('is answered 400 and named: %s = %s', async (field, value) => {
    const problem = await items('incidents', { [field]: value }).catch((error: unknown) => error)
    expect(problem).toBeInstanceOf(Problem)
    expect([(problem as Problem).status, (problem as Problem).body.errors?.map((fault) => fault.field)]).toEqual([400, [field]])
  })

  it('is not shown to who may not see it', async () => {
    await expect(gdal(tree.at(prefecture).url, 'nobody').info()).rejects.toThrow(/401/)
    const security = await tree.at(prefecture).as('security')
    await expect(security.get('/ogc/collections/incidents/items')).rejects.toMatchObject({ status: 403 })
  })
})
