import type { Role } from '#core/http/roles.ts'

/** Who works on what happened; the three administrators do not, but the auditor looks on. */
export const incidentAccess: Record<string, readonly Role[]> = {
  'incident.read': ['duty', 'leader', 'commander', 'planner', 'keeper', 'steward', 'assessor', 'field', 'audit', 'machine'],
  'incident.confirm': ['leader', 'commander'],
  'incident.merge': ['duty', 'leader', 'commander'],
  'incident.handover': ['leader', 'commander'],
  'incident.close': ['leader', 'commander'],
}
