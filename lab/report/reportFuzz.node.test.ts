import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { linkedStations } from './linkedStations.ts'

const county = '65/6529/652927'
const prefecture = '65/6529'
const now = Date.UTC(2024, 0, 22, 19)

const bodies: Record<string, Record<string, unknown>> = {
  '': {
    kind: 'first', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: now - 2, learnedAt: now - 1, mode: 'test', incidentId: undefined,
    place: { division: '652927', address: '亚曼苏乡', lon: 78.63, lat: 41.26 }, level: 'I', phonedAt: now, text: '正文', details: { source: '群众' }, attachments: [],
    figures: { deaths: 1, missing: 0, seriousInjuries: 1, lightInjuries: 5, trapped: 0, evacuated: 300, lossWan: 1.5 }, attributes: { magnitude: 7.1 },
  },
  '/submit': {}, '/sign': { level: 'I', comment: '同意' }, '/accept': { comment: '收到' }, '/return': { reason: '补充' },
  '/forward': { to: [prefecture], note: '请阅' }, '/urge': { station: prefecture, text: '请报' }, '/instruct': { text: '速查', due: now + 1e6, to: [county] },
  '/feedback': { instructionId: 'i', text: '已办', done: false, attachments: [] }, '/merge': { into: '01AAAAAAAAAAAAAAAAAAAAAAAA', reason: '重复' }, '/close': { outcome: '完' },
}
const junk = fc.oneof(
  fc.constantFrom(null, undefined, '', ' ', '\u0000', '😀'.repeat(150), `${'震'.repeat(119)}😀`, 'a'.repeat(6000), 0, -1, -0, 1.5, 1e308, 2 ** 53, 8.64e15, true, [], {}, [[]], '__proto__', '65/../6529', '65 6529', '@x', '652927', 'I', 'V', '11C02.x', '%', String.raw`\ud800`),
  fc.string(), fc.jsonValue(),
)
/** A body with one field anywhere in it replaced, or one more that nobody knows. */
const spoilt = fc.record({ action: fc.constantFrom(...Object.keys(bodies)), at: fc.nat(60), value: junk, extra: fc.boolean() }).map(({ action, at, value, extra }) => {
  const body = structuredClone(bodies[action] ?? {})
  const places: [Record<string, unknown>, string][] = []
  const walk = (holder: Record<string, unknown>) => { for (const [key, inner] of Object.entries(holder)) { places.push([holder, key]); if (typeof inner === 'object' && inner !== null) walk(inner as Record<string, unknown>) } }
  walk(body)
  if (extra || places.length === 0) return { action, body: at % 3 === 0 ? value : { ...body, unheardOf: value } }
  const [holder, key] = places[at % places.length] ?? [body, 'x']
  holder[key] = value
  return { action, body }
})

let tree: Awaited<ReturnType<typeof linkedStations>>
beforeAll(async () => { tree = await linkedStations([prefecture, county], { start: now }) })
afterAll(() => tree?.close())

it('3,000 spoilt requests: each is taken or refused with its reason, none is a fault, and what was taken can be signed and sent', async () => {
  const station = tree.at(county)
  const create = async () => (await station.ask('leader', 'POST', '/api/reports', bodies[''])).body as { id: string }
  let { id } = await create()
  const seen = new Map<number, number>()
  await fc.assert(fc.asyncProperty(spoilt, fc.nat(20), async ({ action, body }, step) => {
    if (step === 0) ({ id } = await create())
    const url = action === '' ? '/api/reports' : `/api/reports/${id}${action}`
    const answer = await station.ask('leader', 'POST', url, body)
    seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
    expect([answer.status, [200, 201, 400, 404, 409].includes(answer.status) ? null : answer.body]).toEqual([answer.status, null])
    if (answer.status >= 400) expect((answer.body as { code: string }).code).toMatch(/^[a-z]+\.[a-z-]+$/)
    if (answer.status !== 201) return
    const made = (answer.body as { id: string }).id
    expect((await station.ask('leader', 'POST', `/api/reports/${made}/submit`)).status).toBe(200)
    expect([200, 409]).toContain((await station.ask('leader', 'POST', `/api/reports/${made}/sign`)).status)
    expect((await station.ask('leader', 'GET', `/api/reports/${made}`)).status).toBe(200)
  }), { numRuns: 3_000 })
  for (const status of [200, 201, 400, 409]) expect(seen.get(status)).toBeGreaterThan(0)
}, 180_000)

it('spoilt queries are answered or refused', async () => {
  const names = ['box', 'q', 'status', 'kind', 'level', 'mode', 'incidentId', 'need', 'from', 'to', 'page', 'size', 'sort', 'other']
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...names), fc.oneof(fc.string(), fc.constantFrom('1', '-1', '1e9', 'I', '震', '%_\\', "'; drop table report", '-title', 'in'))), { maxLength: 4 }), async (pairs) => {
    const answer = await tree.at(county).ask('duty', 'GET', `/api/reports?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&')}`)
    expect([200, 400]).toContain(answer.status)
  }), { numRuns: 500 })
})
