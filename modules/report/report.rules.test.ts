import { describe, expect, it } from 'vitest'
import * as decide from './report.decide.ts'
import { deadlinesOf, pendingUrges } from './report.deadlines.ts'
import { statusOf } from './report.state.ts'
import { county, instructionAt, minutes, otherCounty, prefecture, quake, region, sampleContent, scene, seismology, testDesk } from './testDesk.ts'

const learned = quake + minutes(1)

describe('from draft to closing', () => {
  it('goes through the states of the norm, each by its own fact', () => {
    const desk = testDesk()
    const id = desk.draft(county)
    const status = () => statusOf(desk.report(id))
    expect(status()).toBe('draft')
    desk.state(county, decide.submit(desk.report(id)))
    expect(status()).toBe('submitted')
    desk.state(county, decide.giveBack(desk.report(id), { reason: '补充震中乡镇' }))
    expect([status(), desk.report(id).returned?.reason]).toEqual(['draft', '补充震中乡镇'])
    desk.state(county, decide.submit(desk.report(id)))
    expect(desk.sign(county, id)).toBeNull()
    expect(status()).toBe('sent')
    desk.receive(id, prefecture, region)
    expect(status()).toBe('received')
    expect(desk.state(prefecture, decide.accept(desk.report(id), {}))).toBeNull()
    expect(status()).toBe('accepted')
    expect(desk.state(region, decide.instruct(desk.report(id), { text: '全力救援', due: desk.clock.now() + minutes(60), to: [scene] }, desk.situation(region), desk.incidentOf(id), instructionAt(region)))).toBeNull()
    expect(status()).toBe('handling')
    expect(desk.state(county, decide.close(desk.report(id), {}))?.code).toBe('report.instructions-open')
    expect(desk.state(scene, decide.feedBack(desk.report(id), { instructionId: instructionAt(region), text: '已到达', done: false }))).toBeNull()
    expect(status()).toBe('handling')
    expect(desk.state(scene, decide.feedBack(desk.report(id), { instructionId: instructionAt(region), text: '被困人员全部救出', done: true }))).toBeNull()
    expect(status()).toBe('handled')
    expect(desk.state(county, decide.close(desk.report(id), { outcome: '救援结束' }))).toBeNull()
    expect(status()).toBe('closed')
  })

  it('each step taken twice is refused by name and changes nothing', () => {
    const desk = testDesk()
    const id = desk.send(county)
    desk.receive(id, prefecture)
    desk.state(prefecture, decide.accept(desk.report(id), {}))
    const before = desk.report(id)
    expect(desk.sign(county, id)?.code).toBe('report.already-sent')
    expect(desk.state(county, decide.submit(before))?.code).toBe('report.already-sent')
    expect(desk.state(county, decide.draft(before, { content: sampleContent({ incidentId: before.content?.incidentId ?? '' }), attachments: [] }))?.code).toBe('report.already-sent')
    expect(desk.state(prefecture, decide.accept(before, {}))?.code).toBe('report.already-accepted')
    expect(decide.receive(before, prefecture)).toEqual([])
    expect(desk.report(id)).toEqual(before)
  })

  it('a report cannot be signed before it is submitted, nor with a required figure not stated', () => {
    const desk = testDesk()
    const id = desk.draft(county)
    expect(desk.sign(county, id)?.code).toBe('report.not-submitted')
    const incomplete = desk.draft(county, { figures: { deaths: 0 } })
    desk.state(county, decide.submit(desk.report(incomplete)))
    const refusal = desk.sign(county, incomplete)
    expect(refusal?.code).toBe('report.fields-missing')
    expect(refusal?.fields.map(({ field }) => field)).toContain('figures.missing')
  })

  it('a receiver’s return asks for a supplement, which a follow-up answers', () => {
    const desk = testDesk()
    const id = desk.send(county)
    desk.receive(id, prefecture)
    desk.state(prefecture, decide.giveBack(desk.report(id), { reason: '补报失踪人数' }))
    expect(statusOf(desk.report(id))).toBe('returned')
    desk.clock.advance(minutes(20))
    const followUp = desk.send(county, { kind: 'followUp', incidentId: desk.report(id).content?.incidentId ?? '', figures: { ...sampleContent().figures, deaths: 3, missing: 0 } })
    expect(desk.report(id).followed.map(({ by }) => by)).toEqual([followUp])
    expect(statusOf(desk.report(id))).toBe('received')
    expect(desk.report(followUp).sent?.previous).toEqual({ report: id, figures: sampleContent().figures })
  })
})

describe('how far up a report goes', () => {
  const deadQuake = (deaths: number) => ({ level: undefined, attributes: {}, figures: { ...sampleContent().figures, deaths, missing: 0 } })

  it('I and II go to every ancestor at once, skipping levels', () => {
    for (const deaths of [300, 299, 50]) {
      const desk = testDesk()
      const id = desk.send(scene, deadQuake(deaths))
      expect(desk.facts.find((fact) => fact.type === 'report.sent.v1')?.to).toEqual(['ancestors'])
      expect(desk.report(id).hops.map(({ station }) => station)).toEqual([county, prefecture, region])
      expect(desk.report(id).signed?.level.computed).toBe(deaths >= 300 ? 'I' : 'II')
    }
  })

  it('III reaches the region, IV the prefecture', () => {
    const desk = testDesk()
    const serious = desk.send(county, deadQuake(10))
    expect([desk.report(serious).signed?.level.computed, desk.report(serious).hops.map(({ station }) => station)]).toEqual(['III', [prefecture, region]])
    const ordinary = desk.send(scene, deadQuake(1))
    expect([desk.report(ordinary).signed?.level.computed, desk.report(ordinary).hops.map(({ station }) => station)]).toEqual(['IV', [county, prefecture]])
  })

  it('IV of a department still goes to its government; IV of a prefecture ends there until somebody forwards it', () => {
    const desk = testDesk()
    expect(desk.report(desk.send(seismology, deadQuake(1))).hops.map(({ station }) => station)).toEqual([region])
    const id = desk.send(prefecture, deadQuake(1))
    expect(desk.report(id).hops).toEqual([])
    expect(desk.state(prefecture, decide.forward(desk.report(id), {}, desk.situation(prefecture), desk.incidentOf(id)))).toBeNull()
    expect(desk.report(id).hops.map(({ station }) => station)).toEqual([region])
  })

  it('goes by the graver of the officer’s judgement and the rules’', () => {
    const desk = testDesk()
    const id = desk.send(county, { ...deadQuake(1), level: 'II' })
    expect(desk.report(id).signed?.level).toEqual({ initial: 'II', computed: 'IV', reporting: 'II' })
    expect(desk.report(id).hops.map(({ station }) => station)).toEqual([prefecture, region])
  })

  it('a follow-up is graded anew from its figures', () => {
    const desk = testDesk()
    const id = desk.send(county, deadQuake(1))
    const { incidentId } = desk.report(id).content ?? { incidentId: '' }
    const later = desk.send(county, { ...deadQuake(50), kind: 'followUp', incidentId })
    expect(desk.report(later).signed?.level.computed).toBe('II')
    expect(desk.incidentOf(later).figures.deaths).toBe(50)
  })

  it('a forward widens the reach by stations of the directory, once', () => {
    const desk = testDesk()
    const id = desk.send(county, deadQuake(1))
    desk.receive(id, prefecture)
    const forward = (to: string[]) => desk.state(prefecture, decide.forward(desk.report(id), { to }, desk.situation(prefecture), desk.incidentOf(id)))
    expect(forward(['65/@nowhere'])?.code).toBe('report.station-unknown')
    expect(forward([region, seismology])).toBeNull()
    expect(desk.report(id).hops.map(({ station }) => station)).toEqual([prefecture, region, seismology])
    expect(forward([region])?.code).toBe('report.nobody-to-forward-to')
    desk.receive(id, seismology)
    expect(desk.report(id).hops[2]?.received).not.toBeNull()
  })
})

describe('deadlines', () => {
  const find = (desk: ReturnType<typeof testDesk>, id: string, kind: string, station: string) =>
    deadlinesOf(desk.report(id), desk.clock.now()).find((deadline) => deadline.kind === kind && deadline.station === station)

  it('phone 30 min and written 60 min run from learnedAt; receipt 10 min and two hours a level from sending', () => {
    const desk = testDesk()
    const id = desk.send(county)
    const sent = desk.clock.now()
    const due = (kind: string, station: string) => find(desk, id, kind, station)?.due
    expect(due('phone', county)).toBe(learned + minutes(30))
    expect(due('written', county)).toBe(learned + minutes(60))
    expect(due('receipt', prefecture)).toBe(sent + minutes(10))
    expect(due('relay', prefecture)).toBe(sent + minutes(120))
    expect(due('relay', region)).toBe(sent + minutes(240))
    expect(due('followUp', county)).toBe(sent + minutes(120))
    expect(due('final', county)).toBe(sent + minutes(30 * 24 * 60))
  })

  it('a report signed one millisecond after the limit is late, at the limit it is not', () => {
    for (const [over, late] of [[0, false], [1, true]] as const) {
      const desk = testDesk()
      const id = desk.draft(county)
      desk.state(county, decide.submit(desk.report(id)))
      desk.clock.set(learned + minutes(60) + over)
      desk.sign(county, id)
      expect(find(desk, id, 'written', county)).toMatchObject({ metAt: learned + minutes(60) + over, late, by: desk.report(id).sent?.fact })
    }
  })

  it('late is judged alike at both ends: from the clocks in the fact, whatever norms the other end has', () => {
    const desk = testDesk()
    const id = desk.draft(county)
    desk.state(county, decide.submit(desk.report(id)))
    desk.clock.set(learned + minutes(90))
    desk.sign(county, id)
    const atCounty = deadlinesOf(desk.report(id), desk.clock.now())
    desk.clock.advance(minutes(5))
    const lateAt = (deadlines: typeof atCounty) => deadlines.filter(({ late }) => late).map(({ kind, station }) => [kind, station])
    expect(lateAt(deadlinesOf(desk.report(id), desk.clock.now()))).toEqual(lateAt(atCounty))
    expect(lateAt(atCounty)).toEqual([['phone', county], ['written', county]])
  })

  it('a telephone report in time stops the phone clock of a report written later', () => {
    const desk = testDesk()
    const id = desk.draft(county, { phonedAt: learned + minutes(15) })
    desk.state(county, decide.submit(desk.report(id)))
    desk.clock.set(learned + minutes(45))
    desk.sign(county, id)
    expect(find(desk, id, 'phone', county)).toMatchObject({ metAt: learned + minutes(15), late: false })
  })

  it('an unmet deadline becomes late by the passing of time alone', () => {
    const desk = testDesk()
    const id = desk.send(county)
    desk.clock.advance(minutes(10))
    expect(find(desk, id, 'receipt', prefecture)?.late).toBe(false)
    desk.clock.advance(1)
    expect(find(desk, id, 'receipt', prefecture)?.late).toBe(true)
  })

  it('an acceptance or a forward meets the relay; a final report meets followUp and final; an instruction needs its feedback', () => {
    const desk = testDesk()
    const id = desk.send(county)
    desk.receive(id, prefecture, region)
    desk.state(prefecture, decide.accept(desk.report(id), {}))
    expect(find(desk, id, 'relay', prefecture)?.metAt).toBe(desk.clock.now())
    expect(find(desk, id, 'relay', region)?.metAt).toBeNull()
    desk.state(region, decide.instruct(desk.report(id), { text: '核实伤亡', due: desk.clock.now() + minutes(30) }, desk.situation(region), desk.incidentOf(id), instructionAt(region)))
    desk.clock.advance(minutes(31))
    desk.state(county, decide.feedBack(desk.report(id), { instructionId: instructionAt(region), text: '已核实', done: true }))
    expect(find(desk, id, 'instruction', county)).toMatchObject({ late: true, metAt: desk.clock.now() })
    desk.send(county, { kind: 'final', incidentId: desk.report(id).content?.incidentId ?? '' })
    expect(find(desk, id, 'followUp', county)?.metAt).toBe(desk.clock.now())
    expect(find(desk, id, 'final', county)?.metAt).toBe(desk.clock.now())
  })
})

describe('automatic urging', () => {
  it('the author alone urges its next station for a missing receipt, after 10 minutes, once', () => {
    const desk = testDesk()
    const id = desk.send(county)
    const due = desk.clock.now() + minutes(10)
    expect(pendingUrges(desk.report(id), county)).toEqual([{ cause: 'receipt-missing', station: prefecture, due }])
    expect(pendingUrges(desk.report(id), region)).toEqual([])
    expect(decide.urgeWhatIsDue(desk.report(id), desk.situation(county))).toEqual([])
    desk.clock.set(due)
    const urge = () => decide.urgeWhatIsDue(desk.report(id), desk.situation(county))
    expect(desk.state(county, urge())).toBeNull()
    expect(desk.report(id).urges).toMatchObject([{ cause: 'receipt-missing', urged: prefecture, due }])
    expect(urge()).toEqual([])
  })

  it('the nearest station that has the report urges for an overdue follow-up; no other does', () => {
    const desk = testDesk()
    const id = desk.send(county, { figures: { deaths: 0, missing: 0, seriousInjuries: 0, lightInjuries: 0, trapped: 0, evacuated: 0, lossWan: 0 } })
    desk.receive(id, prefecture, region)
    const due = desk.clock.now() + minutes(120)
    expect(pendingUrges(desk.report(id), prefecture)[0]).toEqual({ cause: 'follow-up-overdue', station: county, due })
    expect(pendingUrges(desk.report(id), region)).toEqual([])
    desk.send(county, { kind: 'followUp', incidentId: desk.report(id).content?.incidentId ?? '' })
    expect(pendingUrges(desk.report(id), prefecture).map(({ cause, due: at }) => [cause, at === due])).not.toContainEqual(['follow-up-overdue', true])
  })

  it('required figures still unknown are urged for by name until a follow-up gives them', () => {
    const desk = testDesk()
    const id = desk.send(county)
    desk.receive(id, prefecture)
    const missing = () => pendingUrges(desk.report(id), prefecture).find(({ cause }) => cause === 'field-missing')
    expect(missing()).toEqual({ cause: 'field-missing', station: county, due: desk.clock.now() + minutes(10), fields: ['figures.deaths', 'figures.missing', 'figures.trapped', 'figures.lossWan'] })
    desk.send(county, { kind: 'followUp', incidentId: desk.report(id).content?.incidentId ?? '', figures: { deaths: 3, missing: 0, seriousInjuries: 1, lightInjuries: 5, trapped: 0, evacuated: 300, lossWan: 100 } })
    expect(missing()).toBeUndefined()
  })
})

describe('authority', () => {
  it('L-18 a station that has seen the region\'s instruction cannot push it out with an earlier one of the same id', () => {
    const desk = testDesk()
    const id = desk.send(county)
    desk.receive(id, prefecture, region)
    const instruct = (from: string, at: string) => desk.state(from, decide.instruct(desk.report(id), { text: '不必查明', due: desk.clock.now() + 1 }, desk.situation(from), desk.incidentOf(id), instructionAt(at)))
    expect(instruct(prefecture, region)?.code).toBe('report.instruction-not-yours')
    expect(instruct(region, region)).toBeNull()
  })

  it('an instruction goes only downward, and only the instructed feed back', () => {
    const desk = testDesk()
    const id = desk.send(county)
    desk.receive(id, prefecture, region)
    const instruct = (from: string, to?: string[], instructionId = instructionAt(from)) =>
      desk.state(from, decide.instruct(desk.report(id), { text: '查明震情', due: desk.clock.now() + 1, to }, desk.situation(from), desk.incidentOf(id), instructionId))
    expect(instruct(prefecture)).toBeNull()
    expect(instruct(prefecture, [region], instructionAt(prefecture, 2))?.code).toBe('report.not-below')
    expect(instruct(prefecture, [county])?.code).toBe('report.instruction-known')
    expect(desk.state(region, decide.feedBack(desk.report(id), { instructionId: instructionAt(prefecture), text: '已办', done: true }))?.code).toBe('report.not-instructed')
    expect(desk.state(county, decide.feedBack(desk.report(id), { instructionId: instructionAt(prefecture, 9), text: '已办', done: true }))?.code).toBe('report.instruction-unknown')
    expect(desk.state(otherCounty, decide.accept(desk.report(id), {}))?.code).toBe('report.not-yours')
  })

  it('merging is for the author and the stations above it, into a sent report that is not merged itself', () => {
    const desk = testDesk()
    const [a, b] = [desk.send(county), desk.send(scene)]
    desk.receive(b, county, prefecture, region)
    const merge = (station: string, id: string, into: string) => desk.state(station, decide.merge(desk.report(id), { into, reason: '同一地震' }, desk.report(into)))
    expect(merge(prefecture, b, b)?.code).toBe('report.merged-into-itself')
    expect(merge(otherCounty, b, a)?.code).toBe('report.not-yours')
    expect(merge(prefecture, b, a)).toBeNull()
    expect(statusOf(desk.report(b))).toBe('merged')
    expect(merge(prefecture, a, b)?.code).toBe('report.merge-target')
  })

  it('a fact about another’s report changes nothing', () => {
    const desk = testDesk()
    const id = desk.send(county)
    const before = desk.report(id)
    const forged = desk.factBy(otherCounty, { type: 'report.drafted.v1', subject: `report/${id}`, to: [], body: { content: sampleContent({ incidentId: before.content?.incidentId ?? '', title: '并无地震' }), attachments: [] } })
    // Backdated to before the real draft: still not theirs, because the id bears the mark of its station.
    desk.facts.push({ ...forged, at: [0, 0] }, desk.factBy(otherCounty, { type: 'report.closed.v1', subject: `report/${id}`, to: [], body: {} }))
    expect(desk.report(id)).toEqual(before)
  })

  it('an exercise fact cannot pose as actual', () => {
    const desk = testDesk()
    const exercise = desk.send(county, {}, 'exercise')
    const incidentId = desk.report(exercise).content?.incidentId ?? ''
    expect(exercise.endsWith('.x') && incidentId.endsWith('.x')).toBe(true)
    expect(() => desk.draft(county, { incidentId })).toThrow('report.mode-mismatch')
    const actual = desk.send(county)
    expect(desk.state(county, decide.merge(desk.report(actual), { into: exercise, reason: '重复' }, desk.report(exercise)))?.code).toBe('report.mode-mismatch')
  })
})
