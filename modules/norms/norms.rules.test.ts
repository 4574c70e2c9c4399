import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal, type Refusal } from '#core/kernel/index.ts'
import { encode, fold, type Directory, type Fact } from '#core/ledger/index.ts'
import { webCrypto } from '#core/ledger/webCrypto.ts'
import { grades } from './grade.ts'
import { defaultNorms } from './norms.defaults.ts'
import { effectiveNorms, normsByStamp, shippedNorms, type Publication } from './norms.effective.ts'
import { normsSubject } from './norms.facts.ts'
import { gradeIncident } from './norms.grading.ts'
import { audienceFor, deadlineMs, mayConfirm, qualityWeights, requiredFields, searchCodes } from './norms.lookup.ts'
import { normsType, publishNorms, type NormsState } from './norms.rules.ts'
import { loosening } from './norms.tighten.ts'
import { groupOf, valueSchemas, type Figures } from './norms.values.ts'

const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'
const minute = 60_000
const directory: Directory = { self: region, station: () => undefined, stations: () => [] }

function publication(station: string, version: number, sets: Record<string, unknown>, effectiveFrom = 0): Publication {
  return { station, version, effectiveFrom, note: `${station} v${version}`, sets, fact: `${station}-${version}`, at: version, by: '张三' }
}

function fact(station: string, at: number, body: { version: number; effectiveFrom?: number; sets: Record<string, unknown> }): Fact {
  const id = `${station}@${at}`
  return {
    id, text: '', sig: '', type: 'norms.published.v1', subject: normsSubject(station), station, seq: at, prev: '', at: [at, 0],
    actor: { id: 'a', name: '张三' }, to: ['subtree', 'ancestors'], mode: 'actual', body: { effectiveFrom: 0, note: 'n', ...body },
  }
}

const folded = (facts: Fact[]) => fold(normsType, 'norms/65', facts, directory)
const faults = (r: Refusal | null | undefined | object) => (isRefusal(r) ? r.fields.map((f) => f.field) : null)
const none: NormsState = { publications: [] }

describe('shipped norms', () => {
  test('every shipped line is well formed, named once, and says where it comes from', () => {
    for (const { key, value, mark, source } of defaultNorms) {
      const group = groupOf(key)
      expect([key, group]).not.toEqual([key, null])
      expect([key, valueSchemas[group as never as 'deadline'].safeParse(value).success]).toEqual([key, true])
      expect(['S', 'K', '?']).toContain(mark)
      expect(source).not.toBe('')
    }
    expect(new Set(defaultNorms.map((n) => n.key)).size).toBe(defaultNorms.length)
  })

  test('golden: the released defaults never change, for every station must judge an old publication alike', () => {
    const text = encode(defaultNorms.map(({ key, value }) => [key, value]))
    expect(webCrypto.sha256(text)).toBe('bf74267fafa11fbd06cb172c600997295734ebcc35f69a5ef57451f5749ae290')
  })

  test('limits, reach and weights as the field knows them', () => {
    const norms = shippedNorms(county)
    expect(deadlineMs(norms, 'phone', { grade: 'I' })).toBe(30 * minute)
    expect(deadlineMs(norms, 'written', { grade: 'IV' })).toBe(60 * minute)
    expect(deadlineMs(norms, 'hop', { grade: 'II' })).toBe(120 * minute)
    expect(deadlineMs(norms, 'receipt')).toBe(10 * minute)
    expect(deadlineMs(norms, 'supplement', { code: '12H02' })).toBe(7 * 24 * 60 * minute)
    expect(deadlineMs(norms, 'supplement', { code: '12A01' })).toBe(30 * 24 * 60 * minute)
    expect(deadlineMs(norms, 'national', { grade: 'III' })).toBeUndefined()
    expect(qualityWeights(norms)).toEqual({ timeliness: 40, completeness: 25, accuracy: 20, closure: 15 })
    expect(requiredFields(norms, 'first')).toContain('place.division')
  })

  test('I and II go to every ancestor, III reaches the region, IV the prefecture', () => {
    const norms = shippedNorms(county)
    expect(audienceFor(norms, county, 'I')).toEqual(['ancestors'])
    expect(audienceFor(norms, county, 'II')).toEqual(['ancestors'])
    expect(audienceFor(norms, county, 'III')).toEqual(['65/6529', '65'])
    expect(audienceFor(norms, county, 'IV')).toEqual(['65/6529'])
    expect(audienceFor(norms, `${county}/s1`, 'IV')).toEqual([county, '65/6529'])
    expect(audienceFor(norms, prefecture, 'IV')).toEqual([])
    expect(audienceFor(norms, region, 'I')).toEqual([])
    expect(audienceFor(norms, '65/@seismology', 'IV')).toEqual([region])
  })

  test('who may confirm what', () => {
    const norms = shippedNorms(region)
    expect([region, prefecture, county, `${county}/s1`].map((s) => grades.filter((g) => mayConfirm(norms, s, g)))).toEqual([
      ['I', 'II', 'III', 'IV'], ['III', 'IV'], ['IV'], [],
    ])
  })

  test('codes are found by code, by two characters, by several words', () => {
    const norms = shippedNorms(region)
    expect(searchCodes(norms, '地震').map((c) => c.code)).toEqual(['11C00', '11C01', '11C02', '11C99'])
    expect(searchCodes(norms, '11b1').every((c) => c.code.startsWith('11B1'))).toBe(true)
    expect(searchCodes(norms, '草原 境内').map((c) => c.code)).toEqual(['11G05', '11G07'])
    expect(searchCodes(norms, '没有这个')).toEqual([])
  })
})

describe('publishing', () => {
  test('the top may change anything; below, only tighter', () => {
    const longer = { 'deadline/phone/III': 45 }
    expect(isRefusal(publishNorms(none, region, { note: 'n', sets: longer }, 0))).toBe(false)
    expect(faults(publishNorms(none, county, { note: 'n', sets: longer }, 0))).toEqual(['sets.deadline/phone/III'])
    const draft = publishNorms(none, county, { note: 'n', sets: { 'deadline/phone/III': 20 } }, 7)
    expect(draft).toMatchObject({ subject: 'norms/65', to: ['subtree', 'ancestors'], body: { version: 1, effectiveFrom: 7 } })
  })

  test.each<[string, unknown]>([
    ['deadline/written/I', 61],
    ['reach/III', 'prefecture'],
    ['confirm/I', 'prefecture'],
    ['required/first', ['title']],
    ['expected/first', []],
    ['threshold/ACC/deaths/I', [[{ measure: 'deaths', op: '>=', value: 31 }]]],
    ['threshold/ACC/deaths/I', [[{ measure: 'deaths', op: '>', value: 30 }]]],
    ['threshold/ACC/deaths/I', [[{ measure: 'deaths', op: '>=', value: 30 }, { measure: 'trapped', op: '>=', value: 1 }]]],
    ['threshold/FLOOD/dam/II', [[{ measure: 'damDanger', op: 'in', value: ['largeOrMediumFails'] }]]],
    ['threshold/PH-FOOD/cases/III', [[{ measure: 'cases', op: '>', value: 100 }]]],
    ['rule/ACC', { zh: '生产安全事故', en: 'Work safety accident', applies: ['12A'] }],
    ['code/11C02', null],
    ['code/11C02', { zh: '别的', en: 'other' }],
    ['weight/timeliness', 90],
    ['weight/beauty', 10],
    ['raise/sensitive', 0],
    ['deadline/phone/I', null],
    ['deadline/phone/I', '30'],
    ['deadline/phone/V', 10],
    ['nonsense', 1],
    ['threshold/EQ/nothing/I', [[{ measure: 'deaths', op: '>=', value: 1 }]]],
    ['clause/NEW/deaths', { zh: '死亡', en: 'Deaths', unit: '人' }],
  ])('a county may not state %s = %j: refused by the command and by the fold, with the field named', (key, value) => {
    const sets = { [key]: value as never }
    expect(faults(publishNorms(none, county, { note: 'n', sets }, 0))).toEqual([`sets.${key}`])
    const { state, refused } = folded([fact(county, 5, { version: 1, sets })])
    expect(state.publications).toEqual([])
    expect(faults(refused.get(`${county}@5`))).toEqual([`sets.${key}`])
  })

  test.each<[string, unknown]>([
    ['deadline/written/I', 40],
    ['deadline/evacuation/I', 40],
    ['reach/IV', 'region'],
    ['code/11C03', { zh: '塌陷地震' }],
    ['threshold/ACC/deaths/I', [[{ measure: 'deaths', op: '>=', value: 20 }]]],
    ['threshold/ACC/deaths/I', [[{ measure: 'deaths', op: '>=', value: 30 }], [{ measure: 'trapped', op: '>=', value: 50 }]]],
    ['threshold/FLOOD/return/I', [[{ measure: 'returnPeriodYears', op: '>=', value: 50 }]]],
    ['rule/EQ', { zh: '地震灾害', en: 'Earthquake', applies: ['11'] }],
    ['raise/sensitive', 2],
  ])('a county may state %s = %j', (key, value) => {
    expect(publishNorms(none, county, { note: 'n', sets: { [key]: value as never } }, 0)).toMatchObject({ type: 'norms.published.v1' })
    expect(folded([fact(county, 5, { version: 1, sets: { [key]: value } })]).refused.size).toBe(0)
  })

  test('even the top may not withdraw what must have a value', () => {
    expect(faults(publishNorms(none, region, { note: 'n', sets: { 'reach/IV': null, 'code/11F08': null } }, 0))).toEqual(['sets.reach/IV'])
  })

  test('another tree, and a version that does not go up, are refused', () => {
    const foreign = { ...fact('62', 3, { version: 1, sets: {} }), subject: 'norms/65' }
    const { refused } = folded([foreign, fact(county, 5, { version: 2, sets: {} }), fact(county, 6, { version: 2, sets: {} })])
    expect([...refused.values()].map((r) => r.code)).toEqual(['norms.other-tree', 'norms.version'])
  })

  test('each publication replaces its station\'s earlier one; an effective date is waited for', () => {
    const publications = [publication(county, 1, { 'deadline/phone/I': 20, 'deadline/phone/II': 20 }), publication(county, 2, { 'deadline/phone/I': 10 }, 1000)]
    expect(deadlineMs(effectiveNorms(publications, county, 999), 'phone', { grade: 'I' })).toBe(20 * minute)
    // Laid out once for the same publications: a fold asks it of every publication below.
    expect(effectiveNorms(publications, county, 999)).toBe(effectiveNorms(publications, county, 999))
    const later = effectiveNorms(publications, county, 1000)
    expect(['I', 'II'].map((g) => deadlineMs(later, 'phone', { grade: g as 'I' }))).toEqual([10 * minute, 30 * minute])
    expect(later.stamp).toEqual({ [county]: 2 })
  })

  test('what a report was judged by stays readable by its stamp', () => {
    const publications = [publication(region, 1, { 'deadline/phone/I': 25 }), publication(county, 1, { 'deadline/phone/I': 20 }), publication(region, 2, { 'deadline/phone/I': 5 })]
    const old = normsByStamp(publications, county, { [region]: 1, [county]: 1 })
    expect(deadlineMs(old, 'phone', { grade: 'I' })).toBe(20 * minute)
    expect(deadlineMs(effectiveNorms(publications, county, 9), 'phone', { grade: 'I' })).toBe(5 * minute)
  })
})

describe('layers', () => {
  test('when the upper tightens, the lower\'s older value is clamped and says so', () => {
    const publications = [publication(county, 1, { 'deadline/phone/III': 25 }), publication(region, 1, { 'deadline/phone/III': 15 })]
    const norms = effectiveNorms(publications, county, 9)
    expect(norms.values['deadline/phone/III']).toBe(15)
    expect(norms.origin['deadline/phone/III']).toMatchObject({ station: region, version: 1, clamped: [county] })
  })

  test('lists and conditions of both count when they differ', () => {
    const trapped = [{ measure: 'trapped', op: '>=', value: 9 }]
    const deaths = (value: number) => [{ measure: 'deaths', op: '>=', value }]
    const publications = [
      publication(county, 1, { 'required/first': ['details.source'], 'threshold/ACC/deaths/I': [deaths(25), trapped] }),
      publication(region, 1, { 'required/first': ['title'], 'threshold/ACC/deaths/I': [deaths(20)] }),
    ]
    const norms = effectiveNorms(publications, county, 9)
    expect(norms.values['required/first']).toEqual(['title', 'details.source'])
    expect(norms.values['threshold/ACC/deaths/I']).toEqual([deaths(20), trapped])
  })

  test('a sibling and a lower station do not bind, an upper does', () => {
    const publications = [publication('65/6531', 1, { 'deadline/phone/I': 5 }), publication(county, 1, { 'deadline/phone/I': 7 }), publication(prefecture, 1, { 'deadline/phone/I': 9 })]
    expect([region, prefecture, county, `${county}/s1`].map((s) => effectiveNorms(publications, s, 9).values['deadline/phone/I'])).toEqual([30, 9, 7, 7])
  })

  const setsArbitrary = fc.dictionary(
    fc.constantFrom('deadline/phone/III', 'deadline/other/I', 'reach/III', 'required/first', 'threshold/ACC/deaths/II', 'threshold/EQ/magnitude/III', 'rule/ACC', 'rule/EQ', 'code/11C02', 'weight/closure', 'raise/sensitive', 'confirm/II'),
    fc.oneof(
      fc.integer({ min: 0, max: 60 }), fc.constantFrom('county', 'prefecture', 'region', 'ancestors', null), fc.subarray(['title', 'text', 'code', 'details.source']),
      fc.array(fc.array(fc.record({ measure: fc.constantFrom('deaths', 'trapped', 'deaths+missing', 'magnitude'), op: fc.constantFrom('>=', '>', '<', '<='), value: fc.integer({ min: 0, max: 40 }) }), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
      fc.record({ zh: fc.constant('生产安全事故'), en: fc.constant('Work safety accident'), applies: fc.subarray(['12', '1', '12A', '11C']) }),
    ),
  )
  const figuresArbitrary: fc.Arbitrary<Figures> = fc.record({ deaths: count(), missing: count(), trapped: count(), seriousInjuries: count(), lossWan: count() })
  function count() {
    return fc.oneof(fc.integer({ min: 0, max: 60 }), fc.constant(null))
  }

  test('property: whatever is published below, a merge never loosens', () => {
    fc.assert(fc.property(setsArbitrary, setsArbitrary, setsArbitrary, figuresArbitrary, fc.integer({ min: 0, max: 9 }), (top, middle, low, figures, magnitude) => {
      const usable = Object.fromEntries(Object.entries(top).filter(([key, value]) => !isRefusal(publishNorms(none, region, { note: 'n', sets: { [key]: value } }, 0))))
      const publications = [publication(prefecture, 1, middle), publication(county, 1, low), publication(region, 1, usable)]
      const chain = [region, prefecture, county].map((station) => effectiveNorms(publications, station, 9))
      for (let i = 1; i < chain.length; i++) {
        const [upper, lower] = [chain[i - 1], chain[i]] as [ReturnType<typeof shippedNorms>, ReturnType<typeof shippedNorms>]
        for (const [key, value] of Object.entries(upper.values)) {
          const group = groupOf(key) as 'deadline'
          expect([key, loosening(group, value as never, (lower.values[key] ?? null) as never)]).toEqual([key, null])
        }
        for (const code of ['12A01', '11C02']) {
          const [a, b] = [upper, lower].map((n) => gradeIncident(n, { code, figures, attributes: { magnitude } }).grade)
          if (a) expect(grades.indexOf(b ?? 'IV')).toBeLessThanOrEqual(grades.indexOf(a))
        }
        for (const grade of grades) expect(deadlineMs(lower, 'phone', { grade }) ?? Infinity).toBeLessThanOrEqual(deadlineMs(upper, 'phone', { grade }) ?? Infinity)
      }
    }), { numRuns: 100 })
  })

  test('property: any order of arrival folds to the same state', () => {
    const facts = [
      fact(region, 10, { version: 1, sets: { 'deadline/phone/I': 20 } }), fact(county, 11, { version: 1, sets: { 'deadline/phone/I': 25 } }),
      fact(prefecture, 12, { version: 1, sets: { 'deadline/phone/I': 15 } }), fact(county, 13, { version: 2, sets: { 'deadline/phone/I': 12 } }),
    ]
    const expected = folded(facts)
    expect(faults(expected.refused.get(`${county}@11`))).toEqual(['sets.deadline/phone/I'])
    fc.assert(fc.property(fc.shuffledSubarray(facts, { minLength: 4 }), (order) => { expect(folded(order)).toEqual(expected) }))
  })
})
