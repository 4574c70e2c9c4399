import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latestMoment } from '#core/kernel/index.ts'
import { fold, type FactDraft } from '#core/ledger/index.ts'
import { longestClockMs } from './report.clocks.ts'
import { deadlinesOf, pendingUrges } from './report.deadlines.ts'
import { deadlineKinds, type Clock } from './report.facts.ts'
import * as decide from './report.decide.ts'
import { reportType } from './report.rules.ts'
import { county, instructionAt, minutes, otherCounty, prefecture, quake, region, seismology, testDesk } from './testDesk.ts'

type Desk = ReturnType<typeof testDesk>

/** A report whose sending names these clocks. */
function sentWith(deadlines: Clock[], to = ['ancestors']): { desk: Desk; id: string } {
  const desk = testDesk()
  const id = desk.draft(county)
  const subject = `report/${id}`
  for (const [type, body, to_] of [
    ['report.submitted.v1', {}, []], ['report.signed.v1', { level: { initial: 'I', computed: null, reporting: 'I' } }, []],
    ['report.sent.v1', { deadlines, required: [], expected: [], missing: [], norms: {}, previous: null }, to],
  ] as [string, Record<string, unknown>, string[]][]) expect(desk.state(county, [{ type, subject, to: to_, body } as FactDraft])).toBeNull()
  return { desk, id }
}
const now = quake + minutes(10)

describe('clocks that a fact may start', () => {
  it('M4: a sender starts no clock for a station that it does not name, none that is past, and none far off', () => {
    const { desk, id } = sentWith([
      { kind: 'relay', station: region, due: 1 }, { kind: 'written', station: '65/@nobody', due: now + minutes(60) }, { kind: 'receipt', station: seismology, due: now + minutes(10) },
      { kind: 'phone', station: prefecture, due: now + minutes(10) }, { kind: 'followUp', station: prefecture, due: now + minutes(10) }, { kind: 'instruction', station: prefecture, due: now + minutes(10) },
      { kind: 'final', station: county, due: latestMoment }, { kind: 'receipt', station: prefecture, due: now + longestClockMs + minutes(1) },
    ])
    expect(desk.report(id).sent).not.toBeNull()
    expect(deadlinesOf(desk.report(id), now)).toEqual([])
  })

  it('M4: those that the norms mean are kept, one of a kind for a station', () => {
    const honest: Clock[] = [
      { kind: 'phone', station: county, due: quake + minutes(31) }, { kind: 'followUp', station: county, due: now + minutes(120) },
      { kind: 'receipt', station: prefecture, due: now + minutes(10) }, { kind: 'relay', station: region, due: now + minutes(240) },
    ]
    const { desk, id } = sentWith([...honest, ...honest, { kind: 'receipt', station: prefecture, due: now + minutes(5) }])
    expect(desk.report(id).clocks).toEqual(honest)
  })

  it('M4: what the shipped norms ask for is all allowed, whatever the grade and the kind', () => {
    for (const kind of ['first', 'followUp', 'final', 'daily'] as const) {
      for (const level of ['I', 'II', 'III', 'IV'] as const) {
        const desk = testDesk()
        const id = desk.send(county, { kind, level })
        const stated = desk.facts.findLast((fact) => fact.type === 'report.sent.v1')?.body as { deadlines: Clock[] }
        expect(desk.report(id).clocks).toEqual(stated.deadlines)
      }
    }
  })

  it('M4: a forward starts none for the author or for a receiver that it does not name', () => {
    const { desk, id } = sentWith([])
    desk.receive(id, prefecture, region)
    const due = now + minutes(20)
    const deadlines: Clock[] = [county, region, prefecture, seismology].map((station) => ({ kind: 'receipt', station, due }))
    expect(desk.state(prefecture, [{ type: 'report.forwarded.v1', subject: `report/${id}`, to: [county, seismology], body: { deadlines: [...deadlines, { kind: 'relay', station: seismology, due }] } }])).toBeNull()
    expect(desk.report(id).clocks).toEqual([{ kind: 'receipt', station: seismology, due }])
  })

  it('M4: an instruction whose due time is past or beyond all reason is refused', () => {
    const { desk, id } = sentWith([])
    const instruct = (due: number) => desk.state(prefecture, [{ type: 'report.instructed.v1', subject: `report/${id}`, to: [county], body: { instructionId: instructionAt(prefecture), text: '速查', due, to: [county] } }])?.code ?? null
    expect([instruct(1), instruct(latestMoment), instruct(now + minutes(30))]).toEqual(['report.due-unreasonable', 'report.due-unreasonable', null])
  })

  it('M4: no fact ever starts a clock for a station that is neither its own nor named in it', () => {
    const stations = [region, prefecture, county, seismology, otherCounty, 'constructor']
    const clocks = fc.array(fc.record({ kind: fc.constantFrom(...deadlineKinds), station: fc.constantFrom(...stations), due: fc.constantFrom(0, 1, quake, now, now + minutes(30), latestMoment) }), { maxLength: 30 })
    const audience = fc.subarray([region, prefecture, seismology, otherCounty])
    fc.assert(fc.property(clocks, audience, clocks, audience, fc.constantFrom(...stations), (sending, to, forwarding, further, by) => {
      const { desk, id } = sentWith(sending, to)
      const sent = desk.report(id).clocks
      for (const { station } of sent) expect([county, ...to]).toContain(station)
      desk.state(by, [{ type: 'report.forwarded.v1', subject: `report/${id}`, to: further, body: { deadlines: forwarding } }])
      const all = desk.report(id).clocks
      for (const clock of all.filter((one) => !sent.includes(one) && !sent.some((before) => before.kind === one.kind && before.station === one.station))) expect(further).toContain(clock.station)
      expect(all.length).toBeLessThanOrEqual(4 + 2 * (to.length + further.length))
      for (const { due } of all) expect(due).toBeLessThanOrEqual(now + minutes(1) + longestClockMs)
    }), { numRuns: 200 })
  })
})

describe('automatic urging', () => {
  it('H5: the same clock twice, or two that fall due at once, are urged for once, and nothing is refused', () => {
    const due = now + minutes(30)
    const { desk, id } = sentWith([{ kind: 'followUp', station: county, due }, { kind: 'followUp', station: county, due }, { kind: 'final', station: county, due }])
    desk.receive(id, prefecture)
    desk.clock.advance(minutes(60))
    expect(pendingUrges(desk.report(id), prefecture).filter(({ cause }) => cause === 'follow-up-overdue')).toEqual([{ cause: 'follow-up-overdue', station: county, due }])
    expect(desk.state(prefecture, decide.urgeWhatIsDue(desk.report(id), desk.situation(prefecture)))).toBeNull()
    expect(pendingUrges(desk.report(id), prefecture)).toEqual([])
  })

  it('H5: deadlines go by the wall clock of the station, not by what others made of its hybrid time', () => {
    const desk = testDesk()
    const id = desk.send(county)
    const facts = desk.facts.filter((fact) => fact.subject === `report/${id}`).map((fact) => ({ ...fact, at: [fact.at[0] + 9_000, fact.at[1]] as const, wall: fact.at[0] }))
    const { state } = fold(reportType, `report/${id}`, facts, desk.directory)
    expect(state.sent?.at).toBe(facts.find(({ type }) => type === 'report.sent.v1')?.wall)
  })
})

describe('how many', () => {
  it('instructions of one station and receivers of one report are bounded, so no report can stop a station that reads it', () => {
    const { desk, id } = sentWith([])
    const give = (n: number, to: string[]) => desk.state(prefecture, [{ type: 'report.instructed.v1', subject: `report/${id}`, to, body: { instructionId: instructionAt(prefecture, n), text: '核实', due: now + minutes(60), to } } as FactDraft])
    const places = (n: number) => Array.from({ length: 32 }, (_, i) => `${prefecture}/6529${10 + (n % 20)}${i}`)
    const refusals = Array.from({ length: 60 }, (_, n) => give(n, places(n))?.code ?? null)
    expect(refusals[0]).toBeNull()
    expect(refusals.at(-1)).toBe('report.too-many')
    expect(fold(reportType, `report/${id}`, desk.facts.filter((fact) => fact.subject === `report/${id}`), desk.directory).state.hops.length).toBeLessThanOrEqual(600)
  })
})
