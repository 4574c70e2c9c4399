import { sha256 } from '@noble/hashes/sha2.js'
import type { Address } from '#core/kernel/index.ts'

/**
 * Yjs names writers by numbers. Ours carry a mark of their station in the 21 bits above 2³² (SPEC V-4), so an update
 * shows whose it is and no station can write under another's clients.
 */
export function clientMark(station: Address): number {
  const hash = sha256(new TextEncoder().encode(`fengsui.live ${station}`))
  return ((hash[0]! << 13) | (hash[1]! << 5) | (hash[2]! >> 3)) >>> 0
}

export function newClientId(station: Address): number {
  const bytes = crypto.getRandomValues(new Uint8Array(4))
  return clientMark(station) * 2 ** 32 + (((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0)
}

export function isClientOf(client: number, station: Address): boolean {
  return Math.floor(client / 2 ** 32) === clientMark(station)
}
