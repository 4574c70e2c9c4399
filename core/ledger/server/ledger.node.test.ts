import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '#core/kernel/index.ts'
import { startPostgres, type PostgresCluster } from '#lab/postgres/cluster.ts'
import { directoryKind, maxAheadMs, type StationCard, type WireFact } from '../index.ts'
import { noteSubject } from '../testNote.ts'
import { webCrypto } from '../webCrypto.ts'
import type { LedgerPart } from './ledger.ts'
import { newPrivateKey, nodeCrypto, nodeSigner } from './nodeCrypto.ts'
import { county, forge, keys, openTestLedger, person, prefecture, wire, write, type TestLedger, type TestLedgerOptions } from './testLedger.ts'

let cluster: PostgresCluster
let databases = 0
beforeAll(async () => { cluster = await startPostgres() })
afterAll(() => cluster?.stop())

describe.each(['sqlite', 'postgres'] as const)('the ledger on %s', (dialect) => {
  const station = async (self: string, options: TestLedgerOptions = {}) =>
    openTestLedger(self, { ...options, ...(dialect === 'postgres' ? { databaseUrl: await cluster.url(`ledger_${++databases}`) } : {}) })

  test('several modules project one kind, in their order and in the transaction that changed it; one that fails undoes all', async () => {
    const seen: string[] = []
    let broken = false
    const projecting = (name: string): LedgerPart => ({
      facts: {}, subjects: [],
      project: {
        note: async (_writer, subject, state: never) => {
          seen.push(`${name} ${subject} ${(state as { lines: string[] }).lines.length}`)
          if (broken && name === 'second') throw new Error('no')
        },
      },
    })
    const { ledger } = await station(county, { more: [projecting('first'), projecting('second')] })
    await write(ledger, 'one')
    await write(ledger, 'two')
    expect(seen).toEqual(['first note/n1 1', 'second note/n1 1', 'first note/n1 2', 'second note/n1 2'])
    broken = true
    await expect(write(ledger, 'three')).rejects.toThrow('no')
    expect(((await ledger.state(noteSubject, 'note/n1'))).lines).toEqual(['one', 'two'])
  })

  test('L-2 L-3 a fact is named by its hash and signed over its very bytes; both crypto implementations agree', async () => {
    const { ledger } = await station(county)
    const fact = await write(ledger, '乌什县发生地震')
    expect(fact.id).toBe(nodeCrypto.sha256(fact.text))
    expect(fact.id).toBe(webCrypto.sha256(fact.text))
    expect(await nodeCrypto.verify(fact.text, fact.sig, keys[county]!.publicKey)).toBe(true)
    expect(await webCrypto.verify(fact.text, fact.sig, keys[county]!.publicKey)).toBe(true)
    expect(await nodeCrypto.verify(`${fact.text} `, fact.sig, keys[county]!.publicKey)).toBe(false)
  })

  test('L-5 facts of a station form a chain that goes on after reopening', async () => {
    const { ledger, reopen } = await station(county)
    const first = await write(ledger, '一')
    const second = await write(await reopen(), '二')
    expect(first).toMatchObject({ seq: 1, prev: '' })
    expect(second).toMatchObject({ seq: 2, prev: first.id })
    expect(second.at[0] > first.at[0] || second.at[1] > first.at[1]).toBe(true)
  })

  test('L-6 a second fact with the same number is turned away as forked and kept for the auditor', async () => {
    const upper = await station(prefecture)
    const a = forge({ body: { line: '甲' } }, keys[county]!)
    const b = forge({ body: { line: '乙' } }, keys[county]!)
    expect(await upper.ledger.accept([a, b], county)).toMatchObject([{ outcome: 'stored' }, { outcome: 'rejected', reason: 'forked' }])
    const kept = await upper.database.read.withTables<{ turned_away: { reason: string; text: string } }>().selectFrom('turned_away').selectAll().execute()
    expect(kept).toMatchObject([{ reason: 'forked', text: b.text }])
    expect((await upper.ledger.state(noteSubject, 'note/forged')).lines).toEqual(['甲'])
  })

  test('L-3 a changed byte is refused', async () => {
    const lower = await station(county)
    const upper = await station(prefecture)
    const fact = await write(lower.ledger, '死亡0人')
    const changed = { text: fact.text.replace('死亡0人', '死亡9人'), sig: fact.sig }
    expect(await upper.ledger.accept([changed], county)).toMatchObject([{ outcome: 'rejected', reason: 'bad-signature' }])
    expect((await upper.ledger.state(noteSubject, 'note/n1')).lines).toEqual([])
  })

  test('L-3 a fact signed by another station in the name of this one is refused', async () => {
    const upper = await station(prefecture)
    expect(await upper.ledger.accept([forge({}, nodeSigner(newPrivateKey()))], county)).toMatchObject([{ outcome: 'rejected', reason: 'bad-signature' }])
  })

  test('L-1 text that is not canonical is refused even with a right signature', async () => {
    const upper = await station(prefecture)
    const text = ` ${forge({}, keys[county]!).text}`
    expect(await upper.ledger.accept([{ text, sig: keys[county]!.sign(text) }], county)).toMatchObject([{ outcome: 'rejected', reason: 'not-canonical' }])
  })

  test('L-8 an exercise fact posing as actual is refused', async () => {
    const upper = await station(prefecture)
    const posing = [forge({ mode: 'actual', subject: 'note/drill.x' }, keys[county]!), forge({ mode: 'exercise', subject: 'note/real' }, keys[county]!)]
    expect(await upper.ledger.accept(posing, county)).toMatchObject([{ reason: 'mode-mismatch' }, { reason: 'mode-mismatch' }])
  })

  test('L-16 a replayed old fact is a duplicate and changes nothing', async () => {
    const lower = await station(county)
    const upper = await station(prefecture, { receives: true })
    const fact = wire(await write(lower.ledger, '一'))
    await upper.ledger.accept([fact], county)
    expect(await upper.ledger.accept([fact, fact], county)).toMatchObject([{ outcome: 'duplicate' }, { outcome: 'duplicate' }])
    expect(await upper.ledger.state(noteSubject, 'note/n1')).toMatchObject({ lines: ['一'], received: [prefecture] })
    expect(await upper.ledger.verify()).toEqual({ checked: 2, bad: [], gaps: [] })
  })

  test("L-12 a fact about another's subject is kept with its reason and changes nothing", async () => {
    const lower = await station(county)
    const upper = await station(prefecture)
    const mine = await write(upper.ledger, '地区的记录', ['subtree'])
    await lower.ledger.accept([wire(mine)], prefecture)
    const foreign = forge({ subject: 'note/n1', at: [mine.at[0] + 1, 0] }, keys[county]!)
    await upper.ledger.accept([foreign], county)
    expect((await upper.ledger.state(noteSubject, 'note/n1')).lines).toEqual(['地区的记录'])
    expect(await upper.ledger.fact(nodeCrypto.sha256(foreign.text))).toMatchObject({ status: 'refused', reason: 'note.not-yours' })
    await expect(write(lower.ledger, '县里改写')).rejects.toMatchObject({ code: 'note.not-yours' })
  })

  test('L-10 a clock a day ahead waits visibly, moves no clock, and is released when its time comes', async () => {
    const start = Date.now()
    const upper = await station(prefecture, { start })
    const ahead = forge({ at: [start + 86_400_000, 0] }, keys[county]!)
    const id = nodeCrypto.sha256(ahead.text)
    expect(await upper.ledger.accept([ahead], county)).toMatchObject([{ outcome: 'waiting', reason: 'future-clock' }])
    expect(await upper.ledger.fact(id)).toMatchObject({ status: 'waiting', reason: 'future-clock' })
    expect((await write(upper.ledger, '本地', [], 'note/own')).at[0]).toBe(start)
    expect(await upper.ledger.releaseWaiting()).toBe(0)
    upper.clock.set(start + 86_400_000 - maxAheadMs)
    expect(await upper.ledger.releaseWaiting()).toBe(1)
    expect((await upper.ledger.state(noteSubject, 'note/forged')).lines).toEqual(['伪造'])
  })

  test('L-10 a quarantine full of what will never be released does not keep an honest fact in it', async () => {
    const start = Date.now()
    const upper = await station(prefecture, { start })
    const stranger = nodeSigner(newPrivateKey())
    const rubbish = Array.from({ length: 2_600 }, (_, i) => forge({ station: '65/6539', seq: i + 1, subject: `note/x${i}`, at: [start - 5_000 + i, 0] }, stranger))
    for (let i = 0; i < rubbish.length; i += 200) await upper.ledger.accept(rubbish.slice(i, i + 200), county)
    const ahead = forge({ at: [start + maxAheadMs + 1_000, 0] }, keys[county]!)
    await upper.ledger.accept([ahead], county)
    upper.clock.set(start + 2_000)
    let released = 0
    for (let looks = 0; looks < 3; looks++) released += await upper.ledger.releaseWaiting()
    expect(released).toBe(1)
    expect(await upper.ledger.fact(nodeCrypto.sha256(ahead.text))).toMatchObject({ status: 'admitted' })
  })

  test('L-6 rubbish from one peer fills no disk and pushes out nothing that another sent', async () => {
    const upper = await station(prefecture)
    const fork = forge({ body: { line: '甲' } }, nodeSigner(newPrivateKey()))
    await upper.ledger.accept([fork], '65')
    for (let i = 0; i < 6_000; i += 200) await upper.ledger.accept(Array.from({ length: 200 }, (_, n) => ({ text: `rubbish ${i + n}`, sig: '' })), county)
    const kept = await upper.database.read.withTables<{ turned_away: { from_peer: string } }>().selectFrom('turned_away').select('from_peer').execute()
    expect(kept.filter((row) => row.from_peer === '65')).toHaveLength(1)
    expect(kept.length).toBeGreaterThan(1_900)
    expect(kept.length).toBeLessThan(4_100)
  })

  test('L-7 a fact beyond a revoked bound is turned away when it comes; those before stay', async () => {
    const upper = await station(prefecture)
    const signer = keys[county]!
    const now = Date.now()
    // Numbers with gaps between them: this station is not sent everything.
    const [one, two, three] = [1, 3, 5].map((seq) => forge({ seq, at: [now + seq, 0], subject: `note/s${seq}` }, signer))
    expect(await upper.ledger.accept([one!, two!], county)).toMatchObject([{ outcome: 'stored' }, { outcome: 'stored' }])
    upper.directory.put({ ...upper.directory.station(county)!, keys: [{ publicKey: signer.publicKey, fromSeq: 1, untilSeq: 1 }] })
    expect(await upper.ledger.accept([three!], county)).toMatchObject([{ outcome: 'rejected', reason: 'revoked-key' }])
    expect((await upper.ledger.state(noteSubject, 'note/s1')).lines).toEqual(['伪造'])
  })

  test('L-7 what a lost key signed below its parent’s bound counts for nothing once the station has a new key, whose facts take those numbers in any order', async () => {
    for (const order of [[0, 1], [1, 0]]) {
      // Below the station: it was sent 20 and 25 by the thief, which the parent never saw.
      let keysNow: StationCard['keys'] = []
      const cards: LedgerPart = {
        facts: { 'station.renamed.v1': z.strictObject({}) }, subjects: [{ kind: directoryKind, start: () => null, admit: () => null, evolve: () => null }],
        project: { [directoryKind]: async () => { lower.directory.put({ ...lower.directory.station(county)!, keys: keysNow }) } },
      }
      const lower: TestLedger = await station(prefecture, { more: [cards] })
      const changeCard = (keys: StationCard['keys']) => {
        keysNow = keys
        return lower.ledger.write(person, (w) => w.append({ type: 'station.renamed.v1', subject: `${directoryKind}/${county}`, to: ['all'], body: {} }))
      }
      const [old, next] = [keys[county]!, nodeSigner(newPrivateKey())]
      const now = Date.now()
      const say = (seq: number, line: string, signer: typeof old) => forge({ seq, at: [now + seq, 0], subject: `note/s${seq}`, body: { line } }, signer)
      const [true10, stolen20, stolen25] = [say(10, '真', old), say(20, '贼', old), say(25, '贼', old)]
      await lower.ledger.accept([true10, stolen20, stolen25], county)
      await changeCard([{ publicKey: old.publicKey, fromSeq: 1, untilSeq: 10 }, { publicKey: next.publicKey, fromSeq: 11, untilSeq: null }])
      for (const wire of [stolen20, stolen25]) expect(await lower.ledger.fact(nodeCrypto.sha256(wire.text))).toMatchObject({ status: 'refused', reason: 'fact.revoked-key' })
      expect((await lower.ledger.state(noteSubject, 'note/s10')).lines).toEqual(['真'])
      expect((await lower.ledger.state(noteSubject, 'note/s20')).lines).toEqual([])
      const news = [say(20, '新', next), say(30, '新', next)]
      for (const i of order) expect(await lower.ledger.accept([news[i]!], county)).toEqual([expect.objectContaining({ outcome: 'stored' })])
      expect((await lower.ledger.state(noteSubject, 'note/s20')).lines).toEqual(['新'])
      // Should the card go back, what was refused counts again but for the number that is taken.
      await changeCard([{ publicKey: old.publicKey, fromSeq: 1, untilSeq: null }])
      expect(await lower.ledger.fact(nodeCrypto.sha256(stolen25.text))).toMatchObject({ status: 'admitted', reason: null })
      expect((await lower.ledger.verify()).bad).toEqual([])
    }
  })

  test('L-11 facts that come in any order leave the same state', async () => {
    const lower = await station(county)
    const facts = []
    for (const line of ['一', '二', '三', '四']) facts.push(wire(await write(lower.ledger, line)))
    const expected = await lower.ledger.state(noteSubject, 'note/n1')
    for (const order of [[3, 2, 1, 0], [1, 3, 0, 2]]) {
      const upper = await station(prefecture)
      for (const i of order) await upper.ledger.accept([facts[i]!], county)
      expect(await upper.ledger.state(noteSubject, 'note/n1')).toEqual(expected)
    }
  })

  test('L-13 an unknown type is kept and queued onward; a body that does not fit is kept and changes nothing', async () => {
    const upper = await station(prefecture)
    const unknown = forge({ type: 'song.sung.v9', to: ['ancestors'], subject: 'song/1' }, keys[county]!)
    const misfit = forge({ seq: 2, prev: nodeCrypto.sha256(unknown.text), at: [Date.now() + 1, 0], body: { line: 7 } }, keys[county]!)
    await upper.ledger.accept([unknown, misfit], county)
    expect(await upper.ledger.fact(nodeCrypto.sha256(unknown.text))).toMatchObject({ status: 'unread' })
    expect(await upper.ledger.fact(nodeCrypto.sha256(misfit.text))).toMatchObject({ status: 'refused', reason: 'fact.bad-body' })
    expect(upper.queued.find((q) => q.id === nodeCrypto.sha256(unknown.text))?.reach).toContain('=65')
  })

  test('L-14 a wider audience makes the earlier facts of the subject travel too', async () => {
    const lower = await station(county)
    const draft = await write(lower.ledger, '拟稿', [])
    expect(lower.queued.map((q) => q.reach)).toEqual([[`=${county}`]])
    lower.queued.length = 0
    const sent = await write(lower.ledger, '上报', ['ancestors'])
    expect(lower.queued.map((q) => q.id)).toEqual([draft.id, sent.id])
    for (const item of lower.queued) expect(item.reach).toEqual(['=65', `=${prefecture}`, `=${county}`].sort())
  })

  test('L-15 a write that fails halfway leaves nothing, and the chain goes on unbroken', async () => {
    const { ledger, queued } = await station(county)
    const first = await write(ledger, '一')
    await expect(ledger.write(person, async (w) => {
      await w.append({ type: 'note.written.v1', subject: 'note/n1', to: [], body: { line: '二' } })
      throw new Error('power cut')
    })).rejects.toThrow('power cut')
    queued.length = 0
    expect(await write(ledger, '三')).toMatchObject({ seq: 2, prev: first.id })
    expect((await ledger.state(noteSubject, 'note/n1')).lines).toEqual(['一', '三'])
    expect(await ledger.verify()).toEqual({ checked: 2, bad: [], gaps: [] })
  })

  test('L-16 reactions to arrivals run once, in the transaction that stored them', async () => {
    const lower = await station(county)
    const upper = await station(prefecture, { receives: true })
    const fact = wire(await write(lower.ledger, '一'))
    let cursor = 0
    await upper.ledger.accept([fact], county, async (_tx, results) => { cursor = results.length })
    expect(cursor).toBe(1)
    expect((await upper.ledger.state(noteSubject, 'note/n1')).received).toEqual([prefecture])
    const receipt = (await upper.ledger.factsOf('note/n1')).find((f) => f.type === 'note.received.v1')!
    await lower.ledger.accept([wire(receipt)], prefecture)
    expect((await lower.ledger.state(noteSubject, 'note/n1')).received).toEqual([prefecture])
  })

  test('L-19 a fact that claims an earlier time than the one before it is turned away, in a batch and alone', async () => {
    const upper = await station(prefecture)
    const now = Date.now()
    const chained = (seq: number, prev: WireFact | null, at: number) => forge({ seq, prev: prev ? nodeCrypto.sha256(prev.text) : '', at: [at, 0], subject: `note/s${seq}` }, keys[county]!)
    const one = chained(1, null, now - 5000)
    const two = chained(2, one, now - 60_000)
    const three = chained(3, two, now - 4000)
    expect(await upper.ledger.accept([one, two, three], county)).toMatchObject([{ outcome: 'stored' }, { reason: 'backdated' }, { outcome: 'stored' }])
    expect(await upper.ledger.accept([chained(4, three, now - 4500)], county)).toMatchObject([{ reason: 'backdated' }])
    // The gap left by number 2 is no place for a fact that says it was stated after number 3.
    expect(await upper.ledger.accept([chained(2, one, now)], county)).toMatchObject([{ reason: 'forked' }])
    expect((await upper.ledger.state(noteSubject, 'note/s2')).lines).toEqual([])
    const kept = await upper.database.read.withTables<{ turned_away: { reason: string; number: number } }>().selectFrom('turned_away').select('reason').orderBy('number').execute()
    expect(kept.map((row) => row.reason)).toEqual(['backdated', 'backdated', 'forked'])
    expect((await upper.ledger.verify()).bad).toEqual([])
  })

  test('L-6 a fact that follows another than the one held before it is a fork', async () => {
    const upper = await station(prefecture)
    const one = forge({ at: [Date.now() - 1000, 0] }, keys[county]!)
    const two = forge({ seq: 2, prev: 'a'.repeat(64) }, keys[county]!)
    expect(await upper.ledger.accept([one, two], county)).toMatchObject([{ outcome: 'stored' }, { reason: 'forked' }])
  })

  test('L-17 our own future is turned away, unless recovering; then the chain goes on after it', async () => {
    const ahead = await station(county)
    for (const line of ['一', '二']) await write(ahead.ledger, line)
    const lost = (await ahead.ledger.factsOf('note/n1')).map(wire)
    const restored = await station(county)
    await restored.ledger.accept([lost[0]!], prefecture)
    expect(await restored.ledger.accept(lost, prefecture)).toMatchObject([{ reason: 'own-future' }, { reason: 'own-future' }])
    await restored.ledger.setAuthoring(false)
    await expect(write(restored.ledger, '三')).rejects.toMatchObject({ code: 'station.recovering' })
    expect(await restored.ledger.accept(lost, prefecture)).toMatchObject([{ outcome: 'stored' }, { outcome: 'stored' }])
    await restored.ledger.setAuthoring(true)
    expect((await write(restored.ledger, '三')).seq).toBe(3)
    expect(await restored.ledger.verify()).toMatchObject({ checked: 3, bad: [] })
  })

  test('L-15 many commands at once keep one chain', async () => {
    const { ledger } = await station(county, { start: systemClock.now() })
    const facts = await Promise.all(Array.from({ length: 50 }, (_, i) => write(ledger, `${i}`, [], `note/c${i % 7}`)))
    expect(facts.map((f) => f.seq).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    expect(await ledger.verify()).toEqual({ checked: 50, bad: [], gaps: [] })
  })
})
