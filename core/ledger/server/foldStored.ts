import { compareFacts, damaged, fold, kindOfSubject, revokedKey, withKeys, type Fact, type Folded, type SubjectType } from '../index.ts'
import { readingOf, type LedgerParts, type Reading } from './ledgerParts.ts'

/** Reasons for which a kept fact is not given to the rules at all. */
export const badBody = 'fact.bad-body'
export const frozen = 'subject.frozen'

/** A kind no module here has rules for: kept and passed on, and yet only what a key carries (SPEC L-7). */
const plainKind: SubjectType<unknown> = { kind: '', start: () => null, admit: () => null, evolve: (state) => state }

/** The rules for a subject. */
export function typeOf(parts: Pick<LedgerParts, 'types'>, subject: string): SubjectType<unknown> {
  return withKeys(parts.types.get(kindOfSubject(subject)) ?? plainKind)
}

const notFolded: readonly (string | null)[] = [badBody, damaged, frozen, revokedKey]

/** Whether the rules look at a stored fact: known here, its body readable, signed by the key of its number, not set aside with a frozen subject. */
export function isFolded(fact: { status: string; reason: string | null }): boolean {
  return fact.status !== 'unread' && !notFolded.includes(fact.reason)
}

/** How a sound fact stands before its subject is folded: a body we cannot read changes nothing, nor does anything about a frozen subject, until it thaws. */
export function standing(parts: Pick<LedgerParts, 'schemas'>, fact: Fact, frozenSubjects: ReadonlySet<string>, reading: Reading = readingOf(parts, fact)): { status: 'unread' | 'refused' | 'admitted'; reason: string | null } {
  if (reading === 'unread') return { status: 'unread', reason: null }
  if (reading === 'misread') return { status: 'refused', reason: badBody }
  return frozenSubjects.has(fact.subject) ? { status: 'refused', reason: frozen } : { status: 'admitted', reason: null }
}

/** State, reach and refusals of a subject from its stored facts: of one of which a fact is damaged, as it was before that fact. */
export function foldStored(
  parts: Pick<LedgerParts, 'types' | 'directory'>, subject: string, facts: (Fact & { status: string; reason: string | null })[],
): Folded<unknown> & { last: Fact | null } {
  const foldable = facts.filter(isFolded)
  const last = foldable.reduce<Fact | null>((latest, fact) => (latest === null || compareFacts(fact, latest) > 0 ? fact : latest), null)
  const hurt = facts.filter((fact) => fact.reason === damaged).sort(compareFacts)[0]
  const folded = fold(typeOf(parts, subject), subject, hurt ? foldable.filter((fact) => compareFacts(fact, hurt) < 0) : foldable, parts.directory)
  return { ...folded, broken: folded.broken ?? (hurt ? { fact: hurt, error: new Error('damaged on the disk: its bytes are not those it is named by') } : null), last }
}
