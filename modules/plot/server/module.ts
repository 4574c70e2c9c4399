import type { StationModule } from '#core/station/server/module.ts'
import { plotAccess } from '../plot.access.ts'
import { plotFacts } from '../plot.facts.ts'
import { plotType } from '../plot.rules.ts'
import { Photos } from './photos.ts'
import { plotLive } from './plot.live.ts'
import { plotReactions } from './plot.reactions.ts'
import { plotRoutes } from './plot.routes.ts'
import { plotTables, projectPlot } from './plot.tables.ts'

/** 标绘: one plot for each incident, one layer for each station in it. `../LIFE.md` follows a stroke through all of it. */
export function plotModule(): StationModule {
  let photos: Photos | undefined
  return {
    name: 'plot',
    facts: plotFacts,
    subjects: [plotType],
    tables: plotTables,
    project: projectPlot,
    reactions: plotReactions,
    access: plotAccess,
    reads: { plot: 'plot.read' },
    live: plotLive,
    routes: (app, station) => {
      photos = new Photos(station)
      plotRoutes(app, station)
    },
    tick: async (_station, now) => photos?.look(now),
  }
}
