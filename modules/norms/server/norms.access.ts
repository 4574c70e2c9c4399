import { roles, type Role } from '#core/http/roles.ts'

export const normsAccess: Record<string, readonly Role[]> = {
  'norms.read': roles,
  'norms.publish': ['leader', 'admin'],
}
