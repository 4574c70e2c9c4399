import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import { encode, subjectOf, type Statement } from '#core/ledger/index.ts'
import type { CountsAnswer, NewReport, PreviewAnswer, ReportAnswer, ReportRow } from '#modules/report/report.api.ts'
import { linkedStations } from './linkedStations.ts'

const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'
const scene = '65/6529/652927/s1'
const otherCounty = '65/6529/652922'
const minutes = (count: number) => count * 60_000
const quake = Date.UTC(2024, 0, 22, 18, 9)

const known = { deaths: 3, missing: 0, seriousInjuries: 1, lightInjuries: 5, trapped: 0, evacuated: 300, lossWan: 100 }
const firstReport = (change: Partial<NewReport> = {}): NewReport => ({
  kind: 'first', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: quake, learnedAt: quake + minutes(1),
  place: { division: '652927', address: '亚曼苏乡', lon: 78.63, lat: 41.26 },
  figures: { deaths: null, missing: null, seriousInjuries: 0, lightInjuries: 5, trapped: null, evacuated: 300, lossWan: null },
  attributes: { magnitude: 7.1 }, level: 'I', text: '震感强烈，部分房屋受损。', ...change,
})

let cluster: PostgresCluster
beforeAll(async () => { cluster = await startPostgres() })
afterAll(() => cluster?.stop())

describe.each(['sqlite', 'postgres'] as const)('information reporting on %s', (dialect) => {
  let tree: Awaited<ReturnType<typeof linkedStations>>
  let databases = 0
  beforeAll(async () => {
    tree = await linkedStations([region, prefecture, county, scene, otherCounty], {
      start: quake + minutes(10),
      ...(dialect === 'postgres' ? { databaseUrl: () => cluster.url(`report_${++databases}`) } : {}),
    })
  })
  afterAll(() => tree?.close())

  const get = async <T>(station: string, path: string, role: 'duty' | 'leader' = 'duty'): Promise<T> => {
    const { status, body } = await tree.at(station).ask(role, 'GET', path)
    expect(status).toBe(200)
    return body
  }
  const read = (station: string, id: string) => get<ReportAnswer>(station, `/api/reports/${id}`)
  const list = async (station: string, query: string) => get<{ items: ReportRow[]; total: number }>(station, `/api/reports?${query}`)
  const act = async (station: string, id: string, action: string, body?: unknown, role: 'duty' | 'leader' = 'leader'): Promise<ReportAnswer> => {
    const answer = await tree.at(station).ask(role, 'POST', `/api/reports/${id}/${action}`, body)
    expect([action, answer.status, answer.status === 200 ? '' : answer.body]).toEqual([action, 200, ''])
    return answer.body
  }
  const create = async (station: string, body: NewReport, headers = {}): Promise<{ id: string; incidentId: string; status: string }> => {
    const answer = await tree.at(station).ask('duty', 'POST', '/api/reports', body, headers)
    expect([answer.status, answer.status === 201 ? '' : answer.body]).toEqual([201, ''])
    return answer.body
  }
  const send = async (station: string, body: NewReport) => {
    const created = await create(station, body)
    await act(station, created.id, 'submit', undefined, 'duty')
    await act(station, created.id, 'sign')
    return created
  }

  it('the whole life: county to region and back to the scene', async () => {
    const { id, incidentId, status } = await create(county, firstReport())
    expect(status).toBe('draft')
    const preview = await get<PreviewAnswer>(county, `/api/reports/${id}/preview`)
    expect(preview.receivers.map(({ station }) => station)).toEqual([prefecture, region])
    expect(preview.missing).toContain('figures.deaths')
    expect(preview.obstacle).toBeNull()
    expect((await act(county, id, 'submit', undefined, 'duty')).status).toBe('submitted')
    const sent = await act(county, id, 'sign', { comment: '同意' })
    expect(sent).toMatchObject({ id, incidentId, kind: 'first', status: 'sent', level: { initial: 'I', confirmed: null }, signedBy: 'leader' })
    expect(sent.hops).toMatchObject([{ station: prefecture, receivedAt: null }, { station: region, receivedAt: null }])

    tree.clock.advance(2_000)
    await tree.settle()
    for (const station of [county, prefecture, region]) {
      const seen = await read(station, id)
      expect(seen.status).toBe('received')
      for (const hop of seen.hops) expect([hop.receivedAt, hop.receiptFact]).toEqual([tree.clock.now(), expect.stringMatching(/^[0-9a-f]{64}$/)])
      expect(seen.incidentId).toBe(incidentId)
    }
    expect(await get<CountsAnswer>(region, '/api/reports/counts')).toMatchObject({ unaccepted: 1 })
    await act(prefecture, id, 'accept', undefined, 'duty')
    await act(region, id, 'accept', undefined, 'duty')
    expect(await get<CountsAnswer>(region, '/api/reports/counts')).toMatchObject({ unaccepted: 0 })

    await tree.settle()
    expect((await read(region, id)).actions).toContain('instruct')
    const instructed = await act(region, id, 'instruct', { text: '全力搜救被困群众', due: tree.clock.now() + minutes(60), to: [scene] })
    const instruction = instructed.instructions[0]
    expect(instruction).toMatchObject({ text: '全力搜救被困群众', to: [scene], station: region, doneAt: null })
    await tree.settle()
    expect(await get<CountsAnswer>(scene, '/api/reports/counts')).toMatchObject({ instructions: 1 })
    expect((await read(scene, id)).actions).toContain('feedback')
    await act(scene, id, 'feedback', { instructionId: instruction?.instructionId, text: '被困人员全部救出' }, 'duty')
    await tree.settle()
    const back = await read(region, id)
    expect(back).toMatchObject({ status: 'handled', instructions: [{ doneAt: tree.clock.now(), late: false, feedback: [{ station: scene, text: '被困人员全部救出', done: true }] }] })
    await act(county, id, 'close', { outcome: '救援结束' })
    await tree.settle()

    const [atCounty, atRegion] = [await read(county, id), await read(region, id)]
    expect(atRegion.status).toBe('closed')
    for (const field of ['facts', 'hops', 'deadlines', 'quality', 'timeline', 'instructions'] as const) expect(atRegion[field]).toEqual(atCounty[field])
    expect(atCounty.timeline.map(({ type }) => type.replace(/^report\.(.*)\.v1$/, '$1'))).toEqual(
      ['drafted', 'submitted', 'signed', 'sent', 'received', 'received', 'accepted', 'accepted', 'instructed', 'received', 'feedback', 'closed'])
    for (const station of [county, prefecture, region, scene]) expect((await tree.at(station).ledger.verify()).bad).toEqual([])
  })

  it('a follow-up shows the figures before, follows the first, and is refused as an edit', async () => {
    const { id, incidentId } = await send(county, firstReport())
    const edit = await tree.at(county).ask('duty', 'PUT', `/api/reports/${id}`, firstReport({ title: '更正' }))
    expect(edit).toMatchObject({ status: 409, body: { code: 'report.already-sent' } })
    const followUp = await send(county, firstReport({ kind: 'followUp', incidentId, figures: known, title: '乌什县7.1级地震续报' }))
    const seen = await read(county, followUp.id)
    expect(seen).toMatchObject({ incidentId, previous: { report: id, figures: { deaths: null, lightInjuries: 5 } }, figures: known })
    expect((await read(county, id)).followedBy).toMatchObject([{ report: followUp.id, kind: 'followUp' }])
  })

  it('signing twice answers 409 with the report unchanged', async () => {
    const { id } = await send(county, firstReport())
    const before = await read(county, id)
    expect(await tree.at(county).ask('leader', 'POST', `/api/reports/${id}/sign`)).toMatchObject({ status: 409, body: { code: 'report.already-sent' } })
    expect(await read(county, id)).toEqual(before)
  })

  it('a repeated Idempotency-Key makes one report; another person’s key is another', async () => {
    const headers = { 'idempotency-key': `k-${dialect}` }
    const total = async () => (await list(county, 'box=out')).total
    const before = await total()
    const first = await create(county, firstReport(), headers)
    expect(await create(county, firstReport({ title: '重试' }), headers)).toEqual(first)
    expect(await total()).toBe(before + 1)
    const leader = await tree.at(county).ask('leader', 'POST', '/api/reports', firstReport(), headers)
    expect((leader.body as { id: string }).id).not.toBe(first.id)
  })

  it('after 10 minutes without a receipt the author urges by itself, once; the receipt ends it', async () => {
    const { id } = await send(county, firstReport())
    await tree.at(county).tick()
    expect((await read(county, id)).urges).toEqual([])
    tree.clock.advance(minutes(10))
    await tree.at(county).tick()
    await tree.at(county).tick()
    expect((await read(county, id)).urges).toMatchObject([{ cause: 'receipt-missing', station: prefecture, by: county }])
    await tree.settle()
    // Required figures are unknown: the prefecture, the nearest that has the report, asks for them; the region does not.
    for (const station of [region, prefecture, county, region, prefecture]) { await tree.at(station).tick(); await tree.settle() }
    const urges = (await read(region, id)).urges
    expect(urges.map(({ cause, by }) => [cause, by])).toEqual([['receipt-missing', county], ['field-missing', prefecture]])
    expect(urges[1]?.fields).toContain('figures.deaths')
  })

  it('a late report is late at both ends', async () => {
    const { id } = await create(county, firstReport({ learnedAt: tree.clock.now() - minutes(61), occurredAt: tree.clock.now() - minutes(70) }))
    await act(county, id, 'submit')
    await act(county, id, 'sign')
    await tree.settle()
    for (const station of [county, region]) {
      const { deadlines } = await read(station, id)
      expect(deadlines.filter(({ late }) => late).map(({ kind }) => kind)).toEqual(['phone', 'written'])
      expect((await list(station, 'box=all&sort=-changedAt&size=200')).items.find((row) => row.id === id)?.late).toBe(true)
    }
  })

  it('level IV stays below the region until it is forwarded, then its whole history goes along', async () => {
    const { id } = await send(county, firstReport({ level: undefined, attributes: {}, figures: { ...known, deaths: 1 } }))
    await tree.settle()
    expect((await tree.at(region).ask('duty', 'GET', `/api/reports/${id}`)).status).toBe(404)
    await act(prefecture, id, 'forward', { to: [region], note: '请关注' })
    await tree.settle()
    const seen = await read(region, id)
    expect(seen.hops.map(({ station, receivedAt }) => [station, receivedAt !== null])).toEqual([[prefecture, true], [region, true]])
    expect(seen.timeline[0]?.type).toBe('report.drafted.v1')
    expect(seen.facts).toEqual((await read(county, id)).facts)
  })

  it('search finds two-character words, filters and pages without gaps', async () => {
    const word = '冰雹'
    for (let i = 0; i < 5; i++) await create(otherCounty, firstReport({ code: '11B15', title: `温宿县${word}灾害 ${i}`, text: '棉田受灾 100%_毁' }))
    const found = await list(otherCounty, `q=${encodeURIComponent(word)}`)
    expect(found.total).toBe(5)
    expect((await list(otherCounty, `q=${encodeURIComponent('冰雹 棉田')}`)).total).toBe(5)
    expect((await list(otherCounty, `q=${encodeURIComponent('地震')}`)).total).toBe(0)
    expect((await list(otherCounty, `q=${encodeURIComponent('100%_')}`)).total).toBe(5)
    expect((await list(otherCounty, `q=${encodeURIComponent('0%毁')}`)).total).toBe(0)
    const { id } = found.items[0]!
    for (const whole of [id, id.toLowerCase(), id.slice(0, 26)]) expect((await list(otherCounty, `q=${whole}`)).items.map((item) => item.id)).toEqual([id])
    expect((await list(otherCounty, `q=${id.slice(0, 8)}`)).total).toBe(0)
    const pages = await Promise.all([1, 2, 3].map((page) => list(otherCounty, `size=2&page=${page}&sort=title`)))
    expect(pages.flatMap(({ items }) => items.map(({ title }) => title.at(-1)))).toEqual(['0', '1', '2', '3', '4'])
    for (const sort of ['sentAt', '-level', 'nextDue', '-learnedAt', 'occurredAt', '-changedAt']) expect((await list(otherCounty, `sort=${sort}`)).total).toBe(5)
    expect((await list(otherCounty, 'status=draft&kind=first&mode=actual&level=I&need=acceptance')).total).toBe(0)
    expect((await list(otherCounty, `from=${quake}&to=${quake + minutes(2)}&need=overdue&box=out`)).total).toBe(0)
    expect((await tree.at(otherCounty).ask('duty', 'GET', '/api/reports?sort=drop')).status).toBe(400)
  })

  it('bad input names its field', async () => {
    const now = tree.clock.now()
    const bad: [string, unknown][] = [
      ['learnedAt', firstReport({ occurredAt: quake, learnedAt: quake - 1 })],
      ['learnedAt', firstReport({ learnedAt: now + minutes(6) })],
      ['figures.deaths', firstReport({ figures: { ...known, deaths: -1 } })],
      ['figures.deaths', firstReport({ figures: { ...known, deaths: 1.5 } })],
      ['figures.lossWan', { ...firstReport(), figures: { ...known, lossWan: '很多' } }],
      ['place.lat', firstReport({ place: { division: '652927', lon: 78, lat: 91 } })],
      ['place.lat', firstReport({ place: { division: '652927', lon: 78 } })],
      ['place.division', firstReport({ place: { division: '乌什' } })],
      ['code', firstReport({ code: '99Z99' })],
      ['title', firstReport({ title: '  ' })],
      ['level', { ...firstReport(), level: 'V' }],
      ['attachments.0.sha256', firstReport({ attachments: [{ sha256: 'a'.repeat(64), name: '现场.jpg', size: 1, mediaType: 'image/jpeg' }] })],
    ]
    for (const [field, body] of bad) {
      const { status, body: problem } = await tree.at(county).ask('duty', 'POST', '/api/reports', body)
      expect([field, status, (problem as { errors: { field: string }[] }).errors.map((error) => error.field)]).toEqual([field, 400, [field]])
    }
    expect(await tree.at(county).ask('duty', 'POST', '/api/reports', firstReport({ incidentId: '01AAAAAAAAAAAAAAAAAAAAAAAA' }))).toMatchObject({ status: 409, body: { code: 'report.incident-unfit', errors: [{ field: 'incidentId' }] } })
    expect((await tree.at(county).ask('duty', 'GET', '/api/reports/01AAAAAAAAAAAAAAAAAAAAAAAA')).status).toBe(404)
    expect((await tree.at(county).ask('duty', 'POST', '/api/reports/01AAAAAAAAAAAAAAAAAAAAAAAA/submit')).status).toBe(404)
  })

  it('a duty officer cannot sign, an administrator cannot read', async () => {
    const { id } = await create(county, firstReport())
    await act(county, id, 'submit', undefined, 'duty')
    expect((await tree.at(county).ask('duty', 'POST', `/api/reports/${id}/sign`)).status).toBe(403)
    expect((await tree.at(county).ask('admin', 'GET', `/api/reports/${id}`)).status).toBe(403)
  })

  it('a draft is nobody else’s business until it is sent', async () => {
    const { id } = await create(county, firstReport())
    await tree.settle()
    expect((await tree.at(prefecture).ask('leader', 'GET', `/api/reports/${id}`)).status).toBe(404)
  })

  it('a fact about another’s report changes nothing, and the auditor sees why', async () => {
    const { id } = await send(county, firstReport())
    await tree.settle()
    const before = await read(region, id)
    const subject = subjectOf('report', id)
    const text = encode({
      type: 'report.closed.v1', subject, station: otherCounty, seq: 1_000, prev: '', at: [tree.clock.now(), 0],
      actor: { id: 'x', name: '外人' }, to: ['all'], mode: 'actual', body: { outcome: '虚报' },
    } satisfies Statement)
    const sig = tree.keys.get(otherCounty)?.sign(text) ?? ''
    const [accepted] = await tree.at(region).ledger.accept([{ text, sig }], prefecture)
    expect(accepted?.outcome).toBe('stored')
    expect(await read(region, id)).toEqual(before)
    expect(await tree.at(region).ledger.fact(accepted?.id ?? '')).toMatchObject({ status: 'refused', reason: expect.stringContaining('report.not-yours') as string })
    const [outsider] = (await tree.at(county).ledger.factsOf(subject)).filter((fact) => fact.station === otherCounty)
    expect(outsider).toBeUndefined()
  })

  it('an exercise fact cannot pose as actual', async () => {
    const exercise = await send(county, firstReport({ mode: 'exercise' }))
    expect([exercise.id.slice(-2), exercise.incidentId.slice(-2)]).toEqual(['.x', '.x'])
    expect(await tree.at(county).ask('duty', 'POST', '/api/reports', firstReport({ mode: 'actual', incidentId: exercise.incidentId }))).toMatchObject({ status: 409, body: { code: 'report.mode-mismatch' } })
    expect((await create(county, firstReport({ kind: 'followUp', incidentId: exercise.incidentId }))).id).toMatch(/\.x$/)
    const [fact] = await tree.at(county).ledger.factsOf(subjectOf('report', exercise.id))
    const statement = JSON.parse(fact?.text ?? '') as Statement
    const text = encode({ ...statement, mode: 'actual' })
    const [posing] = await tree.at(region).ledger.accept([{ text, sig: tree.keys.get(county)?.sign(text) ?? '' }], prefecture)
    expect(posing).toMatchObject({ outcome: 'rejected', reason: 'mode-mismatch' })
    expect((await list(county, 'mode=actual&size=200')).items.some(({ id }) => id === exercise.id)).toBe(false)
  })
})
