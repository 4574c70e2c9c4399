import { afterEach, describe, expect, it } from 'vitest'
import { HttpProblem } from '#core/http/server/problem.ts'
import type { Database } from '#core/sql/server/database.ts'
import { hashOfNobody, hashPassword, passwordFits } from './passwords.ts'
import type { PeopleTables } from './people.tables.ts'
import { hashSecret } from './secrets.ts'
import { openSessions } from './sessions.ts'
import { openPeople } from './people.ts'
import { openTestStation } from './testStation.ts'

type Opened = Awaited<ReturnType<typeof openTestStation>>
const opened: Opened[] = []
afterEach(async () => { for (const one of opened.splice(0)) await one.close() })
async function open(options?: Parameters<typeof openTestStation>[0]): Promise<Opened> {
  const station = await openTestStation(options)
  opened.push(station)
  return station
}
const good = 'correct horse battery'
type Row = { id: string; account: string; roles: string[] }

describe('signing in', () => {
  it('answers a token and an HttpOnly SameSite=Strict cookie named after the station', async () => {
    const one = await open({ self: '65' })
    const { status, body, headers } = await one.call('POST', '/api/session', null, { account: 'duty', password: 'demo' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ token: expect.any(String), person: { account: 'duty', name: '值班员', roles: ['duty'] } })
    expect(String(headers['set-cookie'])).toMatch(/^fengsui\.65=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
    const cookie = String(headers['set-cookie']).split(';')[0] ?? ''
    expect((await one.app.inject({ url: '/api/session', headers: { cookie } })).json()).toMatchObject({ person: { account: 'duty' } })
  })

  it('a wrong password and an unknown account are told alike', async () => {
    const one = await open()
    const wrong = await one.call('POST', '/api/session', null, { account: 'duty', password: 'x' })
    const unknown = await one.call('POST', '/api/session', null, { account: 'nobody', password: 'x' })
    expect(wrong.status).toBe(401)
    expect(unknown.text).toBe(wrong.text)
  })

  it('after five failures the account waits, longer each time, whether it exists or not', async () => {
    const one = await open()
    for (const account of ['duty', 'nobody']) {
      for (let i = 0; i < 5; i++) expect((await one.call('POST', '/api/session', null, { account, password: 'x' })).status).toBe(401)
      expect(await one.call('POST', '/api/session', null, { account, password: 'demo' })).toMatchObject({ status: 429, body: { code: 'session.wait' } })
    }
    one.clock.advance(1_100)
    expect((await one.call('POST', '/api/session', null, { account: 'duty', password: 'demo' })).status).toBe(200)
  })

  it('a session slides with use, ends when unused, and ends at sign-out', async () => {
    const one = await open()
    const signed = await one.signIn('duty')
    for (let hours = 0; hours < 30; hours += 10) {
      one.clock.advance(10 * 3_600_000)
      expect((await one.call('GET', '/api/session', signed)).status).toBe(200)
    }
    one.clock.advance(13 * 3_600_000)
    expect((await one.call('GET', '/api/session', signed)).status).toBe(401)
    const again = await one.signIn('duty')
    expect((await one.call('DELETE', '/api/session', again)).status).toBe(204)
    expect((await one.call('GET', '/api/session', again)).status).toBe(401)
  })

  it('a sign-out that the disk could not take ends the session all the same, and is made up for when it can', async () => {
    const { station: { database }, clock } = await open()
    let isFull = false
    const write: Database['write'] = (work) => (isFull ? Promise.reject(new HttpProblem(507, 'storage.full', '磁盘已满', 'The disk is full')) : database.write(work))
    const sessions = openSessions({ ...database, write }, clock)
    const { token } = await sessions.signIn('duty', 'demo', 'here')
    const rows = () => database.read.withTables<PeopleTables>().selectFrom('token').select('hash').where('hash', '=', hashSecret(token)).execute()
    isFull = true
    await sessions.signOut(token)
    expect([await sessions.personOf(token), (await rows()).length]).toEqual([undefined, 1])
    isFull = false
    await sessions.signIn('duty', 'demo', 'here')
    expect([await sessions.personOf(token), (await rows()).length]).toEqual([undefined, 0])
  })

  it('tokens and passwords are not at rest', async () => {
    const one = await open()
    const { authorization } = await one.signIn('duty')
    const tables = one.station.database.read.withTables<{ token: Record<string, unknown>; person: { password: string } }>()
    expect(JSON.stringify(await tables.selectFrom('token').selectAll().execute())).not.toContain(authorization.slice(7))
    for (const row of await tables.selectFrom('person').select('password').execute()) expect(row.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })
})

it('argon2id: fits itself, not another, and nobody has the password of nobody', async () => {
  const stored = await hashPassword('值班 2024')
  expect(await passwordFits('值班 2024', stored)).toBe(true)
  expect(await passwordFits('值班 2025', stored)).toBe(false)
  expect(await passwordFits('', hashOfNobody)).toBe(false)
  expect(await passwordFits('x', 'plain')).toBe(false)
})

describe('people', () => {
  it('security manages people; a refused role names the rule', async () => {
    const one = await open()
    const security = await one.signIn('security')
    const made = await one.call('POST', '/api/people', security, { account: 'wang', name: '王建国', roles: ['duty'], password: good })
    expect(made).toMatchObject({ status: 201, body: { account: 'wang', roles: ['duty'], state: 'active' } })
    expect((await one.call('POST', '/api/people', security, { account: 'wang', name: '王', roles: ['duty'], password: good })).body).toMatchObject({ code: 'people.account-taken' })
    expect((await one.call('GET', '/api/people?q=建国', security)).body).toMatchObject({ total: 1, items: [{ account: 'wang' }] })
    expect((await one.call('GET', '/api/people?q=WANG', security)).body).toMatchObject({ total: 1 })
    for (const sign of ['%25', '_', 'w_ng']) expect((await one.call('GET', `/api/people?q=${sign}`, security)).body).toMatchObject({ total: 0 })
    expect((await one.call('POST', '/api/people', security, { account: 'li', name: '李', roles: ['duty'], password: 'short' })).body).toMatchObject({ code: 'people.weak-password' })
    expect((await one.call('GET', '/api/people', 'duty')).body).toMatchObject({ code: 'permission.refused' })
    expect((await one.call('POST', '/api/people', 'admin', { account: 'x1', name: 'x', roles: ['admin'], password: good })).status).toBe(403)
    expect((await one.call('GET', '/api/deeds', 'audit')).body).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ deed: 'people.created', about: 'wang: duty' })]) })
  })

  it('admin/security/audit kept apart, and security cannot grant itself', async () => {
    const one = await open()
    const security = await one.signIn('security')
    const { items } = (await one.call('GET', '/api/people', security)).body as { items: Row[] }
    const idOf = (account: string) => items.find((p) => p.account === account)?.id ?? ''
    const change = (account: string, roles: string[]) => one.call('PATCH', `/api/people/${idOf(account)}`, security, { roles })
    expect((await change('admin', ['admin', 'audit'])).body).toMatchObject({ code: 'people.administrators-apart' })
    expect((await change('audit', ['audit', 'duty'])).body).toMatchObject({ code: 'people.role-alone' })
    expect((await change('security', ['security', 'duty'])).body).toMatchObject({ code: 'people.own-roles' })
    expect((await one.call('POST', '/api/people', security, { account: 'both', name: '二', roles: ['security', 'admin'], password: good })).body).toMatchObject({ code: 'people.administrators-apart' })
    expect((await one.call('PATCH', `/api/people/${idOf('security')}`, security, { state: 'disabled' })).body).toMatchObject({ code: 'people.last-security' })
    expect((await one.call('PATCH', '/api/people/none', security, { name: 'x' })).status).toBe(404)
  })

  it('whoever loses a role or is disabled is signed out at once', async () => {
    const one = await open()
    const [security, duty] = [await one.signIn('security'), await one.signIn('duty')]
    const { items } = (await one.call('GET', '/api/people?q=duty', security)).body as { items: Row[] }
    await one.call('PATCH', `/api/people/${items[0]?.id}`, security, { state: 'disabled' })
    expect((await one.call('GET', '/api/session', duty)).status).toBe(401)
    expect((await one.call('POST', '/api/session', null, { account: 'duty', password: 'demo' })).status).toBe(401)
  })

  it('changing one’s own password ends the other sessions', async () => {
    const one = await open()
    const [here, elsewhere] = [await one.signIn('duty'), await one.signIn('duty')]
    expect((await one.call('POST', '/api/session/password', here, { current: 'no', password: good })).body).toMatchObject({ code: 'people.wrong-password' })
    expect((await one.call('POST', '/api/session/password', here, { current: 'demo', password: good })).status).toBe(204)
    expect((await one.call('GET', '/api/session', here)).status).toBe(200)
    expect((await one.call('GET', '/api/session', elsewhere)).status).toBe(401)
    expect((await one.call('POST', '/api/session', null, { account: 'duty', password: good })).status).toBe(200)
  })

  it('an API token holds no more than its maker and can be withdrawn', async () => {
    const one = await open()
    const duty = await one.signIn('duty')
    expect((await one.call('POST', '/api/session/tokens', duty, { name: '脚本', roles: ['leader'] })).body).toMatchObject({ code: 'token.roles' })
    const { id, token } = (await one.call('POST', '/api/session/tokens', duty, { name: '脚本', roles: ['duty', 'machine'] })).body as { id: string; token: string }
    const machine = { authorization: `Bearer ${token}` }
    expect((await one.call('GET', '/api/session', machine)).body).toMatchObject({ person: { roles: ['duty', 'machine'] } })
    expect((await one.call('GET', '/api/session/tokens', duty)).body).toMatchObject({ total: 1, items: [{ name: '脚本' }] })
    expect((await one.call('DELETE', `/api/session/tokens/${id}`, duty)).status).toBe(204)
    expect((await one.call('DELETE', `/api/session/tokens/${id}`, duty)).status).toBe(404)
    expect((await one.call('GET', '/api/session', machine)).status).toBe(401)
  })
})

describe('first start in production', () => {
  it('no default account; a link works once and makes a security administrator', async () => {
    const one = await open({ mode: 'production' })
    expect((await one.call('POST', '/api/session', null, { account: 'admin', password: 'demo' })).status).toBe(401)
    const first = { token: one.setupToken, account: 'liu', name: '刘安', password: good }
    expect((await one.call('POST', '/api/setup', null, { ...first, token: 'wrong' })).body).toMatchObject({ code: 'setup.link-invalid' })
    expect((await one.call('POST', '/api/setup', null, { ...first, password: 'demo' })).body).toMatchObject({ code: 'people.weak-password' })
    // Somebody added at the command line who may not grant rights does not end the link.
    await openPeople(one.station.database, one.station.clock).create({ id: 'cli', account: 'cli', name: 'cli', roles: ['security'] }, { account: 'duty1', name: '值班', roles: ['duty'], password: good, unit: null })
    const made = await one.call('POST', '/api/setup', null, first)
    expect(made).toMatchObject({ status: 201, body: { person: { account: 'liu', roles: ['security'] } } })
    expect(String(made.headers['set-cookie'])).toContain('HttpOnly')
    expect((await one.call('POST', '/api/setup', null, { ...first, account: 'again' })).body).toMatchObject({ code: 'setup.link-invalid' })
    expect(await one.people.prepare('production', false)).toEqual({})
  })

  it('M8: wrong passwords of one person shut nobody else of the same address out; only that account waits', async () => {
    const one = await open({ mode: 'production' })
    await one.call('POST', '/api/setup', null, { token: one.setupToken, account: 'liu', name: '刘安', password: good })
    for (let i = 0; i < 40; i++) expect((await one.call('POST', '/api/session', null, { account: `a${i}`, password: 'x' })).status).toBe(401)
    expect((await one.call('POST', '/api/session', null, { account: 'liu', password: good })).status).toBe(200)
  })
})

it('units: a simple list', async () => {
  const one = await open()
  expect((await one.call('POST', '/api/units', 'admin', { name: '应急指挥科' })).status).toBe(201)
  expect((await one.call('POST', '/api/units', 'admin', { name: '应急指挥科' })).body).toMatchObject({ code: 'unit.name-taken' })
  expect((await one.call('GET', '/api/units', 'duty')).body).toMatchObject({ total: 1, items: [{ name: '应急指挥科' }] })
})
