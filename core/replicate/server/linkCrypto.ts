import { createPublicKey, hash, randomBytes, verify } from 'node:crypto'
import type { LinkCrypto } from '../handshake.ts'

/** Node's crypto, at once: a link checks one signature a session and one a receipt. */
export const nodeLinkCrypto: LinkCrypto = {
  sha256: (text) => hash('sha256', text, 'hex'),
  verify: (text, sig, publicKey) => {
    const bytes = Buffer.from(sig, 'base64')
    if (bytes.length !== 64 || bytes.toString('base64') !== sig) return false
    try {
      const x = Buffer.from(publicKey, 'base64').toString('base64url')
      return verify(null, Buffer.from(text), createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), bytes)
    } catch {
      return false
    }
  },
}

export function randomNonce(): string {
  return randomBytes(24).toString('hex')
}
