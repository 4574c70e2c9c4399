import { newId, refuse, type Clock } from '#core/kernel/index.ts'
import type { Database } from '#core/sql/server/database.ts'
import type { Person, Role } from '#core/http/roles.ts'
import { HttpProblem } from '#core/http/server/problem.ts'
import { hashOfNobody, passwordFits } from './passwords.ts'
import type { PeopleTables } from './people.tables.ts'
import { hashSecret, newSecret } from './secrets.ts'

/** A session ends twelve hours (one shift) after it was last used; its end moves at most every few minutes. */
export const sessionMs = 12 * 3_600_000
const slideMs = 5 * 60_000
const freeFailures = 5
const maxRemembered = 10_000

export interface Sessions {
  /** Who holds this session or API token. An API token narrows the roles to those it was made with. */
  personOf: (token: string) => Promise<Person | undefined>
  /** Throws 401 for a wrong pair of account and password, 429 after repeated failures. */
  signIn(account: string, password: string, from: string): Promise<{ token: string; person: Person }>
  open(person: Person): Promise<string>
  signOut(token: string): Promise<void>
  /** Ends everything a person holds but `keep`. */
  endAll(person: string, keep?: string): Promise<void>
  newApiToken(person: Person, name: string, roles: Role[], days: number): Promise<{ id: string; token: string }>
}

export function openSessions(database: Database, clock: Clock): Sessions {
  const read = () => database.read.withTables<PeopleTables>()
  const failures = new Map<string, { count: number; until: number }>()

  /** Each failure past the first few doubles the pause, for this account from this address; unknown accounts fare alike. */
  function noteFailure(key: string): void {
    const count = (failures.get(key)?.count ?? 0) + 1
    failures.delete(key)
    failures.set(key, { count, until: count < freeFailures ? 0 : clock.now() + Math.min(1000 * 2 ** (count - freeFailures), 15 * 60_000) })
    if (failures.size > maxRemembered) failures.delete(failures.keys().next().value ?? '')
  }

  async function insert(person: string, kind: 'session' | 'api', name: string, roles: Role[] | null, lifeMs: number): Promise<{ id: string; token: string }> {
    const token = newSecret()
    const now = clock.now()
    const id = newId(now)
    await database.write(async (tx) => {
      const tables = tx.withTables<PeopleTables>()
      await tables.deleteFrom('token').where('expires_at', '<', now).execute()
      await tables.insertInto('token').values({ hash: hashSecret(token), id, person, kind, name, roles: roles && JSON.stringify(roles), created_at: now, seen_at: now, expires_at: now + lifeMs }).execute()
    })
    return { id, token }
  }

  const open = async (person: Person) => (await insert(person.id, 'session', '', null, sessionMs)).token

  return {
    open,
    async personOf(token) {
      const hash = hashSecret(token)
      const row = await read().selectFrom('token').innerJoin('person', 'person.id', 'token.person')
        .select(['person.id', 'person.account', 'person.name', 'person.roles', 'token.roles as narrowed', 'token.kind', 'token.seen_at', 'token.expires_at'])
        .where('token.hash', '=', hash).where('person.state', '=', 'active').executeTakeFirst()
      const now = clock.now()
      if (!row || row.expires_at <= now) return undefined
      if (now - row.seen_at > slideMs) {
        const end = row.kind === 'session' ? now + sessionMs : row.expires_at
        await database.write(async (tx) => {
          await tx.withTables<PeopleTables>().updateTable('token').set({ seen_at: now, expires_at: end }).where('hash', '=', hash).execute()
        })
      }
      const held = JSON.parse(row.roles) as Role[]
      const narrowed = row.narrowed ? (JSON.parse(row.narrowed) as Role[]) : null
      return { id: row.id, account: row.account, name: row.name, roles: narrowed ? narrowed.filter((role) => role === 'machine' || held.includes(role)) : held }
    },

    async signIn(account, password, from) {
      const key = `${from} ${account}`
      const wait = (failures.get(key)?.until ?? 0) - clock.now()
      if (wait > 0) throw new HttpProblem(429, 'session.wait', `多次登录失败，请 ${Math.ceil(wait / 1000)} 秒后再试`, `Too many failed attempts; try again in ${Math.ceil(wait / 1000)} seconds`)
      const row = await read().selectFrom('person').selectAll().where('account', '=', account).executeTakeFirst()
      const fits = await passwordFits(password, row?.password ?? hashOfNobody)
      if (!row || !fits || row.state !== 'active') {
        noteFailure(key)
        throw new HttpProblem(401, 'session.wrong', '账号或密码不对', 'Account or password is wrong')
      }
      failures.delete(key)
      const person: Person = { id: row.id, account: row.account, name: row.name, roles: JSON.parse(row.roles) as Role[] }
      return { token: await open(person), person }
    },

    async signOut(token) {
      await database.write(async (tx) => {
        await tx.withTables<PeopleTables>().deleteFrom('token').where('hash', '=', hashSecret(token)).execute()
      })
    },

    async endAll(person, keep) {
      await database.write(async (tx) => {
        await tx.withTables<PeopleTables>().deleteFrom('token').where('person', '=', person).where('hash', '!=', keep ? hashSecret(keep) : '').execute()
      })
    },

    async newApiToken(person, name, roles, days) {
      const lacking = roles.filter((role) => role !== 'machine' && !person.roles.includes(role))
      if (lacking.length > 0) throw refuse('token.roles', `你没有这些角色：${lacking.join('、')}`, `You do not hold: ${lacking.join(', ')}`, [{ field: 'roles', message: { zh: '去掉没有的角色', en: 'leave out what you do not hold' } }])
      return insert(person.id, 'api', name, roles, days * 86_400_000)
    },
  }
}
