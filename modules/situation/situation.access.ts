import type { Role } from '#core/http/roles.ts'

/** The shared picture is for everyone who works here, for machines with a token, and for the auditor who looks on. */
export const situationAccess: Record<string, readonly Role[]> = {
  'situation.read': ['duty', 'leader', 'commander', 'planner', 'keeper', 'steward', 'assessor', 'field', 'audit', 'machine'],
}
