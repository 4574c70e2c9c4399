import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, hash, sign, verify, type KeyObject } from 'node:crypto'
import type { LedgerCrypto, Signer } from '../signature.ts'

const publicKeys = new Map<string, KeyObject>()
const maxCachedKeys = 10_000

/** DER prefix of an Ed25519 SubjectPublicKeyInfo (RFC 8410). */
const spki = Buffer.from('302a300506032b6570032100', 'hex')

function publicKeyObject(publicKey: string): KeyObject {
  const cached = publicKeys.get(publicKey)
  if (cached) return cached
  const key = createPublicKey({ key: Buffer.concat([spki, Buffer.from(publicKey, 'base64')]), format: 'der', type: 'spki' })
  if (publicKeys.size >= maxCachedKeys) publicKeys.clear()
  publicKeys.set(publicKey, key)
  return key
}

/** The parts of a signature check, or null where one of them is malformed. */
function checkable(sig: string, publicKey: string): { key: KeyObject; bytes: Buffer } | null {
  const bytes = Buffer.from(sig, 'base64')
  // A second spelling of the same signature would be a second fact on the wire: only one is accepted.
  if (bytes.length !== 64 || bytes.toString('base64') !== sig) return null
  try {
    return { key: publicKeyObject(publicKey), bytes }
  } catch {
    return null
  }
}

/** Node's own crypto: verification runs on the thread pool, so a batch uses every core. */
export const nodeCrypto = {
  sha256: (text: string): string => hash('sha256', text, 'hex'),
  verify: (text: string, sig: string, publicKey: string) =>
    new Promise<boolean>((resolve) => {
      const parts = checkable(sig, publicKey)
      if (parts) verify(null, Buffer.from(text), parts.key, parts.bytes, (error, ok) => resolve(!error && ok))
      else resolve(false)
    }),
  verifyHere: (text: string, sig: string, publicKey: string): boolean => {
    const parts = checkable(sig, publicKey)
    return parts !== null && verify(null, Buffer.from(text), parts.key, parts.bytes)
  },
} satisfies LedgerCrypto

/** A new Ed25519 private key as PKCS#8 PEM. */
export function newPrivateKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A signer from a PKCS#8 PEM private key. */
export function nodeSigner(pem: string): Signer {
  const key = createPrivateKey(pem)
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
  return { publicKey, sign: (text) => sign(null, Buffer.from(text), key).toString('base64') }
}

/** Lower-case hex SHA-256 of bytes, for files. */
export function sha256Bytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
