import type { z } from 'zod'
import { isRefusal, refuse, type Refusal } from '#core/kernel/index.ts'
import { widened, type Reach } from './audience.ts'
import { keyFor, type Directory } from './directory.ts'
import { compareFacts, type Fact } from './fact.ts'

/** One type of fact: the schema of its body. Schemas of published versions never change. */
export type FactSchemas = Record<string, z.ZodType>

/**
 * The rules of one noun. `evolve` and `admit` are pure and see facts in the ledger's one order, so stations
 * that hold the same facts hold the same state, whatever the order of arrival. They are given only facts of types
 * that their module declares, with bodies that its schemas read (SPEC L-13).
 */
export interface SubjectType<State = unknown> {
  kind: string
  /** The subject has no single maker: whoever states what is admitted belongs to it. Default: only whom its parties name. */
  madeByMany?: true
  /** The state before any fact. */
  start(subject: string): State
  /** May this station state this about this subject now? A Refusal keeps the fact for the auditor and changes nothing. */
  admit(fact: Fact, state: State, directory: Directory): Refusal | null
  evolve(state: State, fact: Fact): State
}

export interface Folded<State> {
  state: State
  reach: Reach
  /** By fact id: why it changed nothing; admitted facts are absent. */
  refused: Map<string, Refusal>
  /** The fact at which `evolve` threw: the state is that before it, and nothing after it was looked at (SPEC L-21). */
  broken: { fact: Fact; error: unknown } | null
}

/** State = fold of the sorted set of facts of a subject. Sorts a copy; admits and evolves one by one. */
export function fold<State>(type: SubjectType<State>, subject: string, facts: readonly Fact[], directory: Directory): Folded<State> {
  let state = type.start(subject)
  let reach: Reach = []
  const refused = new Map<string, Refusal>()
  for (const fact of [...facts].sort(compareFacts)) {
    const refusal = refusalOf(type, fact, state, directory)
    if (refusal) {
      refused.set(fact.id, refusal)
      continue
    }
    try {
      state = type.evolve(state, fact)
    } catch (error) {
      return { state, reach, refused, broken: { fact, error } }
    }
    reach = widened(reach, fact, type.madeByMany)
  }
  return { state, reach, refused, broken: null }
}

/** Why a fact does not count, or null. Rules that throw admit nothing (SPEC L-21). */
export function refusalOf<State>(type: SubjectType<State>, fact: Fact, state: State, directory: Directory): Refusal | null {
  try {
    const refusal = type.admit(fact, state, directory)
    return isRefusal(refusal) ? refusal : null
  } catch (error) {
    return refuse('fact.unjudged', `规则无法判断这条事实：${String(error)}`, `The rules cannot judge this fact: ${String(error)}`)
  }
}

/** The reason of a fact whose key no longer carries it. */
export const revokedKey = 'fact.revoked-key'
/** The reason of a fact whose stored bytes are no longer those it is named by (SPEC L-24). */
export const damaged = 'fact.damaged'

/** The same rules, for which a key that was revoked after its facts were stored no longer carries them (SPEC L-7). */
export function withKeys<State>(type: SubjectType<State>): SubjectType<State> {
  return {
    ...type,
    admit: (fact, state, directory) => {
      const card = directory.station(fact.station)
      if (card && !keyFor(card, fact.seq)) return refuse(revokedKey, '签名密钥已被吊销', 'Its signing key has been revoked')
      return type.admit(fact, state, directory)
    },
  }
}
