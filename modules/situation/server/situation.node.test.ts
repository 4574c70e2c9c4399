import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { federation, type Federation, type Member } from '#lab/federation/federation.ts'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import { tileAt } from '#core/geo/tiles.ts'
import { isRefusal } from '#core/kernel/index.ts'
import { newSubject } from '#core/ledger/index.ts'
import { assessIncident, incidentType, openIncident } from '#modules/incident/index.ts'
import type { Place } from '#modules/norms/index.ts'
import { shippedNorms, type Grade } from '#modules/norms/index.ts'
import { incidentPoints } from './incidentPoints.ts'
import type { incidentMapResponse, placesResponse, timelineResponse } from '../situation.api.ts'
import type { z } from 'zod'

const day = 86_400_000
const start = Date.UTC(2024, 0, 22, 18, 9)
const self = '65'

let cluster: PostgresCluster
beforeAll(async () => { cluster = await startPostgres() })
afterAll(() => cluster?.stop())

interface Told { title: string; place: Place; level?: Grade; code?: string; occurredAt?: number; mode?: 'actual' | 'exercise'; told?: boolean }

function layersOf(bytes: Uint8Array): Record<string, Record<string, unknown>[]> {
  return Object.fromEntries(Object.entries(new VectorTile(new PbfReader(bytes)).layers).map(([name, layer]) => [name, Array.from({ length: layer.length }, (_, i) => layer.feature(i).properties)]))
}

describe.each(['sqlite', 'postgres'] as const)('the shared picture on %s', (dialect) => {
  let tree: Federation
  let station: Member
  let token: string
  beforeAll(async () => {
    const url = dialect === 'postgres' ? await cluster.url('situation') : undefined
    tree = await federation({ addresses: [self], databaseUrl: () => url })
    station = tree.at(self)
    token = (await station.as('duty')).token
  })
  afterAll(() => tree?.close())

  const ask = (url: string, headers: Record<string, string> = {}) => station.app.inject({ url, headers: { authorization: `Bearer ${token}`, ...headers } })
  const json = async <T>(url: string): Promise<T> => (await ask(url)).json<T>()
  const incidentsIn = (query = '') => json<z.infer<typeof incidentMapResponse>>(`/api/situation/incidents${query}`)

  /** States an incident as the report module would: opened, and told of unless it stays a draft. */
  async function happened({ title, place, level = 'III', code = '11C02', occurredAt = start, mode = 'actual', told = true }: Told): Promise<string> {
    return station.station.ledger.write({ id: 'p1', name: '值班员' }, async (w) => {
      const norms = shippedNorms(w.self)
      const subject = newSubject('incident', w.self, mode, w.now)
      for (const draft of openIncident({ subject, code, title, occurredAt, learnedAt: occurredAt + 60_000, place }, { self, norms })) await w.append(draft)
      if (told) {
        const drafts = assessIncident(await w.state(incidentType, subject), { report: null, figures: {}, level }, { self, norms })
        if (isRefusal(drafts)) throw drafts
        for (const draft of drafts) await w.append(draft)
      }
      return subject.slice('incident/'.length)
    })
  }

  describe('incidents on the map', () => {
    test('follow the facts: a draft is on no map, an incident is where it happened, and what is said later shows', async () => {
      const box = '?bbox=78.6,41.2,78.7,41.3'
      await happened({ title: '只是草稿', place: { division: '652927', lon: 78.63, lat: 41.26 }, told: false })
      expect((await incidentsIn(box)).features).toEqual([])
      const id = await happened({ title: '乌什县7.1级地震', place: { division: '652927', lon: 78.63, lat: 41.26 }, level: 'II' })
      expect(await incidentsIn(box)).toEqual({
        type: 'FeatureCollection', truncated: false,
        features: [{
          type: 'Feature', id, geometry: { type: 'Point', coordinates: [78.63, 41.26] },
          properties: {
            id, title: '乌什县7.1级地震', code: '11C02', level: 'II', status: 'open', mode: 'actual', lead: self, division: '652927', divisionName: '阿克苏地区乌什县',
            occurredAt: start, updatedAt: expect.any(Number), approximate: false,
          },
        }],
      })
      await station.station.ledger.write({ id: 'p1', name: '值班员' }, async (w) => {
        const drafts = assessIncident(await w.state(incidentType, `incident/${id}`), { report: null, figures: {}, level: 'I', place: { division: '652927', lon: 78.65, lat: 41.25 } }, { self, norms: shippedNorms(w.self) })
        if (isRefusal(drafts)) throw drafts
        for (const draft of drafts) await w.append(draft)
      })
      expect((await incidentsIn(box)).features[0]).toMatchObject({ geometry: { coordinates: [78.65, 41.25] }, properties: { level: 'I' } })
    })

    test('without a coordinate they stand at the seat of their division, and say so', async () => {
      const id = await happened({ title: '温宿县山洪', place: { division: '652922204' }, code: '11A01' })
      const { features } = await incidentsIn('?bbox=80,41,80.6,41.5')
      expect(features.find((feature) => feature.id === id)).toMatchObject({ properties: { approximate: true, divisionName: '阿克苏地区温宿县' }, geometry: { coordinates: [80.24, 41.28] } })
    })

    test('box, time, level, code, mode and status narrow; the gravest come first; more than the limit is said', async () => {
      const place = (n: number) => ({ division: '653130', lon: 100 + n / 100, lat: 30 })
      await happened({ title: '一', place: place(1), level: 'IV', code: '12H01', occurredAt: start + day })
      await happened({ title: '二', place: place(2), level: 'I', code: '11C02', occurredAt: start + 2 * day, mode: 'exercise' })
      await happened({ title: '三', place: place(3), level: 'III', code: '13A01', occurredAt: start + 3 * day })
      const titles = async (query: string) => (await incidentsIn(`?bbox=99,29,101,31${query}`)).features.map((feature) => feature.properties.title)
      expect(await titles('')).toEqual(['二', '三', '一'])
      expect(await titles(`&from=${start + 2 * day}&until=${start + 3 * day}`)).toEqual(['二', '三'])
      expect(await titles('&level=III,IV')).toEqual(['三', '一'])
      expect(await titles('&code=12,13A')).toEqual(['三', '一'])
      expect(await titles('&mode=exercise')).toEqual(['二'])
      expect(await titles('&status=closed')).toEqual([])
      expect(await incidentsIn('?bbox=99,29,101,31&limit=2')).toMatchObject({ truncated: true, features: [{ properties: { title: '二' } }, { properties: { title: '三' } }] })
      expect((await incidentsIn('?bbox=179,29,-179,31')).features).toEqual([])
    })

    test.each([
      ['bbox', '?bbox=1,2,3'], ['bbox', '?bbox=79,41,80,99'], ['bbox', '?bbox=a,b,c,d'], ['bbox', '?bbox=79,42,80,41'], ['level.0', '?level=V'], ['limit', '?limit=0'], ['from', '?from=-1'], ['mode', '?mode=real'], ['status.0', '?status=draft'],
    ])('a wrong %s is named: %s', async (field, query) => {
      const answer = await ask(`/api/situation/incidents${query}`)
      expect(answer.statusCode).toBe(400)
      expect(answer.json<{ errors: { field: string }[] }>().errors.map((error) => error.field)).toContain(field)
    })

    test('a station that had incidents before it had a map puts them on it when it starts', async () => {
      const before = await incidentsIn()
      const { database } = station.station
      await database.write(async (tx) => {
        await incidentPoints.drop(tx)
        await incidentPoints.migration.up(tx, database.dialect)
      })
      expect((await incidentsIn()).features).toEqual([])
      station = await tree.restart(self)
      token = (await station.as('duty')).token
      expect(await incidentsIn()).toEqual(before)
    })

    test('the time line counts them by bar and level', async () => {
      const line = await json<z.infer<typeof timelineResponse>>(`/api/situation/timeline?from=${start + day}&until=${start + 4 * day - 1}&bars=3`)
      expect(line).toMatchObject({ barMs: day, total: 3, first: start, last: start + 3 * day })
      expect(line.bars).toEqual([{ at: start + day, I: 0, II: 0, III: 0, IV: 1 }, { at: start + 2 * day, I: 1, II: 0, III: 0, IV: 0 }, { at: start + 3 * day, I: 0, II: 0, III: 1, IV: 0 }])
      expect((await json<z.infer<typeof timelineResponse>>(`/api/situation/timeline?from=${start + day}&until=${start + 4 * day}&mode=exercise`)).total).toBe(1)
      expect((await ask('/api/situation/timeline?from=5&until=4')).json()).toMatchObject({ errors: [{ field: 'until' }] })
    })
  })

  describe('finding places', () => {
    const find = async (q: string) => (await json<z.infer<typeof placesResponse>>(`/api/situation/places?q=${encodeURIComponent(q)}`)).items

    test('a division by name, initials and code; a coordinate in any order; an incident by its title', async () => {
      for (const q of ['乌什县', 'wsx', '652927']) expect(await find(q), q).toContainEqual(expect.objectContaining({ kind: 'division', code: '652927', name: '乌什县', approximate: false }))
      expect((await find('阿克苏地区'))[0]).toMatchObject({ kind: 'division', lon: expect.any(Number), approximate: false })
      for (const q of ['41.26, 78.63', '78.63 41.26', '北纬41°15′36″东经78°37′48″']) expect(await find(q), q).toEqual([{ kind: 'coordinate', name: '41.26000°N 78.63000°E', lon: expect.closeTo(78.63, 6), lat: expect.closeTo(41.26, 6) }])
      const found = await find('7.1级 地震')
      expect(found).toMatchObject([{ kind: 'incident', name: '乌什县7.1级地震', level: 'I' }])
      expect((await find('乌什')).map((item) => item.kind)).toEqual(expect.arrayContaining(['division', 'incident']))
      expect(await find('没有这里%_')).toEqual([])
      expect((await ask('/api/situation/places?q=')).statusCode).toBe(400)
    })
  })

  describe('tiles', () => {
    const at = (lon: number, lat: number, z: number) => { const { x, y } = tileAt([lon, lat], z); return `${z}/${x}/${y}` }

    test('the base map has 乌什县, its prefecture’s border marked 示意, and land under both', async () => {
      const answer = await ask(`/tiles/base/${at(79.22, 41.21, 7)}.mvt`)
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['content-type']).toBe('application/vnd.mapbox-vector-tile')
      const layers = layersOf(answer.rawPayload)
      expect(layers.place).toContainEqual(expect.objectContaining({ name: '乌什县', code: '652927', class: 'county', rank: 3 }))
      expect(layers.boundary?.map((line) => line.class)).toEqual(expect.arrayContaining(['prefecture', 'national']))
      expect(layers.boundary?.every((line) => line.note === '示意')).toBe(true)
      expect(layers.land).toHaveLength(1)
      expect(layers.area?.map((area) => area.name)).toContain('阿克苏地区')
      const world = layersOf((await ask('/tiles/base/0/0/0.mvt')).rawPayload)
      expect(Object.keys(world)).toEqual(expect.arrayContaining(['land', 'boundary']))
    })

    test('a client that holds a tile gets 304; gzip is sent to those who take it, and the bytes are the same', async () => {
      const url = `/tiles/base/${at(79.22, 41.21, 7)}.mvt`
      const plain = await ask(url)
      const { etag } = plain.headers
      const packed = await ask(url, { 'accept-encoding': 'br, gzip' })
      expect(packed.headers['content-encoding']).toBe('gzip')
      expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length)
      const { gunzipSync } = await import('node:zlib')
      expect(gunzipSync(packed.rawPayload).equals(plain.rawPayload)).toBe(true)
      expect(await ask(url, { 'if-none-match': `"other", W/${etag}` })).toMatchObject({ statusCode: 304, payload: '' })
      expect((await ask(url, { 'if-none-match': '"other"' })).statusCode).toBe(200)
    })

    test('incidents: a point with all it says, another ETag after every change, and nothing is 204', async () => {
      const url = `/tiles/incidents/${at(78.65, 41.25, 12)}.mvt`
      const before = await ask(url)
      expect(layersOf(before.rawPayload).incidents).toEqual([expect.objectContaining({ title: '乌什县7.1级地震', level: 'I', status: 'open', approximate: false })])
      expect((await ask(url, { 'if-none-match': String(before.headers.etag) })).statusCode).toBe(304)
      await happened({ title: '余震', place: { division: '652927', lon: 78.651, lat: 41.251 }, level: 'IV' })
      const after = await ask(url, { 'if-none-match': String(before.headers.etag) })
      expect(after.statusCode).toBe(200)
      expect(layersOf(after.rawPayload).incidents).toHaveLength(2)
      expect(layersOf((await ask(`${url}?level=IV`)).rawPayload).incidents).toEqual([expect.objectContaining({ title: '余震' })])
      const gathered = layersOf((await ask(`/tiles/incidents/${at(78.65, 41.25, 5)}.mvt`)).rawPayload).incidents
      expect(gathered).toContainEqual({ cluster: true, point_count: 2, level: 'I' })
      expect((await ask('/tiles/incidents/12/0/0.mvt')).statusCode).toBe(204)
    })

    test.each([
      ['z', '/tiles/base/99/0/0.mvt'], ['z', '/tiles/incidents/-1/0/0.mvt'], ['z', '/tiles/base/x/0/0.mvt'], ['x', '/tiles/base/3/8/0.mvt'], ['y', '/tiles/base/3/0/8.mvt'], ['y', '/tiles/incidents/3/0/1.5.mvt'],
      ['x', '/tiles/some-layer/3/9/0.mvt'], ['layer', '/tiles/Some_Layer/3/1/0.mvt'],
    ])('a wrong %s is named: %s', async (field, url) => {
      const answer = await ask(url)
      expect(answer.statusCode).toBe(400)
      expect(answer.json<{ errors: { field: string }[] }>().errors.map((error) => error.field)).toContain(field)
    })

    test('an unknown layer is 404; without signing in nothing is shown', async () => {
      expect((await ask('/tiles/no-such-layer/3/1/1.mvt')).json()).toMatchObject({ code: 'situation.layer.not-found' })
      for (const url of ['/tiles/base/0/0/0.mvt', '/tiles/incidents/0/0/0.mvt', '/style/dark.json', '/api/situation/incidents']) expect((await station.app.inject({ url })).statusCode, url).toBe(401)
    })
  })

  describe('styles', () => {
    test('both name the station’s own tiles with the whole address, and no other address at all', async () => {
      for (const look of ['dark', 'light']) {
        const answer = await ask(`/style/${look}.json`, { host: 'map.example:7001' })
        const style = answer.json<{ sources: Record<string, { tiles: string[]; attribution: string }>; layers: { id: string; paint?: Record<string, unknown> }[] }>()
        expect(style.sources.base?.tiles[0]).toMatch(/^http:\/\/map\.example:7001\/tiles\/base\/\{z\}\/\{x\}\/\{y\}\.mvt\?v=/)
        expect(style.sources.base?.attribution).toContain('示意')
        expect(answer.payload.match(/https?:\/\/[^"/]+/g)?.every((url) => url === 'http://map.example:7001')).toBe(true)
        expect(style.layers.filter(({ id }) => /^boundary-(national|region|prefecture|county)$/.test(id)).every(({ paint }) => Array.isArray(paint?.['line-dasharray']))).toBe(true)
      }
      expect((await ask('/style/neon.json')).json()).toMatchObject({ errors: [{ field: 'look' }] })
    })

    test('the address a tile style gives may be kept for a day, for it names the version', async () => {
      const { sources } = await json<{ sources: { base: { tiles: [string] } } }>('/style/dark.json')
      const { pathname, search } = new URL(sources.base.tiles[0].replace('{z}/{x}/{y}', '0/0/0'))
      expect((await ask(`${pathname}${search}`)).headers['cache-control']).toBe('private, max-age=86400')
      expect((await ask(`${pathname}?v=old`)).headers['cache-control']).toBe('private, no-cache')
    })
  })
})
