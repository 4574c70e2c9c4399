import { idOfSubject, type Fact } from '#core/ledger/index.ts'
import type { LedgerPart, Writer } from '#core/ledger/server/ledger.ts'
import { incidentSubject, incidentType } from '#modules/incident/index.ts'
import { followIncident } from '../plot.commands.ts'
import { plotSubject } from '../plot.facts.ts'
import { plotType } from '../plot.rules.ts'

/** Whatever became of an incident, its plot follows: opened where the incident was, made known as far as its lead reaches. */
async function follow(writer: Writer, fact: Fact<never>): Promise<void> {
  const id = idOfSubject(fact.subject)
  const incident = await writer.state(incidentType, incidentSubject(id))
  const named = fact.station === writer.self && (fact.type === 'incident.shared.v1' || fact.type === 'incident.handoverOffered.v1') ? fact.to : []
  // Twice, because an incident from before there were plots is first given one.
  for (let round = 0; round < 2; round++) {
    for (const draft of followIncident(await writer.state(plotType, plotSubject(id)), incident, writer.self, named)) await writer.append(draft)
  }
}

export const plotReactions: NonNullable<LedgerPart['reactions']> = {
  'incident.opened.v1': follow,
  'incident.assessed.v1': follow,
  'incident.shared.v1': follow,
  'incident.handoverOffered.v1': follow,
  'incident.handoverAccepted.v1': follow,
  // The lead may learn of the plot after it learned that it leads.
  'plot.opened.v1': follow,
}
