import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold, type Fact, type FactDraft } from '#core/ledger/index.ts'
import * as decide from './report.decide.ts'
import { reportFacts, type ReportFactType } from './report.facts.ts'
import { reportType } from './report.rules.ts'
import { county, instructionAt, minutes, otherCounty, prefecture, region, sampleContent, scene, seismology, testDesk } from './testDesk.ts'

type Desk = ReturnType<typeof testDesk>
const stations = [region, prefecture, county, scene, seismology, otherCounty]

/** One command by one station on one report; what the rules refuse simply does not happen. */
const commands: Record<string, (desk: Desk, id: string, station: string, pick: number) => void> = {
  submit: (desk, id, station) => void desk.state(station, decide.submit(desk.report(id))),
  sign: (desk, id, station) => void desk.sign(station, id),
  receive: (desk, id, station) => void desk.state(station, decide.receive(desk.report(id), station)),
  accept: (desk, id, station) => void desk.state(station, decide.accept(desk.report(id), {})),
  giveBack: (desk, id, station) => void desk.state(station, decide.giveBack(desk.report(id), { reason: '请补充' })),
  forward: (desk, id, station, pick) => void desk.state(station, decide.forward(desk.report(id), { to: [stations[pick % stations.length] ?? region] }, desk.situation(station), desk.incidentOf(id))),
  instruct: (desk, id, station, pick) => void desk.state(station, decide.instruct(desk.report(id), { text: '速查', due: desk.clock.now() + minutes(5), to: [stations[pick % stations.length] ?? region] }, desk.situation(station), desk.incidentOf(id), instructionAt(station, pick))),
  feedBack: (desk, id, station, pick) => void desk.state(station, decide.feedBack(desk.report(id), { instructionId: desk.report(id).instructions[pick]?.instructionId ?? 'none', text: '已办', done: pick % 2 === 0 })),
  urge: (desk, id, station) => void desk.state(station, decide.urge(desk.report(id), {}, desk.situation(station))),
  urgeByItself: (desk, id, station) => void desk.state(station, decide.urgeWhatIsDue(desk.report(id), desk.situation(station))),
  close: (desk, id, station) => void desk.state(station, decide.close(desk.report(id), {})),
  followUp: (desk, id) => { if (desk.report(id).sent) desk.send(county, { kind: 'followUp', incidentId: desk.report(id).content?.incidentId ?? '' }) },
  wait: (desk, _, __, pick) => desk.clock.advance(minutes(pick * 7)),
}

const steps = fc.array(fc.record({ name: fc.constantFrom(...Object.keys(commands)), station: fc.constantFrom(...stations), pick: fc.nat(9) }), { maxLength: 25 })

function live(script: { name: string; station: string; pick: number }[]): { desk: Desk; id: string } {
  const desk = testDesk()
  const id = desk.draft(county)
  desk.state(county, decide.submit(desk.report(id)))
  desk.sign(county, id)
  desk.receive(id, prefecture)
  for (const { name, station, pick } of script) commands[name]?.(desk, id, station, pick)
  return { desk, id }
}

const foldOf = (desk: Desk, id: string, facts: Fact[]) => fold(reportType, `report/${id}`, facts, desk.directory)

describe('whatever people do', () => {
  it('the same facts in any order are the same report', () => {
    fc.assert(fc.property(steps, fc.infiniteStream(fc.nat()), (script, numbers) => {
      const { desk, id } = live(script)
      const facts = desk.facts.filter((fact) => fact.subject === `report/${id}`)
      const shuffled = facts.map((fact) => ({ fact, rank: numbers.next().value as number })).sort((a, b) => a.rank - b.rank).map(({ fact }) => fact)
      expect(foldOf(desk, id, shuffled)).toEqual(foldOf(desk, id, facts))
    }), { numRuns: 200 })
  })

  it('what was admitted when stated is admitted in the fold', () => {
    fc.assert(fc.property(steps, (script) => {
      const { desk, id } = live(script)
      expect([...foldOf(desk, id, desk.facts.filter((fact) => fact.subject === `report/${id}`)).refused.keys()]).toEqual([])
    }), { numRuns: 200 })
  })

  it('a station that the report did not reach can state nothing about it, at any time it claims', () => {
    const bodies: { [Type in ReportFactType]: FactDraft['body'] } = {
      'report.drafted.v1': { content: sampleContent({ incidentId: '01AAAAAAAAAAAAAAAAAAAAAAAA' }), attachments: [] },
      'report.submitted.v1': {},
      'report.returned.v1': { reason: '不实' },
      'report.signed.v1': { level: { initial: 'IV', computed: 'IV', reporting: 'IV' } },
      'report.sent.v1': { deadlines: [], required: [], expected: [], missing: [], norms: {}, previous: null },
      'report.received.v1': { of: '0'.repeat(64) },
      'report.accepted.v1': {},
      'report.forwarded.v1': { deadlines: [] },
      'report.followed.v1': { by: '01AAAAAAAAAAAAAAAAAAAAAAAA', kind: 'final', corrected: [], stillMissing: [] },
      'report.merged.v1': { into: '01AAAAAAAAAAAAAAAAAAAAAAAA', reason: '重复' },
      'report.urged.v1': { cause: 'by-hand', station: county, due: null },
      'report.instructed.v1': { instructionId: instructionAt(otherCounty), text: '撤回', due: 1, to: [otherCounty] },
      'report.feedback.v1': { instructionId: instructionAt(region), text: '已办', done: true },
      'report.closed.v1': {},
    }
    expect(Object.keys(bodies).sort()).toEqual(Object.keys(reportFacts).sort())
    fc.assert(fc.property(steps, fc.constantFrom(...(Object.keys(bodies) as ReportFactType[])), fc.nat(minutes(200)), (script, type, before) => {
      const { desk, id } = live(script.filter(({ name, station, pick }) => station !== otherCounty && !((name === 'forward' || name === 'instruct') && stations[pick % stations.length] === otherCounty)))
      const facts = desk.facts.filter((fact) => fact.subject === `report/${id}`)
      const forged = desk.factBy(otherCounty, { type, subject: `report/${id}`, to: ['all'], body: bodies[type] })
      const at = [Math.max(0, desk.clock.now() - before), 0] as const
      const folded = foldOf(desk, id, [...facts, { ...forged, at }])
      expect(folded.refused.has(forged.id)).toBe(true)
      expect(folded.state).toEqual(foldOf(desk, id, facts).state)
    }), { numRuns: 300 })
  })

  it('no station can urge twice for one cause, and two do not urge for the same', () => {
    fc.assert(fc.property(steps, (script) => {
      const { desk, id } = live(script)
      const keys = desk.report(id).urges.filter(({ cause }) => cause !== 'by-hand').map(({ cause, urged, due }) => `${cause} ${urged} ${due}`)
      expect(new Set(keys).size).toBe(keys.length)
    }), { numRuns: 200 })
  })
})

describe('stations that act while apart', () => {
  const crew = [county, prefecture, region, scene]
  const moves = fc.array(fc.oneof(
    { weight: 4, arbitrary: fc.record({ name: fc.constantFrom('receive', 'accept', 'giveBack', 'forward', 'instruct', 'feedBack', 'urge', 'urgeByItself', 'close', 'wait'), station: fc.constantFrom(...crew), pick: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.record({ from: fc.constantFrom(...crew), to: fc.constantFrom(...crew) }) },
  ), { minLength: 15, maxLength: 40 })
  const mergeInto = (desk: Desk, id: string, station: string) => void desk.state(station, [{ type: 'report.merged.v1', subject: `report/${id}`, to: [], body: { into: station === county ? '01AAAAAAAAAAAAAAAAAAAAAAAA' : '01BBBBBBBBBBBBBBBBBBBBBBBB', reason: '重复' } }])

  it('hold one report once they meet; of what each stated, only a second merging is refused', () => {
    fc.assert(fc.property(moves, fc.array(fc.integer({ min: -minutes(3), max: minutes(3) }), { minLength: 4, maxLength: 4 }), fc.boolean(), (script, skews, merging) => {
      const clock = testDesk().clock
      const deskOf = new Map(crew.map((station, i) => [station, testDesk({ clock, skewMs: skews[i] })]))
      const desk = (station: string) => deskOf.get(station) ?? testDesk()
      const carry = (from: string, to: string) => {
        const held = new Set(desk(to).facts.map((fact) => fact.id))
        desk(to).facts.push(...desk(from).facts.filter((fact) => !held.has(fact.id)))
      }
      const id = desk(county).send(county)
      for (const station of crew) carry(county, station)
      for (const move of script) {
        if ('from' in move) carry(move.from, move.to)
        else commands[move.name]?.(desk(move.station), id, move.station, move.name === 'instruct' ? move.pick + 100 * crew.indexOf(move.station) : move.pick)
      }
      if (merging) for (const station of [county, region]) mergeInto(desk(station), id, station)
      for (const from of crew) for (const to of crew) carry(from, to)
      for (const from of crew) for (const to of crew) carry(from, to)
      const folds = crew.map((station) => foldOf(desk(station), id, desk(station).facts.filter((fact) => fact.subject === `report/${id}`)))
      for (const folded of folds) expect(folded).toEqual(folds[0])
      const refused = [...(folds[0]?.refused.values() ?? [])].map(({ code }) => code)
      expect(refused.filter((code) => code !== 'report.already-merged')).toEqual([])
    }), { numRuns: 300 })
  })
})
