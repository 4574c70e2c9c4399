import { once } from 'node:events'
import { WebSocket } from 'ws'
import { client, type Client } from '#lab/federation/client.ts'
import { quantile, spread, type Compared } from './measure.ts'
import { openRelay } from './relay.ts'
import type { ThreeStations } from './stations.ts'

interface News { facts: { id: string; type: string; station: string }[] }

export interface Delivery { p50: Compared; p95: Compared }

const unknown = { deaths: null, missing: null, seriousInjuries: null, lightInjuries: null, trapped: null, evacuated: null, lossWan: null }

/**
 * A signed report from county to region over three real processes: from the news of the county's commit to the news of the region's, both
 * on `WS /api/live`, while both send their signed receipts and machine receipts as always.
 * Baseline: a message of the same length over three processes that commit it and pass it on, measured in turns with the stations.
 */
export async function delivery({ region, county }: ThreeStations, { rounds, samples }: { rounds: number; samples: number }): Promise<Delivery> {
  const relay = await openRelay()
  const duty = await client(county.url, 'duty')
  const leader = await client(county.url, 'leader')
  const near = await listen(county.url, duty.token)
  const far = await listen(region.url, (await client(region.url, 'duty')).token)
  let n = 0
  const each: { ours: number[]; bare: number[] }[] = []
  try {
    for (let round = -1; round < rounds; round++) {
      const ours: number[] = []
      const bare: number[] = []
      for (let i = 0; i < samples; i++) {
        const report = await drafted(duty, ++n)
        const sent = near.next((f) => f.type === 'report.sent.v1')
        const arrived = far.next((f) => f.type === 'report.sent.v1')
        const back = near.next((f) => f.type === 'report.received.v1' && f.station === '65')
        await leader.post(`/api/reports/${report}/sign`, {})
        const [start, end] = [await sent, await arrived]
        if (start.fact.id !== end.fact.id) throw new Error('another report arrived than was sent')
        ours.push(end.at - start.at)
        await back
        bare.push(await relay.deliver(await sentBytes(duty, start.fact.id)))
      }
      if (round >= 0) each.push({ ours, bare })
    }
  } finally {
    near.close()
    far.close()
    await relay.close()
  }
  const at = (q: number): Compared => {
    const ours = each.map((round) => quantile(round.ours, q))
    const bare = each.map((round) => quantile(round.bare, q))
    return { ours: spread(ours), bare: spread(bare), ratio: spread(ours.map((value, i) => value / (bare[i] ?? Number.NaN))) }
  }
  return { p50: at(0.5), p95: at(0.95) }
}

async function drafted(duty: Client, n: number): Promise<string> {
  const now = Date.now()
  const { id } = await duty.post<{ id: string }>('/api/reports', {
    kind: 'first', code: '11C02', title: `送达时间试验第${n}号`, occurredAt: now - 60_000, learnedAt: now, mode: 'exercise', level: 'I', figures: unknown,
    attributes: { magnitude: 7.1 }, place: { division: '652927' }, text: `第${n}号报告：测量从县到自治区的送达时间。`,
  })
  await duty.post(`/api/reports/${id}/submit`)
  return id
}

async function sentBytes(duty: Client, id: string): Promise<string> {
  const { canonical } = await duty.get<{ canonical: string }>(`/api/facts/${id}`)
  return Buffer.from(canonical, 'base64').toString('utf8')
}

/** The facts a station tells its screens of, each with the time it was heard. */
async function listen(url: string, token: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/live`, ['fengsui.live', `bearer.${token}`])
  const waiting = new Set<(news: News, at: number) => void>()
  socket.on('message', (data: Buffer) => {
    const at = performance.now()
    const news = JSON.parse(data.toString('utf8')) as News
    for (const look of waiting) look(news, at)
  })
  await once(socket, 'open')
  return {
    next: (wanted: (fact: News['facts'][number]) => boolean) => new Promise<{ fact: News['facts'][number]; at: number }>((done, fail) => {
      const timer = setTimeout(() => { waiting.delete(look); fail(new Error(`${url} did not hear of it`)) }, 30_000)
      const look = (news: News, at: number) => {
        const fact = news.facts.find(wanted)
        if (!fact) return
        clearTimeout(timer)
        waiting.delete(look)
        done({ fact, at })
      }
      waiting.add(look)
    }),
    close: () => socket.terminate(),
  }
}
