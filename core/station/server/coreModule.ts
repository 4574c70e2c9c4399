import { serveLive } from '#core/http/server/live.ts'
import { fileRoutes } from './files.routes.ts'
import { healthRoute, ledgerRoutes } from './ledger.routes.ts'
import { linkRoutes } from './links.routes.ts'
import { liveRoutes } from './live.routes.ts'
import { standingRoutes } from './standing.routes.ts'
import type { StationModule } from './module.ts'
import { stationAccess } from './station.access.ts'

export const defaultUploadLimit = 200 * 1024 * 1024

/** What every station answers before any module: health, facts, audit, links, live documents, files. */
export function coreModule(options: { uploadLimit?: number; reads?: Record<string, string> } = {}): StationModule {
  return {
    name: 'core',
    tables: [],
    access: stationAccess,
    facts: {},
    subjects: [],
    routes: (app, station) => {
      healthRoute(app, station)
      ledgerRoutes(app, station, options.reads ?? {})
      serveLive(app, { self: station.self, personOf: app.personOf, onNews: (listener) => station.ledger.onNews(listener), onScreen: (screen) => station.live.openScreen(screen) })
      liveRoutes(app, station)
      standingRoutes(app, station)
      fileRoutes(app, station, options.uploadLimit ?? defaultUploadLimit)
      linkRoutes(app, station)
    },
  }
}
