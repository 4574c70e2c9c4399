import { InboxOutlined } from '@ant-design/icons'
import type { Screen } from '#core/ui/web/screen.ts'
import { said } from '#core/ui/web/texts.ts'
import { reportAccess } from '../report.access.ts'
import { deskTexts } from './deskTexts.ts'
import { pageTexts } from './pageTexts.ts'
import { reportTexts } from './reportTexts.ts'

/** The pages of this module, for the console's list. */
export const reportScreens: readonly Screen[] = [
  { path: '/duty', title: said(deskTexts, 'title'), load: async () => (await import('./ReportDesk.tsx')).ReportDesk, roles: reportAccess['report.read'], menu: { group: 'duty', order: 10, icon: InboxOutlined } },
  { path: '/reports/new', title: said(reportTexts, 'new.first'), load: async () => (await import('./ReportForm.tsx')).NewReportForm },
  { path: '/reports/$id', title: said(pageTexts, 'title'), load: async () => (await import('./ReportPage.tsx')).ReportPage },
  { path: '/reports/$id/edit', title: said(reportTexts, 'edit'), load: async () => (await import('./ReportForm.tsx')).EditReportForm },
]
