import { isRefusal, levelOf, testClock, type Address, type Refusal } from '#core/kernel/index.ts'
import { encode, fold, modeOfSubject, newSubject, tick, witness, zeroTime, type Directory, type Fact, type FactDraft, type HybridTime, type Mode, type Statement, type SubjectType } from '#core/ledger/index.ts'
import { webCrypto } from '#core/ledger/webCrypto.ts'
import { incidentSubject, incidentType, openIncident, type IncidentState } from '#modules/incident/index.ts'
import { shippedNorms } from '#modules/norms/index.ts'
import * as decide from './report.decide.ts'
import { reportFacts, type Content, type ReportFactType } from './report.facts.ts'
import { reportType } from './report.rules.ts'
import type { ReportState } from './report.state.ts'

export const region = '65'
export const prefecture = '65/6529'
export const county = '65/6529/652927'
export const scene = '65/6529/652927/s1'
export const seismology = '65/@seismology'
export const otherCounty = '65/6529/652922'

export const minutes = (count: number) => count * 60_000
/** 2024-01-23 02:09 Beijing time. */
export const quake = Date.UTC(2024, 0, 22, 18, 9)

/** The id of an instruction made at a station, the same for the same number. */
export const instructionAt = (station: Address, number = 1) => newSubject('instruction', station, 'actual', number, () => 0.5).slice('instruction/'.length)

/** An earthquake of the first minutes: magnitude known, casualties not. */
export function sampleContent(change: Partial<Content> = {}): Content {
  return {
    kind: 'first', incidentId: '', code: '11C02', title: '乌什县发生7.1级地震', occurredAt: quake, learnedAt: quake + minutes(1),
    place: { division: '652927', address: '亚曼苏乡', lon: 78.63, lat: 41.26 },
    figures: { deaths: null, missing: null, seriousInjuries: 0, lightInjuries: 5, trapped: null, evacuated: 300, lossWan: null },
    attributes: { magnitude: 7.1, populationDensity: 'fairlyDense' }, level: 'I', text: '震感强烈，房屋受损，正在核查。', ...change,
  }
}

/**
 * The whole tree as one list of facts, without signatures: rules alone, driven by a clock that stands still. For
 * stations that act while apart, one desk each, on one clock with the skew that is its own.
 */
export function testDesk({ clock = testClock(quake + minutes(10)), skewMs = 0 } = {}) {
  const facts: Fact[] = []
  const directory: Directory = {
    self: region,
    station: (address) => [region, prefecture, county, scene, seismology, otherCounty].includes(address)
      ? { address, name: address, level: levelOf(address), kind: 'government', keys: [], state: 'active' } : undefined,
    stations: () => [],
  }
  function stateOf<State>(type: SubjectType<State>, subject: string): State {
    return fold(type, subject, facts.filter((fact) => fact.subject === subject), directory).state
  }

  /** A fact as its station would state it, admitted or not. */
  function factBy(station: Address, draft: FactDraft): Fact {
    const body: Record<string, unknown> = draft.type in reportFacts ? reportFacts[draft.type as ReportFactType].parse(draft.body) : draft.body
    const latest = facts.reduce<HybridTime>((last, { at }) => witness(last, at), zeroTime)
    const statement: Statement = {
      ...draft, body, station, seq: facts.length + 1, prev: '', at: tick(latest, clock.now() + skewMs), actor: { id: 'p1', name: '王值班' }, mode: modeOfSubject(draft.subject),
    }
    const text = encode(statement)
    return { ...(JSON.parse(text) as Statement), id: webCrypto.sha256(text), text, sig: '' }
  }

  /** States what was decided; the rules' Refusal, or null when all was admitted. */
  function state(station: Address, decision: FactDraft[] | Refusal): Refusal | null {
    if (isRefusal(decision)) return decision
    for (const draft of decision) {
      const fact = factBy(station, draft)
      const type: SubjectType = draft.subject.startsWith('incident/') ? incidentType : reportType
      const refusal = type.admit(fact, stateOf(type, draft.subject), directory)
      if (refusal) return refusal
      facts.push(fact)
    }
    return null
  }

  const report = (id: string): ReportState => stateOf(reportType, `report/${id}`)
  const incidentOf = (id: string): IncidentState => stateOf(incidentType, incidentSubject(report(id).content?.incidentId ?? ''))
  const situation = (self: Address): decide.Situation => ({ self, now: clock.now(), norms: shippedNorms(self), directory })

  /** A draft at a station; a new incident unless the content names one. */
  function draft(station: Address, change: Partial<Content> = {}, mode: Mode = 'actual'): string {
    const norms = shippedNorms(station)
    const subject = newSubject('report', station, mode, clock.now())
    let incidentId = change.incidentId
    if (incidentId === undefined) {
      const { code, title, occurredAt, learnedAt, place } = sampleContent(change)
      const opening = openIncident({ subject: newSubject('incident', station, mode, clock.now()), code, title, occurredAt, learnedAt, place }, { self: station, norms })
      state(station, opening)
      incidentId = (opening[0]?.subject ?? '').slice('incident/'.length)
    }
    const refusal = state(station, decide.draft(stateOf(reportType, subject), { content: sampleContent({ ...change, incidentId }), attachments: [] }))
    if (refusal) throw refusal
    return subject.slice('report/'.length)
  }

  function sign(station: Address, id: string, input: Parameters<typeof decide.sign>[1] = {}): Refusal | null {
    const incidentId = report(id).content?.incidentId
    const ids = [...new Set(facts.filter((fact) => fact.type === 'report.sent.v1').map((fact) => fact.subject.slice('report/'.length)))]
    const earlier = ids.map(report).filter((other) => other.content?.incidentId === incidentId)
    return state(station, decide.sign(report(id), input, situation(station), { incident: incidentOf(id), earlier }))
  }

  /** Draft, submission and signature in one go. */
  function send(station: Address, change: Partial<Content> = {}, mode: Mode = 'actual'): string {
    const id = draft(station, change, mode)
    const refusal = state(station, decide.submit(report(id))) ?? sign(station, id)
    if (refusal) throw refusal
    return id
  }

  /** Every receiver answers with its machine receipt. */
  function receive(id: string, ...stations: Address[]): void {
    for (const station of stations) state(station, decide.receive(report(id), station))
  }

  return { clock, facts, directory, factBy, state, report, incidentOf, situation, draft, sign, send, receive }
}
