import { isRefusal } from '#core/kernel/index.ts'
import type { Fact } from '#core/ledger/index.ts'
import type { LedgerPart, Writer } from '#core/ledger/server/ledger.ts'
import type { StationModule } from '#core/station/server/module.ts'
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

/** How long a report is left alone whose urging failed: it will fail again, and must hold up no other. */
const asideMs = 10 * 60_000
/** Beyond this many, what failed longest ago is looked at again. */
const mostAside = 1_000

/** 自动催报: what the station states when nobody is at the keyboard. */
export function automaticUrging(): NonNullable<StationModule['tick']> {
  /** Until when a report is not looked at. */
  const aside = new Map<string, number>()
  return async ({ database, ledger }, now) => {
    for (const [subject, until] of aside) if (until <= now || aside.size > mostAside) aside.delete(subject)
    const faults: Error[] = []
    for (const subject of await reportsToUrge(database.read, now, [...aside.keys()])) {
      try {
        await ledger.write(automatic, async (writer) => {
          const state = await writer.state(reportType, subject)
          for (const draft of urgeWhatIsDue(state, writer)) await writer.append(draft)
        })
      } catch (fault) {
        // Nothing of this station is stated now, whatever report it is about.
        if (isRefusal(fault) && fault.code.startsWith('station.')) return
        aside.set(subject, now + asideMs)
        faults.push(new Error(`${subject} cannot be urged for: ${String(fault)}`, { cause: fault }))
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, faults.map(({ message }) => message).join('; '))
  }
}

const automatic = { id: 'automatic', name: '自动催报' }
