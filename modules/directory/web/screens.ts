import { AuditOutlined, ClusterOutlined, LinkOutlined, TeamOutlined } from '@ant-design/icons'
import type { Screen } from '#core/ui/web/screen.ts'
import { said } from '#core/ui/web/texts.ts'
import { auditTexts } from './auditTexts.ts'
import { directoryTexts } from './directoryTexts.ts'

/** The pages of this module, for the console's list. */
export const directoryScreens: readonly Screen[] = [
  { path: '/links', title: said(directoryTexts, 'links.title'), load: async () => (await import('./LinksPage.tsx')).LinksPage, menu: { group: 'system', order: 10, icon: LinkOutlined } },
  { path: '/directory', title: said(directoryTexts, 'stations.title'), load: async () => (await import('./StationsPage.tsx')).StationsPage, menu: { group: 'system', order: 20, icon: ClusterOutlined } },
  { path: '/audit', title: said(auditTexts, 'title'), load: async () => (await import('./AuditPage.tsx')).AuditPage, roles: ['audit', 'admin'], menu: { group: 'system', order: 40, icon: AuditOutlined } },
  { path: '/people', title: said(directoryTexts, 'people.title'), load: async () => (await import('./PeoplePage.tsx')).PeoplePage, roles: ['security', 'audit'], menu: { group: 'system', order: 50, icon: TeamOutlined } },
]
