import { divisionName } from '#core/geo/divisions.ts'
import { seatOf } from '#core/geo/server/seats.ts'
import { spatialTable } from '#core/geo/server/spatial.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import { incidentRow, isParty, type IncidentState } from '#modules/incident/index.ts'
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
