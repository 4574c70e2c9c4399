import type { z } from 'zod'
import { isRefusal, type Refusal } from '#core/kernel/index.ts'
import { compareFacts, type Fact } from './fact.ts'
import type { Directory } from './directory.ts'

/** One type of fact: the schema of its body. Schemas of published versions never change. */
export type FactSchemas = Record<string, z.ZodType>

/**
 * The rules of one noun. `evolve` and `admit` are pure and see facts in the ledger's one order, so stations
 * that hold the same facts hold the same state, whatever the order of arrival.
 */
export interface SubjectType<State = unknown> {
  kind: string
  /** The state before any fact. */
  start(subject: string): State
  /** May this station state this about this subject now? A Refusal keeps the fact for the auditor and changes nothing. */
  admit(fact: Fact, state: State, directory: Directory): Refusal | null
  evolve(state: State, fact: Fact): State
}

export interface Folded<State> {
  state: State
  /** By fact id: why it changed nothing; admitted facts are absent. */
  refused: Map<string, Refusal>
}

/** State = fold of the sorted set of facts of a subject. Sorts a copy; admits and evolves one by one. */
export function fold<State>(type: SubjectType<State>, subject: string, facts: readonly Fact[], directory: Directory): Folded<State> {
  let state = type.start(subject)
  const refused = new Map<string, Refusal>()
  for (const fact of [...facts].sort(compareFacts)) {
    const refusal = type.admit(fact, state, directory)
    if (isRefusal(refusal)) refused.set(fact.id, refusal)
    else state = type.evolve(state, fact)
  }
  return { state, refused }
}
