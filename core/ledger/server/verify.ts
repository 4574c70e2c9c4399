import type { Db } from '#core/sql/server/database.ts'
import { keyFor, readWire, revokedKey, type Directory, type LedgerCrypto } from '../index.ts'
import type { FactStore } from './factStore.ts'
import type { StoredFact, Verified } from './ledger.ts'

const page = 50

/** Reads every stored fact again as if it had just come: canonical form, name, signature, and the chain to the number before it where that is held. */
export async function verifyStored(db: Db, store: FactStore, directory: Directory, crypto: LedgerCrypto): Promise<Verified> {
  const bad: Verified['bad'] = []
  const gaps: Verified['gaps'] = []
  let checked = 0
  let before: StoredFact | null = null
  for await (const facts of store.pages(db, page)) {
    const reasons = await Promise.all(facts.map((fact) => faultOf(fact, directory, crypto)))
    for (const [i, fact] of facts.entries()) {
      checked++
      const reason = reasons[i] ?? chainFault(before, fact)
      if (reason) bad.push({ fact: fact.id, reason })
      if (!standsInChain(fact)) continue
      if (fact.station === directory.self) gaps.push(...gapBefore(fact, before))
      before = fact
    }
  }
  return { checked, bad, gaps }
}

async function faultOf(fact: StoredFact, directory: Directory, crypto: LedgerCrypto): Promise<string | null> {
  const read = readWire(fact, crypto)
  if ('verdict' in read) return `${read.reason}: ${read.detail}`
  if (read.id !== fact.id) return 'altered: the text does not have the hash it is named by'
  const card = directory.station(fact.station)
  if (!card) return fact.status === 'waiting' ? null : 'unknown-station'
  // Kept facts of a revoked key are the auditor's to see, not a fault of this database; one that waits is turned away when its time comes.
  if (fact.reason === revokedKey) return null
  const key = keyFor(card, fact.seq)
  if (!key) return fact.status === 'admitted' ? 'revoked-key' : null
  return (await crypto.verify(fact.text, fact.sig, key.publicKey)) ? null : 'bad-signature'
}

const standsInChain = (fact: StoredFact) => fact.status !== 'waiting' && fact.reason !== revokedKey

/** What is stated in silence, high above the last number, follows nothing: no number is missing there. */
function gapBefore({ station, seq, prev }: StoredFact, before: StoredFact | null): Verified['gaps'] {
  const from = before?.station === station ? before.seq + 1 : 1
  return seq > from && prev !== '' ? [{ from, to: seq - 1 }] : []
}

function chainFault(before: StoredFact | null, fact: StoredFact): string | null {
  if (!before || !standsInChain(fact) || before.station !== fact.station) return null
  if (fact.seq === before.seq) return `forked: number ${fact.seq} is held twice`
  if (fact.seq === before.seq + 1 && fact.prev !== before.id) return `broken-chain: does not follow number ${before.seq}`
  return null
}
