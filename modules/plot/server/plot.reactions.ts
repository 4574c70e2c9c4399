import { isRefusal } from '#core/kernel/index.ts'
import { idOfSubject, type Fact } from '#core/ledger/index.ts'
import type { LedgerPart, Writer } from '#core/ledger/server/ledger.ts'
import type { LedgerTables } from '#core/ledger/server/ledger.tables.ts'
import type { Station } from '#core/station/server/module.ts'
import { incidentSubject, incidentType, type IncidentState } from '#modules/incident/index.ts'
import { followIncident } from '../plot.commands.ts'
import { plotSubject } from '../plot.facts.ts'
import { plotType } from '../plot.rules.ts'
import type { PlotTables } from './plot.tables.ts'

/** Incidents opened here before there were plots: each is given its own, and the station that leads it by now learns of it. Once, at the first start. */
export async function givePlots({ ledger, database, self }: Pick<Station, 'ledger' | 'database' | 'self'>): Promise<void> {
  if (await database.read.withTables<PlotTables>().selectFrom('plot').select('subject').limit(1).executeTakeFirst()) return
  const opened = await database.read.withTables<LedgerTables>().selectFrom('facts').select('subject')
    .where('type', '=', 'incident.opened.v1').where('station', '=', self).where('status', '=', 'admitted').execute()
  if (opened.length === 0) return
  await ledger.write({ id: 'system', name: '系统' }, async (writer) => {
    for (const { subject } of opened) await followTwice(writer, idOfSubject(subject), (incident) => [incident.lead])
  }).catch((no: unknown) => {
    // A restored station states nothing until it has recovered; the next start will.
    if (!isRefusal(no)) throw no
  })
}

/** Whatever became of an incident, its plot follows: opened where the incident was, made known as far as its lead reaches. */
async function follow(writer: Writer, fact: Fact<never>): Promise<void> {
  const isSpread = fact.station === writer.self && (fact.type === 'incident.shared.v1' || fact.type === 'incident.handoverOffered.v1')
  await followTwice(writer, idOfSubject(fact.subject), () => (isSpread ? fact.to : []))
}

/** Twice, because an incident from before there were plots is first given one. */
async function followTwice(writer: Writer, id: string, namedBy: (incident: IncidentState) => readonly string[]): Promise<void> {
  const incident = await writer.state(incidentType, incidentSubject(id))
  for (let round = 0; round < 2; round++) {
    for (const draft of followIncident(await writer.state(plotType, plotSubject(id)), incident, writer.self, namedBy(incident))) await writer.append(draft)
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
