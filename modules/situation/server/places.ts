import { divisionName } from '#core/geo/divisions.ts'
import { parseCoordinate, degreesText } from '#core/geo/dms.ts'
import { divisionsFor, type DivisionItem } from '#core/geo/server/divisions.ts'
import { seatOf } from '#core/geo/server/seats.ts'
import type { RowLog } from '#core/sql/server/readRows.ts'
import type { Database } from '#core/sql/server/database.ts'
import type { PlaceItem } from '../situation.api.ts'
import { incidentsByTitle, type IncidentPoint } from './incidentPoints.queries.ts'

/** What a person may mean by a line in the map's search box: a coordinate, a division by name, initials or code, an incident. */
export async function findPlaces(database: Database, self: string, q: string, size: number, log: RowLog): Promise<PlaceItem[]> {
  const coordinate = parseCoordinate(q)
  if (coordinate) return [{ kind: 'coordinate', name: degreesText(coordinate), lon: coordinate[0], lat: coordinate[1] }]
  const divisions = (await divisionsFor(self)).search({ q, size })
  const incidents = await incidentsByTitle(database, q, size, log)
  // Neither kind hides the other: each has at least half the lines, and what one does not use the other may.
  const half = Math.ceil(size / 2)
  const places = divisions.items.slice(0, Math.max(half, size - incidents.length)).map(divisionPlace)
  return [...places, ...incidents.slice(0, size - places.length).map(incidentPlace)]
}

function divisionPlace({ code, name, path, level, lon, lat }: DivisionItem): PlaceItem {
  if (lon !== null && lat !== null) return { kind: 'division', code, name, path, level, lon, lat, approximate: false }
  const seat = seatOf(code)
  return { kind: 'division', code, name, path, level, lon: seat?.at[0] ?? null, lat: seat?.at[1] ?? null, approximate: seat !== null && seat.level !== level }
}

function incidentPlace({ id, geometry: { coordinates: [lon, lat] }, properties: { title, level, status, mode, division, occurredAt, approximate } }: IncidentPoint): PlaceItem {
  return { kind: 'incident', id, name: title, level, status, mode, divisionName: divisionName(division), occurredAt, lon, lat, approximate }
}
