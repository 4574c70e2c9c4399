import type { Fact } from '#core/ledger/index.ts'
import type { LedgerPart, Writer } from '#core/ledger/server/ledger.ts'
import type { Station } from '#core/station/server/module.ts'
import { receive, urgeWhatIsDue } from '../report.decide.ts'
import { reportType } from '../report.rules.ts'
import { reportsToUrge } from './report.queries.ts'

/** The machine receipt 回执: whichever fact made this station a receiver, it answers once. */
async function answerWithReceipt(writer: Writer, fact: Fact<never>): Promise<void> {
  const state = await writer.state(reportType, fact.subject)
  for (const draft of receive(state, writer.self)) await writer.append(draft)
}

export const reportReactions: NonNullable<LedgerPart['reactions']> = {
  'report.sent.v1': answerWithReceipt,
  'report.forwarded.v1': answerWithReceipt,
  'report.instructed.v1': answerWithReceipt,
}

/** 自动催报: what the station states when nobody is at the keyboard. */
export async function urgeOverdueReports({ database, ledger }: Station, now: number): Promise<void> {
  for (const subject of await reportsToUrge(database.read, now)) {
    await ledger.write(automatic, async (writer) => {
      const state = await writer.state(reportType, subject)
      for (const draft of urgeWhatIsDue(state, writer)) await writer.append(draft)
    })
  }
}

const automatic = { id: 'automatic', name: '自动催报' }
