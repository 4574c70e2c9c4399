import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { latestMoment, maxAmount, maxSeq } from '#core/kernel/index.ts'
import { compareFacts, newSubject, type Directory, type Fact, type SubjectType } from '#core/ledger/index.ts'
import { directoryFacts } from '#modules/directory/directory.facts.ts'
import { stationSubject } from '#modules/directory/directory.rules.ts'
import { incidentFacts } from '#modules/incident/incident.facts.ts'
import { incidentType } from '#modules/incident/incident.rules.ts'
import { incidentDetail } from '#modules/incident/incident.view.ts'
import { grades, normsType, reportKinds, shippedNorms } from '#modules/norms/index.ts'
import { normsFacts } from '#modules/norms/norms.facts.ts'
import { layerIdOf } from '#modules/plot/layerIds.ts'
import { plotFacts } from '#modules/plot/plot.facts.ts'
import { plotType } from '#modules/plot/plot.rules.ts'
import { docCard, layersOf } from '#modules/plot/plot.state.ts'
import { deadlineKinds, reportFacts, urgeCauses } from '#modules/report/report.facts.ts'
import { reportType } from '#modules/report/report.rules.ts'
import { reportView } from '#modules/report/report.view.ts'

/** Whatever enrolled stations may state of one subject, in whatever order: rules judge it, they do not break. */
const stations = ['65', '65/6529', '65/6529/652927', '65/6529/652922', '65/@seismology', 'constructor'] as const
const county = stations[2]
const directory: Directory = {
  self: '65', stations: () => stations.map((address) => directory.station(address)!),
  station: (address) => ({ address, name: address, level: 'county', kind: 'government', keys: [], state: 'active' }),
}
const madeBy = Object.fromEntries(stations.map((station) => [station, newSubject('any', station, 'actual', 1, () => 0.5).slice('any/'.length)]))
const ids = Object.values(madeBy)

const station = fc.constantFrom(...stations)
const id = fc.constantFrom(...ids)
const time = fc.constantFrom(0, 1, 1_706_000_000_000, latestMoment)
const text = fc.constantFrom('山洪', 'constructor', '字'.repeat(30), '<b>&"', 'e\u0301🚒')
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined })
const hash = fc.nat(19).map(hashOf)
const amount = fc.constantFrom(0, 1, maxAmount)
const figures = fc.dictionary(fc.constantFrom('deaths', 'missing', 'evacuated', 'lossWan'), fc.option(amount))
const attributes = fc.dictionary(fc.constantFrom('magnitude', 'constructor', 'toString', 'populationDensity'), fc.oneof(amount, text, fc.boolean()))
const grade = fc.constantFrom(...grades)
const place = fc.constantFrom({ division: '652927' }, { division: '652927', lon: 180, lat: -90, address: '' })
const stamp = fc.dictionary(station, fc.nat(9))
const over = fc.array(hash, { maxLength: 3 })
const fields = fc.array(fc.constantFrom('text', 'figures.deaths', 'constructor'), { maxLength: 3 })
const key = fc.constantFrom(...['A', 'B', 'C'].map((letter) => `${letter.repeat(43)}=`))
const attachments = fc.array(hash.map((sha256) => ({ sha256, name: '照片', size: 1, mediaType: 'image/png' })), { minLength: 1, maxLength: 2 })
const clock = fc.record({ kind: fc.constantFrom(...deadlineKinds), station, due: time })
const layer = fc.tuple(id, station, fc.constantFrom('', 'abcdef12')).map(([plot, owner, further]) => layerIdOf(plot, owner, further))
const limit = fc.dictionary(fc.constantFrom('run1', 'constructor'), fc.constantFrom(0, maxSeq))
const body = (of: Record<string, fc.Arbitrary<unknown>>) => fc.record(of).map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)))

const stationBody = body({ address: fc.constant(stations[1]), name: text, level: fc.constant('prefecture'), kind: fc.constant('government'), publicKey: key })
const content = body({
  kind: fc.constantFrom(...reportKinds), incidentId: id, code: fc.constantFrom('11C02', '99'), title: text, occurredAt: time, learnedAt: time, phonedAt: maybe(time), place, figures, attributes: maybe(attributes),
  level: maybe(grade), text, details: maybe(fc.dictionary(fc.constantFrom('trend', 'constructor'), text)),
})
const normValues = fc.dictionary(
  fc.constantFrom('deadline/phone/I', 'rule/EQ', 'clause/EQ/deaths', 'threshold/EQ/deaths/I', 'threshold/none/deaths/I', 'measure/magnitude', 'code/11C02', 'required/first', 'weight/timeliness', 'constructor', 'deadline/constructor'),
  fc.oneof(fc.jsonValue(), fc.constantFrom(30, ['text'], 'county', [[{ measure: 'deaths', op: '>=', value: 3 }]], { zh: '甲', en: 'a', applies: ['11'] })),
)

interface Noun {
  type: SubjectType
  schemas: Record<string, z.ZodType>
  subject: string
  bodies: Record<string, fc.Arbitrary<unknown>>
  /** What its maker states first, so that the later steps are reached. */
  begin?: string[]
  maker?: string
  /** What screens make of a state. */
  show?: (state: never, facts: Fact[]) => unknown
}

const nouns: Record<string, Noun> = {
  report: {
    type: reportType as unknown as SubjectType, schemas: reportFacts, subject: `report/${madeBy[county]}`, begin: ['report.drafted.v1', 'report.submitted.v1', 'report.signed.v1', 'report.sent.v1'],
    bodies: {
      'report.drafted.v1': body({ content, attachments }),
      'report.submitted.v1': body({}),
      'report.returned.v1': body({ reason: text }),
      'report.signed.v1': body({ level: body({ initial: fc.option(grade), computed: fc.option(grade), reporting: fc.option(grade) }) }),
      'report.sent.v1': body({ deadlines: fc.array(clock, { maxLength: 6 }), required: fields, expected: fields, missing: fields, norms: stamp, previous: fc.option(body({ report: id, figures })) }),
      'report.received.v1': body({ of: hash }),
      'report.accepted.v1': body({ comment: maybe(text) }),
      'report.forwarded.v1': body({ deadlines: fc.array(clock, { maxLength: 6 }), note: maybe(text) }),
      'report.followed.v1': body({ by: id, kind: fc.constantFrom(...reportKinds), corrected: fc.constant(['deaths']), stillMissing: fields }),
      'report.merged.v1': body({ into: id, reason: text }),
      'report.urged.v1': body({ cause: fc.constantFrom(...urgeCauses), station, due: fc.option(time), fields: maybe(fields) }),
      'report.instructed.v1': body({ instructionId: id, text, due: time, to: fc.array(station, { minLength: 1, maxLength: 2 }) }),
      'report.feedback.v1': body({ instructionId: id, text, done: fc.boolean() }),
      'report.closed.v1': body({ outcome: maybe(text) }),
    },
    show: (state, facts) => reportView(state, { incident: incidentType.start('incident/X'), facts, weights: { timeliness: 40, completeness: 25, accuracy: 20, closure: 15 } }, { self: '65', now: 1_706_000_000_000, directory }),
  },
  incident: {
    type: incidentType as unknown as SubjectType, schemas: incidentFacts, subject: `incident/${madeBy[county]}`, begin: ['incident.opened.v1'],
    bodies: {
      'incident.opened.v1': body({ code: fc.constantFrom('11C02', '99'), title: text, occurredAt: time, learnedAt: time, place, norms: stamp }),
      'incident.assessed.v1': body({
        report: fc.option(id), code: fc.constant('11C02'), title: maybe(text), place: maybe(place), figures, attributes, sensitive: fc.boolean(), raised: fc.nat(3), initial: fc.option(grade),
        computed: body({ grade: fc.option(grade), clauses: fc.constant([{ rule: 'constructor', clause: 'x' }]), unknown: fields, couldBe: fc.option(grade), presumed: fields }), norms: stamp, over,
      }),
      'incident.confirmed.v1': body({ grade, reason: text, norms: stamp, over }),
      'incident.merged.v1': body({ into: fc.option(id), reason: text, over }),
      'incident.absorbed.v1': body({ from: id, present: fc.boolean() }),
      'incident.handoverOffered.v1': body({ to: station, reason: text }),
      'incident.handoverAccepted.v1': body({ offer: hash }),
      'incident.handoverDeclined.v1': body({ offer: hash, reason: text }),
      'incident.shared.v1': body({ report: fc.option(id), reason: text }),
      'incident.closed.v1': body({ outcome: text }),
    },
    show: (state, facts) => incidentDetail(state, facts.map((fact) => fact.id), { self: '65', norms: shippedNorms('65') }),
  },
  norms: {
    type: normsType as unknown as SubjectType, schemas: normsFacts, subject: 'norms/65',
    bodies: { 'norms.published.v1': body({ version: fc.integer({ min: 1, max: 30 }), effectiveFrom: time, note: text, sets: normValues }) },
  },
  plot: {
    type: plotType as unknown as SubjectType, schemas: plotFacts, subject: `plot/${madeBy[county]}`, begin: ['plot.opened.v1', 'plot.shared.v1'],
    bodies: {
      'plot.opened.v1': body({ incident: fc.constantFrom(madeBy[county], 'X') }),
      'plot.shared.v1': body({ reason: fc.constantFrom('reported', 'lead-changed', 'shared') }),
      'plot.layerAdded.v1': body({ layer, name: text }),
      'plot.layerRenamed.v1': body({ layer, name: text }),
      'plot.granted.v1': body({ layer, station }),
      'plot.withdrawn.v1': body({ layer, station, upTo: limit }),
      'plot.filesAdded.v1': body({ layer, attachments }),
      'plot.sealed.v1': body({ layer, upTo: fc.dictionary(station, limit), attachments: attachments.map((some) => some.slice(0, 1)), features: fc.nat(9), digest: hash }),
    },
    show: (state) => layersOf(state, directory).map((found) => docCard(state, found.id, directory)),
  },
  station: {
    type: stationSubject({ address: '65', publicKey: `${'A'.repeat(43)}=`, name: '区' }) as unknown as SubjectType, schemas: directoryFacts, subject: `station/${stations[1]}`, begin: ['station.enrolled.v1'], maker: '65',
    bodies: {
      'station.founded.v1': stationBody,
      'station.enrolled.v1': stationBody,
      'station.keyRotated.v1': body({ publicKey: key, previous: key }),
      'station.rekeyed.v1': body({ publicKey: key, fromSeq: fc.constantFrom(1, 5, maxSeq) }),
      'station.revoked.v1': body({ untilSeq: fc.constantFrom(0, 5, maxSeq), reason: text }),
      'station.renamed.v1': body({ name: text }),
      'station.clockMended.v1': body({ fromSeq: fc.constantFrom(1, 5, maxSeq) }),
    },
  },
}

function hashOf(number: number): string {
  return number.toString(16).padStart(64, '0')
}

/** Facts of one subject, most of them by stations that lie. */
function factsOf({ subject, bodies, begin = [], maker = county }: Noun): fc.Arbitrary<Fact[]> {
  const types = Object.keys(bodies)
  const said = fc.oneof(...types.map((type) => fc.record({
    type: fc.constant(type), body: bodies[type]!, station: fc.oneof({ weight: 2, arbitrary: fc.constant(maker) }, { weight: 3, arbitrary: station as fc.Arbitrary<string> }),
    to: fc.constantFrom<string[]>([], ['ancestors'], ['65'], ['ancestors', 'subtree'], ['all'], ['65/6529/652922', 'constructor']), ms: fc.constantFrom(0, 1, 2, 1_706_000_000_000), wall: maybe(time),
  })))
  const first = begin.map((type) => fc.record({ type: fc.constant(type), body: bodies[type]!, station: fc.constant(maker), to: fc.constant(type.endsWith('opened.v1') ? [] : type.startsWith('station.') ? ['all'] : ['ancestors', 'subtree']), ms: fc.constant(0), wall: maybe(time) }))
  const inOrder = fc.tuple(fc.tuple(...first), fc.array(said, { maxLength: 20 })).map(([some, others]) => [...some, ...others].map((one, i) => ({ ...one, ms: 1_706_000_000_000 + i })))
  return fc.oneof(inOrder, fc.array(said, { maxLength: 20 })).map((all) => all.map(({ ms, wall, ...one }, i) => ({
    ...one, ...(wall === undefined ? {} : { wall }), subject, id: hashOf(i), at: [ms, i % 2] as const, seq: i + 1, prev: '', actor: { id: 'x', name: '某人' }, mode: 'actual', text: '', sig: '',
  }) as Fact))
}

/** Bare rules: what the ledger fences is to be seen here. */
function foldBare(type: SubjectType, subject: string, facts: readonly Fact[]): unknown {
  return [...facts].sort(compareFacts).reduce((state, fact) => (type.admit(fact, state, directory) === null ? type.evolve(state, fact) : state), type.start(subject))
}

describe.each(Object.entries(nouns))('rules of %s', (_, noun) => {
  test('every type is tried', () => {
    expect(Object.keys(noun.bodies).sort()).toEqual(Object.keys(noun.schemas).sort())
  })

  test('admit and evolve never throw, and any order of arrival gives the same state, which can be shown', () => {
    let begun = 0
    fc.assert(fc.property(factsOf(noun), (facts) => {
      for (const fact of facts) expect(noun.schemas[fact.type]!.safeParse(fact.body).error?.issues, fact.type).toBeUndefined()
      const state = foldBare(noun.type, noun.subject, facts)
      begun += JSON.stringify(state).length > JSON.stringify(noun.type.start(noun.subject)).length + 20 ? 1 : 0
      expect(foldBare(noun.type, noun.subject, facts.toReversed())).toEqual(state)
      expect(JSON.parse(JSON.stringify(state))).toEqual(state)
      expect(() => JSON.stringify(noun.show?.(state as never, facts))).not.toThrow()
    }), { numRuns: 400 })
    // Not that nothing was ever admitted.
    expect(begun).toBeGreaterThan(20)
  })

  test('C4: a type that the noun does not have is given no authority', () => {
    const subject = noun.subject
    const fact = { type: `${subject.split('/')[0]}.peek.v1`, subject, station: county, to: ['all'], body: {}, id: hashOf(1), at: [1, 0], seq: 1, prev: '', actor: { id: 'x', name: 'x' }, mode: 'actual', text: '', sig: '' } as unknown as Fact
    expect(noun.type.admit(fact, noun.type.start(subject), directory)).toMatchObject({ code: 'fact.unknown-type' })
  })
})
