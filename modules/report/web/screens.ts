import type { Screen } from '#core/ui/web/screen.ts'
import { said } from '#core/ui/web/texts.ts'
import { deskTexts } from './deskTexts.ts'

/** The pages of this module, for the console's list. */
export const reportScreens: readonly Screen[] = [
  { path: '/duty', title: said(deskTexts, 'title'), load: async () => (await import('./ReportDesk.tsx')).ReportDesk, menu: { group: 'duty', order: 10 } },
]
