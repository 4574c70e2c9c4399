import type { Entry, Vector } from './entry.ts'

/** Where a station keeps the entries of its documents: the database, or memory in simulations. */
export interface EntryStore {
  /** Names of all documents that have entries. */
  docs(): Promise<string[]>
  vector(doc: string): Promise<Vector>
  /** Entries beyond `after`, chain by chain in order; at most `limit`, and about `maxBytes`. */
  after(doc: string, after: Vector, limit: number, maxBytes: number): Promise<Entry[]>
  /** All entries of a document, chain by chain in order. */
  all(doc: string): Promise<Entry[]>
  /** On the disk when it resolves, all or none. An entry of several updates takes the place of all of its chain that lie within it. */
  append(entries: readonly Entry[]): Promise<void>
  /** Entries of one chain whose numbers lie within `first…seq`, in order. */
  within(doc: string, station: string, run: string, first: number, seq: number): Promise<Entry[]>
}
