import type { Address } from '#core/kernel/index.ts'

/**
 * One signed piece of a document (SPEC V-3): updates `first…seq` of one run of one station. A run is one process of a
 * station; it begins its numbers anew, so a station restored from a backup can never use a number twice.
 */
export interface Entry {
  doc: string
  station: Address
  run: string
  first: number
  seq: number
  /** When the station took it, epoch ms. */
  at: number
  /** Yjs updates (v1), one for each number, of clients that belong to `station` only. More than one after packing (SPEC V-9). */
  updates: Uint8Array[]
  /** Ed25519 over {@link signedText}, base64. */
  sig: string
}

export interface LiveCrypto {
  /** Lower-case hex SHA-256. */
  hash(bytes: Uint8Array): string
  verify(text: string, sig: string, publicKey: string): boolean
}

/** What is signed of an entry. */
export function signedText(entry: Omit<Entry, 'sig'>, crypto: Pick<LiveCrypto, 'hash'>): string {
  return ['fengsui.live.v1', entry.doc, entry.station, entry.run, entry.first, entry.seq, entry.at, ...entry.updates.map((update) => crypto.hash(update))].join('\n')
}

/** How far each chain reaches: `station run` → seq. */
export type Vector = Map<string, number>

export function chainOf(entry: Pick<Entry, 'station' | 'run'>): string {
  return `${entry.station} ${entry.run}`
}

export function partsOfChain(chain: string): { station: Address; run: string } {
  const cut = chain.indexOf(' ')
  return { station: chain.slice(0, cut), run: chain.slice(cut + 1) }
}

/** Equal vectors have equal digests; '' for an empty one. */
export function digestOf(vector: Vector, crypto: Pick<LiveCrypto, 'hash'>): string {
  if (vector.size === 0) return ''
  const lines = [...vector].map(([chain, seq]) => `${chain} ${seq}`).sort()
  return crypto.hash(new TextEncoder().encode(lines.join('\n'))).slice(0, 24)
}

/** Whether `a` reaches further than `b` anywhere. */
export function isAhead(a: Vector, b: Vector): boolean {
  for (const [chain, seq] of a) if (seq > (b.get(chain) ?? 0)) return true
  return false
}
