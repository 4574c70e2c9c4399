import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { LedgerCrypto, Signer } from './signature.ts'

const utf8 = new TextEncoder()

export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** @noble's pure implementation: browsers, simulations, and the cross-check of Node's. */
export const webCrypto: LedgerCrypto = {
  sha256: (text) => bytesToHex(sha256(utf8.encode(text))),
  verify: async (text, sig, publicKey) => {
    try {
      return ed25519.verify(fromBase64(sig), utf8.encode(text), fromBase64(publicKey), { zip215: false })
    } catch {
      return false
    }
  },
}

/** A signer from a 32-byte seed. */
export function webSigner(seed: Uint8Array): Signer {
  const publicKey = toBase64(ed25519.getPublicKey(seed))
  return { publicKey, sign: (text) => toBase64(ed25519.sign(utf8.encode(text), seed)) }
}
