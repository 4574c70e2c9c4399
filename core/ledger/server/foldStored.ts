import { compareFacts, fold, kindOfSubject, withKeys, type Fact, type Folded, type SubjectType } from '../index.ts'
import type { LedgerParts } from './ledgerParts.ts'

/** Reasons for which a kept fact is not given to the rules at all. */
export const badBody = 'fact.bad-body'
export const frozen = 'subject.frozen'

/** A kind no module here has rules for: kept and passed on, and yet only what a key carries (SPEC L-7). */
const plainKind: SubjectType<unknown> = { kind: '', start: () => null, admit: () => null, evolve: (state) => state }

/** The rules for a subject. */
export function typeOf(parts: Pick<LedgerParts, 'types'>, subject: string): SubjectType<unknown> {
  return withKeys(parts.types.get(kindOfSubject(subject)) ?? plainKind)
}

/** Whether the rules look at a stored fact: known here, its body readable, not set aside with a frozen subject. */
export function isFolded(fact: { status: string; reason: string | null }): boolean {
  return fact.status !== 'unread' && fact.reason !== badBody && fact.reason !== frozen
}

/** State, reach and refusals of a subject from its stored facts. */
export function foldStored(
  parts: Pick<LedgerParts, 'types' | 'directory'>, subject: string, facts: (Fact & { status: string; reason: string | null })[],
): Folded<unknown> & { last: Fact | null } {
  const foldable = facts.filter(isFolded)
  const last = foldable.reduce<Fact | null>((latest, fact) => (latest === null || compareFacts(fact, latest) > 0 ? fact : latest), null)
  return { ...fold(typeOf(parts, subject), subject, foldable, parts.directory), last }
}
