import type { Sentence } from '#core/kernel/index.ts'
import type { Stamp, Stamped } from './stamped.ts'

/** One open document as a screen sees it. `subscribe` and `snapshot` fit React's useSyncExternalStore. */
export interface LiveDoc<Value extends Stamped = Stamped> {
  readonly name: string
  snapshot(): DocView<Value>
  subscribe(listener: () => void): () => void
  /**
   * Writes one value (`null` removes): seen at once here, sent, and kept in the browser's own store until the station
   * has it on its disk. The station sets the stamp; the browser's guess of it stands until then.
   */
  set(key: string, value: Omit<Value, keyof Stamp> | null): void
  /** Every value ever written here, oldest first. */
  history(): { key: string; value: Value }[]
  /** Tells the station nobody looks any more; what is unsent stays and goes with the next opening. */
  close(): void
}

export interface DocView<Value> {
  /** Present values by key; a new Map whenever something changed. */
  values: ReadonlyMap<string, Value>
  /** `opening` until the station has answered; `offline` while the socket is down: edits are kept. */
  state: 'opening' | 'live' | 'offline' | 'closed'
  mayWrite: boolean
  /** Edits not yet on the station's disk. */
  unsent: number
  /** Why the last edit, or the opening, was turned away; null once something was taken again. */
  refused: Sentence | null
  /** Edits the station would not take, so that nothing a person drew is gone: the screen offers them elsewhere. */
  rejected: readonly { key: string; value: Value; why: Sentence }[]
}

/** Somebody else in a room. */
export interface Presence<Body extends object = Record<string, unknown>> {
  /** Names one screen, anywhere in the tree. */
  id: string
  station: string
  /** Display name. */
  name: string
  /** Whether it is another screen of ourselves at this station. */
  own: boolean
  body: Body
}

/** What one screen tells a room: JSON of at most 8,192 characters; replaced whole. */
export interface Room<Body extends object = Record<string, unknown>> {
  others(): readonly Presence<Body>[]
  subscribe(listener: () => void): () => void
  /** Tells the others; merged into the latest and sent at most 30 times a second. Forgotten 15 s after the last word; repeated every 5 s while the room is open. */
  tell(body: Body): void
  close(): void
}
