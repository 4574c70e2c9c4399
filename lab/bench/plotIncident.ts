import { client, until, type Client } from '#lab/federation/client.ts'
import { layerDoc, layerIdOf } from '#modules/plot/index.ts'
import { plainStroke, type StrokeBody } from '#modules/plot/stroke.ts'
import type { FourStations } from './stations.ts'

export const levels = ['region', 'prefecture', 'county', 'scene'] as const
export type Level = (typeof levels)[number]

export interface BenchPlot {
  id: string
  /** The duty officer of each station. */
  duty: Record<Level, Client>
  /** The document of each station's own layer. */
  doc: Record<Level, string>
}

/** A grave incident of the county, whose plot all four stations have. */
export async function plotOf(stations: FourStations): Promise<BenchPlot> {
  const duty = Object.fromEntries(await Promise.all(levels.map(async (level) => [level, await client(stations[level].url, 'duty')] as const))) as Record<Level, Client>
  const leader = await client(stations.county.url, 'leader')
  const now = Date.now()
  const { id: report, incidentId: id } = await duty.county.post<{ id: string; incidentId: string }>('/api/reports', {
    kind: 'first', code: '11C02', title: '标绘试验', occurredAt: now - 60_000, learnedAt: now, mode: 'exercise', level: 'I',
    figures: { deaths: null, missing: null, seriousInjuries: null, lightInjuries: null, trapped: null, evacuated: null, lossWan: null },
    attributes: { magnitude: 7.1 }, place: { division: '652927', lon: 78.63, lat: 41.26 }, text: '测量标绘。',
  })
  await duty.county.post(`/api/reports/${report}/submit`)
  await leader.post(`/api/reports/${report}/sign`)
  for (const level of levels) await until(`the plot at the ${level}`, () => duty[level].get(`/api/incidents/${id}/plot`).catch(() => null), 60_000)
  const doc = Object.fromEntries(levels.map((level) => [level, layerDoc(layerIdOf(id, stations[level].address))])) as Record<Level, string>
  return { id, duty, doc }
}

/** A line of so many points about the epicentre; `n` makes each another. */
export function benchStroke(n: number, points = 2): StrokeBody {
  const at = (i: number): [number, number] => [round(78.6 + (n % 100) / 500 + i / 1000), round(41.2 + (Math.floor(n / 100) % 100) / 500 + Math.sin(n + i / 3) / 1000)]
  return { ...plainStroke, shape: points > 10 ? 'freehand' : 'line', points: Array.from({ length: points }, (_, i) => at(i)), label: `第${n}笔`, color: '#d0021b' }
}

function round(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7
}

/** Keys of the strokes a station holds on a layer, by its public API. */
export async function keysAt(caller: Client, doc: string): Promise<Set<string>> {
  const layer = encodeURIComponent(doc.slice('layer/'.length))
  const keys = new Set<string>()
  for (let page = 1; ; page++) {
    const { features } = await caller.get<{ features: { id: string }[] }>(`/api/layers/${layer}/features?page=${page}&size=10000`)
    for (const { id } of features) keys.add(id)
    if (features.length < 10_000) return keys
  }
}
