import { baseMapSource } from '#core/geo/server/baseMap/baseMapSource.ts'
import { builtBaseMap } from '#core/geo/server/baseMap/builtBaseMap.ts'
import { importedBaseMap } from '#core/geo/server/import/tileArchive.ts'
import type { StationModule } from '#core/station/server/module.ts'
import { situationAccess } from '../situation.access.ts'
import { importedAccess, importedRoutes } from './importedRoutes.ts'
import { importedTables } from './importedLayers.ts'
import { incidentPoints, projectIncidentPoint, projectKnownIncidents } from './incidentPoints.ts'
import { ogcRoutes } from './ogc/ogc.routes.ts'
import { ogcSources } from './ogc/ogc.sources.ts'
import { ogcTables, projectKnownPlot } from './ogc/ogc.tables.ts'
import { situationRoutes } from './situation.routes.ts'
import { tileRoutes } from './tile.routes.ts'

/** 一张图: the shared picture. States no facts of its own; it folds those of others into what a map can show. */
export const situationModule: StationModule = {
  name: 'situation',
  facts: {},
  subjects: [],
  tables: [incidentPoints.migration, ...importedTables, ...ogcTables],
  project: { incident: projectIncidentPoint, ...projectKnownPlot },
  access: { ...situationAccess, ...importedAccess },
  // No documents of its own; before links and screens begin, what is known already is put on the map.
  live: async (station) => {
    await projectKnownIncidents(station)
    return { docs: [], rooms: [] }
  },
  routes: (app, station) => {
    const { folder, mode } = station
    const built = builtBaseMap({ folder, log: app.log })
    const baseMap = baseMapSource(built, folder === undefined ? undefined : importedBaseMap(folder))
    // A test's station builds it when a test asks for it; any other has it ready before somebody looks.
    if (mode !== 'test') app.addHook('onListen', async () => { built.prepare().catch((fault: unknown) => { if (!(fault instanceof Error && fault.name === 'AbortError')) app.log.error({ err: fault }, 'base map') }) })
    app.addHook('onClose', () => baseMap.close())
    tileRoutes(app, station, baseMap)
    situationRoutes(app, station, baseMap)
    importedRoutes(app, station)
    ogcRoutes(app, station, ogcSources(station, baseMap))
  },
}
