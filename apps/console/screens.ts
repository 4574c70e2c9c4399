import type { Screen } from '#core/ui/web/screen.ts'
import { directoryScreens } from '#modules/directory/web/screens.ts'
import { incidentScreens } from '#modules/incident/web/screens.ts'
import { normsScreens } from '#modules/norms/web/screens.ts'
import { reportScreens } from '#modules/report/web/screens.ts'
import { situationScreens } from '#modules/situation/web/screens.ts'

/** Every page of the console, module by module; a new module adds its line here. */
export const screens: readonly Screen[] = [
  ...situationScreens,
  ...reportScreens,
  ...incidentScreens,
  ...directoryScreens,
  ...normsScreens,
]
