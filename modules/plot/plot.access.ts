import type { Role } from '#core/http/roles.ts'

/** Everybody who works looks on, and the auditor; who handles the incident draws; who answers for it grants and seals. */
export const plotReaders = ['duty', 'leader', 'commander', 'planner', 'keeper', 'steward', 'assessor', 'field', 'audit', 'machine'] as const satisfies readonly Role[]
export const plotDrawers = ['duty', 'leader', 'commander', 'planner', 'field', 'machine'] as const satisfies readonly Role[]

export const plotAccess: Record<string, readonly Role[]> = {
  'plot.read': plotReaders,
  'plot.draw': plotDrawers,
  'plot.grant': ['duty', 'leader', 'commander'],
  'plot.seal': ['duty', 'leader', 'commander'],
}
