import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { refuse } from '#core/kernel/index.ts'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import { asMended, clockMendedType, directoryKind, type ClockMending, type Fact, type StationCard, type SubjectType, type WireFact } from '../index.ts'
import { noteSubject } from '../testNote.ts'
import type { LedgerPart } from './ledger.ts'
import { newPrivateKey, nodeCrypto, nodeSigner } from './nodeCrypto.ts'
import { county, forge, keys, openTestLedger, person, prefecture, wire, write, type TestLedger, type TestLedgerOptions } from './testLedger.ts'

let cluster: PostgresCluster
let databases = 0
beforeAll(async () => { cluster = await startPostgres() })
afterAll(() => cluster?.stop())

/** A subject that must be begun before it is filled; shows what reacted and what is on the screens. */
function urn(reacted: string[], shown: Map<string, unknown>): LedgerPart {
  const type: SubjectType<string[] | null> = {
    kind: 'urn', start: () => null,
    admit: (fact, state) => (fact.type === 'urn.begun.v1' || state ? null : refuse('urn.not-begun', '未开始', 'Not begun')),
    evolve: (state, fact) => [...state ?? [], (fact.body as { line?: string }).line ?? 'begun'],
  }
  return {
    facts: { 'urn.begun.v1': z.strictObject({}), 'urn.filled.v1': z.strictObject({ line: z.string() }) }, subjects: [type as never],
    project: { urn: async (_writer, subject, state) => { shown.set(subject, state) } },
    reactions: { 'urn.filled.v1': async (_writer, fact: Fact<never>) => { reacted.push((fact.body as { line: string }).line) } },
  }
}

/** Cards that follow facts: a revocation ends the county's key, a mended clock is noted. */
function cards(of: () => TestLedger): LedgerPart {
  interface State { until: number | null; mendings: ClockMending[] }
  const type: SubjectType<State> = {
    kind: directoryKind, start: () => ({ until: null, mendings: [] }), admit: () => null,
    evolve: (state, fact) => (fact.type === clockMendedType
      ? { ...state, mendings: [...state.mendings, { fromSeq: (fact.body as { fromSeq: number }).fromSeq, untilSeq: fact.seq - 1, ms: fact.at[0] }] }
      : { ...state, until: (fact.body as { untilSeq: number }).untilSeq }),
  }
  return {
    facts: { 'station.revoked.v1': z.strictObject({ untilSeq: z.int() }), [clockMendedType]: z.strictObject({ fromSeq: z.int() }) }, subjects: [type as never],
    project: { [directoryKind]: async (_writer, subject, state: never) => {
      const { directory } = of()
      const { until, mendings } = state as State
      const card = directory.station(subject.slice(directoryKind.length + 1))!
      directory.put({ ...card, mendings, keys: card.keys.map((key) => ({ ...key, untilSeq: until })) })
    } },
  }
}

describe.each(['sqlite', 'postgres'] as const)('what arrives on %s', (dialect) => {
  const station = async (self: string, options: TestLedgerOptions = {}) =>
    openTestLedger(self, { ...options, ...(dialect === 'postgres' ? { databaseUrl: await cluster.url(`arrivals_${++databases}`) } : {}) })
  const start = Date.now() - 100_000
  const say = (seq: number, type: string, body: Record<string, unknown>, subject = 'urn/u1') => forge({ type: `urn.${type}.v1`, subject, seq: 10 * seq, at: [start + seq, 0], body }, keys[county]!)

  test('L-11 L-16 whatever the order in which facts come, each that counts in the end has reacted once', async () => {
    const facts = [say(1, 'begun', {}), say(2, 'filled', { line: 'a' }), say(3, 'filled', { line: 'b' })]
    for (const order of [[0, 1, 2], [2, 0, 1], [2, 1, 0], [1, 2, 0]]) {
      const reacted: string[] = []
      const upper = await station(prefecture, { more: [urn(reacted, new Map())] })
      for (const i of order) await upper.ledger.accept([facts[i]!], county)
      expect([order, reacted.sort()]).toEqual([order, ['a', 'b']])
    }
  })

  test('L-7 what a key signed beyond its end leaves the screens too, also where nothing else was said of the subject', async () => {
    const shown = new Map<string, unknown>()
    const upper: TestLedger = await station(prefecture, { more: [urn([], shown), cards(() => upper)] })
    await upper.ledger.accept([say(1, 'begun', {}), say(5, 'begun', {}, 'urn/u2'), say(6, 'filled', { line: '贼' })], county)
    expect(shown.get('urn/u2')).toEqual(['begun'])
    await upper.ledger.write(person, (w) => w.append({ type: 'station.revoked.v1', subject: `${directoryKind}/${county}`, to: ['all'], body: { untilSeq: 30 } }))
    expect([shown.get('urn/u1'), shown.get('urn/u2')]).toEqual([['begun'], null])
  })

  test('L-7 a key that ends while its facts are being verified signs none of them', async () => {
    const upper = await station(prefecture)
    const flood = Array.from({ length: 20 }, (_, i) => forge({ seq: 10 * (i + 1), subject: `note/x${i}`, at: [start + i, 0] }, keys[county]!))
    const going = upper.ledger.accept(flood, county)
    await upper.ledger.write(person, async () => {
      const card = upper.directory.station(county)!
      upper.directory.put({ ...card, keys: [{ ...card.keys[0]!, untilSeq: 0 }, { publicKey: nodeSigner(newPrivateKey()).publicKey, fromSeq: 1, untilSeq: null }] })
    })
    expect(new Set((await going).map((one) => one.outcome))).toEqual(new Set(['rejected']))
    expect((await upper.ledger.verify()).bad).toEqual([])
  })

  test('L-7 a key whose bound moves twice leaves the same facts everywhere, also where two keys have signed one number', async () => {
    let keysNow: StationCard['keys'] = []
    const upper: TestLedger = await station(prefecture, { more: [{
      facts: { 'station.renamed.v1': z.strictObject({}) }, subjects: [{ kind: directoryKind, start: () => null, admit: () => null, evolve: () => null }],
      project: { [directoryKind]: async () => { upper.directory.put({ ...upper.directory.station(county)!, keys: keysNow }) } },
    }] })
    const changeCard = (keys: StationCard['keys']) => {
      keysNow = keys
      return upper.ledger.write(person, (w) => w.append({ type: 'station.renamed.v1', subject: `${directoryKind}/${county}`, to: ['all'], body: {} }))
    }
    const [old, next] = [keys[county]!, nodeSigner(newPrivateKey())]
    const signed = (line: string, signer: typeof old) => forge({ seq: 20, at: [start + 20, 0], subject: `note/${line}`, body: { line } }, signer)
    const [byOld, byNext] = [signed('old', old), signed('next', next)]
    const statusOf = async (wire: WireFact) => (await upper.ledger.fact(nodeCrypto.sha256(wire.text)))?.status
    await upper.ledger.accept([byOld], county)
    await changeCard([{ publicKey: old.publicKey, fromSeq: 1, untilSeq: 9 }, { publicKey: next.publicKey, fromSeq: 10, untilSeq: null }])
    await upper.ledger.accept([byNext], county)
    expect([await statusOf(byOld), await statusOf(byNext)]).toEqual(['refused', 'admitted'])
    await changeCard([{ publicKey: old.publicKey, fromSeq: 1, untilSeq: 999 }, { publicKey: next.publicKey, fromSeq: 1000, untilSeq: null }])
    expect([await statusOf(byOld), await statusOf(byNext)]).toEqual(['admitted', 'refused'])
    expect((await upper.ledger.verify()).bad).toEqual([])
  })

  test('L-13 a schema that throws has not read the fact: it is kept, and the batch goes on', async () => {
    const throwing: LedgerPart = { facts: { 'urn.filled.v1': z.any().transform(() => { throw new RangeError('out of stack') }) }, subjects: [] }
    const upper = await station(prefecture, { more: [throwing] })
    const [bad, good] = [say(1, 'filled', { line: 'a' }), forge({ seq: 50, at: [start + 50, 0] }, keys[county]!)]
    expect((await upper.ledger.accept([bad, good], county)).map((one) => one.outcome)).toEqual(['stored', 'stored'])
    expect(await upper.ledger.fact(nodeCrypto.sha256(bad.text))).toMatchObject({ status: 'refused', reason: 'fact.bad-body' })
  })

  test('L-1 a fact nested deeper than 64 is turned away at the door, whatever its type', async () => {
    const upper = await station(prefecture)
    const nest = (depth: number): unknown => (depth === 0 ? ']}"[{' : [nest(depth - 1)])
    // The statement and its body are two of them.
    const [deepest, deeper] = [62, 63].map((depth, i) => forge({ type: 'urn.odd.v1', subject: 'urn/u9', seq: 10 * (i + 1), at: [start + i, 0], body: { deep: nest(depth) } as never }, keys[county]!))
    expect(await upper.ledger.accept([deepest!, deeper!], county)).toMatchObject([{ outcome: 'stored' }, { outcome: 'rejected', reason: 'too-deep' }])
  })

  test('C5 L-20 two stations whose clocks were wrong together: what the lower states once it is mended arrives at the upper', async () => {
    const day = 86_400_000
    const now = Date.now()
    const low: TestLedger = await station(county, { start: now + day, more: [cards(() => low)] })
    const high: TestLedger = await station(prefecture, { start: now + day, more: [cards(() => high)] })
    const wrong = await write(low.ledger, '钟错时')
    await high.ledger.accept([wire(wrong)], county)
    low.clock.set(now + 60_000)
    high.clock.set(now + 60_000)
    // It stated nothing meanwhile: it has nothing of its own to mend.
    await expect(high.ledger.mendClock(person)).rejects.toMatchObject({ code: 'clock.not-ahead' })
    const mended = await low.ledger.mendClock(person)
    low.clock.advance(5000)
    const right = await write(low.ledger, '钟对后')
    expect((await high.ledger.accept([wire(mended), wire(right)], county)).map((one) => one.outcome)).toEqual(['stored', 'stored'])
    expect((await high.ledger.state(noteSubject, 'note/n1')).lines).toEqual(['钟错时', '钟对后'])
    expect((await high.ledger.fact(wrong.id))?.at).toEqual(asMended(wrong, high.directory.station(county)).at)
    expect((await high.ledger.verify()).bad).toEqual([])
  })
})
