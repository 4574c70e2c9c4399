/** 值班员, 带班领导, 指挥长, 预案, 资源, 数据, 考核, 现场; three administrators kept apart; `machine` is for API tokens. */
export const roles = ['duty', 'leader', 'commander', 'planner', 'keeper', 'steward', 'assessor', 'field', 'admin', 'security', 'audit', 'machine'] as const
export type Role = (typeof roles)[number]

/** Who is signed in. Lives at one station; `id` and `name` become the `actor` of the facts they cause. */
export interface Person {
  id: string
  account: string
  name: string
  roles: Role[]
  /** Only where an API token speaks: the roles its maker holds now. It may do what its own roles and these may both do. */
  within?: Role[]
}

/** Whether a person may do what is for these roles. The one place that compares: `machine` adds nothing to what its token's maker may. */
export function holds(person: Pick<Person, 'roles' | 'within'>, allowed: readonly Role[]): boolean {
  const someOf = (roles: readonly Role[]) => roles.some((role) => allowed.includes(role))
  return someOf(person.roles) && (person.within === undefined || someOf(person.within))
}
