import type { Message } from './messages.ts'
import type { Stamped } from './stamped.ts'

/** One edit that is not on the station's disk yet. `id` names it in the browser's own store. */
export interface Unsent {
  id: string
  key: string
  value: Stamped
  update: Uint8Array
}

/** Where edits wait until the station has them on its disk, over reloads and crashes. */
export interface UnsentStore {
  /** Edits of a document whose page is no more, in the order they were made; they are this page's from now on. */
  takeOver(doc: string): Promise<Unsent[]>
  add(doc: string, edit: Unsent): Promise<void>
  remove(doc: string, id: string): Promise<void>
}

/** For clients that keep nothing over a restart. */
export const noStore: UnsentStore = { takeOver: async () => [], add: async () => undefined, remove: async () => undefined }

export interface ClientParts {
  /** False when the socket is not open. */
  send(bytes: Uint8Array): boolean
  /** Who is signed in, and at which station. */
  self(): { station: string; id: string; name: string }
  now(): number
  unsent: UnsentStore
  /** Runs `work` after `ms`; returns how to call it off. */
  later(ms: number, work: () => void): () => void
  onFault(fault: unknown): void
}

/** What documents and rooms need of the client they belong to. */
export interface ClientHub {
  readonly parts: ClientParts
  readonly isUp: boolean
  /** The station's clock. */
  now(): number
  /** False when the socket is not open. */
  send(message: Message): boolean
  /** Nobody uses this document or room any more. */
  forget(one: { readonly name: string }): void
}
