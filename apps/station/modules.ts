import { coreModule } from '#core/station/server/coreModule.ts'
import type { StationModule } from '#core/station/server/module.ts'
import { directoryModule } from '#modules/directory/server/module.ts'
import type { LiveDirectory } from '#modules/directory/server/liveDirectory.ts'
import { incidentModule } from '#modules/incident/server/module.ts'
import { normsModule } from '#modules/norms/server/module.ts'
import { plotModule } from '#modules/plot/server/module.ts'
import { reportModule } from '#modules/report/server/module.ts'
import { situationModule } from '#modules/situation/server/module.ts'

/** What this station can do: one explicit list. A new module is one line here, one in boundaries.mjs, and its screens in apps/console. */
export function stationModules(directory: LiveDirectory, uploadLimitMiB: number): StationModule[] {
  const nouns = [directoryModule(directory), normsModule, incidentModule, reportModule, plotModule(), situationModule]
  return [coreModule({ uploadLimit: uploadLimitMiB * 1024 * 1024, reads: Object.assign({}, ...nouns.map((m) => m.reads)) }), ...nouns]
}
