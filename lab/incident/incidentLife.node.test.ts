import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import { linkedStations } from '#lab/report/linkedStations.ts'
import type { IncidentDetail, IncidentItem } from '#modules/incident/incident.api.ts'
import type { NewReport } from '#modules/report/report.api.ts'

const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'
const neighbour = '65/6531/653121'
const minutes = (count: number) => count * 60_000
const quake = Date.UTC(2024, 0, 22, 18, 9)

const report = (change: Partial<NewReport> = {}): NewReport => ({
  kind: 'first', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: quake, learnedAt: quake + minutes(1),
  place: { division: '652927', address: '亚曼苏柯尔克孜族乡', lon: 78.63, lat: 41.26 },
  figures: { deaths: null, missing: null, seriousInjuries: 0, lightInjuries: 5, trapped: null, evacuated: 300, lossWan: null },
  attributes: { magnitude: 7.1 }, text: '震感强烈，部分房屋受损。', ...change,
})

let cluster: PostgresCluster
beforeAll(async () => { cluster = await startPostgres() })
afterAll(() => cluster?.stop())

describe.each(['sqlite', 'postgres'] as const)('incidents on %s', (dialect) => {
  let tree: Awaited<ReturnType<typeof linkedStations>>
  let databases = 0
  beforeAll(async () => {
    tree = await linkedStations([region, prefecture, county, neighbour], {
      start: quake + minutes(10),
      ...(dialect === 'postgres' ? { databaseUrl: () => cluster.url(`incident_${++databases}`) } : {}),
    })
  })
  afterAll(() => tree?.close())

  type Role = 'duty' | 'leader' | 'security'
  /** Every answer these tests look at, incident, list, report and problem, as one form. */
  type Answer = IncidentDetail & { items: IncidentItem[]; total: number; incidentId: string; errors?: { field: string }[] }
  const ask = async (station: string, method: 'GET' | 'POST', path: string, body?: unknown, role: Role = 'leader'): Promise<{ status: number; body: Answer }> => {
    tree.clock.advance(1000)
    return tree.at(station).ask(role, method, path, body)
  }
  const read = async (station: string, id: string): Promise<IncidentDetail> => {
    const { status, body } = await ask(station, 'GET', `/api/incidents/${id}`)
    expect(status).toBe(200)
    return body
  }
  const list = async (station: string, query = ''): Promise<{ items: IncidentItem[]; total: number }> => (await ask(station, 'GET', `/api/incidents?${query}`)).body
  const ids = async (station: string, query = '') => (await list(station, query)).items.map((i) => i.id)
  const act = async (station: string, id: string, action: string, body?: unknown): Promise<IncidentDetail> => {
    const answer = await ask(station, 'POST', `/api/incidents/${id}/${action}`, body)
    expect([action, answer.status, answer.status === 200 ? '' : answer.body]).toEqual([action, 200, ''])
    return answer.body
  }
  const refused = async (station: string, id: string, action: string, body?: unknown) => {
    const { status, body: problem } = await ask(station, 'POST', `/api/incidents/${id}/${action}`, body)
    return [status, problem.code]
  }
  const draft = async (station: string, body: NewReport) => (await ask(station, 'POST', '/api/reports', body)).body
  const send = async (station: string, body: NewReport) => {
    const created = await draft(station, body)
    for (const step of ['submit', 'sign']) expect((await ask(station, 'POST', `/api/reports/${created.id}/${step}`)).status).toBe(200)
    return created
  }

  it('a draft\'s incident is nobody\'s business; the signed report makes it known and graded up to the region', async () => {
    const { id, incidentId } = await draft(county, report())
    expect(await ids(county)).not.toContain(incidentId)
    expect(await ids(county, 'status=draft')).toContain(incidentId)
    await tree.settle()
    expect((await ask(prefecture, 'GET', `/api/incidents/${incidentId}`)).status).toBe(404)
    for (const step of ['submit', 'sign']) await ask(county, 'POST', `/api/reports/${id}/${step}`)
    await tree.settle()
    for (const station of [county, prefecture, region]) {
      expect(await read(station, incidentId)).toMatchObject({
        status: 'open', code: '11C02', codeName: '天然地震', lead: county, reports: [id], level: { initial: 'I', computed: 'I', confirmed: null },
        levelHistory: [{ kind: 'computed', clauses: [{ rule: 'EQ', clause: 'magnitude' }], presumed: ['populationDensity'] }],
      })
    }
    expect((await ask(neighbour, 'GET', `/api/incidents/${incidentId}`)).status).toBe(404)
  })

  it('a follow-up changes the figures, and the history keeps what each report made of them', async () => {
    const { incidentId } = await send(county, report({ title: '乌什县地震续报试例' }))
    const follow = await send(county, report({ kind: 'followUp', incidentId, figures: { ...report().figures, deaths: 3, lightInjuries: 9 } }))
    await tree.settle()
    const seen = await read(region, incidentId)
    expect(seen.figures).toMatchObject({ deaths: 3, missing: null, lightInjuries: 9 })
    expect(seen.figureHistory.filter((c) => c.report === follow.id).map(({ figure, from, to, delta }) => [figure, from, to, delta])).toEqual([['deaths', null, 3, null], ['lightInjuries', 5, 9, 4]])
    expect(seen.reports).toHaveLength(2)
  })

  it('lists filter by words, place, code, level, time and mode, and page without gaps', async () => {
    const flood = await send(county, report({ code: '11A01', title: '托什干河洪水', attributes: { returnPeriodYears: 12 }, occurredAt: quake - minutes(600), place: { division: '652922' } }))
    const drill = await send(county, report({ title: '演练：乌什县地震', mode: 'exercise' }))
    const has = async (query: string, id: string) => (await ids(county, query)).includes(id)
    expect(await ids(county, `q=${encodeURIComponent('洪水')}`)).toEqual([flood.incidentId])
    expect(await ids(county, `q=${encodeURIComponent('托什干 11a01')}`)).toEqual([flood.incidentId])
    expect(await ids(county, `q=${encodeURIComponent('温宿')}`)).toEqual([flood.incidentId])
    expect(await ids(county, `q=${encodeURIComponent('水洪')}`)).toEqual([])
    expect(await ids(county, `q=${encodeURIComponent('河')}`)).toEqual([flood.incidentId])
    expect(await ids(county, `q=${encodeURIComponent("%_' \"")}`)).toEqual([])
    expect(await ids(county, `q=${flood.incidentId.toLowerCase()}`)).toEqual([flood.incidentId])
    expect(await ids(county, 'code=11A')).toEqual([flood.incidentId])
    expect(await ids(county, 'level=III')).toEqual([flood.incidentId])
    expect(await ids(county, `until=${quake - minutes(500)}`)).toEqual([flood.incidentId])
    expect(await has('division=652900', flood.incidentId)).toBe(true)
    expect(await has('division=6531', flood.incidentId)).toBe(false)
    expect(drill.incidentId).toMatch(/\.x$/)
    expect(await ids(county, `q=${drill.incidentId}`)).toEqual([drill.incidentId])
    expect([await has('mode=exercise', drill.incidentId), await has('mode=actual', drill.incidentId)]).toEqual([true, false])
    const { total } = await list(county)
    const pages = await Promise.all(Array.from({ length: total }, (_, i) => ids(county, `size=1&page=${i + 1}`)))
    expect(new Set(pages.flat()).size).toBe(total)
  })

  it('two stations confirm differently while apart: both are shown, and the region settles it', async () => {
    const { incidentId } = await send(county, report({ title: '级别认定' }))
    await tree.settle()
    expect(await refused(county, incidentId, 'confirm', { level: 'I', reason: '会商' })).toEqual([409, 'incident.level-above-authority'])
    await act(prefecture, incidentId, 'confirm', { level: 'III', reason: '地区认定' })
    await act(region, incidentId, 'confirm', { level: 'II', reason: '自治区认定' })
    await tree.settle()
    for (const station of [county, prefecture, region]) {
      const seen = await read(station, incidentId)
      expect(seen).toMatchObject({ differs: true, level: { confirmed: null, working: 'II' } })
      expect(new Set(seen.differences[0]?.statements.map((s) => s.value))).toEqual(new Set(['II', 'III']))
    }
    await act(region, incidentId, 'confirm', { level: 'II', reason: '以自治区为准' })
    await tree.settle()
    for (const station of [county, prefecture, region]) expect(await read(station, incidentId)).toMatchObject({ differs: false, level: { initial: 'I', confirmed: 'II', working: 'II' } })
  })

  it('the lead changes hands in two phases, over stations that were apart in between', async () => {
    const { incidentId } = await send(county, report({ title: '牵头移交' }))
    await tree.settle()
    expect(await refused(prefecture, incidentId, 'handover/accept')).toEqual([409, 'incident.no-offer'])
    expect((await act(county, incidentId, 'handover', { to: prefecture })).handover).toMatchObject({ to: prefecture })
    expect((await read(prefecture, incidentId)).handover).toBeNull()
    await tree.settle()
    expect((await read(prefecture, incidentId)).may.answerHandover).toBe(true)
    await act(prefecture, incidentId, 'handover/decline', { reason: '现场由县统一指挥' })
    await tree.settle()
    expect(await read(county, incidentId)).toMatchObject({ lead: county, handover: null })
    await act(county, incidentId, 'handover', { to: prefecture, reason: '升级' })
    await tree.settle()
    await act(prefecture, incidentId, 'handover/accept')
    await tree.settle()
    expect(await read(county, incidentId)).toMatchObject({ lead: prefecture, leads: [{ station: county }, { station: prefecture }] })
    expect(await refused(county, incidentId, 'close', {})).toEqual([409, 'incident.not-in-charge'])
    expect(await act(prefecture, incidentId, 'close', { outcome: '处置完毕' })).toMatchObject({ status: 'closed', closed: { outcome: '处置完毕' } })
  })

  it('duplicates are merged and parted again', async () => {
    const one = await send(county, report({ title: '重复甲' }))
    const two = await send(prefecture, report({ title: '重复乙' }))
    await tree.settle()
    expect(await refused(county, one.incidentId, 'merge', { into: one.incidentId, reason: '误' })).toEqual([409, 'incident.cannot-merge'])
    expect(await refused(county, one.incidentId, 'merge', { into: '01NONE', reason: '误' })).toEqual([409, 'incident.cannot-merge'])
    expect(await act(prefecture, one.incidentId, 'merge', { into: two.incidentId, reason: '同一地震' })).toMatchObject({ status: 'merged', mergedInto: two.incidentId })
    await tree.settle()
    expect((await read(region, two.incidentId)).absorbed).toEqual([one.incidentId])
    await act(prefecture, one.incidentId, 'merge', { into: null, reason: '并错' })
    await tree.settle()
    expect(await read(county, one.incidentId)).toMatchObject({ status: 'open', mergedInto: null })
    expect((await read(region, two.incidentId)).absorbed).toEqual([])
  })

  it('an exercise is not merged into what is real', async () => {
    const real = await send(county, report({ title: '真' }))
    const drill = await send(county, report({ title: '练', mode: 'exercise' }))
    expect(await refused(county, drill.incidentId, 'merge', { into: real.incidentId, reason: '误' })).toEqual([409, 'incident.cannot-merge'])
  })

  it('rights and forms: who may, and which field to mend', async () => {
    const { incidentId } = await send(county, report({ title: '权限' }))
    const path = `/api/incidents/${incidentId}/confirm`
    expect((await ask(county, 'POST', path, { level: 'IV', reason: 'x' }, 'duty')).status).toBe(403)
    expect((await ask(county, 'GET', `/api/incidents/${incidentId}`, undefined, 'security')).status).toBe(403)
    expect((await ask(county, 'POST', path, { level: 'V', reason: 'x' })).body.errors?.map((e) => e.field)).toEqual(['level'])
    expect((await ask(county, 'POST', path, { level: 'IV', reason: ' ' })).body.errors?.map((e) => e.field)).toEqual(['reason'])
    expect((await ask(county, 'POST', path)).status).toBe(400)
    expect((await ask(county, 'GET', '/api/incidents?level=V&size=0')).body.errors?.map((e) => e.field)).toEqual(['level', 'size'])
    expect((await ask(county, 'GET', '/api/incidents/..%2Fx')).status).toBe(400)
    expect((await ask(county, 'GET', '/api/incidents/01NONE')).status).toBe(404)
  })
})
