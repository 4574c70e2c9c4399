import { newId, refuse, type Clock } from '#core/kernel/index.ts'
import type { Database } from '#core/sql/server/database.ts'
import type { Person, Role } from '#core/http/roles.ts'
import { HttpProblem, problemOfFault } from '#core/http/server/problem.ts'
import { checkingQueue } from './checkingQueue.ts'
import { hashOfNobody, passwordFits } from './passwords.ts'
import type { PeopleTables } from './people.tables.ts'
import { hashSecret, newSecret } from './secrets.ts'

/** A session ends twelve hours (one shift) after it was last used; its end moves at most every few minutes. */
export const sessionMs = 12 * 3_600_000
const slideMs = 5 * 60_000
const freeFailures = 5
const maxRemembered = 10_000

export interface Sessions {
  /** Who holds this session or API token. An API token narrows the roles to those it was made with, and `machine` to what its maker may. */
  personOf: (token: string) => Promise<Person | undefined>
  /** Throws 401 for a wrong pair of account and password, 429 after repeated failures. `from`: whom limits are for. */
  signIn(account: string, password: string, from: string): Promise<SignedIn>
  open(person: Person): Promise<Omit<SignedIn, 'person'>>
  signOut(token: string): Promise<void>
  /** Ends everything a person holds but `keep`. */
  endAll(person: string, keep?: string): Promise<void>
  newApiToken(person: Person, name: string, roles: Role[], days: number): Promise<{ id: string; token: string }>
}

export interface SignedIn {
  token: string
  person: Person
  /** What the screen must say: the disk is full, and this session lasts only until the station is started again. */
  trouble?: HttpProblem
}

/** What a full or read-only disk could not take: it must not keep out, or in, the people who are to mend it. */
interface Unstored {
  /** By hash, with what the person was when it began: whoever changes since has to sign in again. */
  sessions: Map<string, { person: string; as: string; expires: number }>
  ended: Set<string>
}
/** One for each database, whoever opens it. */
const unstoredOf = new WeakMap<Database, Unstored>()

function storageTrouble(fault: unknown): HttpProblem | undefined {
  const problem = fault instanceof HttpProblem ? fault : problemOfFault(fault)
  return problem?.code.startsWith('storage.') ? problem : undefined
}

/** Goes on when the disk cannot take it, and says so; anything else is a fault. */
export async function ifStored(write: Promise<unknown>): Promise<HttpProblem | undefined> {
  try {
    await write
    return undefined
  } catch (fault) {
    const trouble = storageTrouble(fault)
    if (!trouble) throw fault
    return trouble
  }
}

export function openSessions(database: Database, clock: Clock): Sessions {
  const read = () => database.read.withTables<PeopleTables>()
  const failures = new Map<string, { count: number; until: number }>()
  const inTurn = checkingQueue()
  const unstored = unstoredOf.get(database) ?? { sessions: new Map(), ended: new Set() }
  unstoredOf.set(database, unstored)

  /** Each failure past the first few doubles the pause, for this account from this address; unknown accounts fare alike. */
  function noteFailure(key: string): void {
    const count = (failures.get(key)?.count ?? 0) + 1
    failures.delete(key)
    failures.set(key, { count, until: count < freeFailures ? 0 : clock.now() + Math.min(1000 * 2 ** (count - freeFailures), 15 * 60_000) })
    if (failures.size > maxRemembered) failures.delete(failures.keys().next().value ?? '')
  }

  function demandPatience(key: string): void {
    const wait = (failures.get(key)?.until ?? 0) - clock.now()
    if (wait > 0) throw new HttpProblem(429, 'session.wait', `多次登录失败，请 ${Math.ceil(wait / 1000)} 秒后再试`, `Too many failed attempts; try again in ${Math.ceil(wait / 1000)} seconds`)
  }

  /** Writes tokens, and makes up for the sign-outs that the disk could not take. */
  async function forgetting(work: (tables: ReturnType<typeof read>) => Promise<unknown>): Promise<void> {
    const ended = [...unstored.ended]
    await database.write(async (tx) => {
      const tables = tx.withTables<PeopleTables>()
      for (const hash of ended) await tables.deleteFrom('token').where('hash', '=', hash).execute()
      await work(tables)
    })
    for (const hash of ended) unstored.ended.delete(hash)
  }

  async function insert(token: string, person: string, kind: 'session' | 'api', name: string, roles: Role[] | null, lifeMs: number): Promise<string> {
    const now = clock.now()
    const id = newId(now)
    await forgetting(async (tables) => {
      await tables.deleteFrom('token').where('expires_at', '<', now).execute()
      await tables.insertInto('token').values({ hash: hashSecret(token), id, person, kind, name, roles: roles && JSON.stringify(roles), created_at: now, seen_at: now, expires_at: now + lifeMs }).execute()
    })
    return id
  }

  async function open(person: Person): Promise<{ token: string; trouble?: HttpProblem }> {
    const token = newSecret()
    const trouble = await ifStored(insert(token, person.id, 'session', '', null, sessionMs))
    if (!trouble) return { token }
    const row = await read().selectFrom('person').selectAll().where('id', '=', person.id).executeTakeFirstOrThrow()
    if (unstored.sessions.size >= maxRemembered) unstored.sessions.clear()
    unstored.sessions.set(hashSecret(token), { person: person.id, as: asOf(row), expires: clock.now() + sessionMs })
    return { token, trouble }
  }

  async function unstoredPerson(hash: string): Promise<Person | undefined> {
    const session = unstored.sessions.get(hash)
    if (!session) return undefined
    const row = await read().selectFrom('person').selectAll().where('id', '=', session.person).executeTakeFirst()
    if (row && asOf(row) === session.as && row.state === 'active' && clock.now() < session.expires) return { id: row.id, account: row.account, name: row.name, roles: JSON.parse(row.roles) as Role[] }
    unstored.sessions.delete(hash)
    return undefined
  }

  return {
    open,
    async personOf(token) {
      const hash = hashSecret(token)
      if (unstored.ended.has(hash)) return undefined
      const row = await read().selectFrom('token').innerJoin('person', 'person.id', 'token.person')
        .select(['person.id', 'person.account', 'person.name', 'person.roles', 'token.roles as narrowed', 'token.kind', 'token.seen_at', 'token.expires_at'])
        .where('token.hash', '=', hash).where('person.state', '=', 'active').executeTakeFirst()
      const now = clock.now()
      if (!row) return unstoredPerson(hash)
      if (row.expires_at <= now) return undefined
      if (now - row.seen_at > slideMs) {
        const end = row.kind === 'session' ? now + sessionMs : row.expires_at
        await ifStored(database.write((tx) => tx.withTables<PeopleTables>().updateTable('token').set({ seen_at: now, expires_at: end }).where('hash', '=', hash).execute()))
      }
      const held = JSON.parse(row.roles) as Role[]
      const narrowed = row.narrowed ? (JSON.parse(row.narrowed) as Role[]) : null
      const person = { id: row.id, account: row.account, name: row.name }
      return narrowed ? { ...person, roles: narrowed.filter((role) => role === 'machine' || held.includes(role)), within: held } : { ...person, roles: held }
    },

    async signIn(account, password, from) {
      const key = `${from} ${account}`
      demandPatience(key)
      const row = await read().selectFrom('person').selectAll().where('account', '=', account).executeTakeFirst()
      const fits = await inTurn(from, async () => {
        // Those before it in the line may have been the same one's.
        demandPatience(key)
        return passwordFits(password, row?.password ?? hashOfNobody)
      })
      if (!row || !fits || row.state !== 'active') {
        noteFailure(key)
        throw new HttpProblem(401, 'session.wrong', '账号或密码不对', 'Account or password is wrong')
      }
      failures.delete(key)
      const person: Person = { id: row.id, account: row.account, name: row.name, roles: JSON.parse(row.roles) as Role[] }
      return { ...await open(person), person }
    },

    async signOut(token) {
      const hash = hashSecret(token)
      unstored.sessions.delete(hash)
      const trouble = await ifStored(forgetting((tables) => tables.deleteFrom('token').where('hash', '=', hash).execute()))
      // No more than there are tokens: what is none ends nothing.
      if (trouble && await read().selectFrom('token').select('id').where('hash', '=', hash).executeTakeFirst()) unstored.ended.add(hash)
    },

    async endAll(person, keep) {
      await database.write(async (tx) => {
        await tx.withTables<PeopleTables>().deleteFrom('token').where('person', '=', person).where('hash', '!=', keep ? hashSecret(keep) : '').execute()
      })
    },

    async newApiToken(person, name, roles, days) {
      if (person.within) throw new HttpProblem(403, 'token.by-token', '令牌不能再签发令牌，请本人登录后办理', 'A token cannot make tokens; its owner signs in for that')
      const lacking = roles.filter((role) => role !== 'machine' && !person.roles.includes(role))
      if (lacking.length > 0) throw refuse('token.roles', `你没有这些角色：${lacking.join('、')}`, `You do not hold: ${lacking.join(', ')}`, [{ field: 'roles', message: { zh: '去掉没有的角色', en: 'leave out what you do not hold' } }])
      const token = newSecret()
      return { token, id: await insert(token, person.id, 'api', name, roles, days * 86_400_000) }
    },
  }
}

/** What ends a person's sessions when it changes. */
function asOf(row: PeopleTables['person']): string {
  return JSON.stringify([row.roles, row.state, row.password])
}
