import type { Db } from '#core/sql/server/database.ts'
import { judgePlace, type ChainPlace, type Fact } from '../index.ts'
import type { FactStore } from './factStore.ts'

/**
 * Judges where facts would stand in what is held of their stations' chains, this batch's own included. One number of
 * one chain names one fact: a second is a fork. Our own numbers come back only while we recover. Times rise with numbers.
 * Most facts come past the end: those need no further look.
 */
export function chainsHeld(store: FactStore, tx: Db, isOwnFuture: (fact: Fact) => boolean) {
  const claimed = new Map<string, ChainPlace[]>()
  const ends = new Map<string, ChainPlace | undefined>()

  async function endOf(station: string): Promise<ChainPlace | undefined> {
    if (!ends.has(station)) ends.set(station, await store.head(tx, station))
    return ends.get(station)
  }

  async function placeOf({ station, seq }: Fact): Promise<{ holder?: string; below?: ChainPlace; above?: ChainPlace }> {
    const end = await endOf(station)
    if (!end || seq > end.seq) return { below: end }
    const here = claimed.get(station) ?? []
    const held = await store.around(tx, station, seq)
    return {
      holder: here.find((place) => place.seq === seq)?.id ?? await store.idAt(tx, station, seq),
      below: here.reduce((best, place) => (place.seq < seq && place.seq > (best?.seq ?? 0) ? place : best), held.below),
      above: here.reduce((best, place) => (place.seq > seq && place.seq < (best?.seq ?? Infinity) ? place : best), held.above),
    }
  }

  return {
    end: endOf,
    /** Looks again where the end of a chain has moved by other ways than `claim`. */
    forget: (station: string) => void ends.delete(station),
    /** Makes a fact's place count for those after it. */
    claim(fact: Fact): void {
      const places = claimed.get(fact.station)
      if (places) places.push(fact)
      else claimed.set(fact.station, [fact])
      const end = ends.get(fact.station)
      if (!end || fact.seq > end.seq) ends.set(fact.station, fact)
    },
    async judge(fact: Fact): Promise<{ reason: string; detail: string } | null> {
      const { holder, below, above } = await placeOf(fact)
      // Held here, but damaged: it comes to its own place.
      if (holder === fact.id) return null
      if (holder !== undefined) return { reason: 'forked', detail: `${fact.station} number ${fact.seq} is ${holder} here` }
      if (isOwnFuture(fact)) return { reason: 'own-future', detail: `a peer holds our number ${fact.seq}, which is not here` }
      return judgePlace(fact, below, above)
    },
  }
}
