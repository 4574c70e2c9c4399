import { randomBytes } from 'node:crypto'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import type { LinkCrypto } from '../handshake.ts'

/** Node's crypto, at once: a link checks one signature a session and one a receipt. */
export const nodeLinkCrypto: LinkCrypto = { sha256: nodeCrypto.sha256, verify: nodeCrypto.verifyHere }

export function randomNonce(): string {
  return randomBytes(24).toString('hex')
}
