import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { federation, type Federation } from '../federation/federation.ts'
import { quake } from '../faults/quake.ts'

/** What people, and the machines they give tokens to, may do: never more than their office. */
const self = '65'
let tree: Federation
let report: string
beforeAll(async () => {
  tree = await federation({ addresses: [self] })
  const duty = await tree.at(self).as('duty')
  report = (await duty.post<{ id: string }>('/api/reports', quake({ title: '只给业务人员看的草稿' }))).id
})
afterAll(() => tree?.close())

interface Answer { status: number; body: Record<string, unknown>; text: string }
async function ask(token: string, method: string, url: string, payload?: object): Promise<Answer> {
  const answer = await tree.at(self).app.inject({ method: method as 'GET', url, headers: { authorization: `Bearer ${token}` }, ...(payload ? { payload } : {}) })
  return { status: answer.statusCode, text: answer.body, body: answer.headers['content-type']?.includes('json') ? answer.json() : {} }
}
const tokenOf = async (account: string) => (await tree.at(self).as(account)).token
async function machineOf(account: string, roles = ['machine']): Promise<string> {
  const made = await ask(await tokenOf(account), 'POST', '/api/session/tokens', { name: '程序', roles, expiresInDays: 1 })
  expect([account, made.status]).toEqual([account, 201])
  return made.body.token as string
}
/** The facts of the draft, as the auditor sees them. */
async function draftFacts(): Promise<string[]> {
  const { body } = await ask(await tokenOf('audit'), 'GET', `/api/facts?subject=${encodeURIComponent(`report/${report}`)}`)
  return (body.items as { id: string }[]).map(({ id }) => id)
}

describe('H2: the role machine', () => {
  test.each(['security', 'admin', 'audit'])('H2: gives %s no business right', async (account) => {
    const machine = await machineOf(account)
    const looksOn = account === 'audit' ? 200 : 403
    expect((await ask(machine, 'GET', '/api/reports')).status).toBe(looksOn)
    expect((await ask(machine, 'GET', `/api/reports/${report}`)).status).toBe(looksOn)
    expect((await ask(machine, 'POST', '/api/reports', quake())).body).toMatchObject({ status: 403, code: 'permission.refused' })
    expect((await ask(machine, 'GET', `/api/facts/${(await draftFacts())[0]}`)).status).toBe(looksOn)
  })

  test('of a duty officer does a duty officer’s work, and no leader’s', async () => {
    const machine = await machineOf('duty')
    const made = await ask(machine, 'POST', '/api/reports', quake())
    expect(made.status).toBe(201)
    await ask(machine, 'POST', `/api/reports/${String(made.body.id)}/submit`, {})
    expect((await ask(machine, 'POST', `/api/reports/${String(made.body.id)}/sign`, {})).status).toBe(403)
  })

  test('a token’s own roles still narrow: of a leader, machine signs nothing', async () => {
    const machine = await machineOf('leader')
    expect((await ask(machine, 'POST', `/api/reports/${report}/sign`, {})).status).toBe(403)
  })
})

describe('M7: tokens', () => {
  test('M7: a token makes no token, whatever it asks for', async () => {
    const token = await machineOf('duty', ['duty', 'machine'])
    expect((await ask(token, 'POST', '/api/session/tokens', { name: '另一个', roles: ['duty'], expiresInDays: 365 })).body).toMatchObject({ status: 403, code: 'token.by-token' })
    expect((await ask(token, 'GET', '/api/reports')).status).toBe(200)
  })

  test('what its maker loses it has lost at once', async () => {
    const security = await tokenOf('security')
    const made = await ask(security, 'POST', '/api/people', { account: 'temp', name: '临时', roles: ['duty'], password: 'correct horse battery' })
    const signed = await tree.at(self).app.inject({ method: 'POST', url: '/api/session', payload: { account: 'temp', password: 'correct horse battery' } })
    const { body } = await ask(signed.json<{ token: string }>().token, 'POST', '/api/session/tokens', { name: '程序', roles: ['duty', 'machine'] })
    expect((await ask(body.token as string, 'GET', '/api/reports')).status).toBe(200)
    await ask(security, 'PATCH', `/api/people/${String(made.body.id)}`, { roles: ['keeper'] })
    expect((await ask(body.token as string, 'GET', '/api/reports')).status).toBe(401)
  })
})

describe('M1: the three administrators', () => {
  /** Their own work, and what everyone sees of the station itself. All else is business. */
  const everyone = [
    'GET /api/health', 'GET /api/station', 'GET /api/stations', 'GET /api/stations/{address}', 'GET /api/links', 'GET /api/clock', 'POST /api/links/{peer}/cut', 'POST /api/links/{peer}/heal', 'GET /api/units',
    'GET /api/session', 'POST /api/session', 'DELETE /api/session', 'POST /api/session/password', 'GET /api/session/tokens', 'POST /api/session/tokens', 'DELETE /api/session/tokens/{id}', 'POST /api/setup', 'POST /api/enrolment',
    'GET /api/divisions', 'GET /api/norms', 'GET /api/norms/codes', 'GET /api/norms/codes/{code}', 'GET /api/norms/versions', 'POST /api/norms/grade',
    // Its answer depends on the fact: proved below.
    'GET /api/facts/{id}', 'GET /api/ledger/frozen', 'GET /api/ledger/verify',
  ]
  const own: Record<string, string[]> = {
    admin: [
      'GET /api/audit', 'GET /api/facts', 'GET /api/live/refusals', 'GET /api/ledger/faults', 'POST /api/ledger/faults/retry', 'POST /api/clock/mend', 'GET /api/files/missing', 'POST /api/units', 'POST /api/links/recover', 'POST /api/links/{peer}/retry', 'POST /api/links/{peer}/abandon-recovery',
      'PATCH /api/stations/{address}', 'POST /api/stations/{address}/revoke', 'POST /api/stations/{address}/rekey', 'POST /api/enrolment/tokens', 'POST /api/station/rotate-key', 'POST /api/norms', 'POST /api/norms/preview',
      'DELETE /api/situation/layers/{id}',
    ],
    security: ['GET /api/people', 'POST /api/people', 'PATCH /api/people/{id}', 'POST /api/units'],
    audit: ['GET /api/audit', 'POST /api/ledger/faults/retry', 'GET /api/facts', 'GET /api/live/refusals', 'GET /api/people', 'GET /api/deeds'],
  }

  test.each(['admin', 'security', 'audit'])('M1: %s is refused at every business route of the OpenAPI, in person and by machine', async (account) => {
    const { paths } = (await tree.at(self).app.inject({ url: '/api/openapi.json' })).json<{ paths: Record<string, Record<string, unknown>> }>()
    const operations = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    expect(operations.length).toBeGreaterThan(80)
    const [token, machine] = [await tokenOf(account), await machineOf(account)]
    const open: string[] = []
    for (const operation of operations.filter((name) => !everyone.includes(name) && !own[account]!.includes(name))) {
      const [method, path] = operation.split(' ') as [string, string]
      // The auditor looks on: business may be read, never written.
      if (account === 'audit' && method === 'GET') continue
      for (const credential of [token, machine]) {
        const { status } = await ask(credential, method, path.replaceAll(/\{[^}]+\}/g, report))
        if (status !== 403) open.push(`${operation} ${status}`)
      }
    }
    expect(open).toEqual([])
  }, 120_000)

  test('M1: the text of a business fact is for those who may read its kind; administrators see its envelope in a list', async () => {
    const [id] = await draftFacts()
    const admin = await tokenOf('admin')
    const list = await ask(admin, 'GET', '/api/facts?type=report.drafted.v1')
    expect(list.status).toBe(200)
    expect(list.text).not.toMatch(/草稿|值班员/)
    for (const account of ['admin', 'security']) {
      const refused = await ask(await tokenOf(account), 'GET', `/api/facts/${id}`)
      expect(refused.body).toMatchObject({ status: 403, code: 'permission.refused' })
      expect(refused.text).toContain('report.read')
      expect(refused.text).not.toContain('草稿')
      expect((await ask(await tokenOf(account), 'GET', `/api/ledger/frozen?subject=report/${report}`)).body).toMatchObject({ status: 403, code: 'permission.refused' })
    }
    for (const account of ['duty', 'leader', 'audit']) expect((await ask(await tokenOf(account), 'GET', `/api/ledger/frozen?subject=report/${report}`)).body).toEqual({ since: null })
    for (const account of ['duty', 'leader', 'audit']) expect((await ask(await tokenOf(account), 'GET', `/api/facts/${id}`)).status).toBe(200)
  })

  test('everyone verifies a fact of the directory', async () => {
    const [founded] = await tree.at(self).station.ledger.factsOf('station/65')
    for (const account of ['admin', 'security', 'audit', 'duty']) expect((await ask(await tokenOf(account), 'GET', `/api/facts/${founded!.id}`)).body).toMatchObject({ algorithm: 'Ed25519' })
  })

  test('M1: the text of what was turned away is the auditor’s alone', async () => {
    await tree.at(self).station.ledger.accept([{ text: '{"secret":"伤亡名单"}', sig: '' }], '65/6529')
    expect((await ask(await tokenOf('audit'), 'GET', '/api/audit')).text).toContain('伤亡名单')
    const seen = await ask(await tokenOf('admin'), 'GET', '/api/audit')
    expect(seen.body).toMatchObject({ turnedAway: { total: 1 } })
    expect(seen.text).not.toContain('伤亡名单')
  })
})
