import { BookOutlined } from '@ant-design/icons'
import type { Screen } from '#core/ui/web/screen.ts'
import { said } from '#core/ui/web/texts.ts'
import { normsTexts } from './normsTexts.ts'

/** The pages of this module, for the console's list. */
export const normsScreens: readonly Screen[] = [
  { path: '/norms', title: said(normsTexts, 'title'), load: async () => (await import('./NormsPage.tsx')).NormsPage, menu: { group: 'system', order: 30, icon: BookOutlined } },
]
