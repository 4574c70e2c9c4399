import type { Role } from '#core/http/roles.ts'

/**
 * Who may do what. A duty officer writes, submits, accepts and urges; only a leader signs, returns, instructs, forwards,
 * merges and closes — nobody signs for an absent leader. System and security administrators see no business.
 */
export const reportAccess: Record<string, readonly Role[]> = {
  'report.read': ['duty', 'leader', 'commander', 'planner', 'assessor', 'field', 'audit', 'machine'],
  'report.draft': ['duty', 'leader', 'commander', 'field', 'machine'],
  'report.submit': ['duty', 'leader', 'commander', 'field', 'machine'],
  'report.sign': ['leader', 'commander'],
  'report.accept': ['duty', 'leader', 'commander'],
  'report.return': ['leader', 'commander'],
  'report.forward': ['leader', 'commander'],
  'report.urge': ['duty', 'leader', 'commander'],
  'report.instruct': ['leader', 'commander'],
  'report.feedback': ['duty', 'leader', 'commander', 'field'],
  'report.merge': ['leader', 'commander'],
  'report.close': ['leader', 'commander'],
}
