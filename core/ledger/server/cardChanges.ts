import type { ClockMending, StationCard } from '../index.ts'

/** The lowest number whose key may differ between two cards of a station; null when every number is signed by the same key as before. */
export function changedKeysFrom(before: StationCard | undefined, after: StationCard): number | null {
  const starts = after.keys.flatMap((key) => {
    const old = before?.keys.find((k) => k.publicKey === key.publicKey)
    if (key.untilSeq === null || old?.untilSeq === key.untilSeq) return []
    return [Math.min(key.untilSeq, old?.untilSeq ?? Infinity) + 1]
  })
  return starts.length === 0 ? null : Math.min(...starts)
}

/** Mendings of a wrong clock that one card has and the other has not: facts within them may count at another time now. */
export function changedMendings(before: StationCard | undefined, after: StationCard): ClockMending[] {
  const [old, now] = [before?.mendings ?? [], after.mendings ?? []]
  const isIn = (one: ClockMending, list: ClockMending[]) => list.some((m) => m.fromSeq === one.fromSeq && m.untilSeq === one.untilSeq && m.ms === one.ms)
  return [...now.filter((m) => !isIn(m, old)), ...old.filter((m) => !isIn(m, now))]
}
