import { chainOf, type Entry, type Vector } from '#core/live/entry.ts'
import type { EntryStore } from '#core/live/entryStore.ts'
import type { Random } from '#lab/simulation/random.ts'
import type { World } from '#lab/simulation/world.ts'

/** What is on one station's disk; it survives a kill, what was being written does not. */
export interface Disk {
  entries: Entry[]
  /** A store for one process: after `power` is off nothing it wrote later arrives. */
  open(power: { isOn: boolean }): EntryStore
}

export function createDisk(world: World, random: Random): Disk {
  const disk: Disk = { entries: [], open }
  const ofDoc = (doc: string) => disk.entries.filter((e) => e.doc === doc).sort((a, b) => (chainOf(a) < chainOf(b) ? -1 : chainOf(a) > chainOf(b) ? 1 : a.seq - b.seq))

  function put(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.updates.length > 1) disk.entries = disk.entries.filter((e) => !(e.doc === entry.doc && chainOf(e) === chainOf(entry) && e.first >= entry.first && e.seq <= entry.seq))
      if (!disk.entries.some((e) => e.doc === entry.doc && chainOf(e) === chainOf(entry) && e.seq === entry.seq)) disk.entries.push(entry)
    }
  }

  function open(power: { isOn: boolean }): EntryStore {
    const vector = (doc: string): Vector => {
      const found: Vector = new Map()
      for (const entry of ofDoc(doc)) found.set(chainOf(entry), Math.max(found.get(chainOf(entry)) ?? 0, entry.seq))
      return found
    }
    return {
      vector: async (doc) => vector(doc),
      docs: async () => [...new Set(disk.entries.map((e) => e.doc))],
      all: async (doc) => ofDoc(doc),
      after: async (doc, after, limit) => ofDoc(doc).filter((e) => e.seq > (after.get(chainOf(e)) ?? 0)).slice(0, random.between(1, limit)),
      append: (entries) => new Promise((done, failed) => {
        world.after(random.between(1, 30), () => {
          if (!power.isOn) return failed(new Error('the power went'))
          put(entries)
          done()
        })
      }),
      within: async (doc, station, run, first, seq) => ofDoc(doc).filter((e) => e.station === station && e.run === run && e.first >= first && e.seq <= seq),
    }
  }
  return disk
}
