import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import golden from './golden/facts.v1.json' with { type: 'json' }
import { compareFacts, encode, fold, inOrder, isMadeAt, judgePlace, leavesSubtree, modeOfSubject, newSubject, reachOf, reaches, readWire, subjectOf, tick, touchesSubtree, unite, witness, type Fact } from './index.ts'
import { noteSubject, testDirectory } from './testNote.ts'
import { webCrypto, webSigner } from './webCrypto.ts'

const addresses = ['65', '65/6529', '65/6529/652928', '65/6529/652928/s1', '65/@seismology', '65/6530'] as const

test('L-4 golden facts verify for ever', async () => {
  expect(golden.facts.length).toBeGreaterThan(2)
  for (const { id, text, sig } of golden.facts) {
    expect(readWire({ text, sig }, webCrypto)).toMatchObject({ id })
    expect(await webCrypto.verify(text, sig, golden.publicKey)).toBe(true)
  }
})

test('L-3 signing again gives the golden signatures', () => {
  const signer = webSigner(new Uint8Array(32).fill(7))
  expect(signer.publicKey).toBe(golden.publicKey)
  for (const { text, sig } of golden.facts) expect(signer.sign(text)).toBe(sig)
})

test('L-1 encoding is stable under reading back, whatever the order of keys', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = encode(value)
    expect(encode(JSON.parse(text))).toBe(text)
  }))
  expect(encode({ b: 1, a: '乌' })).toBe('{"a":"乌","b":1}')
})

test('L-1 a text is canonical exactly when encoding what it parses to gives it back', () => {
  const key = fc.oneof(fc.string(), fc.constantFrom('', '1', '2', '10', 'a', 'b', '乌', '\ud800', '__proto__'))
  fc.assert(fc.property(fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.double()))), (value) => {
    const encoded = (again: unknown) => { try { return encode(again) } catch { return undefined } }
    for (const text of [JSON.stringify(value), encoded(value)]) {
      if (text === undefined) continue
      const read = readWire({ text, sig: '' }, webCrypto)
      expect('verdict' in read && read.reason === 'not-canonical').toBe(encoded(JSON.parse(text)) !== text)
    }
  }), { numRuns: 1000 })
})

test('L-1 the encoding is that of the RFC\'s own authors, for values in order and not, with what JSON cannot hold', () => {
  const outcome = (encoder: () => string | undefined) => { try { return encoder() } catch { return 'thrown' } }
  const odd = fc.oneof(fc.constantFrom(undefined, null, -0, 0, '\ud800', '乌什', new Date(0)), fc.double())
  const key = fc.oneof(fc.string(), fc.constantFrom('1', '10', '2', '__proto__', '\ud800', 'é', 'z', 'Z'))
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, odd, fc.string({ unit: 'binary' }), fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(key, tie('value'), { maxKeys: 6 })),
  }))
  fc.assert(fc.property(value.filter((one) => one !== undefined), (one) => {
    expect(outcome(() => encode(one))).toBe(outcome(() => canonicalize(one)))
    expect(outcome(() => encode(inOrder(one)))).toBe(outcome(() => canonicalize(one)))
    const text = outcome(() => encode(one))
    if (text !== 'thrown') expect(inOrder(one)).toEqual(JSON.parse(text!))
  }), { numRuns: 2000 })
})

test('L-1 no text whatever makes the reader throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    expect(readWire({ text, sig: '' }, webCrypto)).toMatchObject({ verdict: 'rejected' })
  }), { numRuns: 2000 })
})

test('L-8 the mode is read from the name it was written into', () => {
  for (const mode of ['actual', 'exercise', 'test'] as const) expect(modeOfSubject(subjectOf('report', '01J', mode))).toBe(mode)
})

test('L-9 hybrid time never goes back, however the wall clock jumps', () => {
  fc.assert(fc.property(fc.array(fc.record({ now: fc.nat(1000), seen: fc.option(fc.tuple(fc.nat(1000), fc.nat(5))) }), { maxLength: 50 }), (steps) => {
    let last: readonly [number, number] = [0, 0]
    for (const { now, seen } of steps) {
      if (seen) last = witness(last, seen)
      const next = tick(last, now)
      expect(next[0] > last[0] || (next[0] === last[0] && next[1] > last[1])).toBe(true)
      last = next
    }
  }))
})

test('L-11 any order of the same facts folds to the same state', () => {
  const anyFact = fc.record({ ms: fc.nat(5), n: fc.nat(2), station: fc.constantFrom(...addresses), line: fc.string(), received: fc.boolean() })
  fc.assert(fc.property(fc.array(anyFact, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (made, dice) => {
    const facts = made.map((f, i): Fact => ({
      id: `${i}`, type: f.received ? 'note.received.v1' : 'note.written.v1', subject: 'note/1', station: f.station, seq: 1, prev: '',
      at: [f.ms, f.n], actor: { id: 'p', name: 'p' }, to: [], mode: 'actual', body: { line: f.line }, text: '', sig: '',
    }))
    const shuffled = facts.map((fact) => ({ fact, key: dice.next().value as number })).sort((a, b) => a.key - b.key).map((x) => x.fact)
    const directory = testDirectory('65', [])
    expect(fold(noteSubject, 'note/1', shuffled, directory)).toEqual(fold(noteSubject, 'note/1', facts, directory))
    expect([...shuffled].sort(compareFacts)).toEqual([...facts].sort(compareFacts))
  }))
})

test('L-14 reach: up, ancestors, subtree, all and explicit stations', () => {
  const county = '65/6529/652928'
  expect(reachOf(county, [])).toEqual([`=${county}`])
  expect(reachOf(county, ['up'])).toEqual(['=65/6529', `=${county}`])
  const ancestors = reachOf(county, ['ancestors'])
  expect(addresses.filter((a) => reaches(ancestors, a))).toEqual(['65', '65/6529', county])
  expect(addresses.filter((a) => reaches(reachOf('65/6529', ['subtree']), a))).toEqual(['65/6529', county, `${county}/s1`])
  expect(addresses.filter((a) => reaches(reachOf(county, ['all']), a))).toEqual([...addresses])
  expect(reaches(reachOf('65', ['65/@seismology']), '65/@seismology')).toBe(true)
  expect(unite(['=65'], ['=65'])).toEqual(['=65'])
  // Beside everyone nobody need be named, and a thousand places are far more than any subject has.
  expect(unite(['**', '=65'], ['=65/6529'])).toEqual(['**', '=65'])
  const many = unite(['=65'], Array.from({ length: 2000 }, (_, i) => `=65/${1000 + i}`))
  expect(many).toHaveLength(1000)
  expect(unite(many, ['=66'])).toBe(many)
  expect(unite(many, ['=66', '**'])).toHaveLength(1001)
})

test('L-14 links: what is for a station reaches it over every hop on the way and no other', () => {
  fc.assert(fc.property(fc.constantFrom(...addresses), fc.array(fc.constantFrom('up', 'ancestors', 'subtree', 'all', ...addresses), { maxLength: 3 }), (author, to) => {
    const reach = reachOf(author, to)
    for (const child of addresses.slice(1)) {
      const inside = addresses.some((a) => (a === child || a.startsWith(`${child}/`)) && reaches(reach, a))
      if (inside) expect(touchesSubtree(reach, child)).toBe(true)
      const outside = addresses.some((a) => a !== child && !a.startsWith(`${child}/`) && reaches(reach, a))
      if (outside) expect(leavesSubtree(reach, child)).toBe(true)
    }
  }))
})

test('L-19 a fact fits only between its neighbours: what is held stands, whoever came first', () => {
  const place = (seq: number, at: number, id = `f${seq}`, prev = `f${seq - 1}`) => ({ seq, id, prev, at: [at, 0] as const })
  expect(judgePlace(place(5, 50), place(4, 40), place(6, 60))).toBeNull()
  expect(judgePlace(place(5, 50), undefined, undefined)).toBeNull()
  expect(judgePlace(place(5, 50), place(2, 40), place(9, 60))).toBeNull()
  for (const at of [40, 39, 0]) expect(judgePlace(place(5, at), place(4, 40), undefined)?.reason).toBe('backdated')
  expect(judgePlace(place(5, 30), place(2, 40), undefined)?.reason).toBe('backdated')
  for (const at of [60, 61]) expect(judgePlace(place(5, at), undefined, place(6, 60))?.reason).toBe('backdated')
  expect(judgePlace(place(5, 50, 'f5', 'other'), place(4, 40), undefined)?.reason).toBe('forked')
  expect(judgePlace(place(5, 50, 'other'), undefined, place(6, 60))?.reason).toBe('forked')
})

test('L-18 the mark in an id fits the station that made it and no other', () => {
  fc.assert(fc.property(fc.constantFrom(...addresses), fc.constantFrom(...addresses), fc.constantFrom('actual', 'exercise', 'test'), fc.nat(2 ** 45), (maker, other, mode, now) => {
    const subject = newSubject('report', maker, mode, now)
    expect(modeOfSubject(subject)).toBe(mode)
    expect(isMadeAt(subject, other)).toBe(maker === other)
  }))
  for (const subject of ['report/', 'report/01', 'report/01.x', `report/${'0'.repeat(26)}`, `report/${'长'.repeat(26)}`]) expect(isMadeAt(subject, '65')).toBe(false)
})
