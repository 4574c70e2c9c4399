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
  const ends = new Map<string, { seq: number; place: ChainPlace | undefined }>()

  async function placeOf({ station, seq }: Fact): Promise<{ holder?: string; below?: ChainPlace; above?: ChainPlace }> {
    let end = ends.get(station)
    if (end === undefined) {
      const seqHeld = (await store.head(tx, station))?.seq ?? 0
      ends.set(station, end = { seq: seqHeld, place: (await store.around(tx, station, seqHeld + 1)).below })
    }
    if (seq > end.seq) return { below: end.place }
    const here = claimed.get(station) ?? []
    const held = await store.around(tx, station, seq)
    return {
      holder: here.find((place) => place.seq === seq)?.id ?? await store.idAt(tx, station, seq),
      below: here.reduce((best, place) => (place.seq < seq && place.seq > (best?.seq ?? 0) ? place : best), held.below),
      above: here.reduce((best, place) => (place.seq > seq && place.seq < (best?.seq ?? Infinity) ? place : best), held.above),
    }
  }

  return {
    /** Makes a fact's place count for those after it. */
    claim(fact: Fact): void {
      const places = claimed.get(fact.station)
      if (places) places.push(fact)
      else claimed.set(fact.station, [fact])
      const end = ends.get(fact.station)
      if (!end || fact.seq > end.seq) ends.set(fact.station, { seq: fact.seq, place: fact })
    },
    async judge(fact: Fact): Promise<{ reason: string; detail: string } | null> {
      const { holder, below, above } = await placeOf(fact)
      if (holder !== undefined) return { reason: 'forked', detail: `${fact.station} number ${fact.seq} is ${holder} here` }
      if (isOwnFuture(fact)) return { reason: 'own-future', detail: `a peer holds our number ${fact.seq}, which is not here` }
      return judgePlace(fact, below, above)
    },
  }
}
