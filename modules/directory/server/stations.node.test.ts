import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { encode, type WireFact } from '#core/ledger/index.ts'
import { newPrivateKey, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { enrol, found, orThrow, revoke, stationSubject, stationSubjectOf } from '../directory.rules.ts'
import { readEnrolmentToken, writeEnrolmentToken } from '../enrolment.ts'
import { openTestStation } from './testStation.ts'

type Opened = Awaited<ReturnType<typeof openTestStation>>
const opened: Opened[] = []
afterEach(async () => { for (const one of opened.splice(0)) await one.close() })

async function open(options?: Parameters<typeof openTestStation>[0]): Promise<Opened> {
  const station = await openTestStation(options)
  opened.push(station)
  return station
}

const address = encodeURIComponent('65/6529')
const wanted = { address: '65/6529', name: '阿克苏地区', kind: 'government' }
type Joined = { station: { address: string; level: string }; parent: string; facts: WireFact[] }

/** A child that joined with a token: its own ledger holds what the parent answered. */
async function join(parent: Opened) {
  const pem = newPrivateKey()
  const { publicKey } = nodeSigner(pem)
  const { token } = (await parent.call('POST', '/api/enrolment/tokens', 'admin', wanted)).body as { token: string }
  const answer = await parent.call('POST', '/api/enrolment', null, { token, publicKey })
  expect(answer.status).toBe(201)
  const child = await open({ self: '65/6529', root: readEnrolmentToken(token)!.root, pem })
  await child.station.ledger.accept((answer.body as Joined).facts, parent.station.self)
  return { child, publicKey, token, joined: answer.body as Joined }
}

const wires = async (station: Opened, subject: string): Promise<WireFact[]> => (await station.station.ledger.factsOf(subject)).map(({ text, sig }) => ({ text, sig }))

describe('enrolment', () => {
  it('a child joins with a one-time token and knows the whole tree, trusted from the pinned root', async () => {
    const parent = await open()
    const { child, publicKey, joined } = await join(parent)
    expect(joined).toMatchObject({ station: { address: '65/6529', level: 'prefecture', name: '阿克苏地区' }, parent: '65' })
    expect(child.directory.stations().map((s) => s.address)).toEqual(['65', '65/6529'])
    expect(child.directory.station('65/6529')?.keys).toEqual([{ publicKey, fromSeq: 1, untilSeq: null }])
    expect((await child.call('GET', '/api/station', null)).body).toMatchObject({ address: '65/6529', name: '阿克苏地区', parent: '65' })
    expect((await parent.call('GET', '/api/stations?q=阿克苏', 'duty')).body).toMatchObject({ total: 1, items: [{ address: '65/6529', parent: '65' }] })
  })

  it('a token works once; the same key may ask again, because the answer may be lost', async () => {
    const parent = await open()
    const { token, publicKey } = await join(parent)
    expect((await parent.call('POST', '/api/enrolment', null, { token, publicKey })).status).toBe(201)
    const other = await parent.call('POST', '/api/enrolment', null, { token, publicKey: nodeSigner(newPrivateKey()).publicKey })
    expect(other).toMatchObject({ status: 409, body: { code: 'enrolment.token-invalid' } })
    expect(await parent.station.ledger.factsOf('station/65/6529')).toHaveLength(1)
    parent.clock.advance(25 * 3_600_000)
    expect((await parent.call('POST', '/api/enrolment', null, { token, publicKey })).status).toBe(409)
  })

  it('an expired, altered or invented token is refused alike', async () => {
    const parent = await open()
    const { publicKey } = nodeSigner(newPrivateKey())
    const { token } = (await parent.call('POST', '/api/enrolment/tokens', 'admin', { ...wanted, expiresInHours: 1 })).body as { token: string }
    const altered = writeEnrolmentToken({ ...readEnrolmentToken(token)!, secret: 'x'.repeat(43) })
    for (const bad of [altered, 'fengsui1.e30', 'nonsense', token.slice(0, -5)]) {
      expect(await parent.call('POST', '/api/enrolment', null, { token: bad, publicKey })).toMatchObject({ status: 409, body: { code: 'enrolment.token-invalid' } })
    }
    parent.clock.advance(2 * 3_600_000)
    expect((await parent.call('POST', '/api/enrolment', null, { token, publicKey })).status).toBe(409)
  })

  it('the address in a token is the parent’s word, not the child’s: an altered address changes nothing', async () => {
    const parent = await open()
    const { token } = (await parent.call('POST', '/api/enrolment/tokens', 'admin', wanted)).body as { token: string }
    const altered = writeEnrolmentToken({ ...readEnrolmentToken(token)!, address: '65/6530' })
    const { body } = await parent.call('POST', '/api/enrolment', null, { token: altered, publicKey: nodeSigner(newPrivateKey()).publicKey })
    expect((body as Joined).station.address).toBe('65/6529')
  })

  it('two children claiming the same address: the second is refused clearly', async () => {
    const parent = await open()
    const [first, second] = [await parent.call('POST', '/api/enrolment/tokens', 'admin', wanted), await parent.call('POST', '/api/enrolment/tokens', 'admin', wanted)]
    const redeem = ({ body }: { body: { token: string } }) => parent.call('POST', '/api/enrolment', null, { token: body.token, publicKey: nodeSigner(newPrivateKey()).publicKey })
    expect((await redeem(first)).status).toBe(201)
    const refused = await redeem(second)
    expect(refused).toMatchObject({ status: 409, body: { code: 'station.address-taken' } })
    expect((refused.body as { detail: string }).detail).toContain('阿克苏地区')
    expect((await parent.call('POST', '/api/enrolment/tokens', 'admin', wanted)).body).toMatchObject({ code: 'station.address-taken' })
  })

  it('only an administrator hands out tokens, and only for direct children', async () => {
    const parent = await open()
    expect(await parent.call('POST', '/api/enrolment/tokens', 'duty', wanted)).toMatchObject({ status: 403 })
    expect((await parent.call('POST', '/api/enrolment/tokens', 'admin', { ...wanted, address: '66/1' })).body).toMatchObject({ code: 'station.not-child', errors: [{ field: 'address' }] })
    expect(await parent.call('POST', '/api/enrolment/tokens', 'admin', { ...wanted, address: 'A B' })).toMatchObject({ status: 400, body: { errors: [{ field: 'address' }] } })
  })

  it('the secret is not at rest', async () => {
    const parent = await open()
    const { token } = (await parent.call('POST', '/api/enrolment/tokens', 'admin', wanted)).body as { token: string }
    const { secret } = readEnrolmentToken(token)!
    const rows = await parent.station.database.read.withTables<{ one_time: Record<string, unknown> }>().selectFrom('one_time').selectAll().execute()
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(secret)
  })

  it('forged enrolment: a station that enrols itself or a stranger changes nothing', async () => {
    const parent = await open()
    const { child } = await join(parent)
    const forged = { type: 'station.enrolled.v1', subject: 'station/65/6530', to: ['all'], body: { address: '65/6530', name: '伪造', level: 'prefecture', kind: 'government', publicKey: nodeSigner(newPrivateKey()).publicKey } }
    await expect(child.station.ledger.write({ id: 'x', name: 'x' }, (w) => w.append(forged))).rejects.toThrow('station.not-parent')
    // A dishonest program would sign it all the same; its parent keeps it for the auditor and changes nothing.
    const lax = await open({ self: '65/6529', root: { ...child.directory.root, address: '65/6529', publicKey: child.keyRing.publicKey }, pem: await readKey(child) })
    const self = await lax.station.ledger.write({ id: 'x', name: 'x' }, (w) => w.append(found(lax.directory.root)))
    const [accepted] = await parent.station.ledger.accept([{ text: self.text, sig: self.sig }], '65/6529')
    expect(accepted?.outcome).toBe('stored')
    expect(await parent.station.ledger.fact(self.id)).toMatchObject({ status: 'refused', reason: 'station.not-root' })
    expect(parent.directory.station('65/6529')?.name).toBe('阿克苏地区')
  })
})

describe('keys', () => {
  it('a station rotates its key and goes on signing; its parent follows', async () => {
    const parent = await open()
    const { child, publicKey } = await join(parent)
    const rotated = await child.call('POST', '/api/station/rotate-key', 'admin')
    expect(rotated.status).toBe(200)
    expect(child.keyRing.publicKey).not.toBe(publicKey)
    await child.call('PATCH', `/api/stations/${address}`, 'admin', { name: '阿克苏地区行署' })
    const results = await parent.station.ledger.accept((await wires(child, 'station/65/6529')).slice(1), '65/6529')
    expect(results.map((r) => r.outcome)).toEqual(['stored', 'stored'])
    expect(parent.directory.station('65/6529')).toMatchObject({ name: '阿克苏地区行署', keys: [{ publicKey, untilSeq: 1 }, { publicKey: child.keyRing.publicKey, fromSeq: 2, untilSeq: null }] })
    expect((await child.station.ledger.verify()).bad).toEqual([])
  })

  it('a revoked station’s later facts are refused, its earlier ones still verify', async () => {
    const parent = await open()
    const { child } = await join(parent)
    await child.call('PATCH', `/api/stations/${address}`, 'admin', { name: '一' })
    const before = (await wires(child, 'station/65/6529')).slice(1)
    await parent.station.ledger.accept(before, '65/6529')
    const revoked = await parent.call('POST', `/api/stations/${address}/revoke`, 'admin', { reason: '设备失窃' })
    expect(revoked.body).toMatchObject({ state: 'revoked', keys: [{ untilSeq: 1 }] })
    await child.call('PATCH', `/api/stations/${address}`, 'admin', { name: '二' })
    const results = await parent.station.ledger.accept((await wires(child, 'station/65/6529')).slice(2), '65/6529')
    expect(results).toMatchObject([{ outcome: 'rejected', reason: 'revoked-key' }])
    expect(parent.directory.station('65/6529')?.name).toBe('一')
    expect((await parent.station.ledger.verify()).bad).toEqual([])
    expect((await parent.call('POST', `/api/stations/${address}/revoke`, 'admin', { reason: '再次' })).body).toMatchObject({ code: 'station.not-active' })
  })

  it('a lost key: the parent re-keys, and the new machine signs from the next number', async () => {
    const parent = await open()
    const { child } = await join(parent)
    await child.call('PATCH', `/api/stations/${address}`, 'admin', { name: '一' })
    await parent.station.ledger.accept((await wires(child, 'station/65/6529')).slice(1), '65/6529')
    const { token } = (await parent.call('POST', `/api/stations/${address}/rekey`, 'admin', {})).body as { token: string }
    const { publicKey } = nodeSigner(newPrivateKey())
    expect((await parent.call('POST', '/api/enrolment', null, { token, publicKey })).status).toBe(201)
    expect(parent.directory.station('65/6529')?.keys).toMatchObject([{ untilSeq: 1 }, { publicKey, fromSeq: 2, untilSeq: null }])
  })

  it('L-7 a false child that a thief enrolled is heard no more once the key that enrolled it has ended, also after a restart', async () => {
    const top = await open()
    const parent = '65/6529'
    const { ledger } = top.station
    const [thief, falseChild] = [nodeSigner(newPrivateKey()), nodeSigner(newPrivateKey())]
    const child = `${parent}/652901`
    const type = stationSubject(top.directory.root)
    await ledger.write({ id: 'a', name: 'a' }, async (w) => {
      await w.append(orThrow(enrol(await w.state(type, stationSubjectOf(parent)), w.self, { address: parent, name: 'P', level: 'prefecture', kind: 'government', publicKey: thief.publicKey })))
    })
    const say = (station: string, signer: typeof thief, kind: string, subject: string, seq: number, body: object) => {
      const text = encode({ type: kind, subject, station, seq, prev: '', at: [top.clock.now() + seq, 0], actor: { id: 'p', name: 'x' }, to: ['all'], mode: 'actual', body: body as never })
      return { text, sig: signer.sign(text) }
    }
    const enrolled = say(parent, thief, 'station.enrolled.v1', `station/${child}`, 7, { address: child, name: 'X', level: 'county', kind: 'government', publicKey: falseChild.publicKey })
    expect(await ledger.accept([enrolled, say(child, falseChild, 'note.x.v1', 'note/n1', 1, {})], parent)).toMatchObject([{ outcome: 'stored' }, { outcome: 'waiting' }])
    expect(top.directory.station(child)?.state).toBe('active')
    expect(await ledger.accept([say(child, falseChild, 'note.x.v1', 'note/n2', 5, {})], parent)).toMatchObject([{ outcome: 'stored' }])
    await ledger.write({ id: 'a', name: 'a' }, async (w) => { await w.append(orThrow(revoke(await w.state(type, stationSubjectOf(parent)), w.self, parent, { untilSeq: 3, reason: '被盗' }))) })
    expect(top.directory.station(child)).toMatchObject({ state: 'revoked', keys: [{ untilSeq: 0 }] })
    expect((await ledger.factsOf('note/n2'))[0]).toMatchObject({ status: 'refused', reason: 'fact.revoked-key' })
    expect(await ledger.accept([say(child, falseChild, 'note.x.v1', 'note/n3', 9, {})], parent)).toMatchObject([{ outcome: 'rejected', reason: 'revoked-key' }])
    await top.directory.reload(top.station.database.read)
    expect(top.directory.station(child)).toBeUndefined()
    expect(await ledger.accept([say(child, falseChild, 'note.x.v1', 'note/n4', 11, {})], parent)).toMatchObject([{ outcome: 'waiting' }])
  })

  it('what a failed write showed the directory is forgotten', async () => {
    const parent = await open()
    const type = stationSubject(parent.directory.root)
    await expect(parent.station.ledger.write({ id: 'x', name: 'x' }, async (w) => {
      await w.append({ type: 'station.renamed.v1', subject: stationSubjectOf('65'), to: ['all'], body: { name: '改名' } })
      throw new Error('power cut')
    })).rejects.toThrow('power cut')
    expect(parent.directory.station('65')?.name).toBe('自治区')
    expect((await parent.station.ledger.state(type, 'station/65')).card?.name).toBe('自治区')
  })
})

const readKey = (one: Opened) => readFile(`${one.folder}/key.pem`, 'utf8')
