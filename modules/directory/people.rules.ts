import { refuse, type Refusal } from '#core/kernel/index.ts'
import type { Person, Role } from '#core/http/roles.ts'

/** 三员分立: whoever sets up the system, whoever grants rights, and whoever looks on are three persons. */
export const administrators = ['admin', 'security', 'audit'] as const satisfies readonly Role[]
/** These two grant and watch: with any business role they would grant to and watch themselves. */
const alone: readonly Role[] = ['security', 'audit']

/** Whether one person may hold these roles together. */
export function mayHold(roles: readonly Role[]): Refusal | null {
  if (roles.length === 0) return refuse('people.no-role', '至少要有一个角色', 'At least one role is needed', [field('至少一个', 'at least one')])
  if (roles.filter((role) => (administrators as readonly Role[]).includes(role)).length > 1) {
    return refuse('people.administrators-apart', '系统管理员、安全管理员、审计管理员不得由一人兼任', 'Nobody may be two of system, security and audit administrator', [field('只留其一', 'keep one of them')])
  }
  const single = roles.find((role) => alone.includes(role))
  if (single && roles.length > 1) {
    return refuse('people.role-alone', '安全管理员和审计管理员不得兼任其他角色', 'Security and audit administrators hold no other role', [field('只留该角色', 'keep only that role')])
  }
  return null
}

/** Whether `actor` may give `roles` to a person; nobody changes their own, so security cannot grant itself business roles. */
export function grant(actor: Pick<Person, 'id'>, target: Pick<Person, 'id'> | null, roles: readonly Role[]): Refusal | null {
  if (target && target.id === actor.id) return refuse('people.own-roles', '不能更改自己的角色', 'Nobody changes their own roles')
  return mayHold(roles)
}

const shortest = 10

/** Whether a new password is fit for an account that faces the network. */
export function passwordFault(password: string, account: string): Refusal | null {
  const no = (zh: string, en: string) => refuse('people.weak-password', zh, en, [{ field: 'password', message: { zh, en } }])
  if (password.length < shortest) return no(`密码至少 ${shortest} 个字符`, `A password has at least ${shortest} characters`)
  if (password.toLowerCase().includes(account.toLowerCase())) return no('密码不能包含账号', 'A password does not contain the account')
  if (new Set(password).size < 5) return no('密码过于简单', 'This password is too simple')
  return null
}

function field(zh: string, en: string) {
  return { field: 'roles', message: { zh, en } }
}
