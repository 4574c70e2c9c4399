import type { Stamped } from '#core/live/stamped.ts'
import type { Written } from './canonical.ts'

export const changeKinds = ['added', 'changed', 'removed', 'restored'] as const
export type ChangeKind = (typeof changeKinds)[number]

export interface Change extends Written {
  what: ChangeKind
}

/** What each value in the history of a layer did, oldest first. */
export function changesOf(history: readonly Written[]): Change[] {
  const before = new Map<string, Stamped>()
  return history.map(({ key, value }) => {
    const last = before.get(key)
    before.set(key, value)
    return { key, value, what: kindOf(last, value) }
  })
}

function kindOf(last: Stamped | undefined, value: Stamped): ChangeKind {
  if (value.gone === true) return 'removed'
  if (!last) return 'added'
  return last.gone === true ? 'restored' : 'changed'
}

/**
 * What stood in a layer at a moment, from its history. For keys that nobody wrote since, what stands now: of two values
 * written at once, the document decides, not the clock.
 */
export function valuesAt(history: readonly Written[], present: ReadonlyMap<string, Stamped>, at: number): Map<string, Stamped> {
  const found = new Map<string, Stamped>()
  const later = new Set<string>()
  for (const { key, value } of history) {
    if (value.at <= at) found.set(key, value)
    else later.add(key)
  }
  for (const key of found.keys()) {
    const standing = later.has(key) ? found.get(key) : present.get(key)
    if (standing && standing.gone !== true) found.set(key, standing)
    else found.delete(key)
  }
  return found
}

/** The histories of several layers as one, in the order of time, for playback. */
export function mergedHistory(layers: readonly { layer: string; history: readonly Written[] }[]): (Written & { layer: string })[] {
  const all = layers.flatMap(({ layer, history }) => history.map((written) => ({ ...written, layer })))
  return all.sort((a, b) => a.value.at - b.value.at || compare(a.value.station, b.value.station) || compare(a.layer, b.layer) || compare(a.key, b.key))
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
