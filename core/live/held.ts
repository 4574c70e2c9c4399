import type { DocCard } from './card.ts'
import { countsUpTo } from './card.ts'
import { LiveDocument } from './document.ts'
import { chainOf, partsOfChain, type Entry, type Vector } from './entry.ts'

/** One document while it is open at a station: what counts of its entries, and how far each chain is held. */
export class HeldDocument {
  readonly name: string
  readonly document = new LiveDocument()
  /** How far each chain is held here, what is not yet on the disk included. */
  readonly vector: Vector = new Map()
  /** The writers and limits this was folded under. */
  card: DocCard
  lastUsed: number

  constructor(name: string, card: DocCard, entries: readonly Entry[], now: number) {
    this.name = name
    this.card = card
    this.lastUsed = now
    this.document.applyAll(entries.flatMap((entry) => countingUpdates(card, entry)))
    for (const entry of entries) this.reach(entry)
  }

  reach(entry: Entry): void {
    const chain = chainOf(entry)
    this.vector.set(chain, Math.max(this.vector.get(chain) ?? 0, entry.seq))
  }
}

/** Whether other entries count under `next` than under the card a document was folded with. */
export function countsOtherwise(held: HeldDocument, next: DocCard): boolean {
  const [before, after] = [countingVector(held.card, held.vector), countingVector(next, held.vector)]
  return before.size !== after.size || [...before].some(([chain, seq]) => after.get(chain) !== seq)
}

export function authorityOf(card: DocCard): string {
  return JSON.stringify([card.sealed, Object.entries(card.writers).sort(([a], [b]) => (a < b ? -1 : 1)).map(([station, limit]) => [station, limit && Object.entries(limit).sort(([a], [b]) => (a < b ? -1 : 1))])])
}

/** The updates of an entry that count under a card. */
export function countingUpdates(card: DocCard, entry: Entry): Uint8Array[] {
  const upTo = countsUpTo(card, entry.station, entry.run)
  return upTo >= entry.seq ? entry.updates : entry.updates.slice(0, Math.max(0, upTo - entry.first + 1))
}

/** What of a vector counts under a card: the same at all stations that hold the same facts and entries. */
export function countingVector(card: DocCard, vector: Vector): Vector {
  const counting: Vector = new Map()
  for (const [chain, seq] of vector) {
    const { station, run } = partsOfChain(chain)
    const upTo = Math.min(seq, countsUpTo(card, station, run))
    if (upTo > 0) counting.set(chain, upTo)
  }
  return counting
}
