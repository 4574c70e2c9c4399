import { once } from 'node:events'
import { WebSocket } from 'ws'
import { client, type Client } from '#lab/federation/client.ts'
import { quantile, spread, type Compared } from './measure.ts'
import { openRelay } from './relay.ts'
import type { ThreeStations } from './stations.ts'

interface News { facts: { id: string; type: string; station: string }[] }

export interface Quantiles { p50: Compared; p95: Compared }

/** `report`: a signed report, six or seven facts about two subjects. `feedback`: one fact. */
export interface Delivery { report: Quantiles; feedback: Quantiles }

const unknown = { deaths: null, missing: null, seriousInjuries: null, lightInjuries: null, trapped: null, evacuated: null, lossWan: null }

/**
 * From county to region over three real processes: from the news of the county's commit to the news of the region's, both on
 * `WS /api/live`, while all sign, judge, fold, project and answer with their receipts as always.
 * Baseline: the bytes of the same fact over three processes that commit them and pass them on, measured in turns with the stations.
 */
export async function delivery({ region, county }: ThreeStations, { rounds, samples }: { rounds: number; samples: number }): Promise<Delivery> {
  const relay = await openRelay()
  const duty = await client(county.url, 'duty')
  const leader = await client(county.url, 'leader')
  const above = await client(region.url, 'leader')
  const near = await listen(county.url, duty.token)
  const far = await listen(region.url, above.token)

  async function sample(type: string, command: () => Promise<unknown>): Promise<Sample> {
    const [sent, arrived] = [near.next((f) => f.type === type), far.next((f) => f.type === type)]
    await command()
    const [start, end] = [await sent, await arrived]
    if (start.fact.id !== end.fact.id) throw new Error('another fact arrived than was sent')
    return { ours: end.at - start.at, bare: await relay.deliver(await bytesOf(duty, start.fact.id)) }
  }

  const reports: Sample[][] = []
  const feedbacks: Sample[][] = []
  let n = 0
  try {
    // The first round does not count.
    for (let round = 0; round <= rounds; round++) {
      const [signed, fedBack]: [Sample[], Sample[]] = [[], []]
      for (let i = 0; i < samples; i++) {
        const id = await drafted(duty, ++n)
        const back = near.next((f) => f.type === 'report.received.v1' && f.station === '65')
        signed.push(await sample('report.sent.v1', () => leader.post(`/api/reports/${id}/sign`)))
        await back
        const told = near.next((f) => f.type === 'report.instructed.v1')
        await above.post(`/api/reports/${id}/instruct`, { text: `第${n}号批示：核实并反馈`, due: Date.now() + 3_600_000 })
        await told
        const { instructions: [instruction] } = await duty.get<{ instructions: { instructionId: string }[] }>(`/api/reports/${id}`)
        fedBack.push(await sample('report.feedback.v1', () => duty.post(`/api/reports/${id}/feedback`, { instructionId: instruction?.instructionId, text: `第${n}号反馈：已核实` })))
      }
      if (round > 0) { reports.push(signed); feedbacks.push(fedBack) }
    }
  } finally {
    near.close()
    far.close()
    await relay.close()
  }
  return { report: quantiles(reports), feedback: quantiles(feedbacks) }
}

interface Sample { ours: number; bare: number }

function quantiles(rounds: Sample[][]): Quantiles {
  const at = (q: number): Compared => {
    const ours = rounds.map((round) => quantile(round.map((s) => s.ours), q))
    const bare = rounds.map((round) => quantile(round.map((s) => s.bare), q))
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

async function bytesOf(duty: Client, id: string): Promise<string> {
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
