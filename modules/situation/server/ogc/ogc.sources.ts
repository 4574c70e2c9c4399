import type { BaseMapSource } from '#core/geo/server/baseMap/baseMapSource.ts'
import type { Station } from '#core/station/server/module.ts'
import type { FeatureSource } from '../../ogc.source.ts'
import { incidentPoints } from '../incidentPoints.ts'
import { listLayers } from '../importedLayers.ts'
import { areasSource } from './ogc.areas.ts'
import { divisionsSource } from './ogc.divisions.ts'
import { incidentsSource } from './ogc.incidents.ts'
import { plotsSource } from './ogc.plots.ts'

/** The collections at `/ogc`. A new one is a `FeatureSource` and a line here. */
export function ogcSources(station: Station, baseMap: Pick<BaseMapSource, 'current'>): FeatureSource[] {
  const areSchematicDrawn = async () => !(await baseMap.current()).imported && (await listLayers(station.database.read)).every(({ role }) => role !== 'boundary')
  return [divisionsSource(station.self), areasSource(station.self, areSchematicDrawn), incidentsSource(incidentPoints, station), plotsSource(station)]
}
