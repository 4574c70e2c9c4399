import type { StationModule } from '#core/station/server/module.ts'
import { normsFacts } from '../norms.facts.ts'
import { normsType } from '../norms.rules.ts'
import { normsAccess } from './norms.access.ts'
import { normsRoutes } from './norms.routes.ts'

/** 规范: codes, grading rules, limits and required fields. No tables: the few publications of a tree are folded when asked for. */
export const normsModule: StationModule = {
  name: 'norms',
  facts: normsFacts,
  subjects: [normsType],
  tables: [],
  access: normsAccess,
  reads: { norms: 'norms.read' },
  routes: normsRoutes,
}
