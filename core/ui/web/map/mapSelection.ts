import { useCallback } from 'react'
import { shared, useShared } from './shared.ts'

/** What one has clicked. */
export type MapSelection =
  | { kind: 'incident'; id: string }
  | { kind: 'stroke'; layer: string; key: string }
  | { kind: 'place'; name: string; lon: number; lat: number }
  | { kind: 'feature'; layer: string; properties: Readonly<Record<string, unknown>>; lon: number; lat: number }

const selection = shared<MapSelection | null>(null)

/** What is selected on the map, the same for all parts; null deselects. */
export function useMapSelection(): [MapSelection | null, (next: MapSelection | null) => void] {
  return [useShared(selection), selection.set]
}

const grip = shared<string | null>(null)

/**
 * Who has the pointer. A part that draws or measures grips the map (`take('plot')`) and lets go afterwards; meanwhile
 * the others must not answer clicks: they ask `isGripped()` in their listeners. Taking it from another part makes that
 * part see another `holder` and stop.
 */
export function useMapGrip(name: string): { holder: string | null; isMine: boolean; take: () => void; release: () => void } {
  const holder = useShared(grip)
  const take = useCallback(() => { grip.set(name) }, [name])
  const release = useCallback(() => { if (grip.get() === name) grip.set(null) }, [name])
  return { holder, isMine: holder === name, take, release }
}

export function isGripped(): boolean {
  return grip.get() !== null
}
