import { roles, type Role } from '#core/http/roles.ts'

/** Neither tends people's business: they look after machines and rights. */
const outside: readonly Role[] = ['admin', 'security']
const reading = roles.filter((role) => !outside.includes(role))

/**
 * Verbs of the core itself. Checking a fact needs the right to read its kind as well; lists of facts are bare envelopes
 * and for those who tend and audit; files are parts of business.
 */
export const stationAccess: Record<string, readonly Role[]> = {
  'fact.read': roles,
  'fact.readAll': ['audit'],
  'fact.list': ['audit', 'admin'],
  'ledger.verify': ['admin', 'security', 'audit', 'machine'],
  'audit.read': ['audit', 'admin'],
  'ledger.retry': ['audit', 'admin'],
  'clock.read': roles,
  'clock.mend': ['admin'],
  'link.read': roles,
  'link.cut': roles,
  'link.retry': ['admin'],
  'link.recover': ['admin'],
  'file.read': reading,
  'file.write': reading.filter((role) => role !== 'audit'),
  'station.metrics': ['admin', 'machine'],
}
