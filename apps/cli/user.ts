import { randomBytes } from 'node:crypto'
import { systemClock, isRefusal } from '#core/kernel/index.ts'
import { roles, type Person, type Role } from '#core/http/roles.ts'
import { openPeople, type People } from '#modules/directory/server/people.ts'
import { openFolder } from './dataFolder.ts'
import { OperatorFault, say, saySentence, table } from './language.ts'

/** In the record of deeds it says that this was done at the machine, not in the console. */
const operator: Person = { id: 'operator', account: 'operator', name: '本机操作员', roles: ['security'] }
const largestPage = 200

export async function listUsers(data: string, print: (text: string) => void): Promise<void> {
  await withPeople(data, async (people) => {
    const { items } = await people.list({ page: 1, size: largestPage })
    print(table([[say('账号', 'account'), say('姓名', 'name'), say('角色', 'roles'), say('状态', 'state')], ...items.map((p) => [p.account, p.name, p.roles.join(','), p.state])]))
  })
}

/** Makes an account with a random password, shown once. */
export async function addUser(data: string, account: string, name: string, wanted: string[], print: (text: string) => void): Promise<void> {
  const unknown = wanted.filter((role) => !(roles as readonly string[]).includes(role))
  if (unknown.length > 0) throw new OperatorFault(`没有角色 ${unknown.join('、')}；可用：${roles.join(' ')}`, `No such role: ${unknown.join(', ')}; there are: ${roles.join(' ')}`)
  await withPeople(data, async (people) => {
    const password = newPassword()
    await people.create(operator, { account, name, roles: wanted as Role[], password, unit: null })
    print(say(`✓ 已建立账号 ${account}，初始密码 ${password} （只显示这一次，请本人登录后修改）`, `✓ Account ${account} made with the password ${password} (shown only now; its owner changes it after signing in)`))
  })
}

/** Gives an account a new random password and ends its sessions. */
export async function resetPassword(data: string, account: string, print: (text: string) => void): Promise<void> {
  await withPeople(data, async (people) => {
    const password = newPassword()
    await people.change(operator, await idOf(people, account), { password })
    print(say(`✓ ${account} 的新密码 ${password} （只显示这一次）`, `✓ ${account} has the new password ${password} (shown only now)`))
  })
}

export async function setUserState(data: string, account: string, state: 'active' | 'disabled', print: (text: string) => void): Promise<void> {
  await withPeople(data, async (people) => {
    await people.change(operator, await idOf(people, account), { state })
    print(state === 'active' ? say(`✓ ${account} 已启用`, `✓ ${account} is active`) : say(`✓ ${account} 已停用`, `✓ ${account} is disabled`))
  })
}

async function withPeople(data: string, work: (people: People) => Promise<void>): Promise<void> {
  const folder = await openFolder(data)
  try {
    await work(openPeople(folder.database, systemClock))
  } catch (fault) {
    if (isRefusal(fault)) throw new OperatorFault(saySentence(fault.sentence), saySentence(fault.sentence))
    throw fault
  } finally {
    await folder.close()
  }
}

async function idOf(people: People, account: string): Promise<string> {
  const { items } = await people.list({ q: account, page: 1, size: largestPage })
  const person = items.find((p) => p.account === account)
  if (!person) throw new OperatorFault(`没有账号 ${account}`, `There is no account ${account}`)
  return person.id
}

/** 96 random bits in letters that are not mistaken for each other. */
function newPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  return Array.from(randomBytes(20), (byte) => letters[byte % letters.length]).join('')
}
