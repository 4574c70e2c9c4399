import type { Station } from '#core/station/server/module.ts'
import type { FeatureSource } from '../../ogc.source.ts'
import { incidentPoints } from '../incidentPoints.ts'
import { divisionsSource } from './ogc.divisions.ts'
import { incidentsSource } from './ogc.incidents.ts'
import { plotsSource } from './ogc.plots.ts'

/** The collections at `/ogc`. A new one is a `FeatureSource` and a line here. */
export const ogcSources = (station: Station): FeatureSource[] => [divisionsSource(station.self), incidentsSource(incidentPoints, station), plotsSource(station)]
