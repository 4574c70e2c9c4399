import { createHash, createPublicKey, verify } from 'node:crypto'

/** `GET /api/facts/{id}`: the very bytes that were signed, the signature and the key. */
export interface SignedFact { canonical: string; signature: string; publicKey: string; algorithm: string }

/**
 * Verifies a fact as a stranger would, with nothing of Fengsui's own code: name, algorithm, signature.
 * Returns what was signed; throws in words when anything is wrong.
 */
export function verifyFact(id: string, answer: SignedFact): { type: string; subject: string; station: string } {
  const bytes = Buffer.from(answer.canonical, 'base64')
  if (createHash('sha256').update(bytes).digest('hex') !== id) throw new Error(`fact ${id}: the bytes do not have this hash`)
  if (answer.algorithm !== 'Ed25519') throw new Error(`fact ${id}: unknown algorithm ${answer.algorithm}`)
  const prefix = Buffer.from('302a300506032b6570032100', 'hex')
  const key = createPublicKey({ key: Buffer.concat([prefix, Buffer.from(answer.publicKey, 'base64')]), format: 'der', type: 'spki' })
  if (!verify(null, bytes, key, Buffer.from(answer.signature, 'base64'))) throw new Error(`fact ${id}: the signature does not fit`)
  return JSON.parse(bytes.toString('utf8')) as { type: string; subject: string; station: string }
}
