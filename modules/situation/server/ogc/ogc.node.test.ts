import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testClock } from '#core/kernel/index.ts'
import type { Role } from '#core/http/roles.ts'
import { createApp } from '#core/http/server/createApp.ts'
import type { App } from '#core/http/server/app.ts'
import { plotReaders } from '#modules/plot/index.ts'
import { cgcs2000, crs84, ogcCrsUris, webMercator } from '../../ogc.crs.ts'
import { memorySource } from '../../ogc.memory.ts'
import { geometryQueryable, type OgcFeature } from '../../ogc.source.ts'
import { situationAccess } from '../../situation.access.ts'
import { areasSource } from './ogc.areas.ts'
import { divisionsSource } from './ogc.divisions.ts'
import { ogcRoutes } from './ogc.routes.ts'

const words = (zh: string) => ({ zh, en: zh })
const quake = Date.UTC(2024, 0, 22, 18, 9)
const feature = (n: number, change: Partial<OgcFeature> = {}): OgcFeature => ({
  type: 'Feature', id: `p${String(n).padStart(4, '0')}`, geometry: { type: 'Point', coordinates: [79 + n / 1000, 41] },
  properties: { name: `<b>点 ${n}</b> & "引号"`, size: n, big: n % 2 === 0, at: new Date(quake + n * 60_000).toISOString() }, ...change,
})
const points = [...Array.from({ length: 1_234 }, (_, n) => feature(n)), feature(9_998, { geometry: null }), feature(9_999, { geometry: { type: 'Point', coordinates: [-179, 10] } })]
const pointsSource = memorySource({
  id: 'points', title: words('点'), description: words('测试点'), example: 'size > 3', time: 'at',
  queryables: { geometry: geometryQueryable, name: { type: 'text', title: words('名称') }, size: { type: 'number', title: words('大小') }, big: { type: 'boolean', title: words('大') }, at: { type: 'instant', title: words('时间') } },
}, async () => points)

interface Items { type: string; numberMatched: number; numberReturned: number; timeStamp: string; links: { rel: string; href: string; type: string }[]; features: OgcFeature[] }
interface Problem { errors: { field: string; message: string }[] }
interface Definition { paths: Record<string, { get: { parameters: { name?: string; $ref?: string }[] } }> }
type Json = Items & OgcFeature & Problem & Definition & { collections: Items[] }
interface Answer { status: number; headers: Record<string, unknown>; text: string; json(): Json }

let app: App
let areDrawn = true
beforeAll(async () => {
  app = await createApp({ self: '65', mode: 'test', version: '1.2.3', access: situationAccess, personOf: async (token) => ({ id: token, account: token, name: token, roles: [token as Role] }) })
  ogcRoutes(app, { clock: testClock(quake), version: '1.2.3' }, [divisionsSource('65/6529'), areasSource('65', async () => areDrawn), pointsSource])
})
afterAll(() => app?.close())

async function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { statusCode, headers: answered, body } = await app.inject({ url: path, headers: { authorization: 'Bearer duty', host: 'station.test:7001', ...headers } })
  return { status: statusCode, headers: answered, text: body, json: () => JSON.parse(body) as Json }
}
const ask = (query: Record<string, string | number>) => get(`/ogc/collections/points/items?${new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]))}`)
const ids = async (query: Record<string, string | number>) => {
  const answer = await ask({ limit: 10_000, ...query })
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, ''])
  return answer.json().features.map(({ id }) => id)
}
const faults = async (query: Record<string, string | number>) => {
  const answer = await ask(query)
  return [answer.status, answer.headers['content-type'], ...(answer.json().errors ?? []).map(({ field }) => field)]
}
const problem = 'application/problem+json; charset=utf-8'

describe('OGC API Features', () => {
  it('leads from the landing page to everything there is', async () => {
    const landing = (await get('/ogc')).json()
    expect(landing.links.map(({ rel, href, type }) => [rel, href, type])).toEqual([
      ['self', 'http://station.test:7001/ogc?f=json', 'application/json'],
      ['alternate', 'http://station.test:7001/ogc?f=html', 'text/html'],
      ['data', 'http://station.test:7001/ogc/collections', 'application/json'],
      ['conformance', 'http://station.test:7001/ogc/conformance', 'application/json'],
      ['service-desc', 'http://station.test:7001/ogc/api', 'application/vnd.oai.openapi+json;version=3.0'],
      ['service-doc', 'http://station.test:7001/ogc/api.html', 'text/html'],
    ])
    const seen = new Set<string>()
    const waiting = landing.links.map(({ href, type }) => ({ href, type }))
    for (let link = waiting.pop(); link; link = waiting.pop()) {
      const { href, type } = link
      if (seen.has(href) || seen.size > 60) continue
      seen.add(href)
      const { pathname, search } = new URL(href)
      const answer = await get(pathname + search, { accept: type })
      expect([href, answer.status]).toEqual([href, 200])
      expect(String(answer.headers['content-type']).startsWith(type.split(';')[0]!)).toBe(true)
      if (type === 'text/html') continue
      const found: Partial<Json> = answer.json()
      waiting.push(...(found.links ?? []), ...(found.collections ?? []).flatMap((collection) => collection.links))
    }
    expect(seen.size).toBeGreaterThan(30)
  })

  it('describes itself in OpenAPI 3.0 that an independent validator accepts', async () => {
    const answer = await get('/ogc/api')
    expect(answer.headers['content-type']).toBe('application/vnd.oai.openapi+json;version=3.0')
    const validator = new Validator()
    const result = await validator.validate(answer.json() as never)
    expect([result.valid, result.errors, validator.version]).toEqual([true, undefined, '3.0'])
    const { paths } = answer.json()
    expect(Object.keys(paths)).toContain('/collections/points/items/{featureId}')
    expect(Object.keys((await get('/api/openapi.json')).json().paths)).toContain('/ogc/collections/points/items')
    expect(paths['/collections/points/items']!.get.parameters.map(({ name, $ref }) => name ?? $ref!.split('/').at(-1))).toEqual(['f', 'limit', 'offset', 'bbox', 'bbox-crs', 'crs', 'datetime', 'filter', 'filter-lang', 'filter-crs', 'name', 'size', 'big', 'at'])
  })

  it('describes a collection: extent in space and time, systems, queryables', async () => {
    expect((await get('/ogc/collections/points')).json()).toMatchObject({
      id: 'points', itemType: 'feature', storageCrs: crs84, crs: ogcCrsUris,
      extent: { spatial: { bbox: [[-179, 10, 80.233, 41]], crs: crs84 }, temporal: { interval: [[new Date(quake).toISOString(), new Date(quake + 9_999 * 60_000).toISOString()]] } },
    })
    const queryables = await get('/ogc/collections/points/queryables')
    expect(queryables.headers['content-type']).toMatch(/^application\/schema\+json/)
    expect(queryables.json()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'http://station.test:7001/ogc/collections/points/queryables', type: 'object', additionalProperties: false,
      properties: { geometry: { format: 'geometry-any', 'x-ogc-role': 'primary-geometry' }, size: { type: 'number' }, at: { type: 'string', format: 'date-time', 'x-ogc-role': 'primary-instant' } },
    })
    expect((await get('/ogc/collections/points/queryables', { accept: 'application/geo+json, application/json' })).headers['content-type']).toMatch(/^application\/json/)
  })

  it('pages: following next from the start gives every feature once, and prev leads back', async () => {
    const first: Items = (await ask({ limit: 500 })).json()
    expect(first).toMatchObject({ type: 'FeatureCollection', numberMatched: 1_236, numberReturned: 500, timeStamp: new Date(quake).toISOString() })
    const all: string[] = []
    let page: Items | undefined = first
    let last = first
    for (let rounds = 0; page && rounds < 10; rounds++) {
      all.push(...page.features.map(({ id }) => id))
      last = page
      const next: string | undefined = page.links.find(({ rel }) => rel === 'next')?.href
      page = next === undefined ? undefined : (await get(next.replace('http://station.test:7001', ''))).json()
    }
    expect(all).toEqual(points.map(({ id }) => id))
    const back = last.links.find(({ rel }) => rel === 'prev')!.href
    expect((await get(back.replace('http://station.test:7001', ''))).json().features[0]!.id).toBe('p0500')
    expect((await ask({ limit: 1_000_000 })).json().numberReturned).toBe(1_236)
    expect((await ask({ offset: 5_000 })).json()).toMatchObject({ numberMatched: 1_236, numberReturned: 0, features: [] })
  })

  it('finds by box in the order of axes of each system; what has no place is in every box', async () => {
    const here = ['p0003', 'p0004', 'p0005', 'p9998']
    expect(await ids({ bbox: '79.003,40.9,79.005,41.1' })).toEqual(here)
    expect(await ids({ bbox: '79.003,40.9,-10,79.005,41.1,9000' })).toEqual(here)
    expect(await ids({ bbox: '40.9,79.003,41.1,79.005', 'bbox-crs': cgcs2000 })).toEqual(here)
    expect(await ids({ bbox: '8794573,4990000,8794797,5020000', 'bbox-crs': webMercator })).toEqual(here)
    expect(await ids({ bbox: '170,-90,-170,90' })).toEqual(['p9998', 'p9999'])
  })

  it('finds by time, open ends and whole days', async () => {
    expect(await ids({ datetime: '2024-01-22T18:12:00Z' })).toEqual(['p0003'])
    expect(await ids({ datetime: '2024-01-23T02:12:00+08:00' })).toEqual(['p0003'])
    expect(await ids({ datetime: '../2024-01-22T18:10:00Z' })).toEqual(['p0000', 'p0001'])
    expect(await ids({ datetime: '2024-01-29T16:47:00Z/' })).toEqual(['p9998', 'p9999'])
    expect(await ids({ datetime: '2024-01-29' })).toEqual(['p9998', 'p9999'])
  })

  it('finds by CQL2 text, with geometries in the filter’s own system, and by properties', async () => {
    expect(await ids({ filter: `size BETWEEN 3 AND 5 AND NOT big = TRUE` })).toEqual(['p0003', 'p0005'])
    expect(await ids({ filter: `S_INTERSECTS(geometry, POINT(41 79.007))`, 'filter-crs': cgcs2000, 'filter-lang': 'cql2-text' })).toEqual(['p0007'])
    expect(await ids({ filter: `T_AFTER(at, TIMESTAMP('2024-01-29T16:47:00Z')) OR geometry IS NULL` })).toEqual(['p9998', 'p9999'])
    expect(await ids({ size: 12 })).toEqual(['p0012'])
    expect(await ids({ name: '<b>点 7</b> & "引号"', big: 'false' })).toEqual(['p0007'])
    expect(await ids({ at: '2024-01-22T18:10:00Z', filter: 'size >= 0' })).toEqual(['p0001'])
  })

  it('answers in each system with its axes and says which it is', async () => {
    const at = async (crs?: string) => {
      const answer = await ask({ limit: 1, ...(crs ? { crs } : {}) })
      return [answer.headers['content-crs'], answer.json().features[0]!.geometry]
    }
    expect(await at()).toEqual([`<${crs84}>`, { type: 'Point', coordinates: [79, 41] }])
    expect(await at(cgcs2000)).toEqual([`<${cgcs2000}>`, { type: 'Point', coordinates: [41, 79] }])
    expect(await at(webMercator)).toEqual([`<${webMercator}>`, { type: 'Point', coordinates: [8_794_239.773, 5_012_341.664] }])
    const one = await get(`/ogc/collections/points/items/p0000?crs=${encodeURIComponent(cgcs2000)}`)
    expect([one.headers['content-crs'], one.json().geometry]).toEqual([`<${cgcs2000}>`, { type: 'Point', coordinates: [41, 79] }])
  })

  it.each([
    [{ colour: 'red' }, ['colour']], [{ limit: 0 }, ['limit']], [{ limit: 'many' }, ['limit']], [{ limit: '' }, ['limit']], [{ offset: -1 }, ['offset']],
    [{ bbox: '1,2,3' }, ['bbox']], [{ bbox: '1,2,3,four' }, ['bbox']], [{ bbox: '79,42,80,41' }, ['bbox']], [{ bbox: '' }, ['bbox']], [{ bbox: '79,141,80,142' }, ['bbox']], [{ bbox: 'NaN,1,2,3' }, ['bbox']],
    [{ 'bbox-crs': 'EPSG:4490' }, ['bbox-crs']], [{ crs: 'http://www.opengis.net/def/crs/EPSG/0/9999' }, ['crs']],
    [{ datetime: 'now' }, ['datetime']], [{ datetime: '2024-02-30' }, ['datetime']], [{ datetime: '2024-01-02/2024-01-01' }, ['datetime']],
    [{ filter: 'size >' }, ['filter']], [{ filter: `colour = 'red'` }, ['filter']], [{ filter: 'TRUE', 'filter-lang': 'cql2-json' }, ['filter-lang']], [{ filter: 'TRUE', 'filter-crs': 'CRS84' }, ['filter-crs']],
    [{ size: 'large' }, ['size']], [{ big: 'yes' }, ['big']], [{ at: 'today' }, ['at']], [{ f: 'xml' }, ['f']], [{ bbox: 'x', datetime: 'y', filter: '(' }, ['bbox', 'datetime', 'filter']],
  ])('refuses %o and names %o', async (query, fields) => {
    expect(await faults(query as Record<string, string>)).toEqual([400, problem, ...fields])
  })

  it('refuses a parameter given twice, and unknown ones on every page', async () => {
    expect((await get('/ogc/collections/points/items?bbox=1,2,3,4&bbox=1,2,3,4')).status).toBe(400)
    for (const path of ['', '/', '/conformance', '/api', '/api.html', '/collections', '/collections/points', '/collections/points/queryables', '/collections/points/items/p0001']) {
      const answer = await get(`/ogc${path}?token=1`)
      expect([path, answer.status, answer.json().errors.map(({ field }) => field)]).toEqual([path, 400, ['token']])
    }
  })

  it('says where a filter is wrong in the language asked for', async () => {
    const { errors } = (await ask({ filter: 'size = 1 AND colour = 2' })).json()
    expect(errors[0]!.message).toBe('第 14 个字符：没有属性 colour；可用：geometry, name, size, big, at')
    const english = (await get('/ogc/collections/points/items?filter=buffer(geometry)%20=%201', { 'accept-language': 'en' })).json()
    expect(english.errors[0]!.message).toMatch(/^character 1: the function buffer is not supported/)
  })

  it('has 404 for what is not there, also for a browser', async () => {
    for (const path of ['/collections/nothing', '/collections/nothing/items', '/collections/points/items/none', '/what']) {
      for (const accept of ['application/json', 'text/html']) {
        const answer = await get(`/ogc${path}`, { accept })
        expect([path, answer.status, answer.headers['content-type']]).toEqual([path, 404, problem])
      }
    }
    expect((await get('/ogc', { accept: 'image/png' })).status).toBe(406)
  })

  it('is for those who may see the picture', async () => {
    expect((await app.inject({ url: '/ogc' })).statusCode).toBe(401)
    expect((await get('/ogc', { authorization: 'Bearer security' })).status).toBe(403)
    expect((await get('/ogc/collections/points/items', { authorization: 'Bearer machine' })).status).toBe(200)
    // Who reads plots and incidents here must be allowed to read them there.
    for (const role of situationAccess['situation.read']!) expect(plotReaders).toContain(role)
  })

  it('has pages for people: escaped, without script, in both languages', async () => {
    const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
    for (const path of ['', '/conformance', '/api', '/api.html', '/collections', '/collections/points', '/collections/points/queryables', '/collections/points/items', '/collections/points/items/p0001', '/collections/points/items/p9998']) {
      for (const language of ['zh-CN', 'en']) {
        const answer = await get(`/ogc${path}`, { ...browser, 'accept-language': language })
        expect([path, answer.status, answer.headers['content-type'], answer.headers['content-language']]).toEqual([path, 200, 'text/html; charset=utf-8', language.slice(0, 2)])
        expect(answer.text).toContain(`<html lang="${language}">`)
        expect(answer.text).not.toMatch(/<script|javascript:|\son\w+=|<b>点|undefined|\[object/i)
      }
    }
    const page = await get('/ogc/collections/points/items?f=html&limit=2&filter=size%20%3E%200', browser)
    expect(page.text).toContain('&lt;b&gt;点 1&lt;/b&gt; &amp; &quot;引号&quot;')
    expect(page.text).toContain('共 1235 个，显示第 1–2 个')
    expect(page.text).toContain('offset=2')
    expect((await get('/ogc/collections/points/items?f=html&filter=%22%3E%3Cscript%3E', browser)).status).toBe(400)
    expect((await get('/ogc/collections/points/items?f=json', browser)).headers['content-type']).toMatch(/^application\/geo\+json/)
    expect((await get('/ogc', { ...browser, host: 'a"><script>alert(1)</script>' })).text).not.toContain('<script')
  })
})

describe('divisions', () => {
  it('are those of the station’s own region, at their seats', async () => {
    const { features, numberMatched } = (await get('/ogc/collections/divisions/items?limit=1000')).json()
    expect(numberMatched).toBe(10)
    expect(features.find(({ id }) => id === '652927')).toEqual({
      type: 'Feature', id: '652927', geometry: { type: 'Point', coordinates: [79.22, 41.22] },
      properties: { code: '652927', name: '乌什县', path: '新疆维吾尔自治区 阿克苏地区 乌什县', level: 'county', initials: 'wsx' },
    })
    expect((await get(`/ogc/collections/divisions/items?${new URLSearchParams({ filter: `name LIKE '%市' AND level = 'county'` })}`)).json().features.map(({ properties }) => properties.name)).toEqual(['阿克苏市', '库车市'])
  })

  it('have the base map’s areas of prefectures beside them, each marked as schematic', async () => {
    const { features } = (await get('/ogc/collections/division-areas/items')).json()
    expect(features.map(({ properties }) => properties.note)).toEqual(features.map(() => '示意'))
    expect(features.map(({ properties }) => properties.name)).toEqual(expect.arrayContaining(['阿克苏地区', '哈密市', '喀什地区']))
    const around = (await get(`/ogc/collections/division-areas/items?${new URLSearchParams({ filter: 'S_INTERSECTS(geometry, POINT(79.22 41.22))' })}`)).json()
    expect(around.features.map(({ id }) => id)).toEqual(['652900'])
    expect((await areasSource('65/6529/652927', async () => true).items({ bbox: null, period: null, filter: null, limit: 10, offset: 0 })).matched).toBe(0)
    areDrawn = false
    expect((await get('/ogc/collections/division-areas/items')).json().numberMatched).toBe(0)
  })
})
