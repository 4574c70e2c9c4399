import { describe, expect, it } from 'vitest'
import { isRefusal } from '#core/kernel/index.ts'
import { fold, keyFor, type Fact, type StationCard } from '#core/ledger/index.ts'
import { testDirectory } from '#core/ledger/testNote.ts'
import { currentKey, enrol, found, mayOffer, rekey, rename, revoke, rotate, stationSubject, stationSubjectOf } from './directory.rules.ts'

const key = (letter: string) => `${letter.repeat(43)}=`
const root = { address: '65', publicKey: key('r'), name: '自治区' }
const county = { address: '65/6529/652928', name: '乌什县', level: 'county' as const, kind: 'government' as const, publicKey: key('c') }
const type = stationSubject(root)
const directory = testDirectory('65', [])

let count = 10
function fact(station: string, factType: string, body: Record<string, unknown>, over: Partial<Fact> = {}): Fact {
  const n = ++count
  return { id: String(n).padStart(4, '0'), type: factType, subject: stationSubjectOf(county.address), station, seq: n, prev: '', at: [n, 0], actor: { id: 'a', name: 'a' }, to: ['all'], mode: 'actual', body, text: '', sig: '', ...over }
}
const enrolled = (over: Partial<Fact> = {}) => fact('65/6529', 'station.enrolled.v1', county, { at: [1, 0], ...over })

function card(facts: Fact[]): { card: StationCard | null; codes: string[] } {
  const folded = fold(type, facts[0]?.subject ?? '', facts, directory)
  return { card: folded.state.card, codes: [...folded.refused.values()].map((r) => r.code) }
}

describe('enrolment', () => {
  it('by the parent makes a card with one key', () => {
    expect(card([enrolled()])).toEqual({ card: { address: county.address, name: '乌什县', level: 'county', kind: 'government', state: 'active', keys: [{ publicKey: key('c'), fromSeq: 1, untilSeq: null }] }, codes: [] })
  })

  it.each(['65', '65/6529/652928', '65/6530', '65/6529/@flood'])('forged enrolment by %s is refused', (station) => {
    expect(card([{ ...enrolled(), station }])).toEqual({ card: null, codes: ['station.not-parent'] })
  })

  it('a second child claiming the same address is refused, whichever order they arrive in', () => {
    const first = enrolled()
    const second = fact('65/6529', 'station.enrolled.v1', { ...county, publicKey: key('x') })
    for (const facts of [[first, second], [second, first]]) {
      const folded = card(facts)
      expect(folded.codes).toEqual(['station.address-taken'])
      expect(folded.card?.keys[0]?.publicKey).toBe(key('c'))
    }
  })

  it('a fact whose body names another address is refused', () => {
    expect(card([fact('65/6529', 'station.enrolled.v1', { ...county, address: '65/6529/652901' })]).codes).toEqual(['station.wrong-subject'])
  })

  it('an exercise or nonsense address is no station', () => {
    expect(card([{ ...enrolled(), subject: 'station/65/6529/652928.x' }]).codes).toEqual(['station.bad-address'])
  })

  it('a token is offered only for a direct child, with @ exactly for departments and headquarters', () => {
    const none = { card: null }
    expect(mayOffer(none, '65/6529', '65/6529/652928', 'government')).toBeNull()
    expect(mayOffer(none, '65/6529', '65/6529/@flood', 'headquarters')).toBeNull()
    expect(mayOffer(none, '65/6529', '65/6530', 'government')?.code).toBe('station.not-child')
    expect(mayOffer(none, '65/6529', '65/6529/652928/s1', 'government')?.code).toBe('station.not-child')
    expect(mayOffer(none, '65/6529', '65/6529/flood', 'headquarters')?.code).toBe('station.kind-mismatch')
    expect(mayOffer(none, '65/6529', '65/6529/@flood', 'government')?.code).toBe('station.kind-mismatch')
    expect(mayOffer({ card: card([enrolled()]).card }, '65/6529', county.address, 'government')?.code).toBe('station.address-taken')
  })
})

describe('founding', () => {
  const founding = (publicKey: string, over: Partial<Fact> = {}) => fact('65', 'station.founded.v1', { ...found(root).body, publicKey }, { subject: 'station/65', ...over })

  it('is the root’s own, with the pinned key', () => {
    expect(card([founding(key('r'))]).card).toMatchObject({ address: '65', level: 'region', state: 'active' })
    expect(card([founding(key('x'))]).codes).toEqual(['station.not-root'])
  })

  it('a child cannot found itself, even with a time before its enrolment', () => {
    const self = fact(county.address, 'station.founded.v1', county, { at: [0, 0] })
    const folded = card([self, enrolled()])
    expect(folded.codes).toEqual(['station.not-root'])
    expect(folded.card!.state).toBe('active')
  })
})

describe('keys', () => {
  it('rotation moves the bound to the number that stated it', () => {
    const rotated = fact(county.address, 'station.keyRotated.v1', { publicKey: key('d'), previous: key('c') }, { seq: 41 })
    const { card: after } = card([enrolled(), rotated])
    expect(keyFor(after!, 41)!.publicKey).toBe(key('c'))
    expect(keyFor(after!, 42)!.publicKey).toBe(key('d'))
    expect(currentKey(after!)!.publicKey).toBe(key('d'))
  })

  it('only the station itself rotates, with the key in use, to a key never used', () => {
    const by = (station: string, publicKey: string, previous: string, seq = 41) => fact(station, 'station.keyRotated.v1', { publicKey, previous }, { seq })
    expect(card([enrolled(), by('65/6529', key('d'), key('c'))]).codes).toEqual(['station.not-itself'])
    expect(card([enrolled(), by(county.address, key('d'), key('x'))]).codes).toEqual(['station.old-key'])
    expect(card([enrolled(), by(county.address, key('c'), key('c'))]).codes).toEqual(['station.key-used'])
    expect(card([enrolled(), by(county.address, key('d'), key('c')), by(county.address, key('e'), key('c'), 60)]).codes).toEqual(['station.old-key'])
  })

  it('a thief’s rotation loses to the parent’s re-keying', () => {
    const stolen = fact(county.address, 'station.keyRotated.v1', { publicKey: key('t'), previous: key('c') }, { seq: 50 })
    const rekeyed = fact('65/6529', 'station.rekeyed.v1', { publicKey: key('n'), fromSeq: 48 })
    const late = fact(county.address, 'station.keyRotated.v1', { publicKey: key('u'), previous: key('c') }, { seq: 51 })
    const { card: after, codes } = card([enrolled(), stolen, rekeyed, late])
    expect([47, 48, 50, 90].map((seq) => keyFor(after!, seq)!.publicKey)).toEqual([key('c'), key('n'), key('n'), key('n')])
    expect(codes).toEqual(['station.old-key'])
  })

  it('revocation ends trust at a number, by any ancestor and nobody else', () => {
    const revoked = (station: string) => fact(station, 'station.revoked.v1', { untilSeq: 12, reason: '设备失窃' })
    for (const above of ['65/6529', '65']) {
      const { card: after } = card([enrolled(), revoked(above)])
      expect(after!.state).toBe('revoked')
      expect(keyFor(after!, 12)!.publicKey).toBe(key('c'))
      expect(keyFor(after!, 13)).toBeUndefined()
      expect(currentKey(after!)).toBeUndefined()
    }
    for (const other of [county.address, '65/6530', '65/6529/652901', '65/6529/652928/s1']) expect(card([enrolled(), revoked(other)]).codes).toEqual(['station.not-above'])
  })

  it('re-keying brings a revoked station back from the number given', () => {
    const { card: after } = card([enrolled(), fact('65', 'station.revoked.v1', { untilSeq: 12, reason: '失窃' }), fact('65/6529', 'station.rekeyed.v1', { publicKey: key('n'), fromSeq: 13 })])
    expect(after!.state).toBe('active')
    expect(keyFor(after!, 12)!.publicKey).toBe(key('c'))
    expect(keyFor(after!, 13)!.publicKey).toBe(key('n'))
  })
})

it('a station is renamed by itself or its parent', () => {
  const renamed = (station: string) => fact(station, 'station.renamed.v1', { name: '乌什县应急管理局' })
  for (const station of [county.address, '65/6529']) expect(card([enrolled(), renamed(station)]).card!.name).toBe('乌什县应急管理局')
  expect(card([enrolled(), renamed('65')]).codes).toEqual(['station.not-parent'])
})

it('commands decide as the fold admits', () => {
  const known = { card: card([enrolled()]).card }
  const none = { card: null }
  const codeOf = (decided: unknown) => (isRefusal(decided) ? decided.code : 'drafted')
  expect(codeOf(enrol(none, '65/6529', county))).toBe('drafted')
  expect(codeOf(enrol(known, '65/6529', county))).toBe('station.address-taken')
  expect(codeOf(rekey(known, '65/6529', county.address, { publicKey: key('n'), fromSeq: 1 }))).toBe('drafted')
  expect(codeOf(rekey(known, '65', county.address, { publicKey: key('n'), fromSeq: 1 }))).toBe('station.not-parent')
  expect(codeOf(revoke(known, '65', county.address, { untilSeq: 1, reason: 'x' }))).toBe('drafted')
  expect(codeOf(revoke(none, '65', county.address, { untilSeq: 1, reason: 'x' }))).toBe('station.not-found')
  expect(codeOf(rotate(known, county.address, key('d')))).toBe('drafted')
  expect(codeOf(rename(known, '65/6530', county.address, 'x'))).toBe('station.not-parent')
})
