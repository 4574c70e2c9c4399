import type { Address } from '#core/kernel/index.ts'
import { keyFor, readWire, type StationCard, type WireFact } from '#core/ledger/index.ts'
import { readReceipt, type Cursor, type Shown } from './frames.ts'
import { receiptText, type LinkCrypto } from './handshake.ts'

/** What of a fact is looked up in what we hold. */
export interface OwnFact { id: string; seq: number }

/** What a fact of our own is to us: held, or seen and put aside; lost, with our number free; or our number stands here for another. */
export type Fate = 'held' | 'lost' | 'forked'

/** A fact truly made by `station`: signed by the key that it uses now. Null: anybody could have made it, a thief of an old key among them (SPEC R-24). */
export function madeBy(station: Address, wire: WireFact, card: Pick<StationCard, 'keys'> | undefined, crypto: LinkCrypto): OwnFact | null {
  // Most facts of a batch are seen not to be by their text alone.
  if (!card || !wire.text.includes(`"station":"${station}"`)) return null
  const read = readWire(wire, crypto)
  if ('verdict' in read || read.station !== station) return null
  const key = keyFor(card, read.seq)
  return key?.untilSeq === null && crypto.verify(read.text, read.sig, key.publicKey) ? { id: read.id, seq: read.seq } : null
}

/**
 * What a receipt of our own to a peer says of us, against the cursor that we hold. Only our present key counts: what we
 * have lost we signed after the backup, with the key of the backup, and a key that was stolen must lose its voice with its replacement. What we signed before a
 * recovery was looked at by it, or the same receipt would silence us for ever.
 */
export function receiptAgainst(taken: Cursor, shown: Shown['receipt'], of: { self: Address; peer: Address; publicKey: string; crypto: LinkCrypto; since: number }): 'restored-backup' | 'forked' | null {
  const receipt = shown && readReceipt(shown.text)
  if (!receipt || receipt.at <= of.since || receipt.from !== of.self || receipt.to !== of.peer || !of.crypto.verify(receiptText(shown.text), shown.sig, of.publicKey)) return null
  if (receipt.epoch > taken.epoch || (receipt.epoch === taken.epoch && receipt.n > taken.n)) return 'restored-backup'
  return receipt.epoch === taken.epoch && receipt.n === taken.n && receipt.head !== taken.head ? 'forked' : null
}
