import { encode } from '#core/ledger/canonical.ts'
import { modeOfSubject, statementSchema } from '#core/ledger/fact.ts'
import { fromBase64, webCrypto } from '#core/ledger/webCrypto.ts'

/** What `GET /api/facts/{id}` hands to a stranger. */
export interface FactProof {
  canonical: string
  signature: string
  publicKey: string
  algorithm: string
}

/** `ok`, or the first thing that is wrong. */
export type FactVerdict = 'ok' | 'id' | 'canonical' | 'envelope' | 'subject' | 'key' | 'signature'

/** What the browser must know beforehand, not from the fact's own proof. */
export interface Expected {
  id: string
  subject: string
  /** The keys that the station directory has for the stating station; null when the directory could not be read. */
  keysOf: (station: string) => readonly string[] | null
}

/** Checks one fact with this browser's own arithmetic: its name is the hash of its bytes, they are canonical, about this subject, and signed by a known key. */
export async function verifyFact(proof: FactProof, expected: Expected): Promise<FactVerdict> {
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64(proof.canonical))
    value = JSON.parse(text)
    if (encode(value) !== text) return 'canonical'
  } catch {
    return 'canonical'
  }
  if (webCrypto.sha256(text) !== expected.id) return 'id'
  const statement = statementSchema.safeParse(value)
  if (!statement.success || modeOfSubject(statement.data.subject) !== statement.data.mode) return 'envelope'
  if (statement.data.subject !== expected.subject) return 'subject'
  const keys = expected.keysOf(statement.data.station)
  if (keys !== null && !keys.includes(proof.publicKey)) return 'key'
  return proof.algorithm === 'Ed25519' && (await webCrypto.verify(text, proof.signature, proof.publicKey)) ? 'ok' : 'signature'
}
