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

/** Mendings of a wrong clock that the card has gained. */
export function newMendings(before: StationCard | undefined, after: StationCard): ClockMending[] {
  return (after.mendings ?? []).filter((m) => !before?.mendings?.some((old) => old.fromSeq === m.fromSeq && old.untilSeq === m.untilSeq && old.ms === m.ms))
}
