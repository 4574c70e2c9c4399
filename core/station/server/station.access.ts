import { roles, type Role } from '#core/http/roles.ts'

const watchers: readonly Role[] = ['admin', 'security', 'audit']
const working = roles.filter((role) => !watchers.includes(role) || role === 'admin')

/** Verbs of the core itself. Reading facts and checking signatures is everyone's right; quarantine is the auditor's. */
export const stationAccess: Record<string, readonly Role[]> = {
  'fact.read': roles,
  'fact.list': ['audit', 'admin'],
  'ledger.verify': roles,
  'audit.read': ['audit', 'admin'],
  'ledger.retry': ['audit', 'admin'],
  'clock.read': roles,
  'clock.mend': ['admin'],
  'link.read': roles,
  'link.cut': roles,
  'link.retry': ['admin'],
  'link.recover': ['admin'],
  'file.read': roles,
  'file.write': working,
  'station.metrics': ['admin', 'machine'],
}
