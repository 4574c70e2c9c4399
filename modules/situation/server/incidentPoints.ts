import { divisionName } from '#core/geo/divisions.ts'
import { seatOf } from '#core/geo/server/seats.ts'
import { spatialTable } from '#core/geo/server/spatial.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import type { LedgerTables } from '#core/ledger/server/ledger.tables.ts'
import type { Station } from '#core/station/server/module.ts'
import { incidentRow, incidentType, isParty, type IncidentState } from '#modules/incident/index.ts'
import { grades } from '#modules/norms/index.ts'
import type { IncidentProperties } from '../situation.api.ts'

/** Where incidents are: situation's own picture of them, folded from the same facts as the incident's own lists. */
export const incidentPoints = spatialTable('situation_incident')

/** Puts an incident where it happened; takes it off while it is nobody's business here, a draft, or nowhere. */
export async function projectIncidentPoint({ tx, self }: Pick<Writer, 'tx' | 'self'>, _subject: string, state: IncidentState): Promise<void> {
  const row = incidentRow(state)
  const { lon, lat, division } = state.place
  const exact = lon !== undefined && lat !== undefined
  const at = exact ? [lon, lat] as const : seatOf(division)?.at
  const { status } = row
  if (!isParty(state, self) || status === 'draft' || !at) return incidentPoints.remove(tx, [state.id])
  const properties: IncidentProperties = {
    id: state.id, title: row.title, code: row.code, level: row.level.working, status, mode: row.mode, lead: row.lead,
    division, divisionName: divisionName(division), occurredAt: row.occurredAt, updatedAt: row.updatedAt, approximate: !exact,
  }
  return incidentPoints.put(tx, [{
    id: state.id, geometry: { type: 'Point', coordinates: [at[0], at[1]] }, properties, at: row.occurredAt, rank: grades.indexOf(row.level.working) + 1,
  }])
}

/** Puts on the map what was known before there was one: a station that comes from a version without it has incidents, and a table nothing was ever put into. */
export async function projectKnownIncidents({ database, ledger, self }: Pick<Station, 'database' | 'ledger' | 'self'>): Promise<void> {
  if ((await incidentPoints.version(database.read)) !== 'empty') return
  const known = await database.read.withTables<LedgerTables>().selectFrom('subjects').where('kind', '=', incidentType.kind).select('subject').execute()
  if (known.length === 0) return
  // All or nothing: a station that is stopped meanwhile begins again.
  await database.write(async (tx) => {
    for (const { subject } of known) await projectIncidentPoint({ tx, self }, subject, await ledger.state(incidentType, subject))
  })
}
