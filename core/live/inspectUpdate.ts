import * as Y from 'yjs'
import { asStamped, rootName, type LiveDocument, type Written } from './document.ts'
import { keyPattern } from './stamped.ts'

/** A gesture's update; a whole plot pasted at once must be sent in parts. */
export const maxUpdateBytes = 256 * 1024
const maxValueLength = 200_000
const maxDepth = 6
/** Values in one update, and what it may delete: what is written is looked at piece by piece. */
const maxStructs = 4_000
const maxDeletes = 20_000

export type UpdateFault = 'malformed' | 'too-large' | 'gap' | 'foreign-client' | 'bad-structure' | 'bad-value'
export type Inspected = { written: Written[]; fault?: undefined } | { fault: UpdateFault; detail: string }

type Struct = ReturnType<typeof Y.decodeUpdate>['structs'][number]
/** An item that holds values; no other struct is let in. */
type ValueItem = Y.Item & { content: Y.ContentAny }

/**
 * Looks at every struct of an update before it may touch a document (SPEC V-5): only values under valid keys of the one
 * root, only clients that `mayWrite`, no deletion beside what a value overwrites. Changes nothing. `isWhole`: everything
 * it rests on must be here, as with a screen's; a peer's may rest on another chain that is still on its way.
 */
export function inspectUpdate(document: LiveDocument, update: Uint8Array, mayWrite: (client: number) => boolean, isWhole: boolean): Inspected {
  if (update.length > maxUpdateBytes) return { fault: 'too-large', detail: `${update.length} bytes; at most ${maxUpdateBytes}` }
  let decoded: ReturnType<typeof Y.decodeUpdate>
  try {
    decoded = Y.decodeUpdate(update)
  } catch (error) {
    return { fault: 'malformed', detail: String(error).slice(0, 200) }
  }
  try {
    return inspect(document, decoded, mayWrite, isWhole)
  } catch (error) {
    return { fault: 'malformed', detail: String(error).slice(0, 200) }
  }
}

function inspect(document: LiveDocument, { structs, ds }: ReturnType<typeof Y.decodeUpdate>, mayWrite: (client: number) => boolean, isWhole: boolean): Inspected {
  const { store } = document.ydoc
  const next = new Map<number, number>()
  const fresh = new Map<string, string>()
  /** What is overwritten: the only thing an update may delete. */
  const overwritten = new Set<string>()
  const written: Written[] = []
  // What kinds they are and how long comes before anything that costs by their length.
  const other = structs.find((struct) => !isValueItem(struct))
  if (other) return { fault: 'bad-structure', detail: other.constructor.name }
  const items = structs.filter(isValueItem)
  const length = items.reduce((sum, item) => sum + item.length, 0)
  if (length > maxStructs) return { fault: 'too-large', detail: `${length} values; at most ${maxStructs}` }
  const foreign = [...new Set(items.map((item) => item.id.client))].find((client) => !mayWrite(client))
  if (foreign !== undefined) return { fault: 'foreign-client', detail: `client ${foreign}` }
  for (const struct of inOrder(items)) {
    const { client, clock } = struct.id
    const known = Y.getState(store, client)
    if (isWhole && clock > (next.get(client) ?? known)) return { fault: 'gap', detail: `client ${client}: ${clock} after ${next.get(client) ?? known}` }
    next.set(client, Math.max(next.get(client) ?? known, clock + struct.length))
    const key = keyOf(struct, document, fresh)
    if (key === null ? isWhole || !isOverwriting(struct) : !keyPattern.test(key)) return { fault: 'bad-structure', detail: `key ${String(key).slice(0, 80)}` }
    if (struct.origin) overwritten.add(placeOf(struct.origin))
    for (const [i, raw] of (struct.content.arr as unknown[]).entries()) {
      if (key !== null) fresh.set(placeOf({ client, clock: clock + i }), key)
      // All but the last of a run of values were overwritten by the one after.
      if (i > 0) overwritten.add(placeOf({ client, clock: clock + i - 1 }))
      const value = isPlain(raw) ? asStamped(raw) : null
      if (!value) return { fault: 'bad-value', detail: String(key) }
      if (clock + i >= known) written.push({ key: key ?? '', value })
    }
  }
  let deletions = 0
  for (const [client, deletes] of ds.clients) {
    for (const { clock, len } of deletes) {
      deletions += len
      if (deletions > maxDeletes) return { fault: 'bad-structure', detail: 'deletes too much' }
      for (let at = clock; at < clock + len; at++) {
        if (!overwritten.has(placeOf({ client, clock: at })) && !isDeleted(document, client, at)) return { fault: 'bad-structure', detail: 'deletes without writing' }
      }
    }
  }
  return { written }
}

/** Structs as they would be applied: those of one client in order, an origin before what rests on it. */
function inOrder(items: readonly ValueItem[]): ValueItem[] {
  const sorted = [...items].sort((a, b) => a.id.client - b.id.client || a.id.clock - b.id.clock)
  const given = new Set(sorted.flatMap(placesOf))
  const waiting = new Map<string, ValueItem[]>()
  const ordered = new Set<ValueItem>()
  const done = new Set<string>()
  for (const first of sorted) {
    // Each is looked at when it comes, and once more when what it rests on has come.
    for (const ready = [first]; ready.length > 0;) {
      const item = ready.pop()!
      const origin = item.origin && placeOf(item.origin)
      if (origin !== null && given.has(origin) && !done.has(origin)) {
        const others = waiting.get(origin)
        if (others) others.push(item)
        else waiting.set(origin, [item])
        continue
      }
      ordered.add(item)
      for (const place of placesOf(item)) {
        done.add(place)
        const released = waiting.get(place) ?? []
        waiting.delete(place)
        ready.push(...released.reverse())
      }
    }
  }
  // Those that rest on each other are refused by what follows.
  return [...ordered, ...sorted.filter((item) => !ordered.has(item))]
}

/** The key a value is written under; written out only for the first value of a key, otherwise that of what it overwrites. */
function keyOf(item: Y.Item, document: LiveDocument, fresh: ReadonlyMap<string, string>): string | null {
  const parent: unknown = item.parent
  if (parent !== null) return parent === rootName ? item.parentSub : null
  const beside = item.origin ?? item.rightOrigin
  if (!beside) return null
  const own = fresh.get(placeOf(beside))
  if (own !== undefined) return own
  if (beside.clock >= Y.getState(document.ydoc.store, beside.client)) return null
  const found: unknown = Y.getItem(document.ydoc.store, beside)
  return found instanceof Y.Item ? found.parentSub : null
}

/** Whether its key is that of something it overwrites, so that it becomes part of the document only with that. */
function isOverwriting(item: Y.Item): boolean {
  return item.parent === null && (item.origin ?? item.rightOrigin) !== null
}

function isDeleted(document: LiveDocument, client: number, clock: number): boolean {
  if (clock >= Y.getState(document.ydoc.store, client)) return false
  return Y.getItem(document.ydoc.store, Y.createID(client, clock)).deleted
}

function isValueItem(struct: Struct): struct is ValueItem {
  return struct instanceof Y.Item && struct.content instanceof Y.ContentAny
}

/** Names one value of one client. */
function placeOf({ client, clock }: { client: number; clock: number }): string {
  return `${client} ${clock}`
}

function placesOf({ id, length }: ValueItem): string[] {
  return Array.from({ length }, (_, i) => placeOf({ client: id.client, clock: id.clock + i }))
}

/** JSON only, bounded in size and depth; text that every station reads the same. */
export function isPlain(value: unknown): boolean {
  let length = 0
  const walk = (inner: unknown, depth: number): boolean => {
    if (depth > maxDepth || length > maxValueLength) return false
    if (inner === null || typeof inner === 'boolean') return true
    if (typeof inner === 'number') { length += 8; return Number.isFinite(inner) }
    if (typeof inner === 'string') { length += inner.length; return !inner.includes('\0') && inner.isWellFormed() }
    if (Array.isArray(inner)) return inner.every((item) => walk(item, depth + 1))
    if (typeof inner !== 'object' || Object.getPrototypeOf(inner) !== Object.prototype) return false
    return Object.entries(inner).every(([key, item]) => { length += key.length; return key !== '__proto__' && walk(item, depth + 1) })
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) && walk(value, 0) && length <= maxValueLength
}
