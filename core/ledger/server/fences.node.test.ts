import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { latestMoment, maxSeq, maxTick, type Address } from '#core/kernel/index.ts'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import { asMended, keySpan, maxAheadMs, maxOwnAheadMs, reaches, reachOf, type Fact, type SubjectType, type WireFact } from '../index.ts'
import { noteSubject } from '../testNote.ts'
import type { LedgerPart } from './ledger.ts'
import type { LedgerTables } from './ledger.tables.ts'
import { nodeCrypto } from './nodeCrypto.ts'
import { county, forge, keys, openTestLedger, prefecture, wire, write, type TestLedger, type TestLedgerOptions } from './testLedger.ts'

let cluster: PostgresCluster
let databases = 0
beforeAll(async () => { cluster = await startPostgres() })
afterAll(() => cluster?.stop())

/** A noun whose author plants what breaks each stage; later versions can read what this one cannot. */
const brittle = (canRead: (line: string) => boolean, seen: string[] = []): LedgerPart => {
  const type: SubjectType<string[]> = {
    kind: 'urn', start: () => [], admit: () => null,
    evolve: (state, fact) => {
      const { line } = fact.body as { line: string }
      if (line === 'poison' && !canRead(line)) throw new TypeError('cannot fold')
      return [...state, line]
    },
  }
  return {
    facts: { 'urn.filled.v1': z.strictObject({ line: z.string() }), 'urn.emptied.v1': z.strictObject({}) }, subjects: [type as never],
    project: { urn: async (_writer, subject, state: never) => {
      if ((state as string[]).includes('unwritable') && !canRead('unwritable')) throw new TypeError('cannot project')
      seen.push(`${subject} ${(state as string[]).join(',')}`)
    } },
    reactions: { 'urn.filled.v1': async (writer, fact: Fact<never>) => {
      const { line } = fact.body as { line: string }
      if (line === 'half') {
        await writer.append({ type: 'note.written.v1', subject: 'note/by-reaction', to: [], body: { line } })
        throw new TypeError('cannot react')
      }
    } },
  }
}

describe.each(['sqlite', 'postgres'] as const)('on %s', (dialect) => {
  const station = async (self: string, options: TestLedgerOptions = {}) =>
    openTestLedger(self, { ...options, ...(dialect === 'postgres' ? { databaseUrl: await cluster.url(`fences_${++databases}`) } : {}) })
  const start = Date.now() - 1000
  const fill = (seq: number, line: string, subject = 'urn/u1', change = {}) =>
    forge({ type: 'urn.filled.v1', subject, seq: 10 * seq, at: [start + seq, 0], body: { line }, to: ['ancestors'], ...change }, keys[county]!)
  const idOf = ({ text }: WireFact) => nodeCrypto.sha256(text)
  const urn = { ...brittle(() => true).subjects[0]! } as SubjectType<string[]>

  test('C3 H5 A2 L-21 a fold that throws freezes its subject at its last good state; the batch, other subjects and the queue go on', async () => {
    const seen: string[] = []
    const upper = await station(prefecture, { more: [brittle(() => false, seen)] })
    const batch = [fill(1, 'good'), fill(2, 'poison'), fill(3, 'after'), fill(4, 'other', 'urn/u2')]
    expect((await upper.ledger.accept(batch, county)).map((r) => r.outcome)).toEqual(['stored', 'stored', 'stored', 'stored'])
    expect(await upper.ledger.state(urn, 'urn/u2')).toEqual(['other'])
    expect(await upper.ledger.faults()).toMatchObject([{ subject: 'urn/u1', fact: idOf(batch[1]!), station: county, from_peer: county, stage: 'fold', reason: expect.stringContaining('cannot fold') }])
    expect(await upper.ledger.fact(idOf(batch[1]!))).toMatchObject({ status: 'refused', reason: 'subject.frozen' })
    // Kept and passed on.
    expect(upper.queued.filter((q) => q.id === idOf(batch[1]!)).at(-1)?.reach).toContain('=65')
    await expect(upper.ledger.write({ id: 'p', name: 'p' }, (w) => w.append({ type: 'urn.filled.v1', subject: 'urn/u1', to: [], body: { line: 'x' } }))).rejects.toMatchObject({ code: 'subject.frozen' })
    // After a restart the same, and what comes later is set aside too.
    const again = await upper.reopen()
    await again.accept([fill(5, 'later')], county)
    expect(await again.fact(idOf(fill(5, 'later')))).toMatchObject({ status: 'refused', reason: 'subject.frozen' })
    expect(await again.state(urn, 'urn/u1')).toEqual([])
    expect(await again.retry('urn/u1')).toBe(false)
    // The next version reads it, in order, and nothing is lost.
    const next = await upper.reopen({ more: [brittle(() => true, seen)], version: '2' })
    expect(await next.state(urn, 'urn/u1')).toEqual(['good', 'poison', 'after', 'later'])
    expect(await next.faults()).toEqual([])
    expect((await next.verify()).bad).toEqual([])
  })

  test('C3 L-21 a projection that throws freezes its subject only', async () => {
    const seen: string[] = []
    const upper = await station(prefecture, { more: [brittle(() => false, seen)] })
    await upper.ledger.accept([fill(1, 'good')], county)
    await upper.ledger.accept([fill(2, 'unwritable'), fill(3, 'other', 'urn/u2')], county)
    expect(seen.at(-1)).toBe('urn/u2 other')
    expect(await upper.ledger.state(urn, 'urn/u1')).toEqual(['good'])
    expect(await upper.ledger.faults()).toMatchObject([{ subject: 'urn/u1', stage: 'projection' }])
    const next = await upper.reopen({ more: [brittle(() => true, seen)], version: '2' })
    expect(seen.at(-1)).toBe('urn/u1 good,unwritable')
    expect(await next.faults()).toEqual([])
  })

  test('C3 L-21 a reaction that throws is undone and noted; the fact stands, others react', async () => {
    const upper = await station(prefecture, { more: [brittle(() => false)] })
    await upper.ledger.accept([fill(1, 'half'), fill(2, 'good')], county)
    expect(await upper.ledger.state(urn, 'urn/u1')).toEqual(['half', 'good'])
    expect(await upper.ledger.factsOf('note/by-reaction')).toEqual([])
    expect(await upper.ledger.faults()).toMatchObject([{ subject: 'urn/u1', fact: idOf(fill(1, 'half')), stage: 'reaction' }])
    // Its own chain has no hole, and ticks do not try the same again and again.
    expect((await write(upper.ledger, '本地', [], 'note/own')).seq).toBe(1)
    await upper.ledger.releaseWaiting()
    expect(await upper.ledger.faults()).toHaveLength(1)
  })

  test('C3b L-21 a poison fact that waited does not keep others in the quarantine, nor the directory from changing', async () => {
    const upper = await station(prefecture, { more: [brittle(() => false)] })
    const soon = [upper.clock.now() + maxAheadMs + 3000, 0] as const
    await upper.ledger.accept([fill(1, 'poison', 'urn/u1', { at: soon }), fill(2, 'honest', 'urn/u2', { at: [soon[0] + 1, 0] })], county)
    upper.clock.advance(5000)
    expect(await upper.ledger.releaseWaiting()).toBe(2)
    expect(await upper.ledger.state(urn, 'urn/u2')).toEqual(['honest'])
    expect(await upper.ledger.faults()).toHaveLength(1)
  })

  test('C1 H6 L-1 numbers near the end of the integers are turned away, and what is stored can be read again', async () => {
    const upper = await station(prefecture)
    const odd = [{ at: [Date.now(), 2 ** 53 - 1] }, { at: [Date.now(), maxTick + 1] }, { at: [latestMoment + 1, 0] }, { at: [2 ** 53 - 1, 0] }, { seq: maxSeq + 1 }, { seq: 2 ** 53 - 1 }]
    for (const change of odd) expect(await upper.ledger.accept([forge(change as never, keys[county]!)], county)).toMatchObject([{ outcome: 'rejected', reason: 'bad-envelope' }])
    // More numbers than a key may sign: a thief cannot use up an address.
    expect(await upper.ledger.accept([forge({ seq: keySpan + 2 }, keys[county]!)], county)).toMatchObject([{ outcome: 'rejected', reason: 'revoked-key' }])
    // At the bound itself everything goes on.
    await upper.ledger.accept([forge({ at: [upper.clock.now() + maxAheadMs, maxTick], seq: keySpan }, keys[county]!)], county)
    const own = await write(upper.ledger, '之后', [], 'note/own')
    expect(own.at).toEqual([upper.clock.now() + maxAheadMs + 1, 0])
    const again = await upper.reopen()
    const next = await write(again, '重启之后', [], 'note/own')
    expect(next.at[0]).toBeGreaterThanOrEqual(own.at[0])
    expect((await again.verify()).bad).toEqual([])
  })

  test('L-1 a station never states what its own schema refuses', async () => {
    const { ledger } = await station(county)
    await expect(write(ledger, '半个字\ud800', [])).rejects.toMatchObject({ code: 'fact.not-acceptable' })
    await expect(write(ledger, '甲', Array.from({ length: 65 }, (_, i) => `65/${1000 + i}`))).rejects.toMatchObject({ code: 'fact.not-acceptable' })
    expect((await write(ledger, '好')).seq).toBe(1)
  })

  test('C3 L-1 a type about a subject of another kind is turned away at the door', async () => {
    const upper = await station(prefecture)
    expect(await upper.ledger.accept([forge({ type: 'note.written.v1', subject: 'urn/u1' }, keys[county]!)], county)).toMatchObject([{ outcome: 'rejected', reason: 'kind-mismatch' }])
  })

  test('C4 L-13 L-14 no unknown, refused or foreign fact brings a stranger the subject', async () => {
    const lower = await station(county)
    const upper = await station(prefecture, { more: [{ facts: {}, subjects: [] }] })
    const secret = await write(lower.ledger, '机密', ['up'])
    await upper.ledger.accept([wire(secret)], county)
    upper.queued.length = 0
    // A station beside, enrolled, that knows the id.
    const stranger = keys[county]!
    upper.directory.put({ ...upper.directory.station(county)!, address: '65/@seismology', keys: [{ publicKey: stranger.publicKey, fromSeq: 1, untilSeq: null }] })
    const say = (seq: number, type: string, body: Record<string, unknown>) => forge({ station: '65/@seismology', seq, type, subject: 'note/n1', to: ['all'], body, at: [secret.at[0] + seq, 0] }, stranger)
    await upper.ledger.accept([say(1, 'note.peeked.v1', {}), say(2, 'note.written.v1', { line: '外人' }), say(3, 'note.received.v1', {}), say(4, 'note.written.v1', { line: 7 })], '65')
    // The receipt is admitted (the note's rules let anyone receive) and yet its author and audience join nothing.
    expect((await upper.ledger.state(noteSubject, 'note/n1')).received).toEqual(['65/@seismology'])
    for (const { id, reach } of upper.queued) if (id === secret.id) expect(reach).toEqual([`=${prefecture}`, `=${county}`].sort())
    await write(upper.ledger, '之后', [], 'note/other')
    upper.queued.length = 0
    const later = await write(lower.ledger, '后续', ['up'])
    await upper.ledger.accept([wire(later)], county)
    expect(upper.queued.map((q) => q.reach)).toEqual([[`=${prefecture}`, `=${county}`].sort()])
    const { reach } = await upper.database.read.withTables<LedgerTables>().selectFrom('subjects').select('reach').where('subject', '=', 'note/n1').executeTakeFirstOrThrow()
    expect(JSON.parse(reach)).toEqual([`=${prefecture}`, `=${county}`].sort())
  })

  test('L-7 a fact under a key that is no longer in use is taken only from its station\'s own side', async () => {
    const upper = await station(prefecture)
    const [old, sibling] = [keys[county]!, '65/6529/652929']
    upper.directory.put({ ...upper.directory.station(county)!, keys: [{ publicKey: old.publicKey, fromSeq: 1, untilSeq: 9 }, { publicKey: keys[prefecture]!.publicKey, fromSeq: 10, untilSeq: null }] })
    const gap = (seq: number) => forge({ seq, subject: `note/g${seq}`, at: [Date.now() - 1000 + seq, 0] }, old)
    expect(await upper.ledger.accept([gap(3)], sibling)).toMatchObject([{ outcome: 'rejected', reason: 'old-key' }])
    expect(await upper.ledger.accept([gap(3)], '65')).toMatchObject([{ outcome: 'rejected', reason: 'old-key' }])
    expect(await upper.ledger.accept([gap(3)], county)).toMatchObject([{ outcome: 'stored' }])
    // Our own past key, in somebody else's hands, does not make us believe that we have lost something.
    upper.directory.put({ ...upper.directory.station(prefecture)!, keys: [{ publicKey: old.publicKey, fromSeq: 1, untilSeq: 9 }, { publicKey: keys[prefecture]!.publicKey, fromSeq: 10, untilSeq: null }] })
    expect(await upper.ledger.accept([forge({ station: prefecture, seq: 5 }, old)], county)).toMatchObject([{ outcome: 'rejected', reason: 'old-key' }])
    await upper.ledger.setAuthoring(false)
    expect(await upper.ledger.accept([forge({ station: prefecture, seq: 5 }, old)], county)).toMatchObject([{ outcome: 'stored' }])
  })

  test('L-10 what waits is charged to who signed it: one station fills no other\'s room', async () => {
    const upper = await station(prefecture)
    const soon = upper.clock.now() + 60_000
    const filler = (i: number, change = {}) => forge({ station: '65/6539', seq: 2 * i + 2, subject: `note/s${i}`, at: [soon + i, 0], body: { line: 'x'.repeat(99_000) }, ...change }, keys[county]!)
    upper.directory.put({ ...upper.directory.station(county)!, address: '65/6539', keys: [{ publicKey: keys[county]!.publicKey, fromSeq: 1, untilSeq: null }] })
    const results = await upper.ledger.accept(Array.from({ length: 180 }, (_, i) => filler(i)), county)
    expect(results.at(-1)).toMatchObject({ reason: 'quarantine-full' })
    expect(await upper.ledger.accept([forge({ at: [soon, 0] }, keys[county]!)], county)).toMatchObject([{ outcome: 'waiting' }])
    // What cannot be read is bounded like what is unread.
    const misread = await upper.ledger.accept(Array.from({ length: 270 }, (_, i) => filler(200 + i, { at: [upper.clock.now() - 5000 + i, 0], body: { line: 7, junk: 'y'.repeat(250_000) } })), county)
    expect(misread.at(-1)).toMatchObject({ reason: 'unread-full' })
  })

  test('A3 A4 L-13 a module that comes later reads, folds and reacts to what was kept unread, bad bodies apart', async () => {
    const upper = await station(prefecture)
    await upper.ledger.accept([fill(1, 'one'), forge({ type: 'urn.filled.v1', subject: 'urn/u1', seq: 15, at: [start + 1, 1], body: { line: 7 } }, keys[county]!), fill(3, 'half', 'urn/u2')], county)
    expect((await upper.ledger.factsOf('urn/u1')).map((f) => f.status)).toEqual(['unread', 'unread'])
    const seen: string[] = []
    const later = await upper.reopen({ more: [brittle(() => false, seen)], version: '2' })
    expect(await later.state(urn, 'urn/u1')).toEqual(['one'])
    expect((await later.factsOf('urn/u1')).map((f) => [f.status, f.reason])).toEqual([['admitted', null], ['refused', 'fact.bad-body']])
    expect(seen).toContain('urn/u1 one')
    expect(await later.faults()).toMatchObject([{ subject: 'urn/u2', stage: 'reaction' }])
  })

  test('M3 L-10 facts of unknown stations are bounded for each peer and looked at only when the directory names their station', async () => {
    const upper = await station(prefecture)
    const big = 'x'.repeat(99_000)
    const strange = (i: number) => forge({ station: '65/6539', seq: i + 1, subject: `note/s${i}`, at: [Date.now() - 60_000 + i, 0], body: { line: big } }, keys[county]!)
    let kept = 0
    for (let i = 0; i < 240; i += 20) {
      const results = await upper.ledger.accept(Array.from({ length: 20 }, (_, n) => strange(i + n)), county)
      kept += results.filter((r) => r.outcome === 'waiting').length
      expect(results.every((r) => r.outcome === 'waiting' || ('reason' in r && r.reason === 'quarantine-full'))).toBe(true)
    }
    expect(kept).toBeGreaterThan(150)
    expect(kept).toBeLessThan(180)
    // Another peer still has room.
    expect(await upper.ledger.accept([strange(999)], '65')).toMatchObject([{ outcome: 'waiting' }])
    expect(await upper.ledger.releaseWaiting()).toBe(0)
    upper.directory.put({ ...upper.directory.station(county)!, address: '65/6539', keys: [{ publicKey: keys[county]!.publicKey, fromSeq: 1, untilSeq: null }] })
    const again = await upper.reopen()
    expect((await again.state(noteSubject, 'note/s0')).lines.map((line) => line.length)).toEqual([big.length])
  })
})

describe('clocks', () => {
  const ahead = async (by: number): Promise<{ lower: TestLedger; upper: TestLedger; bad: Fact[] }> => {
    const start = Date.now()
    const lower = await openTestLedger(county, { start: start + by })
    const upper = await openTestLedger(prefecture, { start })
    const bad = [await write(lower.ledger, '快一'), await write(lower.ledger, '快二')]
    expect((await upper.ledger.accept(bad.map(wire), county)).map((r) => r.outcome)).toEqual(['waiting', 'waiting'])
    lower.clock.set(start + 1000)
    upper.clock.set(start + 1000)
    return { lower, upper, bad }
  }
  /** The note's test directory has no rules: what `modules/directory` makes of a mending, by hand. */
  const mendable: LedgerPart = {
    facts: { 'station.clockMended.v1': z.strictObject({ fromSeq: z.int() }) },
    subjects: [{ kind: 'station', madeByMany: true, start: () => null, admit: () => null, evolve: (_: unknown, fact: Fact) => fact } as never],
    project: { station: async ({ directory }, subject, fact: never) => {
      const address = subject.slice('station/'.length)
      const { body, seq, at } = fact as Fact<{ fromSeq: number }>
      ;(directory as TestLedger['directory']).put({ ...directory.station(address)!, mendings: [{ fromSeq: body.fromSeq, untilSeq: seq - 1, ms: at[0] }] })
    } },
  }

  test.each([['a day', 86_400_000], ['ten years', 315_576_000_000]])('C5 L-20 a clock that was %s ahead: the station states nothing, says so, and mends it without SQL', async (_name, by) => {
    const { lower, upper } = await ahead(by)
    await expect(write(lower.ledger, '之后')).rejects.toMatchObject({ code: 'station.clock-ahead' })
    expect(lower.ledger.clock()).toMatchObject({ isSilent: true })
    const mender = await lower.reopen({ more: [mendable] })
    expect(mender.clock().isSilent).toBe(true)
    const receiver = await upper.reopen({ more: [mendable] })
    const mending = await mender.mendClock({ id: 'a', name: 'a' })
    expect(mender.clock()).toMatchObject({ isSilent: false })
    const after = await write(mender, '之后')
    expect(Math.abs(after.at[0] - lower.clock.now())).toBeLessThan(1000)
    expect(await receiver.accept([mending, after].map(wire), county)).toMatchObject([{ outcome: 'stored' }, { outcome: 'stored' }])
    // What waited counts from the mending on, in its order, everywhere alike.
    for (const ledger of [mender, receiver]) {
      expect((await ledger.state(noteSubject, 'note/n1')).lines).toEqual(['快一', '快二', '之后'])
      expect((await ledger.factsOf('note/n1')).map((f) => f.at[0] <= lower.clock.now() + 1)).toEqual([true, true, true])
      expect((await ledger.verify()).bad).toEqual([])
    }
    expect((await (await lower.reopen({ more: [mendable] })).state(noteSubject, 'note/n1')).lines).toEqual(['快一', '快二', '之后'])
  })

  test('C5 L-20 facts that an honest peer admitted do not move: a mending is no way to have been earlier', async () => {
    const start = Date.now()
    const lower = await openTestLedger(county, { start, more: [mendable] })
    const upper = await openTestLedger(prefecture, { start, more: [mendable] })
    const late = await write(lower.ledger, '迟报')
    await upper.ledger.accept([wire(late)], county)
    const backdated = forge({ type: 'station.clockMended.v1', subject: `station/${county}`, seq: 2, prev: late.id, at: [start - 3_600_000, 1], to: ['all'], body: { fromSeq: 1 } }, keys[county]!)
    expect(await upper.ledger.accept([backdated], county)).toMatchObject([{ outcome: 'rejected', reason: 'backdated' }])
    const honestTime = forge({ type: 'station.clockMended.v1', subject: `station/${county}`, seq: 3, at: [start + 5, 2], to: ['all'], body: { fromSeq: 1 } }, keys[county]!)
    await upper.ledger.accept([honestTime], county)
    expect((await upper.ledger.factsOf('note/n1'))[0]).toMatchObject({ at: late.at })
  })

  test('C5 L-20 a clock set back by less than a minute goes on; what others stated ahead moves ours by seconds at most', async () => {
    const start = Date.now()
    const lower = await openTestLedger(county, { start })
    await write(lower.ledger, '一')
    lower.clock.set(start - maxOwnAheadMs)
    const second = await write(lower.ledger, '二')
    expect(second.at).toEqual([start, 1])
    expect(second.wall).toBe(start - maxOwnAheadMs)
    lower.clock.set(start - maxOwnAheadMs - 1)
    await expect(write(lower.ledger, '三')).rejects.toMatchObject({ code: 'station.clock-ahead' })
  })

  test('H7 L-10 a child moves nobody\'s clock by more than seconds, and a fact carries the wall clock that deadlines are judged by', async () => {
    const start = Date.now()
    const upper = await openTestLedger(prefecture, { start })
    const far = forge({ at: [start + 295_000, 0], to: ['all'] }, keys[county]!)
    expect(await upper.ledger.accept([far], county)).toMatchObject([{ outcome: 'waiting', reason: 'future-clock' }])
    const near = forge({ seq: 2, at: [start + maxAheadMs, 0], to: ['all'] }, keys[county]!)
    await upper.ledger.accept([near], county)
    const own = await write(upper.ledger, '本地', [], 'note/own')
    expect(own.at[0] - start).toBeLessThanOrEqual(maxAheadMs)
    expect(own.wall).toBe(start)
    // A wall clock further from the hybrid time than an honest one can be is turned away: no deadline is met by backdating it.
    for (const wall of [start - 3_600_000, start - 9.9 * 60_000, start - 71_000, start + 302_000]) {
      expect(await upper.ledger.accept([forge({ seq: 3, at: [start, 0], wall: Math.round(wall) }, keys[county]!)], county)).toMatchObject([{ reason: 'bad-envelope' }])
    }
  })

  test('L-9 L-20 a time that was seen under a wrong clock does not outlive it', async () => {
    const start = Date.now()
    const upper = await openTestLedger(prefecture, { start: start + 86_400_000 })
    await upper.ledger.accept([forge({ at: [start + 86_400_000, 0], to: ['all'] }, keys[county]!)], county)
    upper.clock.set(start)
    expect((await write(upper.ledger, '校准之后', [], 'note/own')).at[0]).toBe(start)
    expect(upper.ledger.clock()).toMatchObject({ isSilent: false })
  })

  test('L-20 a fact within several mendings takes the earliest time of them, in whichever order they stand', () => {
    const fact = { seq: 5, at: [9_000, 0] as const, wall: 9_000 }
    const [one, two] = [{ fromSeq: 2, untilSeq: 7, ms: 5_000 }, { fromSeq: 1, untilSeq: 9, ms: 3_000 }]
    for (const mendings of [[one, two], [two, one]]) expect(asMended(fact, { mendings })).toEqual({ seq: 5, at: [3_000, 4], wall: 3_000 })
    expect(asMended(asMended(fact, { mendings: [one] }), { mendings: [two] })).toEqual({ seq: 5, at: [3_000, 4], wall: 3_000 })
    expect(asMended({ ...fact, at: [2_000, 0] }, { mendings: [one, two] })).toMatchObject({ at: [2_000, 0] })
  })

  test('L-20 stamps are slowed to the parent\'s clock, by five minutes at most', async () => {
    const { ledger, clock } = await openTestLedger(county)
    ledger.noteParentClock(120_000)
    expect(await write(ledger, '快两分钟')).toMatchObject({ at: [clock.now() - 120_000, 0], wall: clock.now() })
    ledger.noteParentClock(3_600_000)
    expect((await write(ledger, '快一小时')).at[0]).toBe(clock.now())
    expect(ledger.clock()).toMatchObject({ aheadOfParentMs: 3_600_000, slowedMs: 0 })
  })

  test('C2 L-17 while a station is silent it revokes, far above the numbers it may have lost', async () => {
    const revoking: LedgerPart = { facts: { 'station.revoked.v1': z.strictObject({}) }, subjects: [{ kind: 'station', start: () => null, admit: () => null, evolve: (s: unknown) => s } as never] }
    const { ledger } = await openTestLedger(prefecture, { more: [revoking] })
    await write(ledger, '一', [], 'note/own')
    await ledger.setAuthoring(false)
    await expect(write(ledger, '二', [], 'note/own')).rejects.toMatchObject({ code: 'station.recovering' })
    const revoked = await ledger.write({ id: 'a', name: 'a' }, (w) => w.append({ type: 'station.revoked.v1', subject: `station/${county}`, to: ['all'], body: {} }))
    expect(revoked).toMatchObject({ seq: 1 + 2 ** 20, prev: '' })
    await ledger.setAuthoring(true)
    expect((await write(ledger, '三', [], 'note/own')).seq).toBe(2 + 2 ** 20)
    expect((await ledger.verify()).bad).toEqual([])
  })
})

test('C4 L-13 L-14 property: no sequence of unknown, refused or foreign facts lets a station read a subject that its parties did not send it', async () => {
  const people: Address[] = [county, '65/6529/652929', '65/@seismology', '65/6530', `${county}/s1`]
  const upper = await openTestLedger(prefecture)
  for (const address of people) upper.directory.put({ ...upper.directory.station(county)!, address })
  const seqs = new Map<Address, number>()
  let runs = 0
  const anyFact = fc.record({
    station: fc.constantFrom(...people),
    type: fc.constantFrom('note.written.v1', 'note.received.v1', 'note.peeked.v1', 'note.written.v9'),
    to: fc.uniqueArray(fc.constantFrom('up', 'ancestors', 'subtree', 'all', ...people), { maxLength: 2 }),
    body: fc.constantFrom<Record<string, unknown>>({ line: '一' }, {}, { line: 7 }),
    batch: fc.boolean(),
  })
  const ms = Date.now() - 1_000_000
  await fc.assert(fc.asyncProperty(fc.array(anyFact, { minLength: 1, maxLength: 8 }), async (said) => {
    const subject = `note/p${++runs}`
    const wires = said.map(({ station, type, to, body }, i) => {
      const seq = (seqs.get(station) ?? 0) + 2
      seqs.set(station, seq)
      return forge({ station, seq, type, subject, to, body, at: [ms + runs, i] }, keys[county]!)
    })
    for (let i = 0; i < wires.length; i += said[i]!.batch ? 2 : 1) await upper.ledger.accept(wires.slice(i, i + (said[i]!.batch ? 2 : 1)), prefecture)
    const facts = await upper.ledger.factsOf(subject)
    // Whom the parties let in: who begins it and whom they name, then whom those name.
    const parties: string[][] = []
    for (const fact of [...facts].sort((a, b) => a.at[1] - b.at[1])) {
      if (fact.status === 'admitted' && (parties.length === 0 || parties.some((reach) => reaches(reach, fact.station)))) parties.push(reachOf(fact.station, fact.to))
    }
    const row = await upper.database.read.withTables<LedgerTables>().selectFrom('subjects').select('reach').where('subject', '=', subject).executeTakeFirst()
    const reach = row ? JSON.parse(row.reach) as string[] : []
    for (const address of [...people, '65', '65/6531']) expect([address, reaches(reach, address)]).toEqual([address, parties.some((p) => reaches(p, address))])
  }), { numRuns: 60 })
})
