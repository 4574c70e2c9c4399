import * as Y from 'yjs'
import { stampSchema, type Stamped } from './stamped.ts'

/** The one root of every document: a flat map of values (SPEC V-1). */
export const rootName = 'v'

const looseStamp = stampSchema.loose()

export interface Written {
  key: string
  value: Stamped
}

const readings = new WeakMap<object, Stamped | null>()

/** A value as documents hold it, or null where its stamp cannot be read. Fields of later versions are left in place (SPEC V-6). */
export function asStamped(value: unknown): Stamped | null {
  if (typeof value !== 'object' || value === null) return null
  // Values are never changed, so each is read once.
  let read = readings.get(value)
  if (read === undefined) readings.set(value, read = looseStamp.safeParse(value).success ? (value as Stamped) : null)
  return read
}

/** One document in memory. It keeps every value ever written: overwritten ones stay in the map's chains. */
export class LiveDocument {
  readonly ydoc = new Y.Doc({ gc: false })
  readonly #map: Y.Map<unknown>

  constructor() {
    this.#map = this.ydoc.getMap(rootName)
  }

  /** Applies bytes that have been inspected. Returns the keys that changed. */
  apply(update: Uint8Array, origin?: unknown): string[] {
    const changed = new Set<string>()
    const note = (event: Y.YMapEvent<unknown>) => { for (const key of event.keysChanged as Set<string>) changed.add(key) }
    this.#map.observe(note)
    try {
      Y.applyUpdate(this.ydoc, update, origin)
    } finally {
      this.#map.unobserve(note)
    }
    return [...changed]
  }

  applyAll(updates: readonly Uint8Array[]): void {
    this.ydoc.transact(() => { for (const update of updates) Y.applyUpdate(this.ydoc, update) })
  }

  /** Writes values as `client` and returns the update that did it. */
  write(client: number, changes: readonly { key: string; value: Stamped }[], origin?: unknown): Uint8Array {
    let written = new Uint8Array()
    const note = (update: Uint8Array) => { written = new Uint8Array(update) }
    this.ydoc.clientID = client
    this.ydoc.on('update', note)
    try {
      this.ydoc.transact(() => { for (const { key, value } of changes) this.#map.set(key, value) }, origin)
    } finally {
      this.ydoc.off('update', note)
    }
    return written
  }

  get(key: string): Stamped | undefined {
    return asStamped(this.#map.get(key)) ?? undefined
  }

  /** Present values, those that are gone left out. */
  values(): Map<string, Stamped> {
    const found = new Map<string, Stamped>()
    for (const [key, raw] of this.#map.entries()) {
      const value = asStamped(raw)
      if (value && value.gone !== true) found.set(key, value)
    }
    return found
  }

  /** Whether this very value was written here, shown still or not. */
  holds(key: string, value: Stamped): boolean {
    return this.history().some((w) => w.key === key && w.value.at === value.at && w.value.by === value.by && w.value.station === value.station)
  }

  /** Every value ever written, in the order of `at`, then station, key, client and clock: the same at every station. */
  history(): Written[] {
    const all: (Written & { client: number; clock: number })[] = []
    for (const [client, structs] of this.ydoc.store.clients) {
      for (const item of structs) {
        if (!(item instanceof Y.Item) || item.parentSub === null) continue
        const { content } = item
        if (!(content instanceof Y.ContentAny)) continue
        for (const [i, raw] of (content.arr as unknown[]).entries()) {
          const value = asStamped(raw)
          if (value) all.push({ key: item.parentSub, value, client, clock: item.id.clock + i })
        }
      }
    }
    all.sort((a, b) => a.value.at - b.value.at || compare(a.value.station, b.value.station) || compare(a.key, b.key) || a.client - b.client || a.clock - b.clock)
    return all.map(({ key, value }) => ({ key, value }))
  }

  /** The same text at every station that holds the same entries: present values and history, keys sorted. */
  canonical(): string {
    const present = [...this.#map.entries()].sort(([a], [b]) => compare(a, b)).map(([key, value]) => [key, sorted(value)])
    return JSON.stringify([present, this.history().map(({ key, value }) => [key, sorted(value)])])
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compare(a, b)).map(([key, inner]) => [key, sorted(inner)]))
}
