import { setImmediate } from 'node:timers/promises'
import type { Db } from '#core/sql/server/database.ts'
import { keyFor, revokedKey, type ClockMending, type StationCard } from '../index.ts'
import { standing } from './foldStored.ts'
import type { StoredFact } from './ledger.ts'
import type { LedgerParts } from './ledgerParts.ts'

/** A tenth of a millisecond each: pings are answered in between. */
const verifiedAtOnce = 100

/** The lowest number that another key, or none, signs by one card of a station than by the other; null when there is none. */
export function changedKeysFrom(before: StationCard | undefined, after: StationCard): number | null {
  const [old, now] = [before?.keys ?? [], after.keys]
  const changes = [...old, ...now].flatMap(({ publicKey, fromSeq }) => {
    const [was, is] = [old, now].map((keys) => keys.find((key) => key.publicKey === publicKey)).map((key) => (key ? key.untilSeq ?? Infinity : fromSeq - 1))
    return was === is ? [] : [Math.max(fromSeq, Math.min(was!, is!) + 1)]
  })
  return changes.length === 0 ? null : Math.min(...changes)
}

/**
 * Judges a station's facts from number `from` on by the keys of its card: what the key of its number has not signed is
 * refused, and holds no number; what was refused so and is signed after all counts again. Gives the subjects to fold anew.
 */
export async function judgeKeysAgain(parts: LedgerParts, tx: Db, before: StationCard | undefined, card: StationCard, from: number, frozen: ReadonlySet<string>): Promise<Set<string>> {
  const { store } = parts
  const subjects = new Set<string>()
  const back: string[] = []
  let verified = 0
  for (const { id, seq, subject, reason, signed_by } of await store.signedFrom(tx, card.address, from)) {
    let signer = signed_by
    if (signer === null) {
      signer = await signerOf(parts, before, card, (await store.byId(tx, id))!)
      await store.setSigner(tx, id, signer)
      if (++verified % verifiedAtOnce === 0) await setImmediate()
    }
    const isSigned = keyFor(card, seq)?.publicKey === signer
    if (isSigned !== (reason === revokedKey)) continue
    subjects.add(subject)
    if (isSigned) back.push(id)
    else await store.setStatus(tx, id, 'refused', revokedKey)
  }
  // When all that must leave have left: two may have had one number.
  for (const id of back) {
    const fact = (await store.byId(tx, id))!
    if (await store.idAt(tx, card.address, fact.seq) !== undefined) continue
    const { status, reason } = standing(parts, fact, frozen)
    // The fold that follows lets it in.
    await store.setStatus(tx, id, status === 'admitted' ? 'refused' : status, reason)
  }
  return subjects
}

/** Which of a station's keys has signed a fact: most likely the one that its number had until now. Found once for each fact. */
async function signerOf(parts: LedgerParts, before: StationCard | undefined, card: StationCard, fact: StoredFact): Promise<string> {
  const likely = [before && keyFor(before, fact.seq), keyFor(card, fact.seq)].filter((key) => key !== undefined)
  for (const key of [...likely, ...card.keys.toReversed()]) if (await parts.verify(fact.text, fact.sig, key.publicKey)) return key.publicKey
  return ''
}

/** Mendings of a wrong clock that one card has and the other has not: facts within them may count at another time now. */
export function changedMendings(before: StationCard | undefined, after: StationCard): ClockMending[] {
  const [old, now] = [before?.mendings ?? [], after.mendings ?? []]
  const isIn = (one: ClockMending, list: ClockMending[]) => list.some((m) => m.fromSeq === one.fromSeq && m.untilSeq === one.untilSeq && m.ms === one.ms)
  return [...now.filter((m) => !isIn(m, old)), ...old.filter((m) => !isIn(m, now))]
}
