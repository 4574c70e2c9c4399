import { expect, it } from 'vitest'
import * as decide from './report.decide.ts'
import { defaultWeights, qualityOf } from './report.quality.ts'
import { county, instructionAt, minutes, prefecture, quake, sampleContent, testDesk } from './testDesk.ts'

type Desk = ReturnType<typeof testDesk>
const known = { deaths: 3, missing: 0, seriousInjuries: 1, lightInjuries: 5, trapped: 0, evacuated: 300, lossWan: 100 }
const details = { source: '县地震局', nature: '自然灾害', scope: '全县', trend: '余震不断', leaders: '县长在现场', measures: '启动响应', needs: '帐篷 500 顶' }
const complete = { figures: known, details }

const scoreOf = (desk: Desk, id: string) => qualityOf(desk.report(id), defaultWeights, desk.clock.now())
const points = (desk: Desk, id: string) => scoreOf(desk, id)?.lines.map((line) => [line.name, line.points])

it('a complete report in time has 40 + 25 + 20 + 15', () => {
  const desk = testDesk()
  const id = desk.send(county, complete)
  expect(points(desk, id)).toEqual([['timeliness', 40], ['completeness', 25], ['accuracy', 20], ['closure', 15]])
  expect(scoreOf(desk, id)?.score).toBe(100)
})

it('a draft has no score', () => {
  const desk = testDesk()
  expect(scoreOf(desk, desk.draft(county))).toBeNull()
})

it('each of phone and written late costs half of timeliness', () => {
  const desk = testDesk()
  const id = desk.draft(county, complete)
  desk.state(county, decide.submit(desk.report(id)))
  desk.clock.set(quake + minutes(1) + minutes(45))
  desk.sign(county, id)
  expect(points(desk, id)?.[0]).toEqual(['timeliness', 20])
})

it('completeness is the share of asked fields that are filled; unknown is not filled', () => {
  const desk = testDesk()
  const id = desk.send(county)
  const { required, expected, missing } = desk.report(id).sent ?? { required: [], expected: [], missing: [] }
  const asked = required.length + expected.length
  expect(missing).toEqual(expect.arrayContaining(['figures.deaths', 'details.source']))
  expect(points(desk, id)?.[1]).toEqual(['completeness', Math.round((250 * (asked - missing.length)) / asked) / 10])
})

it('a figure that falls later costs a quarter of accuracy, one that rises nothing; the line names the fact', () => {
  const desk = testDesk()
  const id = desk.send(county, complete)
  const { incidentId } = desk.report(id).content ?? { incidentId: '' }
  desk.send(county, { ...complete, kind: 'followUp', incidentId, figures: { ...known, deaths: 2, lightInjuries: 9 } })
  expect(points(desk, id)?.[2]).toEqual(['accuracy', 15])
  expect(scoreOf(desk, id)?.lines[2]?.facts).toEqual([desk.report(id).followed[0]?.fact])
})

it('an overdue follow-up and an instruction fed back late cost closure, by what is due', () => {
  const desk = testDesk()
  const id = desk.send(county, complete)
  desk.receive(id, prefecture)
  desk.state(prefecture, decide.instruct(desk.report(id), { text: '核实', due: desk.clock.now() + minutes(30) }, desk.situation(prefecture), desk.incidentOf(id), instructionAt(prefecture)))
  desk.state(county, decide.feedBack(desk.report(id), { instructionId: instructionAt(prefecture), text: '已核实', done: true }))
  expect(points(desk, id)?.[3]).toEqual(['closure', 15])
  desk.clock.advance(minutes(121))
  expect(points(desk, id)?.[3]).toEqual(['closure', 7.5])
})

it('the evidence of every line is among the report’s own facts', () => {
  const desk = testDesk()
  const id = desk.send(county, { ...complete, phonedAt: sampleContent().learnedAt + minutes(2) })
  const facts = scoreOf(desk, id)?.lines.flatMap((line) => line.facts) ?? []
  expect(facts.length).toBeGreaterThan(0)
  expect(desk.report(id).facts).toEqual(expect.arrayContaining(facts))
})
