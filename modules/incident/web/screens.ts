import { AlertOutlined } from '@ant-design/icons'
import type { Screen } from '#core/ui/web/screen.ts'
import { said } from '#core/ui/web/texts.ts'
import { incidentAccess } from '../incident.access.ts'
import { incidentTexts } from './incidentTexts.ts'

/** The pages of this module, for the console's list. */
export const incidentScreens: readonly Screen[] = [
  { path: '/incidents', title: said(incidentTexts, 'title'), load: async () => (await import('./IncidentList.tsx')).IncidentList, roles: incidentAccess['incident.read'], menu: { group: 'incident', order: 10, icon: AlertOutlined } },
  { path: '/incidents/$id', title: said(incidentTexts, 'one'), load: async () => (await import('./IncidentPage.tsx')).IncidentPage },
]
