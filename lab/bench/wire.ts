import { randomBytes } from 'node:crypto'
import * as Y from 'yjs'
import { readStationConfig, writeStationConfig } from '#apps/station/config.ts'
import type { LiveDoc } from '#core/live/liveDoc.ts'
import { client, until } from '#lab/federation/client.ts'
import { openScreen, when } from '#lab/live/screen.ts'
import { against, alone, quantile, type Alone, type Compared } from './measure.ts'
import { benchStroke, plotOf, type BenchPlot } from './plotIncident.ts'
import { slowLink, type SlowLink } from './slowLink.ts'
import { fourStations, type FourStations } from './stations.ts'

interface StrokeFigures { bytes: Compared; p50: Alone; p95: Alone }
export interface WireFigures { strokes: Record<'2 points' | 'freehand, 50 points', StrokeFigures>; besideFile: { p50: Alone; p95: Alone }; file: Alone }

const speed = 256_000
const everyMs = 200
const restMs = 3_000
const fileBytes = 1024 * 1024

/**
 * A county whose link to its prefecture is a line of 256 kbit/s: bytes both ways for each stroke drawn at the county, answers and the
 * packing of entries included, heartbeats while nothing is drawn taken off; and how late the prefecture sees them, alone and while a
 * file of 1 MB is on its way. Baseline of the bytes: the Yjs update that makes such a stroke, and nothing around it.
 */
export async function wire({ rounds, strokes }: { rounds: number; strokes: number }): Promise<WireFigures> {
  const stations = await fourStations()
  const link = await slowLink(Number(new URL(stations.prefecture.url).port))
  try {
    await over(stations, link.port)
    const plot = await plotOf(stations)
    const screens = [await openScreen(stations.county.url, plot.duty.county), await openScreen(stations.prefecture.url, plot.duty.prefecture)] as const
    const [near, far] = screens.map(({ live }) => live.openDoc(plot.doc.county)) as [LiveDoc, LiveDoc]
    await when('the screens', near, () => near.snapshot().state === 'live')
    await when('the screens', far, () => far.snapshot().state === 'live')
    link.speed = speed
    const figures = { '2 points': await drawn(link, near, far, { rounds, strokes, points: 2 }), 'freehand, 50 points': await drawn(link, near, far, { rounds, strokes, points: 50 }) }
    const [p50, p95, file]: [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round < rounds; round++) {
      const { sha256, sent } = await sendFile(stations, plot)
      const latencies: number[] = []
      const arrival = { at: 0 }
      const watching = until('the file', () => hasFile(stations, plot, sha256), 180_000).then(() => { arrival.at = performance.now() })
      for (let n = 0; arrival.at === 0; n++) {
        latencies.push(await latency(near, far, `f${round}-${n}`, 2))
        await pause(everyMs)
      }
      await watching
      p50.push(quantile(latencies, 0.5))
      p95.push(quantile(latencies, 0.95))
      file.push((arrival.at - sent) / 1000)
    }
    link.speed = Infinity
    for (const screen of screens) await screen.close()
    return { strokes: figures, besideFile: { p50: alone(p50), p95: alone(p95) }, file: alone(file) }
  } finally {
    link.speed = Infinity
    await stations.close()
    await link.close()
  }
}

/** The county dials its parent through the line from now on. */
async function over(stations: FourStations, port: number): Promise<void> {
  const folder = stations.folder(stations.county)
  const config = await readStationConfig(folder)
  await stations.county.stop()
  await writeStationConfig(folder, { ...config, parent: config.parent && { ...config.parent, url: `http://127.0.0.1:${port}` } })
  stations.county.start()
  await stations.county.healthy()
}

async function drawn(link: SlowLink, near: LiveDoc, far: LiveDoc, { rounds, strokes, points }: { rounds: number; strokes: number; points: number }): Promise<StrokeFigures> {
  const [ours, bare, p50, p95]: [number[], number[], number[], number[]] = [[], [], [], []]
  for (let round = 0; round < rounds; round++) {
    const silent = await bytesDuring(link, () => pause(restMs))
    const latencies: number[] = []
    const started = performance.now()
    const all = await bytesDuring(link, async () => {
      for (let n = 0; n < strokes; n++) {
        latencies.push(await latency(near, far, `w${points}-${round}-${n}`, points))
        await pause(everyMs)
      }
      await pause(restMs)
    })
    ours.push((all - (silent * (performance.now() - started)) / restMs) / strokes)
    bare.push(bareUpdate(points))
    p50.push(quantile(latencies, 0.5))
    p95.push(quantile(latencies, 0.95))
  }
  return { bytes: against(ours, bare), p50: alone(p50), p95: alone(p95) }
}

async function bytesDuring(link: SlowLink, work: () => Promise<unknown>): Promise<number> {
  const before = link.up + link.down
  await work()
  return link.up + link.down - before
}

async function latency(near: LiveDoc, far: LiveDoc, key: string, points: number): Promise<number> {
  const there = when(key, far, () => far.snapshot().values.has(key), 60_000)
  const started = performance.now()
  near.set(key, benchStroke(Math.floor(Math.random() * 9_000), points))
  await there
  return performance.now() - started
}

/** The update of a second stroke: the first of a document says more. */
function bareUpdate(points: number): number {
  const doc = new Y.Doc()
  const stamp = { at: Date.now(), by: '01JD0000000000000000000000', byName: '值班员', station: '65/6529/652927' }
  let size = 0
  doc.on('update', (update: Uint8Array) => { size = update.length })
  for (let n = 0; n < 2; n++) doc.getMap('v').set(`w${points}-0-${n}`, { ...benchStroke(n, points), ...stamp })
  return size
}

/** A report of the county with an attachment: its fact goes first, and the prefecture pulls the file that it names. */
async function sendFile(stations: FourStations, plot: BenchPlot): Promise<{ sha256: string; sent: number }> {
  const { duty } = plot
  const headers = { authorization: `Bearer ${duty.county.token}`, 'content-type': 'application/octet-stream', 'x-file-name': 'photo.bin' }
  const { sha256, size, mediaType } = await fetch(`${stations.county.url}/api/files`, { method: 'POST', headers, body: randomBytes(fileBytes) }).then((answer) => answer.json()) as { sha256: string; size: number; mediaType: string }
  const now = Date.now()
  const { id } = await duty.county.post<{ id: string }>('/api/reports', {
    kind: 'first', code: '11C02', title: '附照片', occurredAt: now - 60_000, learnedAt: now, mode: 'exercise', level: 'I',
    figures: { deaths: null, missing: null, seriousInjuries: null, lightInjuries: null, trapped: null, evacuated: null, lossWan: null },
    attributes: { magnitude: 7.1 }, place: { division: '652927', lon: 78.63, lat: 41.26 }, text: '测量线路。', attachments: [{ sha256, name: '照片.bin', size, mediaType }],
  })
  await duty.county.post(`/api/reports/${id}/submit`)
  await (await client(stations.county.url, 'leader')).post(`/api/reports/${id}/sign`)
  return { sha256, sent: performance.now() }
}

async function hasFile(stations: FourStations, plot: BenchPlot, sha256: string): Promise<boolean> {
  await pause(100)
  const answer = await fetch(`${stations.prefecture.url}/api/files/${sha256}?name=x`, { method: 'HEAD', headers: { authorization: `Bearer ${plot.duty.prefecture.token}` } })
  return answer.ok
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => { setTimeout(done, ms) })
}
