import { hash, randomBytes } from 'node:crypto'

/** 256 random bits, fit for a header, a cookie or a link. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of a secret. It has full entropy, so a plain hash cannot be guessed back. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex')
}
