import { ancestorsOf } from '#core/kernel/index.ts'
import type { ReportAnswer } from '#modules/report/report.api.ts'
import type { Crew, Oracle } from './load.ts'

/** Compares what every station holds with what was acknowledged. Returns every difference in words; none is the aim. */
export async function check(oracle: Oracle, crews: Map<string, Crew>): Promise<string[]> {
  const faults: string[] = []
  // An oracle that was told nothing would find nothing lost.
  if (oracle.reports.size === 0 || oracle.accepted.length === 0 || oracle.instructions.length === 0) faults.push('too little was acknowledged to show anything')
  for (const [id, { title, author, signed }] of oracle.reports) {
    const entitled = signed ? [author, ...ancestorsOf(author)] : [author]
    const held = await Promise.all(entitled.map(async (station) => ({ station, report: await crews.get(station)?.duty.get<ReportAnswer>(`/api/reports/${id}`) })))
    const whole = held.find((h) => h.station === author)?.report
    for (const { station, report } of held) {
      if (!report) {
        faults.push(`${station}: the acknowledged report ${id} (${title}) is lost`)
        continue
      }
      faults.push(...factFaults(station, report, whole ?? report))
      if (signed) faults.push(...entitled.filter((s) => s !== author).flatMap((receiver) => receiptFaults(station, report, receiver)))
      for (const accepted of oracle.accepted.filter((a) => a.report === id)) {
        const times = countOf(report, 'report.accepted.v1', accepted.station)
        if (times !== 1) faults.push(`${station}: ${id} shows the acceptance by ${accepted.station} ${times} times`)
      }
      for (const instruction of oracle.instructions.filter((i) => i.report === id)) {
        const times = report.instructions.filter((i) => i.text === instruction.text).length
        if (times !== 1) faults.push(`${station}: ${id} shows the instruction by ${instruction.by} ${times} times`)
      }
    }
  }
  for (const [station, crew] of crews) {
    faults.push(...(await doubles(station, crew)))
    const verified = await crew.audit.get<{ checked: number; bad: { fact: string; reason: string }[] }>('/api/ledger/verify')
    for (const { fact, reason } of verified?.bad ?? []) faults.push(`${station}: ${fact} does not verify: ${reason}`)
    if (!verified?.checked) faults.push(`${station}: nothing was verified`)
  }
  return faults
}

function factFaults(station: string, report: ReportAnswer, whole: ReportAnswer): string[] {
  const faults: string[] = []
  if (new Set(report.facts).size !== report.facts.length) faults.push(`${station}: ${report.id} names a fact twice`)
  const here = new Set(report.facts)
  const missing = whole.facts.filter((fact) => !here.has(fact))
  if (missing.length > 0 || here.size !== whole.facts.length) faults.push(`${station}: ${report.id} has ${here.size} facts, its author ${whole.facts.length}; missing ${missing.join(', ') || 'none'}`)
  return faults
}

function receiptFaults(station: string, report: ReportAnswer, receiver: string): string[] {
  const times = countOf(report, 'report.received.v1', receiver)
  return times === 1 ? [] : [`${station}: ${report.id} shows ${times} receipts by ${receiver}`]
}

function countOf(report: ReportAnswer, type: string, by: string): number {
  return report.timeline.filter((entry) => entry.type === type && entry.station === by).length
}

/** Each report has a title of its own, so a title held twice is a report made twice. */
async function doubles(station: string, crew: Crew): Promise<string[]> {
  const idByTitle = new Map<string, string>()
  const faults: string[] = []
  for (let page = 1; ; page++) {
    const list = await crew.duty.get<{ items: { id: string; title: string }[]; total: number }>(`/api/reports?page=${page}&size=200&sort=title`)
    for (const { id, title } of list?.items ?? []) {
      const other = idByTitle.get(title)
      if (other !== undefined) faults.push(`${station}: ${title} was made twice: ${other} and ${id}`)
      idByTitle.set(title, id)
    }
    if (!list || page * 200 >= list.total) return faults
  }
}
