import { roles, type Role } from '#core/http/roles.ts'

/** System administrators tend stations and keys, security administrators people and rights, auditors look on. */
export const directoryAccess: Record<string, readonly Role[]> = {
  'session.own': roles,
  'directory.read': roles,
  'directory.enrol': ['admin'],
  'directory.revoke': ['admin'],
  'directory.keys': ['admin'],
  'people.read': ['security', 'audit'],
  'people.manage': ['security'],
  'people.deeds': ['audit'],
  'unit.read': roles,
  'unit.manage': ['admin', 'security'],
}
