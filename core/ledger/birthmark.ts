import { sha256 } from '@noble/hashes/sha2.js'
import { newId, type Address } from '#core/kernel/index.ts'
import { idOfSubject, subjectOf, type Mode } from './fact.ts'

/**
 * A new subject, whose id ends in a mark of its maker's address (SPEC L-18). Without it, a station that has seen an id
 * could backdate a first fact of its own under it and become, in the fold, the author of another's report or the lead
 * of another's incident.
 */
export function newSubject(kind: string, station: Address, mode: Mode, now: number, random?: () => number): string {
  const head = newId(now, random).slice(0, headLength)
  return subjectOf(kind, head + markOf(station, head), mode)
}

/** Whether a subject's id was made at this station. Rules ask it of the fact that begins a subject. */
export function isMadeAt(subject: string, station: Address): boolean {
  const id = idOfSubject(subject).slice(0, headLength + markLength)
  return id.length === headLength + markLength && id.slice(headLength) === markOf(station, id.slice(0, headLength))
}

/** Of a ULID's 26 characters the time and 30 random bits stay. */
const headLength = 16
/** 50 bits: who may enrol stations can choose their addresses, and must not find one that fits by trying. */
const markLength = 10
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

function markOf(station: Address, head: string): string {
  const hash = sha256(new TextEncoder().encode(`${station}\n${head}`))
  return Array.from(hash.subarray(0, markLength), (byte) => crockford.charAt(byte & 31)).join('')
}
