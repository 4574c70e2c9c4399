import { sha256 } from '@noble/hashes/sha2.js'
import { newId, type Address } from '#core/kernel/index.ts'
import { subjectOf, type Mode } from '#core/ledger/index.ts'

/**
 * A report's id ends in a mark of its author's address. Without it, a station that has seen an id could backdate a
 * draft of its own under it and become, in the fold, the author of another's report.
 */
export function newReportSubject(station: Address, mode: Mode, now: number, random?: () => number): string {
  const head = newId(now, random).slice(0, headLength)
  return subjectOf('report', head + markOf(station, head), mode)
}

/** Whether a subject's id was made at this station. */
export function isMadeAt(subject: string, station: Address): boolean {
  const id = subject.slice('report/'.length, 'report/'.length + headLength + markLength)
  return id.length === headLength + markLength && id.slice(headLength) === markOf(station, id.slice(0, headLength))
}

const headLength = 20
const markLength = 6
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 30 bits: a station cannot choose its address, so it cannot search for a collision. */
function markOf(station: Address, head: string): string {
  const hash = sha256(new TextEncoder().encode(`${station}\n${head}`))
  return Array.from(hash.subarray(0, markLength), (byte) => crockford.charAt(byte & 31)).join('')
}
