/**
 * Signing and hashing as the ledger needs them. Two implementations: `webCrypto.ts` (@noble, runs anywhere)
 * and `server/nodeCrypto.ts` (Node's own, verifies off the main thread).
 * Texts are signed as their UTF-8 bytes; keys and signatures are base64 of the raw 32 and 64 bytes.
 */
export interface LedgerCrypto {
  /** Lower-case hex SHA-256 of a text's UTF-8 bytes. */
  sha256(text: string): string
  verify(text: string, sig: string, publicKey: string): Promise<boolean>
  /** The same without leaving the thread: for a few facts that is sooner than handing them to others. */
  verifyHere?(text: string, sig: string, publicKey: string): boolean
}

/** A station's own key, able to sign. */
export interface Signer {
  readonly publicKey: string
  sign(text: string): string
}
