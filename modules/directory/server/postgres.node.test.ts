import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import { newPrivateKey, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { openTestStation } from './testStation.ts'

let cluster: PostgresCluster
beforeAll(async () => { cluster = await startPostgres() })
afterAll(() => cluster?.stop())

test('stations, people, sessions and deeds are the same on PostgreSQL', async () => {
  const one = await openTestStation({ databaseUrl: await cluster.url('directory') })
  try {
    const [security, admin] = [await one.signIn('security'), await one.signIn('admin')]
    expect((await one.call('POST', '/api/people', security, { account: 'wang', name: '王建国', roles: ['duty'], password: 'correct horse battery' })).status).toBe(201)
    expect((await one.call('GET', '/api/people?q=建国', security)).body).toMatchObject({ total: 1, items: [{ account: 'wang', state: 'active' }] })
    expect((await one.call('POST', '/api/people', security, { account: 'wang', name: '王', roles: ['duty'], password: 'correct horse battery' })).body).toMatchObject({ code: 'people.account-taken' })
    expect((await one.call('POST', '/api/units', admin, { name: '应急指挥科' })).status).toBe(201)
    expect((await one.call('POST', '/api/units', admin, { name: '值班室' })).status).toBe(201)
    expect((await one.call('GET', '/api/units', admin)).body).toMatchObject({ items: [{ name: '应急指挥科' }, { name: '值班室' }] })
    const { token } = (await one.call('POST', '/api/enrolment/tokens', admin, { address: '65/6529', name: '阿克苏地区', kind: 'government' })).body as { token: string }
    const { publicKey } = nodeSigner(newPrivateKey())
    const joined = await one.call('POST', '/api/enrolment', null, { token, publicKey })
    expect(joined).toMatchObject({ status: 201, body: { station: { address: '65/6529' }, facts: [{}, {}] } })
    expect((await one.call('POST', '/api/stations/65%2F6529/revoke', admin, { reason: '失窃' })).body).toMatchObject({ state: 'revoked', keys: [{ untilSeq: 0 }] })
    const deeds = (await one.call('GET', '/api/deeds?size=3', 'audit')).body
    expect(deeds).toMatchObject({ items: [{ deed: 'session.opened', account: 'audit' }, { deed: 'station.revoked' }, { deed: 'station.token' }] })
    one.clock.advance(13 * 3_600_000)
    expect((await one.call('GET', '/api/people', security)).status).toBe(401)
  } finally {
    await one.close()
  }
})
