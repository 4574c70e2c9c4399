import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '#lab/federation/client.ts'
import { federation, type Federation } from '#lab/federation/federation.ts'
import type { NewReport, ReportAnswer } from '#modules/report/report.api.ts'

const [region, prefecture, county, scene] = ['65', '65/6529', '65/6529/652927', '65/6529/652927/s1'] as const

let tree: Federation
beforeAll(async () => {
  tree = await federation()
  for (const address of [region, prefecture, county, scene]) await until(`the directory of ${address}`, async () => tree.at(address).station.ledger.directory.stations().length === 5)
})
afterAll(() => tree?.close())

const firstReport = (change: Partial<NewReport> = {}): NewReport => ({
  kind: 'first', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: Date.now() - 120_000, learnedAt: Date.now() - 60_000,
  place: { division: '652927', address: '亚曼苏乡', lon: 78.63, lat: 41.26 },
  figures: { deaths: 3, missing: 0, seriousInjuries: 1, lightInjuries: 5, trapped: 0, evacuated: 300, lossWan: null },
  attributes: { magnitude: 7.1 }, level: 'I', text: '震感强烈，部分房屋受损。', mode: 'exercise', ...change,
})

async function act(station: string, account: string, id: string, action: string, body?: unknown): Promise<ReportAnswer> {
  return (await tree.at(station).as(account)).post<ReportAnswer>(`/api/reports/${id}/${action}`, body)
}

async function send(change: Partial<NewReport> = {}): Promise<string> {
  const duty = await tree.at(county).as('duty')
  const { id } = await duty.post<{ id: string }>('/api/reports', firstReport(change))
  await act(county, 'duty', id, 'submit')
  await act(county, 'leader', id, 'sign')
  return id
}

/** The report at a station once it is as expected there. */
async function seen(what: string, station: string, id: string, check: (report: ReportAnswer) => boolean): Promise<ReportAnswer> {
  const duty = await tree.at(station).as('duty')
  return until(`${what} at ${station}`, async () => {
    const report = await duty.get<ReportAnswer>(`/api/reports/${id}`).catch(() => null)
    return report && check(report) ? report : null
  })
}

test('county to region with two receipts, an instruction down to the scene, and its feedback back up', async () => {
  const id = await send()
  const atRegion = await seen('two receipts', region, id, (report) => report.hops.every(({ receiptFact }) => receiptFact !== null))
  expect(atRegion.hops.map(({ station }) => station)).toEqual([prefecture, region])
  await act(region, 'duty', id, 'accept')
  const { instructions: [instruction] } = await act(region, 'leader', id, 'instruct', { text: '全力搜救', due: Date.now() + 3_600_000, to: [scene] })
  await seen('the instruction', scene, id, (report) => report.instructions.length === 1)
  await act(scene, 'duty', id, 'feedback', { instructionId: instruction?.instructionId, text: '被困人员全部救出' })
  await seen('the feedback', region, id, (report) => report.status === 'handled')
  await seen('the feedback', county, id, (report) => report.status === 'handled')
  await act(county, 'leader', id, 'close')
  const ends = await Promise.all([region, prefecture, county, scene].map((station) => seen('the closing', station, id, (report) => report.status === 'closed')))
  for (const end of ends) expect(end.facts).toEqual(ends[0]?.facts)
})

test('what both ends do while the link is cut meets when it heals: all admitted, same report everywhere', async () => {
  const id = await send()
  await seen('the report', region, id, (report) => report.hops.every(({ receivedAt }) => receivedAt !== null))
  const admin = await tree.at(county).as('admin')
  await admin.post(`/api/links/${encodeURIComponent(prefecture)}/cut`)
  await act(county, 'leader', id, 'close', { outcome: '处置完毕' })
  await act(prefecture, 'duty', id, 'accept')
  await act(prefecture, 'leader', id, 'return', { reason: '请补充损失' })
  await act(region, 'leader', id, 'instruct', { text: '核实损失', due: Date.now() + 3_600_000 })
  await admin.post(`/api/links/${encodeURIComponent(prefecture)}/heal`)
  for (const station of [county, prefecture, region]) {
    const report = await seen('both sides', station, id, ({ instructions, closedAt }) => instructions.length === 1 && closedAt !== null)
    // An instruction that crossed the closing keeps the report open: reported without an outcome is the fault to prevent.
    expect([station, report.status]).toEqual([station, 'returned'])
    expect((await tree.at(station).station.ledger.factsOf(`report/${id}`)).filter(({ status }) => status !== 'admitted')).toEqual([])
  }
})

test('an attachment follows the report to the region', async () => {
  const duty = await tree.at(county).as('duty')
  const picture = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000100ffff03000006000557bfabd40000000049454e44ae426082', 'hex')
  const form = await fetch(`${tree.at(county).url}/api/files`, { method: 'POST', headers: { authorization: `Bearer ${duty.token}`, 'content-type': 'application/octet-stream' }, body: picture })
  const { sha256 } = await form.json() as { sha256: string }
  const id = await send({ attachments: [{ sha256, name: '现场.png', size: 1, mediaType: 'text/plain' }] })
  const report = await seen('the report', region, id, () => true)
  expect(report.attachments).toEqual([{ sha256, name: '现场.png', size: picture.length, mediaType: 'image/png' }])
  await until('the picture at the region', async () => (await tree.at(region).station.files.card(sha256))?.size === picture.length)
})

test('norms published at the region shorten the county’s clocks after arrival, and the county cannot loosen them', async () => {
  const writtenMinutes = (report: ReportAnswer) => ((report.deadlines.find(({ kind }) => kind === 'written')?.due ?? 0) - report.learnedAt) / 60_000
  const before = await seen('a report before', county, await send(), () => true)
  expect(writtenMinutes(before)).toBe(60)
  const publish = async (station: string, minutes: number) => (await tree.at(station).as('leader')).post('/api/norms', { note: '新规', sets: { 'deadline/written/I': minutes } })
  await publish(region, 20)
  const countyDuty = await tree.at(county).as('duty')
  await until('the norms at the county', async () => (await countyDuty.get<{ stamp: Record<string, number> }>('/api/norms')).stamp[region] === 1)
  const after = await send()
  for (const station of [county, region]) expect(writtenMinutes(await seen('a report after', station, after, () => true))).toBe(20)
  // What was sent before keeps the clocks it was sent with.
  expect(writtenMinutes(await seen('the report before', region, before.id, () => true))).toBe(60)
  await expect(publish(county, 60)).rejects.toThrow('norms.not-publishable')
})
