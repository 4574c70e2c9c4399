import type { StationModule } from '#core/station/server/module.ts'
import { incidentFacts } from '../incident.facts.ts'
import { incidentType } from '../incident.rules.ts'
import { incidentAccess } from '../incident.access.ts'
import { incidentRoutes } from './incident.routes.ts'
import { incidentTables, projectIncident } from './incident.tables.ts'

/** 事件: what happened, how grave, who leads. */
export const incidentModule: StationModule = {
  name: 'incident',
  facts: incidentFacts,
  subjects: [incidentType],
  tables: incidentTables,
  project: { incident: projectIncident },
  access: incidentAccess,
  reads: { incident: 'incident.read' },
  routes: incidentRoutes,
}
