import type { ReportAnswer } from '#modules/report/report.api.ts'
import type { Outcome, StubbornClient } from './stubbornClient.ts'

/** Who works at one station. */
export interface Crew { duty: StubbornClient; leader: StubbornClient; audit: StubbornClient }

/** Everything that a station has acknowledged with a 2xx: it must be there, once, at the end. */
export interface Oracle {
  reports: Map<string, { title: string; author: string; signed: boolean }>
  accepted: { report: string; station: string }[]
  instructions: { report: string; text: string; by: string; to: string }[]
  acknowledged: number
}

export function newOracle(): Oracle {
  return { reports: new Map(), accepted: [], instructions: [], acknowledged: 0 }
}

const unknown = { deaths: null, missing: null, seriousInjuries: null, lightInjuries: null, trapped: null, evacuated: null, lossWan: null }

/** One report's life under fire: drafted, submitted, signed, accepted above, instructed, as far as it gets before `stopping`. */
export async function live(n: string, author: Crew, above: Crew, oracle: Oracle, stopping: () => boolean): Promise<void> {
  const title = `断电试验第${n}号`
  const now = Date.now()
  const body = {
    kind: 'first', code: '11C02', title, occurredAt: now - 60_000, learnedAt: now, mode: 'exercise', level: 'I', figures: unknown,
    attributes: { magnitude: 7.1 }, place: { division: '652927' }, text: `第${n}号报告：反复断电，不得丢失，不得重复。`,
  }
  const note = <Answer>(outcome: Outcome<Answer>): Outcome<Answer> => {
    if (outcome.kind === 'acknowledged') oracle.acknowledged += 1
    return outcome
  }

  let id: string | undefined
  while (id === undefined) {
    if (stopping()) return
    // The key makes asking again safe: a report that was made before the cut is answered, not made twice.
    const made = note(await author.duty.post<{ id: string }>('/api/reports', body, { 'idempotency-key': `kill-${n}` }))
    if (made.kind === 'acknowledged') id = made.answer.id
    else if (made.kind === 'refused') throw refusedBy('create', author.duty.station, made)
  }
  const report = id
  oracle.reports.set(report, { title, author: author.duty.station, signed: false })

  if (!(await insist(author, report, 'submit', {}, (r) => r.status !== 'draft'))) return
  const signed = await insist(author, report, 'sign', {}, (r) => r.sentAt !== null)
  if (!signed) return
  oracle.reports.set(report, { title, author: author.duty.station, signed: true })

  while ((await above.duty.get(`/api/reports/${report}`)) === undefined) {
    if (stopping()) return
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
  const { station } = above.duty
  if (!(await insist(above, report, 'accept', {}, (r) => r.hops.some((h) => h.station === station && h.acceptedAt !== null)))) return
  oracle.accepted.push({ report, station })

  const text = `第${n}号批示：核实并反馈`
  if (await insist(above, report, 'instruct', { text, due: now + 3_600_000, to: [author.duty.station] }, (r) => r.instructions.some((i) => i.text === text))) {
    oracle.instructions.push({ report, text, by: station, to: author.duty.station })
  }

  /** Posts until acknowledged. After a broken connection it looks first: what was done before the cut must not be asked again. */
  async function insist(crew: Crew, id: string, verb: string, payload: unknown, done: (report: ReportAnswer) => boolean): Promise<boolean> {
    const client = verb === 'sign' || verb === 'instruct' ? crew.leader : crew.duty
    for (;;) {
      if (stopping()) return false
      const outcome = note(await client.post(`/api/reports/${id}/${verb}`, payload))
      if (outcome.kind === 'acknowledged') return true
      const seen = await client.get<ReportAnswer>(`/api/reports/${id}`)
      if (seen === undefined) throw new Error(`${client.station} has lost the report ${id} that it acknowledged`)
      if (done(seen)) return true
      if (outcome.kind === 'refused') throw refusedBy(verb, client.station, outcome)
    }
  }
}

function refusedBy(verb: string, station: string, { status, code, detail }: { status: number; code: string; detail: string }): Error {
  return new Error(`${station} refused ${verb}: ${status} ${code} ${detail}`)
}
