import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { alone, quantile, type Alone } from './measure.ts'
import { until } from '#lab/federation/client.ts'
import { keysAt, levels, plotOf, type Level } from './plotIncident.ts'
import { cpuSecondsOf, type FourStations } from './stations.ts'

/** What a level's people are told, and what they tell back. */
export interface CrowdOrder { url: string; account: string; screens: number; own: string; docs: string[]; room: string; seconds: number; level: Level; round: number }
export interface CrowdReport { drawn: string[]; latencies: number[]; faults: string[] }

const people: Record<Level, number> = { region: 13, prefecture: 13, county: 12, scene: 12 }

export interface CrowdFigures { drawn: Alone; lost: Alone; p50: Alone; p95: Alone; cpu: Record<Level, Alone> }

/**
 * Fifty screens at four levels, each drawing two strokes and telling twenty words of its hand a second. The screens of each level are a
 * process of its own; latency is from the writer's screen to one screen of each other level. On a machine of two cores the
 * screens take more of it than the stations do, and both wait for it.
 */
export async function crowd(stations: FourStations, { rounds, seconds }: { rounds: number; seconds: number }): Promise<CrowdFigures> {
  const plot = await plotOf(stations)
  const figures = { drawn: [] as number[], lost: [] as number[], p50: [] as number[], p95: [] as number[] }
  const cpu = Object.fromEntries(levels.map((level) => [level, [] as number[]])) as Record<Level, number[]>
  const known = new Map<string, Set<string>>()
  for (let round = 0; round < rounds; round++) {
    const processes = levels.map(() => fork(fileURLToPath(new URL('crowdScreens.ts', import.meta.url)), [], { execPath: process.execPath, execArgv: ['--disable-warning=ExperimentalWarning'] }))
    try {
      await Promise.all(processes.map(async (screens, i) => {
        const level = levels[i]!
        screens.send({ url: stations[level].url, account: 'duty', screens: people[level], own: plot.doc[level], docs: Object.values(plot.doc), room: `plot/${plot.id}`, seconds, level, round } satisfies CrowdOrder)
        await once(screens, 'message')
      }))
      const before = Object.fromEntries(levels.map((level) => [level, cpuSecondsOf(stations[level].pid!)])) as Record<Level, number>
      for (const screens of processes) screens.send('draw')
      const reports = (await Promise.all(processes.map((screens) => once(screens, 'message')))).map(([report]) => report as CrowdReport)
      for (const level of levels) cpu[level].push(cpuSecondsOf(stations[level].pid!) - before[level])
      const faults = reports.flatMap((report) => report.faults)
      if (faults.length > 0) throw new Error(`a screen went wrong: ${faults.slice(0, 3).join('; ')}`)
      for (const [i, { drawn }] of reports.entries()) {
        const doc = plot.doc[levels[i]!]
        known.set(doc, new Set([...(known.get(doc) ?? []), ...drawn]))
      }
      const latencies = reports.flatMap((report) => report.latencies)
      figures.drawn.push(reports.reduce((sum, { drawn }) => sum + drawn.length, 0))
      figures.p50.push(quantile(latencies, 0.5))
      figures.p95.push(quantile(latencies, 0.95))
      figures.lost.push(await lostOf(plot.duty, known))
    } finally {
      for (const screens of processes) if (screens.connected) screens.disconnect()
    }
  }
  return { drawn: alone(figures.drawn), lost: alone(figures.lost), p50: alone(figures.p50), p95: alone(figures.p95), cpu: Object.fromEntries(levels.map((level) => [level, alone(cpu[level])])) as Record<Level, Alone> }
}

/** Strokes that are missing at a station ten seconds after the last was drawn, over all stations. */
async function lostOf(duty: Awaited<ReturnType<typeof plotOf>>['duty'], known: ReadonlyMap<string, ReadonlySet<string>>): Promise<number> {
  const missing = async () => {
    let count = 0
    for (const level of levels) {
      for (const [doc, keys] of known) {
        const held = await keysAt(duty[level], doc)
        count += [...keys].filter((key) => !held.has(key)).length
      }
    }
    return count
  }
  await until('all strokes everywhere', async () => (await missing()) === 0, 10_000).catch(() => undefined)
  return missing()
}
