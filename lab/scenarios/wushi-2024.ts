import { parseArgs } from 'node:util'
import type { NewReport, ReportAnswer } from '#modules/report/report.api.ts'
import { play, until, type Step } from './play.ts'
import { signIn, type StationClient } from './stationClient.ts'
import { drawings, featureBody } from './wushi-2024.plot.ts'
import { verifyFact, type SignedFact } from './verifyFact.ts'

/**
 * The Wushi earthquake of 2024-01-23 as an exercise on five running stations, through their public HTTP API alone.
 * Place, time, magnitude, depth, casualties and intensity areas are the published ones; who reported what at which
 * minute is made up for the exercise. `occurredAt` is the real time; the clocks run from `learnedAt`, which is now.
 */

const occurredAt = Date.parse('2024-01-23T02:09:00+08:00')
const code = '11C02'
const mode = 'exercise'
const place = { division: '652927', lon: 78.63, lat: 41.26 }
const attributes = { magnitude: 7.1 }
const unknown = { deaths: null, missing: null, seriousInjuries: null, lightInjuries: null, trapped: null, evacuated: null, lossWan: null }
const figures = { ...unknown, deaths: 3 }
const drill = '【演练】'

type Place = 'region' | 'prefecture' | 'county' | 'scene' | 'seismology'
interface Crew { duty: StationClient; leader: StationClient; audit: StationClient }
type Crews = Record<Place, Crew>

const places: Place[] = ['region', 'prefecture', 'county', 'scene', 'seismology']

export interface WushiSummary {
  incidentId: string
  reports: string[]
  /** Machine receipts verified with nothing but Node's crypto: who signed, of which report. */
  receipts: { fact: string; station: string; report: string }[]
  checked: Record<string, number>
  strokes: number
}

async function signInEverywhere(urls: Record<Place, string>): Promise<Crews> {
  const crews = await Promise.all(places.map(async (place): Promise<[Place, Crew]> => {
    const [duty, leader, audit] = await Promise.all([signIn(urls[place], 'duty', 'demo'), signIn(urls[place], 'leader', 'demo'), signIn(urls[place], 'audit', 'demo')])
    return [place, { duty, leader, audit }]
  }))
  return Object.fromEntries(crews) as Crews
}

export async function wushi2024(urls: Record<Place, string>, speed: number, write: (text: string) => void): Promise<WushiSummary> {
  const crews = await signInEverywhere(urls)
  const { region, prefecture, county, scene, seismology } = crews
  const summary: WushiSummary = { incidentId: '', reports: [], receipts: [], checked: {}, strokes: 0 }
  const steps: Step[] = []
  const step = (minute: number, crew: Crew, what: string, run: () => Promise<void>) => steps.push({ minute, who: crew.duty.name, what, run })
  /** The ids of what the story has produced so far, by its own names. */
  const ids = { quick: '', first: '', second: '', third: '', final: '' }
  type Named = keyof typeof ids

  const draft = (minute: number, crew: Crew, name: Named, what: string, report: () => Omit<NewReport, 'code' | 'occurredAt' | 'learnedAt' | 'place' | 'mode'>) => {
    step(minute, crew, `值班员拟稿送审：${what}`, async () => {
      const now = Date.now()
      const made = await crew.duty.post<{ id: string; incidentId: string }>('/api/reports', {
        ...report(), code, occurredAt, learnedAt: now, phonedAt: now, place, mode,
      } satisfies NewReport)
      ids[name] = made.id
      if (crew === county) summary.incidentId = made.incidentId
      summary.reports.push(made.id)
      await crew.duty.post(`/api/reports/${made.id}/submit`)
    })
    step(minute + 1, crew, `带班领导签发：${what}`, async () => {
      await crew.leader.post(`/api/reports/${ids[name]}/sign`)
    })
  }
  const read = (crew: Crew, name: Named) => crew.duty.get<ReportAnswer>(`/api/reports/${ids[name]}`)
  /** The report with its hop at `at`, as `seenBy` sees it, once the hop has what is asked. */
  const hopAt = (seenBy: Crew, at: Crew, name: Named, has: 'receiptFact' | 'acceptedAt') =>
    until(`${seenBy.duty.name} 看到 ${at.duty.name} 的${has === 'receiptFact' ? '回执' : '签收'}`, async () => {
      const report = await read(seenBy, name).catch(notYet)
      const hop = report?.hops.find((h) => h.station === at.duty.station)
      return hop?.[has] ? hop : undefined
    })
  const received = (minute: number, at: Crew, from: Crew, name: Named, what: string) =>
    step(minute, at, `收到${what}，系统回执`, async () => {
      const hop = await hopAt(at, at, name, 'receiptFact')
      await hopAt(from, at, name, 'receiptFact')
      summary.receipts.push({ fact: String(hop.receiptFact), station: at.duty.station, report: ids[name] })
    })
  const accepted = (minute: number, at: Crew, from: Crew, name: Named, what: string) =>
    step(minute, at, `值班员签收${what}`, async () => {
      await at.duty.post(`/api/reports/${ids[name]}/accept`, { comment: `${drill}已签收` })
      await hopAt(from, at, name, 'acceptedAt')
    })

  draft(2, seismology, 'quick', '地震速报 7.1级', () => ({
    kind: 'first', title: `${drill}新疆阿克苏地区乌什县7.1级地震速报`, figures: unknown, attributes,
    text: `${drill}据地震台网测定，2024年1月23日02时09分在新疆阿克苏地区乌什县（北纬41.26度，东经78.63度）发生7.1级地震，震源深度22千米。`,
    details: { source: '自治区地震局', nature: '天然地震' },
  }))
  received(4, region, seismology, 'quick', '地震速报')
  accepted(5, region, seismology, 'quick', '地震速报')

  draft(12, county, 'first', '首报', () => ({
    kind: 'first', level: 'I', title: `${drill}乌什县发生7.1级地震，伤亡情况正在核查`, figures: unknown, attributes,
    text: `${drill}2024年1月23日02时09分，乌什县（北纬41.26度，东经78.63度）发生7.1级地震。县应急办已启动值守，伤亡和房屋受损情况正在核查。`,
    details: { source: '乌什县应急办', nature: '天然地震', scope: '正在核查', trend: '正在研判', measures: '已派员赴现场，组织群众到室外避险', needs: '待核查后提出', leaders: '带班领导在岗指挥' },
  }))
  received(14, prefecture, county, 'first', '首报')
  received(14, region, county, 'first', '首报（越级直达）')
  accepted(16, prefecture, county, 'first', '首报')
  accepted(18, region, county, 'first', '首报')

  for (const { who, minute, what, strokes } of drawings) {
    step(minute, crews[who], `在共享图上${what}`, async () => {
      const layer = await ownLayer(crews[who], summary.incidentId)
      for (const stroke of strokes) await crews[who].duty.post(`/api/layers/${encodeURIComponent(layer)}/features`, featureBody(stroke))
      summary.strokes += strokes.length
    })
  }
  step(42, region, '看到四级在同一张图上的标绘', async () => {
    await until('自治区看到各级标绘', async () => {
      const { layers } = await plotOf(region, summary.incidentId)
      return layers.reduce((sum, layer) => sum + layer.count, 0) === summary.strokes
    })
  })

  step(25, region, '带班领导批示，下达现场指挥部', async () => {
    await region.leader.post(`/api/reports/${ids.first}/instruct`, {
      text: `${drill}请现场指挥部立即核查人员被困和房屋倒塌情况，妥善安置群众，防范余震和低温，并反馈。`, due: Date.now() + 2 * 3_600_000, to: [scene.duty.station],
    })
  })
  step(27, scene, '收到批示', async () => {
    await until('现场收到批示', async () => {
      const report = await read(scene, 'first').catch(notYet)
      return report?.instructions.find((i) => i.to.includes(scene.duty.station))
    })
  })
  step(70, scene, '反馈批示办理情况', async () => {
    const [instruction] = (await read(scene, 'first')).instructions
    if (!instruction) throw new Error('批示不见了 · the instruction is gone')
    await scene.duty.post(`/api/reports/${ids.first}/feedback`, {
      instructionId: instruction.instructionId, done: true, text: `${drill}已核查震中附近村镇，群众转移至室外和避险场所，现场继续排查。`,
    })
  })
  step(72, region, '看到现场反馈，批示办结', async () => {
    await until('自治区看到现场反馈', async () => {
      const [instruction] = (await read(region, 'first')).instructions
      return instruction?.doneAt && instruction.feedback.some((f) => f.station === scene.duty.station)
    })
  })

  draft(130, county, 'second', '续报一', () => ({
    kind: 'followUp', incidentId: summary.incidentId, level: 'I', title: `${drill}乌什县7.1级地震续报（一）`, figures: unknown, attributes,
    text: `${drill}震源深度22千米。县、乡、村三级正在逐户核查，伤亡数字待核。自治区批示已由现场指挥部办理并反馈。`,
    details: { trend: '余震频繁', measures: '逐户核查，安置群众', leaders: '指挥长在现场', instructions: '自治区批示已办理并反馈' },
  }))
  received(132, region, county, 'second', '续报一')
  accepted(135, region, county, 'second', '续报一')

  draft(600, county, 'third', '续报二', () => ({
    kind: 'followUp', incidentId: summary.incidentId, level: 'I', title: `${drill}乌什县7.1级地震续报（二）：3人遇难，5人受伤`, figures, attributes,
    text: `${drill}经核查，地震造成3人遇难、5人受伤（伤情轻重待核），其余数字仍在核查。`,
    details: { trend: '余震渐弱', measures: '救治伤员，排查危房，安置群众', leaders: '指挥长在现场', instructions: '已落实' },
  }))
  received(602, prefecture, county, 'third', '续报二')
  received(602, region, county, 'third', '续报二')
  accepted(605, prefecture, county, 'third', '续报二')
  accepted(606, region, county, 'third', '续报二')

  draft(4320, county, 'final', '终报', () => ({
    kind: 'final', incidentId: summary.incidentId, level: 'I', title: `${drill}乌什县7.1级地震终报：3人遇难，5人受伤`, figures, attributes,
    text: `${drill}地震造成3人遇难、5人受伤。现场调查195个点：最高烈度Ⅸ度；Ⅸ度区252、Ⅷ度区2500、Ⅶ度区4506、Ⅵ度区20668平方千米，总面积27926平方千米。`,
    details: { cause: '天然地震', measures: '搜救、救治、安置、抢修', aftermath: '转入恢复重建', lessons: `${drill}演练用语` },
  }))
  received(4322, prefecture, county, 'final', '终报')
  received(4322, region, county, 'final', '终报')
  accepted(4325, prefecture, county, 'final', '终报')
  accepted(4326, region, county, 'final', '终报')

  step(4328, scene, '现场图层定稿', async () => {
    await scene.leader.post(`/api/layers/${encodeURIComponent(await ownLayer(scene, summary.incidentId))}/seal`)
  })
  step(4329, region, '核验现场定稿图层：事实、文件、图面一致', async () => {
    const layer = await ownLayer(scene, summary.incidentId)
    await until('自治区收到定稿文件', async () => {
      const { checks } = await region.duty.get<{ checks: { ok: boolean }[] }>(`/api/layers/${encodeURIComponent(layer)}/verify`).catch(() => ({ checks: [] }))
      return checks.length > 0 && checks.every((check) => check.ok)
    })
  })

  step(4330, region, '审计：以公开接口验证两级签名回执', () => verifyReceipts(region, summary))
  step(4331, region, '审计：五个平台逐条复核账本', async () => {
    for (const place of places) {
      const { audit } = crews[place]
      const { checked, bad } = await audit.get<{ checked: number; bad: unknown[] }>('/api/ledger/verify')
      if (checked === 0 || bad.length > 0) throw new Error(`${audit.name}: 复核 ${checked} 条，问题 ${JSON.stringify(bad)}`)
      summary.checked[audit.station] = checked
    }
  })
  await play(steps, { speed, start: '2024-01-23 02:09', write })
  return summary
}

/** Every receipt of the story says what it should, and is signed by the station that the directory knows. */
async function verifyReceipts(region: Crew, summary: WushiSummary): Promise<void> {
  for (const receipt of summary.receipts) {
    const said = verifyFact(receipt.fact, await region.audit.get<SignedFact>(`/api/facts/${receipt.fact}`))
    const expected = { type: 'report.received.v1', subject: `report/${receipt.report}`, station: receipt.station }
    for (const [key, value] of Object.entries(expected)) {
      if (said[key as keyof typeof expected] !== value) throw new Error(`回执 ${receipt.fact}: ${key} 应为 ${value}，实为 ${said[key as keyof typeof expected]}`)
    }
  }
}

interface PlotFace { layers: { id: string; ownerStation: string; count: number }[] }

const plotOf = (crew: Crew, incidentId: string) => crew.duty.get<PlotFace>(`/api/incidents/${incidentId}/plot`)

/** The layer that a station has from the start, once the plot is there. */
async function ownLayer(crew: Crew, incidentId: string): Promise<string> {
  const layer = await until(`${crew.duty.name} 的图层`, async () => (await plotOf(crew, incidentId).catch(notYet))?.layers.find((l) => l.ownerStation === crew.duty.station))
  return layer.id
}

/** A report that has not come over the links yet is not found; anything else is a fault. */
function notYet(fault: unknown): undefined {
  if (fault instanceof Error && 'status' in fault && fault.status === 404) return undefined
  throw fault
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'base-port': { type: 'string', default: '7000' }, 'speed': { type: 'string', default: 'fast' }, 'host': { type: 'string', default: '127.0.0.1' } } })
  const base = Number(values['base-port'])
  const urls = Object.fromEntries(places.map((place, i) => [place, `http://${values.host}:${base + 1 + i}`])) as Record<Place, string>
  const began = Date.now()
  const summary = await wushi2024(urls, values.speed === 'fast' ? Infinity : Number(values.speed), (text) => process.stdout.write(text))
  const first = summary.receipts.filter((r) => r.report === summary.reports[1])
  process.stdout.write([
    '',
    `演练结束 · the exercise has ended (${((Date.now() - began) / 1000).toFixed(1)} s)`,
    `  事件 incident ${summary.incidentId}，报告 reports ${summary.reports.length}`,
    ...first.map((r) => `  首报的签名回执 · signed receipt of the first report: ${r.station} ${r.fact} ✓`),
    `  共享图 · strokes on the shared map: ${summary.strokes}`,
    `  回执签名全部有效 · receipts verified: ${summary.receipts.length}`,
    ...Object.entries(summary.checked).map(([station, checked]) => `  ${station}: 账本复核 ${checked} 条，无误 · facts verified, none bad`),
    '',
  ].join('\n'))
}

if (import.meta.main) {
  main().catch((fault: unknown) => {
    process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`)
    process.exitCode = 1
  })
}
