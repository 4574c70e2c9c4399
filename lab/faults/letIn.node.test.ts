import { expect, test } from 'vitest'
import { z } from 'zod'
import { maxAheadMs, type Fact, type SubjectType, type WireFact } from '#core/ledger/index.ts'
import type { LedgerPart, Writer } from '#core/ledger/server/ledger.ts'
import { county, forge, keys, openTestLedger, person, prefecture, wire, write, type TestLedgerOptions } from '#core/ledger/server/testLedger.ts'
import { noteSubject } from '#core/ledger/testNote.ts'
import { linkTables } from '#core/replicate/server/link.tables.ts'
import { createOutbox, type LinkOutbox } from '#core/replicate/server/outbox.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'

/** Facts that waited, were unread or frozen, let in at a station that has neighbours: the real queues, no links. */
async function middle(options: TestLedgerOptions = {}) {
  let outbox: LinkOutbox | undefined
  const station = await openTestLedger(prefecture, {
    ...options, tables: linkTables,
    outbox: (database) => outbox ??= createOutbox({ self: prefecture, dialect: database.dialect, clock: { now: () => Date.now() }, sha256: nodeCrypto.sha256 }),
  })
  await station.database.write(async (tx) => { for (const [peer, way] of [['65', 'up'], [county, 'down'], ['65/6529/652929', 'down']] as const) await outbox!.addPeer(tx, peer, way) })
  const queue = async (peer: string) => (await station.database.read.withTables<{ link_out: { peer: string; n: number; fact_id: string } }>().selectFrom('link_out').select(['n', 'fact_id']).where('peer', '=', peer).orderBy('n').execute())
  return { ...station, queue, outbox: outbox! }
}
const idOf = ({ text }: WireFact) => nodeCrypto.sha256(text)
const note = (seq: number, change = {}) => forge({ seq: seq * 2, subject: `note/n${seq}`, at: [Date.now() - 1000 + seq, 0], to: ['ancestors'], body: { line: `${seq}` }, ...change }, keys[county]!)

test('L-10 two releases at once let each fact in once, and lose none', async () => {
  const { ledger, clock, queue } = await middle()
  const soon = clock.now() + maxAheadMs + 3000
  const facts = Array.from({ length: 30 }, (_, i) => note(i + 1, { at: [soon + i, 0] }))
  await ledger.accept(facts, county)
  clock.advance(10_000)
  await Promise.all([ledger.releaseWaiting(), ledger.releaseWaiting(), ledger.releaseWaiting()])
  for (const fact of facts) expect(await ledger.fact(idOf(fact))).toMatchObject({ status: 'admitted' })
  expect((await queue('65')).map((row) => row.fact_id)).toEqual(facts.map(idOf))
})

test('R-5 a write that fails once its facts are queued leaves no trace: the next one is queued in its place, to every neighbour', async () => {
  const { ledger, queue, outbox } = await middle()
  const heads = async (peer: string) => (await queue(peer)).map((row) => [row.n, row.fact_id])
  const written = async (line: string) => (await write(ledger, line, ['ancestors', 'subtree'], 'note/own')).id
  const ids = [await written('一')]
  const { enqueue } = outbox
  outbox.enqueue = async (...all) => {
    await enqueue(...all)
    throw new Error('the power fails before the commit')
  }
  await expect(written('二')).rejects.toThrow('the power fails')
  outbox.enqueue = enqueue
  ids.push(await written('三'))
  for (const peer of ['65', county, '65/6529/652929']) expect(await heads(peer)).toEqual(ids.map((id, i) => [i + 1, id]))
})

test('L-13 a station that passed on what it could not read starts in the version that can, and queues nothing twice', async () => {
  const { ledger, reopen, queue } = await middle()
  const facts = [1, 2, 3].map((i) => note(i, { type: 'urn.filled.v1', subject: 'urn/u1' }))
  await ledger.accept(facts, county)
  expect((await queue('65')).map((row) => row.fact_id)).toEqual(facts.map(idOf))
  const urn: SubjectType<number> = { kind: 'urn', start: () => 0, admit: () => null, evolve: (n) => n + 1 }
  const next = await reopen({ more: [{ facts: { 'urn.filled.v1': z.strictObject({ line: z.string() }) }, subjects: [urn as never] }], version: '2' })
  expect(await next.state(urn, 'urn/u1')).toBe(3)
  expect(await queue('65')).toHaveLength(3)
})

test('L-16 L-20 facts of others that a mending makes wait again are let in once their time comes, and are answered once', async () => {
  const answered: string[] = []
  const answers: LedgerPart = { facts: { 'station.clockMended.v1': z.strictObject({ fromSeq: z.int() }) }, subjects: [{ kind: 'station', madeByMany: true, start: () => 0, admit: () => null, evolve: () => 0 } as never],
    reactions: { 'note.written.v1': async (_writer: Writer, fact: Fact<never>) => { answered.push(fact.id) } } }
  const { ledger, clock, queue } = await middle({ more: [answers] })
  const [now, day] = [clock.now(), 86_400_000]
  clock.set(now + day)
  const early = note(1, { at: [now + day, 0] })
  await ledger.accept([early], county)
  await write(ledger, '快一天', ['up'], 'note/own')
  clock.set(now)
  await ledger.mendClock(person)
  expect(await ledger.fact(idOf(early))).toMatchObject({ status: 'waiting' })
  expect((await ledger.state(noteSubject, 'note/n1')).lines).toEqual([])
  clock.set(now + day)
  expect(await ledger.releaseWaiting()).toBe(1)
  expect((await ledger.state(noteSubject, 'note/n1')).lines).toEqual(['1'])
  expect(answered.filter((id) => id === idOf(early))).toHaveLength(1)
  expect((await queue('65')).filter((row) => row.fact_id === idOf(early))).toHaveLength(1)
})

/** A noun that one version cannot fold, and the next can. */
const brittle = (canRead: boolean): LedgerPart => ({
  facts: { 'urn.filled.v1': z.strictObject({ line: z.string() }) },
  subjects: [{ kind: 'urn', start: () => [], admit: () => null, evolve: (state: string[], fact: Fact<{ line: string }>) => {
    if (fact.body.line === 'poison' && !canRead) throw new TypeError('cannot fold')
    return [...state, fact.body.line]
  } } as never],
})
const urnFact = (seq: number, line: string, to: string[] = []) => note(seq, { type: 'urn.filled.v1', subject: 'urn/u1', body: { line }, to })

test('L-14 L-21 a subject that thaws with a wider reach sends its earlier facts too', async () => {
  const { ledger, reopen, queue } = await middle({ more: [brittle(false)] })
  const [first, poison] = [urnFact(1, 'first', ['up']), urnFact(2, 'poison', ['ancestors'])]
  await ledger.accept([first], county)
  await ledger.accept([poison], county)
  expect((await queue('65')).map((row) => row.fact_id)).toEqual([idOf(poison)])
  await reopen({ more: [brittle(true)], version: '2' })
  expect((await queue('65')).map((row) => row.fact_id).sort()).toEqual([first, poison].map(idOf).sort())
})

test('L-21 a subject that the next version cannot fold is frozen before anything is stated about it', async () => {
  const { ledger, reopen } = await middle({ more: [brittle(true)] })
  await ledger.accept([urnFact(1, 'first', ['up']), urnFact(2, 'poison', ['up'])], county)
  const worse = await reopen({ more: [brittle(false)], version: '2' })
  for (let i = 0; i < 2; i++) {
    await expect(worse.write(person, (w) => w.append({ type: 'urn.filled.v1', subject: 'urn/u1', to: [], body: { line: 'x' } }))).rejects.toMatchObject({ code: 'subject.frozen' })
  }
  expect(await worse.state({ ...(brittle(true).subjects[0] as unknown as SubjectType<string[]>) }, 'urn/u1')).toEqual(['first'])
  expect(wire(urnFact(1, 'first', ['up'])).sig).toBeTypeOf('string')
})

test('L-10 L-24 a damaged fact that comes back before its time neither fails its batch nor stays damaged once its time has come', async () => {
  const { ledger, database, clock } = await middle()
  const [fact, other] = [note(1), note(2)]
  await ledger.accept([fact], county)
  await database.write(async (tx) => {
    await tx.withTables<{ facts: { id: string; text: string; status: string; reason: string } }>().updateTable('facts').set({ text: '{}', status: 'refused', reason: 'fact.damaged' }).where('id', '=', idOf(fact)).execute()
  })
  const now = clock.now()
  clock.set(now - 86_400_000)
  expect(await ledger.accept([fact], county)).toMatchObject([{ outcome: 'waiting' }])
  clock.set(now)
  expect(await ledger.accept([fact, other], county)).toMatchObject([{ outcome: 'stored' }, { outcome: 'stored' }])
  expect(await ledger.fact(idOf(fact))).toMatchObject({ status: 'admitted', reason: null })
  expect((await ledger.verify()).bad).toEqual([])
})
