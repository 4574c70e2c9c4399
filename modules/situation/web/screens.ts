import { GlobalOutlined } from '@ant-design/icons'
import { mapPath } from '#core/ui/web/map/mapParts.ts'
import type { Screen } from '#core/ui/web/screen.ts'
import { said } from '#core/ui/web/texts.ts'
import { situationAccess } from '../situation.access.ts'
import { situationTexts } from './situationTexts.ts'

/** The pages of this module, for the console's list. */
export const situationScreens: readonly Screen[] = [
  { path: mapPath, title: said(situationTexts, 'title'), load: async () => (await import('./MapScreen.tsx')).MapScreen, roles: situationAccess['situation.read'], menu: { group: 'map', order: 1, icon: GlobalOutlined } },
]
