import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal, type Refusal } from '#core/kernel/index.ts'
import { compareFacts, fold, idOfSubject, modeOfSubject, newSubject, type Directory, type Fact, type FactDraft } from '#core/ledger/index.ts'
import { grades, shippedNorms } from '#modules/norms/index.ts'
import { acceptHandover, assessIncident, closeIncident, confirmIncident, declineHandover, mergeIncident, offerHandover, openIncident, previewGrade, shareIncident, type AssessIncident } from './incident.commands.ts'
import { incidentFacts, type IncidentFactType } from './incident.facts.ts'
import { incidentType } from './incident.rules.ts'
import { differencesOf, gradeOf, mergedInto, statusOf, type IncidentState } from './incident.state.ts'
import { incidentDetail, isParty } from './incident.view.ts'

const region = '65'
const prefecture = '65/6529'
const county = '65/6529/652927'
const scene = `${county}/s1`
const neighbour = '65/6531/653121'
const seismology = '65/@seismology'

const directory: Directory = {
  self: region,
  station: (address) => ({ address, name: address, level: 'county', kind: 'government', keys: [], state: address === '65/6530' ? 'revoked' : 'active' }),
  stations: () => [],
}
const contextAt = (self: string) => ({ self, norms: shippedNorms(self) })

/** A pen that writes drafts down as facts, each later than the one before, whoever states it. */
function pen() {
  let count = 0
  const facts: Fact[] = []
  const stateOf = (subject: string, known: Fact[] = facts): IncidentState => fold(incidentType, subject, known.filter((f) => f.subject === subject), directory).state
  return {
    facts,
    stateOf,
    refusedOf: (subject: string, known: Fact[] = facts) => fold(incidentType, subject, known.filter((f) => f.subject === subject), directory).refused,
    write(station: string, drafts: FactDraft[] | Refusal): Fact[] {
      if (isRefusal(drafts)) throw drafts
      return drafts.map((draft) => {
        expect(incidentFacts[draft.type as IncidentFactType].safeParse(draft.body).error).toBeUndefined()
        count += 1
        const fact: Fact = {
          ...draft, station, id: count.toString(16).padStart(64, '0'), text: '', sig: '', seq: count, prev: '', at: [count * 1000, 0],
          actor: { id: 'p', name: '值班员' }, mode: modeOfSubject(draft.subject),
        }
        facts.push(fact)
        return fact
      })
    },
  }
}

/** Incidents made at stations; `quake` is the county's, the one most tests are about. */
const quake = newSubject('incident', county, 'actual', 1)
const flood = newSubject('incident', prefecture, 'actual', 2)
const fire = newSubject('incident', county, 'actual', 3)
const drill = newSubject('incident', county, 'exercise', 4)

const opening = (subject = quake) => ({
  subject, code: '11C02', title: '乌什县7.1级地震', occurredAt: 1, learnedAt: 2, place: { division: '652927', lon: 78.63, lat: 41.26 },
})
const observed = (figures: AssessIncident['figures'], rest: Partial<AssessIncident> = {}): AssessIncident => ({ report: '01R', figures, ...rest })

/** An incident opened at the county and told of by a first report. */
function reported(figures: AssessIncident['figures'] = { deaths: null, missing: 0 }, rest: Partial<AssessIncident> = { attributes: { magnitude: 7.1 } }) {
  const p = pen()
  p.write(county, openIncident(opening(), contextAt(county)))
  const subject = quake
  const now = () => p.stateOf(subject)
  p.write(county, assessIncident(now(), observed(figures, rest), contextAt(county)))
  return { ...p, subject, now }
}

const code = (outcome: FactDraft[] | Refusal) => (isRefusal(outcome) ? outcome.code : 'ok')

describe('opening and assessing', () => {
  test('a draft report\'s incident stays at home until a report tells of it', () => {
    const p = pen()
    const [opened] = p.write(county, openIncident(opening(), contextAt(county)))
    expect(opened).toMatchObject({ subject: quake, to: [] })
    const state = p.stateOf(quake)
    expect(statusOf(state)).toBe('draft')
    expect([county, prefecture].map((s) => isParty(state, s))).toEqual([true, false])
  })

  test('the first report grades it by the rules and makes it known as far up as the grade goes', () => {
    const { now, facts } = reported()
    expect(facts.at(-1)).toMatchObject({ type: 'incident.assessed.v1', to: ['ancestors'], body: { computed: { grade: 'I', clauses: [{ rule: 'EQ', clause: 'magnitude' }], presumed: ['populationDensity'] } } })
    expect(gradeOf(now())).toEqual({ initial: 'I', computed: 'I', confirmed: null, working: 'I', reporting: 'I' })
    expect([county, prefecture, region, neighbour].map((s) => isParty(now(), s))).toEqual([true, true, true, false])
  })

  test('the officer\'s own judgement stands beside the computed one, and the graver of them works', () => {
    const { now } = reported({ deaths: 1 }, { level: 'III', attributes: { magnitude: 4.1 } })
    expect(gradeOf(now())).toMatchObject({ initial: 'III', computed: 'IV', working: 'III' })
  })

  test('every report grades anew from all that is known, and a rising grade widens the reach', () => {
    const r = reported({ deaths: 0, missing: 0 }, { code: '12A01', attributes: {} })
    expect(r.facts.at(-1)?.to).toEqual([prefecture])
    expect(gradeOf(r.now())).toMatchObject({ computed: null, working: 'IV' })
    r.write(county, assessIncident(r.now(), observed({ deaths: 3 }, { report: '01S' }), contextAt(county)))
    expect(r.facts.at(-1)?.to).toEqual([prefecture, region])
    r.write(county, assessIncident(r.now(), observed({ seriousInjuries: 60 }, { report: '01T' }), contextAt(county)))
    expect(r.facts.at(-1)?.to).toEqual(['ancestors'])
    expect(gradeOf(r.now())).toMatchObject({ computed: 'II', working: 'II' })
    expect(r.now().reports).toEqual(['01R', '01S', '01T'])
  })

  test('unknown never erases what is known; each change keeps its delta', () => {
    const r = reported({ deaths: null, missing: 4 }, {})
    r.write(county, assessIncident(r.now(), observed({ deaths: 3, missing: null }, { report: '01S' }), contextAt(county)))
    r.write(prefecture, assessIncident(r.now(), observed({ deaths: 5 }, { report: '01T' }), contextAt(prefecture)))
    expect(r.now().figures).toEqual({ deaths: 5, missing: 4 })
    expect(r.now().figureHistory.map(({ figure, from, to, delta, report, station }) => [figure, from, to, delta, report, station])).toEqual([
      ['missing', null, 4, null, '01R', county], ['deaths', null, 3, null, '01S', county], ['deaths', 3, 5, 2, '01T', prefecture],
    ])
  })

  test('sensitivity raises what reporting goes by, not the grade', () => {
    const r = reported({ deaths: 3 }, { code: '12A01', sensitive: true })
    expect(gradeOf(r.now())).toMatchObject({ working: 'III', reporting: 'II' })
    expect(r.facts.at(-1)?.to).toEqual(['ancestors'])
  })

  test('a preview states nothing and agrees with what is then stated', () => {
    const r = reported({ deaths: 0 }, { code: '12A01' })
    const command = observed({ deaths: 12 })
    expect(previewGrade(r.now(), command, shippedNorms(county))).toEqual({ computed: 'II', reporting: 'II' })
    r.write(county, assessIncident(r.now(), command, contextAt(county)))
    expect(gradeOf(r.now()).reporting).toBe('II')
  })

  test('who has no part may not assess: refused by the command and by the fold', () => {
    const r = reported()
    expect(code(assessIncident(r.now(), observed({ deaths: 0 }), contextAt(neighbour)))).toBe('incident.not-concerned')
    expect([prefecture, region, scene, seismology].map((s) => code(assessIncident(r.now(), observed({ deaths: 0 }), contextAt(s))))).toEqual(['ok', 'ok', 'ok', 'ok'])
    const [fact] = assessIncident(r.now(), observed({ deaths: 99 }), contextAt(county)) as [FactDraft]
    r.write(neighbour, [fact])
    expect([...r.refusedOf(r.subject).values()].map((x) => x.code)).toEqual(['incident.not-concerned'])
    r.write(county, shareIncident(r.now(), { to: [neighbour] }, contextAt(county)))
    expect(code(assessIncident(r.now(), observed({ deaths: 0 }), contextAt(neighbour)))).toBe('ok')
  })

  test('an incident opens once, and nothing is said of one that is not open', () => {
    const p = pen()
    p.write(county, openIncident(opening(), contextAt(county)))
    p.write(county, openIncident(opening(), contextAt(county)))
    expect(p.stateOf(quake).lead).toBe(county)
    expect([...p.refusedOf(quake).values()].map((r) => r.code)).toEqual(['incident.already-open'])
    expect(code(closeIncident(incidentType.start(flood), '', contextAt(county)))).toBe('incident.not-found')
  })
})

describe('the lead of an incident', () => {
  test('L-18 a station that has seen an incident cannot backdate its opening and lead it', () => {
    const r = reported()
    const [stolen] = r.write(neighbour, openIncident(opening(), contextAt(neighbour)))
    const backdated = r.facts.map((fact) => (fact === stolen ? { ...fact, at: [1, 0] as const } : fact))
    expect(r.refusedOf(quake, backdated).get(stolen!.id)?.code).toBe('incident.not-yours')
    expect(r.stateOf(quake, backdated)).toEqual(r.stateOf(quake, r.facts.filter((fact) => fact !== stolen)))
    expect(r.stateOf(quake, backdated).lead).toBe(county)
  })
})

describe('confirming the level', () => {
  test('the station whose level suffices confirms; it holds against what the rules compute', () => {
    const r = reported()
    expect(code(confirmIncident(r.now(), { level: 'II', reason: '会商' }, contextAt(prefecture)))).toBe('incident.level-above-authority')
    expect(code(confirmIncident(r.now(), { level: 'IV', reason: '会商' }, contextAt(neighbour)))).toBe('incident.not-in-charge')
    r.write(region, confirmIncident(r.now(), { level: 'II', reason: '会商' }, contextAt(region)))
    expect(gradeOf(r.now())).toMatchObject({ initial: 'I', confirmed: 'II', working: 'II' })
  })

  test('a lower station may not overturn what a higher one confirmed', () => {
    const r = reported()
    r.write(region, confirmIncident(r.now(), { level: 'II', reason: '会商' }, contextAt(region)))
    expect(code(confirmIncident(r.now(), { level: 'IV', reason: '核减' }, contextAt(county)))).toBe('incident.level-above-authority')
  })

  test('two that differ, stated apart, both stay visible until a person states one above both', () => {
    const r = reported()
    const before = r.now()
    r.write(prefecture, confirmIncident(before, { level: 'III', reason: '地区认定' }, contextAt(prefecture)))
    r.write(region, confirmIncident(before, { level: 'II', reason: '自治区认定' }, contextAt(region)))
    expect(gradeOf(r.now())).toMatchObject({ confirmed: null, working: 'II' })
    expect(differencesOf(r.now())).toMatchObject([{ about: 'level', statements: [{ station: prefecture, value: 'III' }, { station: region, value: 'II' }] }])
    r.write(region, confirmIncident(r.now(), { level: 'III', reason: '核定' }, contextAt(region)))
    expect(differencesOf(r.now())).toEqual([])
    expect(gradeOf(r.now())).toMatchObject({ confirmed: 'III', working: 'III' })
  })

  test('figures stated apart are a difference until somebody has seen both', () => {
    const r = reported({ deaths: 1 })
    const before = r.now()
    r.write(county, assessIncident(before, observed({ deaths: 3 }, { report: '01S' }), contextAt(county)))
    r.write(seismology, assessIncident(before, observed({ deaths: 5 }, { report: '01T' }), contextAt(seismology)))
    expect(differencesOf(r.now()).map((d) => d.about)).toEqual(['figures'])
    r.write(county, assessIncident(r.now(), observed({ deaths: 5 }, { report: '01U' }), contextAt(county)))
    expect(differencesOf(r.now())).toEqual([])
  })
})

describe('handing over the lead', () => {
  test('the lead changes only when the other accepts', () => {
    const r = reported()
    r.write(county, offerHandover(r.now(), { to: prefecture }, contextAt(county), directory))
    expect(r.now()).toMatchObject({ lead: county, handover: { to: prefecture } })
    expect(code(acceptHandover(r.now(), contextAt(region)))).toBe('incident.not-offered')
    r.write(prefecture, acceptHandover(r.now(), contextAt(prefecture)))
    expect(r.now()).toMatchObject({ lead: prefecture, handover: null, leads: [{ station: county }, { station: prefecture }] })
  })

  test('declined, it stays; there is then nothing to accept', () => {
    const r = reported()
    r.write(county, offerHandover(r.now(), { to: prefecture }, contextAt(county), directory))
    r.write(prefecture, declineHandover(r.now(), '本级不具备条件', contextAt(prefecture)))
    expect(r.now()).toMatchObject({ lead: county, handover: null })
    expect(code(acceptHandover(r.now(), contextAt(prefecture)))).toBe('incident.no-offer')
  })

  test('accepting an offer that was replaced while apart changes nothing, at every station alike', () => {
    const r = reported()
    r.write(county, offerHandover(r.now(), { to: prefecture }, contextAt(county), directory))
    const seenByPrefecture = r.now()
    r.write(county, offerHandover(r.now(), { to: region }, contextAt(county), directory))
    r.write(prefecture, acceptHandover(seenByPrefecture, contextAt(prefecture)))
    expect(r.now()).toMatchObject({ lead: county, handover: { to: region } })
    expect([...r.refusedOf(r.subject).values()].map((x) => x.code)).toEqual(['incident.no-offer'])
  })

  test('a station above may take it up; one beside, or below, may not offer', () => {
    const r = reported()
    expect([neighbour, scene].map((s) => code(offerHandover(r.now(), { to: s }, contextAt(s), directory)))).toEqual(['incident.not-in-charge', 'incident.not-in-charge'])
    r.write(region, offerHandover(r.now(), { to: region }, contextAt(region), directory))
    r.write(region, acceptHandover(r.now(), contextAt(region)))
    expect(r.now().lead).toBe(region)
    expect(code(closeIncident(r.now(), '', contextAt(county)))).toBe('incident.not-in-charge')
  })

  test('not to whom already leads, nor to a revoked station', () => {
    const r = reported()
    expect(code(offerHandover(r.now(), { to: county }, contextAt(county), directory))).toBe('incident.handover-to-lead')
    expect(code(offerHandover(r.now(), { to: '65/6530' }, contextAt(county), directory))).toBe('incident.unknown-station')
  })
})

describe('merging duplicates', () => {
  function two() {
    const r = reported()
    r.write(prefecture, openIncident(opening(flood), contextAt(prefecture)))
    const other = () => r.stateOf(flood)
    r.write(prefecture, assessIncident(other(), observed({}, { report: '01S' }), contextAt(prefecture)))
    return { ...r, other }
  }

  test('one fact on each of the two, and both say so', () => {
    const r = two()
    r.write(prefecture, mergeIncident(r.now(), r.other(), '同一地震', contextAt(prefecture)))
    expect(mergedInto(r.now())).toBe(idOfSubject(flood))
    expect(r.other().absorbed).toEqual([idOfSubject(quake)])
    expect(statusOf(r.now())).toBe('merged')
  })

  test('it can be taken out again', () => {
    const r = two()
    r.write(prefecture, mergeIncident(r.now(), r.other(), '同一地震', contextAt(prefecture)))
    r.write(prefecture, mergeIncident(r.now(), null, '并错', contextAt(prefecture)))
    expect([mergedInto(r.now()), r.other().absorbed, statusOf(r.now())]).toEqual([null, [], 'open'])
    expect(code(mergeIncident(r.now(), null, '并错', contextAt(prefecture)))).toBe('incident.nothing-to-change')
  })

  test('not into itself, not into one that is merged, not across modes, not by a bystander', () => {
    const r = two()
    expect(code(mergeIncident(r.now(), r.now(), '', contextAt(county)))).toBe('incident.cannot-merge')
    r.write(county, openIncident(opening(drill), contextAt(county)))
    expect(code(mergeIncident(r.now(), r.stateOf(drill), '', contextAt(county)))).toBe('incident.cannot-merge')
    expect(code(mergeIncident(r.now(), r.other(), '', contextAt(neighbour)))).toBe('incident.not-in-charge')
    r.write(prefecture, mergeIncident(r.now(), r.other(), '同一地震', contextAt(prefecture)))
    expect(code(mergeIncident(r.other(), r.now(), '', contextAt(prefecture)))).toBe('incident.cannot-merge')
  })

  test('a fact that names a subject of another mode is refused by the fold', () => {
    const r = two()
    r.write(county, [{ type: 'incident.merged.v1', subject: quake, to: [], body: { into: idOfSubject(drill), reason: '', over: [] } }])
    expect([...r.refusedOf(r.subject).values()].map((x) => x.code)).toEqual(['incident.mode-mismatch'])
  })

  test('merged into two different ones while apart: shown, and resolved by a further merge', () => {
    const r = two()
    r.write(county, openIncident(opening(fire), contextAt(county)))
    const before = r.now()
    r.write(prefecture, mergeIncident(before, r.other(), '', contextAt(prefecture)))
    r.write(county, mergeIncident(before, r.stateOf(fire), '', contextAt(county)))
    expect([mergedInto(r.now()), statusOf(r.now()), differencesOf(r.now()).map((d) => d.about)]).toEqual([null, 'merged', ['merge']])
    r.write(prefecture, mergeIncident(r.now(), r.other(), '以地区为准', contextAt(prefecture)))
    expect([mergedInto(r.now()), differencesOf(r.now()), r.stateOf(fire).absorbed]).toEqual([idOfSubject(flood), [], []])
  })
})

describe('closing', () => {
  test('by whoever leads; figures that come later are kept and shown', () => {
    const r = reported()
    r.write(county, closeIncident(r.now(), '处置完毕', contextAt(county)))
    expect(code(closeIncident(r.now(), '', contextAt(county)))).toBe('incident.closed')
    r.write(county, assessIncident(r.now(), observed({ deaths: 4 }, { report: '01S' }), contextAt(county)))
    expect(r.now()).toMatchObject({ figures: { deaths: 4 }, closed: { outcome: '处置完毕', changedSince: true } })
  })
})

test('the page names the clauses and what this station may do', () => {
  const r = reported()
  const detail = incidentDetail(r.now(), r.facts.map((f) => f.id), contextAt(prefecture))
  expect(detail).toMatchObject({ codeName: '天然地震', status: 'open', lead: county, may: { confirm: ['III', 'IV'], merge: true, answerHandover: false, close: true } })
  expect(detail?.levelHistory).toMatchObject([{ kind: 'computed', level: 'I', clauses: [{ zh: '地震灾害 · 初判：人口较密集地区震级' }] }])
})

describe('property: any order and any subset', () => {
  const pick = <T>(from: readonly [T, ...T[]], choice: number): T => from[choice % from.length] ?? from[0]

  /** A busy incident in which stations act on what they had seen, some of it stale. */
  function history(choices: number[]): { facts: Fact[]; subject: string } {
    const r = reported()
    let stale = r.now()
    for (const choice of choices) {
      const station = pick([county, prefecture, region, scene, seismology, neighbour], choice)
      const seen = choice % 7 < 3 ? stale : r.now()
      const context = contextAt(station)
      const outcomes: [() => FactDraft[] | Refusal, ...(() => FactDraft[] | Refusal)[]] = [
        () => assessIncident(seen, observed({ deaths: choice % 40, missing: choice % 5 ? choice % 9 : null }, { report: `01R${choice}` }), context),
        () => confirmIncident(seen, { level: pick(grades, choice), reason: '会商' }, context),
        () => offerHandover(seen, { to: pick([prefecture, region, seismology], choice) }, context, directory),
        () => acceptHandover(seen, context),
        () => declineHandover(seen, '不便', context),
        () => closeIncident(seen, '', context),
        () => shareIncident(seen, { to: [neighbour] }, context),
      ]
      const outcome = pick(outcomes, Math.floor(choice / 42))()
      if (choice % 11 === 0) stale = r.now()
      if (!isRefusal(outcome)) r.write(station, outcome)
    }
    return { facts: r.facts, subject: r.subject }
  }

  test('the same facts fold to the same state and the same refusals, whatever the order of arrival', () => {
    fc.assert(fc.property(fc.array(fc.nat(9999), { maxLength: 25 }), fc.infiniteStream(fc.nat()), (choices, random) => {
      const { facts, subject } = history(choices)
      const expected = fold(incidentType, subject, [...facts].sort(compareFacts), directory)
      const order = facts.map((fact) => ({ fact, key: random.next().value as number })).sort((a, b) => a.key - b.key).map((o) => o.fact)
      expect(fold(incidentType, subject, order, directory)).toEqual(expected)
      for (let i = 0; i <= order.length; i++) {
        const some = order.slice(0, i)
        const { state, refused } = fold(incidentType, subject, some, directory)
        expect(fold(incidentType, subject, some.toReversed(), directory)).toMatchObject({ state, refused })
        expect(JSON.parse(JSON.stringify(state))).toEqual(state)
        gradeOf(state)
        differencesOf(state)
      }
    }), { numRuns: 60 })
  })
})
