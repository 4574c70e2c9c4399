import { encode } from './canonical.ts'
import { maxAheadMs, maxWallAheadMs, maxWallBehindMs } from './clock.ts'
import { asMended, keyFor, type Directory } from './directory.ts'
import { kindOfSubject, kindOfType, maxFactLength, modeOfSubject, statementSchema, type Fact, type Statement, type WireFact } from './fact.ts'
import type { LedgerCrypto } from './signature.ts'

/** Reasons for turning a fact away at the door (never stored as a fact), in the order they are tested. */
export const doorReasons = ['too-large', 'too-deep', 'not-json', 'not-canonical', 'bad-envelope', 'kind-mismatch', 'mode-mismatch', 'bad-signature', 'revoked-key'] as const
export type DoorReason = (typeof doorReasons)[number]

/** Reasons for keeping a sound-looking fact in visible quarantine until something changes. */
export const waitReasons = ['future-clock', 'unknown-station'] as const
export type WaitReason = (typeof waitReasons)[number]

export type Inspection =
  | { verdict: 'sound'; fact: Fact }
  | { verdict: 'waiting'; reason: WaitReason; fact: Fact }
  | { verdict: 'rejected'; reason: DoorReason; detail: string; id: string }

type Rejected = Extract<Inspection, { verdict: 'rejected' }>

/** Reads a fact's envelope from its wire form without looking at keys or clocks. */
export function readWire(wire: WireFact, crypto: Pick<LedgerCrypto, 'sha256'>): Fact | Rejected {
  const reject = (reason: DoorReason, detail: string): Rejected => ({ verdict: 'rejected', reason, detail, id: crypto.sha256(wire.text) })
  if (wire.text.length > maxFactLength) return reject('too-large', `${wire.text.length} > ${maxFactLength}`)
  if (isTooDeep(wire.text)) return reject('too-deep', `nested deeper than ${maxDepth}`)
  let value: unknown
  try {
    value = JSON.parse(wire.text)
  } catch {
    return reject('not-json', 'the text does not parse as JSON')
  }
  if (!isObject(value) || !isCanonical(value, wire.text)) return reject('not-canonical', 'the text is not RFC 8785 canonical JSON')
  return readEnvelope(value, wire, crypto)
}

/** What `readWire` does once a text is known to be canonical, as one that was just encoded is. */
export function readEnvelope(value: unknown, wire: WireFact, crypto: Pick<LedgerCrypto, 'sha256'>): Fact | Rejected {
  const id = crypto.sha256(wire.text)
  const reject = (reason: DoorReason, detail: string): Rejected => ({ verdict: 'rejected', reason, detail, id })
  // A null character has no place in a text of ours, and PostgreSQL cannot keep one.
  if (wire.text.includes('\\u0000')) return reject('bad-envelope', 'the text holds a null character')
  const parsed = statementSchema.safeParse(value)
  if (!parsed.success) return reject('bad-envelope', parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '))
  const statement = parsed.data as Statement
  const { wall, at } = statement
  if (wall !== undefined && (at[0] - wall > maxWallBehindMs || wall - at[0] > maxWallAheadMs)) return reject('bad-envelope', `wall: ${wall} is too far from ${at[0]}`)
  if (kindOfType(statement.type) !== kindOfSubject(statement.subject)) return reject('kind-mismatch', `${statement.type} about ${statement.subject}`)
  if (modeOfSubject(statement.subject) !== statement.mode) return reject('mode-mismatch', `${statement.mode} fact about ${statement.subject}`)
  return { ...statement, id, text: wire.text, sig: wire.sig }
}

/** Judges a fact from a peer: envelope, key, signature, clock. Pure but for the crypto it is given. */
export async function inspect(wire: WireFact, directory: Directory, now: number, crypto: LedgerCrypto): Promise<Inspection> {
  const read = readWire(wire, crypto)
  return 'verdict' in read ? read : judge(read, directory, now, crypto)
}

/** What `inspect` does once the envelope is read. */
export async function judge(read: Fact, directory: Directory, now: number, crypto: Pick<LedgerCrypto, 'verify'>): Promise<Inspection> {
  const reject = (reason: DoorReason, detail: string) => ({ verdict: 'rejected', reason, detail, id: read.id }) as const
  const card = directory.station(read.station)
  if (!card) return { verdict: 'waiting', reason: 'unknown-station', fact: read }
  const key = keyFor(card, read.seq)
  if (!key) return reject('revoked-key', `no key of ${read.station} may sign number ${read.seq}`)
  if (!(await crypto.verify(read.text, read.sig, key.publicKey))) return reject('bad-signature', `not signed by the key of ${read.station}`)
  const fact = asMended(read, card)
  if (fact.at[0] > now + maxAheadMs) return { verdict: 'waiting', reason: 'future-clock', fact }
  return { verdict: 'sound', fact }
}

/** Far deeper than any form, and far from where a reader of it runs out of stack. */
const maxDepth = 64

const [backslash, quote, openBrace, closeBrace, openBracket, closeBracket] = [...'\\"{}[]'].map((c) => c.charCodeAt(0))

/** Whether brackets nest too deep in a JSON text, those within its strings left out. */
export function isTooDeep(text: string): boolean {
  let depth = 0
  let isInString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (isInString && c === backslash) i++
    else if (c === quote) isInString = !isInString
    else if (isInString) continue
    else if (c === openBrace || c === openBracket) depth++
    else if (c === closeBrace || c === closeBracket) depth--
    if (depth > maxDepth) return true
  }
  return false
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a text is the one encoding of what it parses to. */
function isCanonical(value: unknown, text: string): boolean {
  try {
    return encode(value) === text
  } catch {
    return false
  }
}
