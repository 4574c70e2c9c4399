/** 值班员, 带班领导, 指挥长, 预案, 资源, 数据, 考核, 现场; three administrators kept apart; `machine` is for API tokens. */
export const roles = ['duty', 'leader', 'commander', 'planner', 'keeper', 'steward', 'assessor', 'field', 'admin', 'security', 'audit', 'machine'] as const
export type Role = (typeof roles)[number]

/** Who is signed in. Lives at one station; `id` and `name` become the `actor` of the facts they cause. */
export interface Person {
  id: string
  account: string
  name: string
  roles: Role[]
}
