import { folded, isRefusal, newId, refuse, risingIds, type Clock } from '#core/kernel/index.ts'
import type { Database, Db } from '#core/sql/server/database.ts'
import type { Person, Role } from '#core/http/roles.ts'
import type { PersonRow } from '../people.api.ts'
import { grant, passwordFault } from '../people.rules.ts'
import { hashPassword, passwordFits } from './passwords.ts'
import type { PeopleTables } from './people.tables.ts'
import { hashSecret, newSecret } from './secrets.ts'

/** Fixed accounts of a demo or test station; everyone's password is `demo`. */
export const demoAccounts: { account: string; name: string; roles: Role[] }[] = [
  { account: 'duty', name: '值班员', roles: ['duty'] },
  { account: 'leader', name: '带班领导', roles: ['leader', 'commander'] },
  { account: 'admin', name: '系统管理员', roles: ['admin'] },
  { account: 'security', name: '安全管理员', roles: ['security'] },
  { account: 'audit', name: '审计管理员', roles: ['audit'] },
]
const fieldAccount: (typeof demoAccounts)[number] = { account: 'field', name: '现场人员', roles: ['field'] }
const demoPassword = 'demo'
const setupMs = 24 * 3_600_000

export interface NewPerson { account: string; name: string; roles: Role[]; password: string; unit: string | null }
export type PersonChange = Partial<Omit<NewPerson, 'account'> & { state: 'active' | 'disabled' }>

export interface People {
  list(query: { q?: string; page: number; size: number }): Promise<{ items: PersonRow[]; total: number }>
  create(actor: Person, person: NewPerson): Promise<PersonRow>
  change(actor: Person, id: string, change: PersonChange): Promise<PersonRow>
  changePassword(person: Person, current: string, next: string): Promise<void>
  /** Demo and test stations get their fixed accounts; a production station without people gets a one-time set-up token, to be shown once. */
  prepare(mode: 'demo' | 'test' | 'production', atScene: boolean): Promise<{ setupToken?: string }>
  /** Makes the first person, a security administrator, who then creates the others. */
  setUp(token: string, person: Omit<NewPerson, 'roles' | 'unit'>): Promise<Person>
  note(actor: Person, deed: string, about: string): Promise<void>
}

export function openPeople(database: Database, clock: Clock): People {
  const tables = (db: Db) => db.withTables<PeopleTables>()
  const nextDeed = risingIds()
  const byId = (db: Db, id: string) => tables(db).selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst()

  async function note(db: Db, actor: Pick<Person, 'id' | 'account'>, deed: string, about: string): Promise<void> {
    const at = clock.now()
    await tables(db).insertInto('deed').values({ id: nextDeed(at), at, person: actor.id, account: actor.account, deed, about }).execute()
  }

  async function insert(db: Db, person: NewPerson, password: string): Promise<PersonRow> {
    const taken = await tables(db).selectFrom('person').select('id').where('account', '=', person.account).executeTakeFirst()
    if (taken) throw refuse('people.account-taken', `账号 ${person.account} 已存在`, `The account ${person.account} exists already`, [{ field: 'account', message: { zh: '换一个账号', en: 'choose another' } }])
    const now = clock.now()
    const row = { id: newId(now), account: person.account, name: person.name, roles: JSON.stringify(person.roles), unit: person.unit, password, state: 'active', created_at: now }
    await tables(db).insertInto('person').values(row).execute()
    return toPerson(row)
  }

  return {
    async list({ q, page, size }) {
      // An office has some hundred people: looked through here, they are found alike on both databases.
      const word = folded(q ?? '')
      const found = (await tables(database.read).selectFrom('person').selectAll().orderBy('account').execute()).filter(({ account, name }) => folded(`${account}\n${name}`).includes(word))
      return { items: found.slice((page - 1) * size, page * size).map(toPerson), total: found.length }
    },

    async create(actor, person) {
      orThrow(grant(actor, null, person.roles) ?? passwordFault(person.password, person.account))
      const password = await hashPassword(person.password)
      return database.write(async (tx) => {
        const made = await insert(tx, person, password)
        await note(tx, actor, 'people.created', `${person.account}: ${person.roles.join(', ')}`)
        return made
      })
    },

    async change(actor, id, change) {
      const password = change.password === undefined ? undefined : await hashPassword(change.password)
      return database.write(async (tx) => {
        const row = await byId(tx, id)
        if (!row) throw refuse('people.not-found', '没有这个人', 'There is no such person')
        const before = toPerson(row)
        if (change.roles) orThrow(grant(actor, before, change.roles))
        if (change.password !== undefined) orThrow(passwordFault(change.password, before.account))
        const after: PersonRow = {
          ...before, name: change.name ?? before.name, roles: change.roles ?? before.roles, state: change.state ?? before.state,
          unit: change.unit === undefined ? before.unit : change.unit,
        }
        if (guards(before) && !guards(after)) await mustKeepOne(tx, id)
        await tables(tx).updateTable('person')
          .set({ name: after.name, roles: JSON.stringify(after.roles), unit: after.unit, state: after.state, ...(password ? { password } : {}) })
          .where('id', '=', id).execute()
        // Whoever loses rights or gets a new password signs in again.
        if (change.roles || password || after.state !== 'active') await tables(tx).deleteFrom('token').where('person', '=', id).execute()
        await note(tx, actor, 'people.changed', `${before.account}: ${Object.keys(change).join(', ')}${change.roles ? ` → ${change.roles.join(', ')}` : ''}`)
        return after
      })
    },

    async changePassword(person, current, next) {
      const row = await byId(database.read, person.id)
      if (!row || !(await passwordFits(current, row.password))) throw refuse('people.wrong-password', '当前密码不对', 'The current password is wrong', [{ field: 'current', message: { zh: '不对', en: 'wrong' } }])
      orThrow(passwordFault(next, person.account))
      const password = await hashPassword(next)
      await database.write(async (tx) => {
        await tables(tx).updateTable('person').set({ password }).where('id', '=', person.id).execute()
        await note(tx, person, 'people.password', person.account)
      })
    },

    async prepare(mode, atScene) {
      if (mode === 'production') {
        // Until somebody guards the rights, however many others the command line has added.
        if (await hasGuard(database.read)) return {}
        const setupToken = newSecret()
        await database.write(async (tx) => {
          await tables(tx).deleteFrom('one_time').where('purpose', '=', 'setup').execute()
          await tables(tx).insertInto('one_time').values({ hash: hashSecret(setupToken), purpose: 'setup', body: '{}', expires_at: clock.now() + setupMs, used_at: null, created_by: 'system' }).execute()
        })
        return { setupToken }
      }
      const some = await tables(database.read).selectFrom('person').select('id').limit(1).executeTakeFirst()
      if (some) return {}
      const password = await hashPassword(demoPassword)
      await database.write(async (tx) => {
        for (const person of atScene ? [...demoAccounts, fieldAccount] : demoAccounts) await insert(tx, { ...person, unit: null, password: '' }, password)
      })
      return {}
    },

    async setUp(token, person) {
      orThrow(passwordFault(person.password, person.account))
      const now = clock.now()
      const offered = (db: Db) => tables(db).selectFrom('one_time').select('hash').where('hash', '=', hashSecret(token))
        .where('purpose', '=', 'setup').where('used_at', 'is', null).where('expires_at', '>', now).executeTakeFirst()
      // A stranger without the link costs no password hash.
      const password = (await offered(database.read)) ? await hashPassword(person.password) : ''
      return database.write(async (tx) => {
        const row = await offered(tx)
        if (!row || await hasGuard(tx)) throw refuse('setup.link-invalid', '设置链接无效、已用过或已过期；重新启动平台会给出新的链接', 'This set-up link is wrong, used or expired; restarting the station gives a new one')
        await tables(tx).updateTable('one_time').set({ used_at: now }).where('hash', '=', row.hash).execute()
        const made = await insert(tx, { ...person, roles: ['security'], unit: null }, password)
        await note(tx, made, 'station.set-up', made.account)
        return { id: made.id, account: made.account, name: made.name, roles: made.roles }
      })
    },

    note: (actor, deed, about) => database.write((tx) => note(tx, actor, deed, about)),
  }

  async function hasGuard(db: Db): Promise<boolean> {
    return (await tables(db).selectFrom('person').selectAll().execute()).some((row) => guards(toPerson(row)))
  }

  /** A station where nobody grants rights could never be repaired from its own screens. */
  async function mustKeepOne(tx: Db, except: string): Promise<void> {
    const others = await tables(tx).selectFrom('person').selectAll().where('id', '!=', except).execute()
    if (!others.some((row) => guards(toPerson(row)))) throw refuse('people.last-security', '这是最后一名安全管理员，先设好接替的人', 'This is the last security administrator; appoint another first')
  }
}

function guards(person: Pick<PersonRow, 'roles' | 'state'>): boolean {
  return person.state === 'active' && person.roles.includes('security')
}

function toPerson(row: PeopleTables['person']): PersonRow {
  return { id: row.id, account: row.account, name: row.name, roles: JSON.parse(row.roles) as Role[], unit: row.unit, state: row.state === 'active' ? 'active' : 'disabled', createdAt: row.created_at }
}

function orThrow(refusal: unknown): void {
  if (isRefusal(refusal)) throw refusal
}
