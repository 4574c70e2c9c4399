import type { StationModule } from '#core/station/server/module.ts'
import { reportFacts } from '../report.facts.ts'
import { reportType } from '../report.rules.ts'
import { reportAccess } from '../report.access.ts'
import { automaticUrging, reportReactions } from './report.reactions.ts'
import { reportRoutes } from './report.routes.ts'
import { projectReport, reportTables } from './report.tables.ts'

/** 信息报送. The example module: each line is one file, and `../LIFE.md` walks through them all. */
export const reportModule: StationModule = {
  name: 'report',
  facts: reportFacts,
  subjects: [reportType],
  tables: reportTables,
  project: projectReport,
  reactions: reportReactions,
  access: reportAccess,
  reads: { report: 'report.read' },
  routes: reportRoutes,
  tick: automaticUrging(),
}
