import type { StationModule } from '#core/station/server/module.ts'
import { directoryFacts } from '../directory.facts.ts'
import { stationSubject } from '../directory.rules.ts'
import { directoryAccess } from './directory.access.ts'
import { stationRoutes } from './directory.routes.ts'
import { projectStation, stationTables } from './directory.tables.ts'
import type { LiveDirectory } from './liveDirectory.ts'
import { openPeople } from './people.ts'
import { peopleRoutes } from './people.routes.ts'
import { peopleTables } from './people.tables.ts'
import { sessionRoutes } from './session.routes.ts'
import { openSessions } from './sessions.ts'

/** Stations, keys, people, roles: everything else stands on this. */
export function directoryModule(directory: LiveDirectory): StationModule {
  return {
    name: 'directory',
    tables: [stationTables, peopleTables],
    access: directoryAccess,
    reads: { station: 'directory.read' },
    facts: directoryFacts,
    subjects: [stationSubject(directory.root)],
    project: { station: projectStation(directory) },
    routes: (app, station) => {
      const people = openPeople(station.database, station.clock)
      const sessions = openSessions(station.database, station.clock)
      stationRoutes(app, station, directory, people)
      sessionRoutes(app, station, sessions, people)
      peopleRoutes(app, station, people)
    },
  }
}
