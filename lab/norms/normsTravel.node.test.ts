import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { Problem, until } from '#lab/federation/client.ts'
import { federation, type Federation } from '#lab/federation/federation.ts'
import type { codeDetailResponse, codesResponse, divisionsResponse, gradeResponse, normsResponse, previewResponse, versionSchema, versionsResponse } from '#modules/norms/norms.api.ts'

type Norms = z.infer<typeof normsResponse>
const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'

let tree: Federation
beforeAll(async () => { tree = await federation({ addresses: [region, prefecture, county] }) })
afterAll(() => tree?.close())

const as = (station: string, account: string) => tree.at(station).as(account)
const inForce = async (station: string, key: string) => (await (await as(station, 'duty')).get<Norms>('/api/norms')).items.find((item) => item.key === key)
const refusal = (promise: Promise<unknown>): Promise<Problem> => promise.then(() => { throw new Error('was not refused') }, (error: unknown) => {
  if (error instanceof Problem) return error
  throw error
})

describe('norms between stations', () => {
  test('shipped values are in force and say where they come from', async () => {
    expect(await inForce(county, 'deadline/phone/III')).toMatchObject({ group: 'deadline', value: 30, setBy: null, mark: 'K' })
    const group = await (await as(county, 'duty')).get<Norms>('/api/norms?group=reach')
    expect(group.items.map((i) => i.key)).toEqual(['reach/I', 'reach/II', 'reach/III', 'reach/IV'])
  })

  test('what the region publishes changes the county\'s limits after arrival', async () => {
    const leader = await as(region, 'leader')
    const published = await leader.post<z.infer<typeof versionSchema>>('/api/norms', { note: '自治区规定', sets: { 'deadline/phone/III': 20, 'code/11C03': { zh: '塌陷地震' } } })
    expect(published).toMatchObject({ station: region, version: 1, by: expect.any(String) })
    const item = await until('the region\'s norms at the county', async () => {
      const found = await inForce(county, 'deadline/phone/III')
      return found?.setBy === region && found
    })
    expect(item).toMatchObject({ value: 20, version: 1, mark: 'station', source: '自治区规定' })
    const codes = await (await as(county, 'duty')).get<z.infer<typeof codesResponse>>(`/api/norms/codes?q=${encodeURIComponent('塌陷')}`)
    expect(codes.items.map((c) => c.code)).toEqual(['11C03', '11D04'])
  })

  test('a county cannot loosen them: previewed as refused, refused with the field named, nothing stated', async () => {
    const admin = await as(county, 'admin')
    const sets = { 'deadline/phone/III': 25, 'deadline/phone/II': 15 }
    const preview = await admin.post<z.infer<typeof previewResponse>>('/api/norms/preview', { note: '本县规定', sets })
    expect(preview).toMatchObject({ changes: [{ key: 'deadline/phone/II', before: 30, after: 15 }], refused: [{ key: 'deadline/phone/III' }] })
    const problem = await refusal(admin.post('/api/norms', { note: '本县规定', sets }))
    expect([problem.status, problem.body.code, problem.body.errors?.map((e) => e.field)]).toEqual([409, 'norms.not-publishable', ['sets.deadline/phone/III']])
    expect((await inForce(county, 'deadline/phone/II'))?.value).toBe(30)
  })

  test('a county may tighten; those above see it, those above are not bound', async () => {
    await (await as(county, 'admin')).post('/api/norms', { note: '本县规定', sets: { 'deadline/phone/II': 15 } })
    expect(await inForce(county, 'deadline/phone/II')).toMatchObject({ value: 15, setBy: county })
    await until('the county\'s norms at the region', async () => {
      const { items } = await (await as(region, 'duty')).get<z.infer<typeof versionsResponse>>('/api/norms/versions')
      return items.some((v) => v.station === county)
    })
    expect((await inForce(region, 'deadline/phone/II'))?.value).toBe(30)
  })

  test('when the region tightens further, the county\'s value is clamped and says so', async () => {
    await (await as(region, 'leader')).post('/api/norms', { note: '从严', sets: { 'deadline/phone/II': 10 } })
    const item = await until('the tighter norms at the county', async () => {
      const found = await inForce(county, 'deadline/phone/II')
      return found?.setBy === region && found
    })
    expect(item).toMatchObject({ value: 10, version: 2, clamped: [county] })
    expect(await inForce(county, 'deadline/phone/III')).toMatchObject({ value: 30, setBy: null })
  })

  test('a restart keeps them', async () => {
    await tree.restart(county)
    expect((await inForce(county, 'deadline/phone/II'))?.value).toBe(10)
  })

  test('a duty officer reads but does not publish', async () => {
    expect((await refusal((await as(county, 'duty')).post('/api/norms', { note: 'x', sets: {} }))).status).toBe(403)
  })

  test('malformed publications name the field', async () => {
    const leader = await as(region, 'leader')
    for (const [body, field] of [[{ sets: {} }, 'note'], [{ note: 'x', sets: { 'deadline/phone/I': 'soon' } }, 'sets.deadline/phone/I'], [{ note: 'x', sets: [] }, 'sets'], [{ note: 'x', sets: {}, more: 1 }, 'more']] as const) {
      expect((await refusal(leader.post('/api/norms', body))).body.errors?.map((e) => e.field)).toEqual([field])
    }
  })
})

describe('what forms ask', () => {
  test('a code names the measures its rules read', async () => {
    const code = await (await as(county, 'duty')).get<z.infer<typeof codeDetailResponse>>('/api/norms/codes/11C02')
    expect(code).toMatchObject({ zh: '天然地震', klassName: '地震灾害' })
    expect(code.measures.find((m) => m.name === 'populationDensity')).toMatchObject({ kind: 'choice', presumed: 'ratherDense' })
    expect((await refusal((await as(county, 'duty')).get('/api/norms/codes/99Z99'))).status).toBe(404)
  })

  test('a level is computed before anything is written, with its audience', async () => {
    const grading = await (await as(county, 'duty')).post<z.infer<typeof gradeResponse>>('/api/norms/grade', { code: '11C02', figures: { deaths: null }, attributes: { magnitude: 7.1 } })
    expect(grading).toMatchObject({ level: 'I', reportingLevel: 'I', couldBe: null, audience: ['ancestors'] })
  })

  test('divisions by name, initials and parent', async () => {
    const duty = await as(county, 'duty')
    const find = async (query: string) => (await duty.get<z.infer<typeof divisionsResponse>>(`/api/divisions?${query}`)).items
    expect((await find(`q=${encodeURIComponent('乌什')}`))[0]).toMatchObject({ code: '652927', name: '乌什县', level: 'county', lon: expect.any(Number) })
    expect((await find('q=wsx'))[0]?.code).toBe('652927')
    expect((await find('under=652927')).every((d) => d.level === 'township')).toBe(true)
    expect((await refusal(duty.get('/api/divisions?under=x'))).status).toBe(400)
  })
})
