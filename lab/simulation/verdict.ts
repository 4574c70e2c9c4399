import type { Address } from '#core/kernel/index.ts'
import { fold, kindOfSubject, maxOwnAheadMs, reaches, reachOf, type Fact, type Reach } from '#core/ledger/index.ts'
import { caseKind, caseSubject, knows } from './noun.ts'
import type { Entry } from './memoryLedger.ts'
import type { Acknowledged, SimStation } from './station.ts'

/** What is wrong when everything has healed; empty when the promises of ledger and links were kept. */
export function judgeAll(all: Map<Address, SimStation>, acknowledged: Acknowledged[], lies: ReadonlySet<string>): string[] {
  const faults: string[] = []
  const union = new Map<string, Map<string, Fact>>()
  const stations = new Map([...all].filter(([, station]) => !station.hostile))
  for (const station of stations.values()) {
    const { disk } = station.ledger
    for (const { fact } of disk.held.values()) {
      if (lies.has(fact.id)) continue
      const facts = union.get(fact.subject)
      if (facts) facts.set(fact.id, fact)
      else union.set(fact.subject, new Map([[fact.id, fact]]))
    }
    for (const turned of disk.turnedAway) if (!lies.has(turned.id)) faults.push(`${station.self} turned away ${turned.reason} ${turned.id}`)
    const waiting = [...disk.waiting.keys()].filter((id) => !lies.has(id))
    if (waiting.length > 0) faults.push(`${station.self} still waits with ${waiting.length} facts`)
    if (station.ledger.aheadMs > maxOwnAheadMs) faults.push(`${station.self} is silent: its chain is ${station.ledger.aheadMs} ms ahead`)
    if (!station.ledger.authoring) faults.push(`${station.self} does not state anything any more`)
  }
  judgeChains(union, faults)
  for (const [subject, facts] of union) judgeSubject(subject, [...facts.values()], stations, faults)
  for (const { from, to, ids } of acknowledged) {
    const { held } = all.get(to)!.ledger.disk
    if (all.get(to)!.hostile) continue
    for (const id of ids) if (!held.has(id) && !lies.has(id)) faults.push(`lost: ${to} signed for ${id} from ${from} and does not hold it`)
  }
  return faults
}

/** One number, one fact; and each points to the one before. */
function judgeChains(union: Map<string, Map<string, Fact>>, faults: string[]): void {
  const chain = new Map<string, Fact>()
  for (const facts of union.values()) {
    for (const fact of facts.values()) {
      const key = `${fact.station} ${fact.seq}`
      if (chain.has(key)) faults.push(`forked: ${key}`)
      chain.set(key, fact)
    }
  }
  for (const fact of chain.values()) {
    const before = chain.get(`${fact.station} ${fact.seq - 1}`)
    if (before && before.id !== fact.prev) faults.push(`broken chain at ${fact.station} ${fact.seq}`)
  }
}

/** Everyone entitled holds the same facts and the same state, byte for byte. */
function judgeSubject(subject: string, facts: Fact[], stations: Map<Address, SimStation>, faults: string[]): void {
  const any = stations.values().next().value!
  const isCase = kindOfSubject(subject) === caseKind
  const folds = isCase ? [1, 2].map((version) => fold(caseSubject(version as 1 | 2), subject, facts.filter((fact) => knows(version as 1 | 2, fact)), any.ledger.directory)) : []
  const states = folds.map((f) => JSON.stringify(f.state))
  // What is of no known kind travels each where it asks to.
  const reach: Reach = folds[0]?.reach ?? (facts.length === 1 ? reachOf(facts[0]!.station, facts[0]!.to) : [])
  for (const station of stations.values()) {
    if (!reaches(reach, station.self)) continue
    const entry = station.ledger.disk.subjects.get(subject)
    const missing = facts.filter((fact) => !station.ledger.disk.held.has(fact.id))
    if (missing.length > 0) faults.push(`${station.self} lacks ${missing.length} of ${facts.length} facts of ${subject}: ${missing.map((f) => `${f.type} ${f.station} ${f.seq}${folds[1]?.refused.has(f.id) ? ' (refused)' : ''}`).join(', ')}`)
    else if (new Set(entry!.facts.map((held) => held.fact.id)).size !== entry!.facts.length) faults.push(`${station.self} holds a fact of ${subject} twice`)
    else if (entry!.facts.length !== facts.length) judgeMixed(subject, entry!, station, faults)
    else if (isCase && JSON.stringify(entry!.state) !== states[station.version - 1]) faults.push(`${station.self} folds ${subject} to ${JSON.stringify(entry!.state)}, not ${states[station.version - 1]}`)
  }
}

/** Where a liar has its say, not everyone holds the same of it; and yet what is held decides the state, and nothing else does. */
function judgeMixed(subject: string, entry: Entry, station: SimStation, faults: string[]): void {
  if (kindOfSubject(subject) !== caseKind || entry.frozen) return
  const held = entry.facts.map(({ fact }) => fact).filter((fact) => knows(station.version, fact))
  const { state } = fold(caseSubject(station.version), subject, held, station.ledger.directory)
  if (JSON.stringify(entry.state) !== JSON.stringify(state)) faults.push(`${station.self} folds ${subject} to ${JSON.stringify(entry.state)}, not ${JSON.stringify(state)}`)
}
