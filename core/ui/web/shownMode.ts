import { useEffect, useSyncExternalStore } from 'react'
import type { Mode } from '#core/ledger/fact.ts'

/** What the banner says: all of the page is of that mode, or only some of it, beside what is actual. */
export interface ShownMode {
  mode: Exclude<Mode, 'actual'>
  partly: boolean
}

const shown = new Map<symbol, ShownMode>()
const listeners = new Set<() => void>()

/** A page tells that what it shows, or some of it, is an exercise or a test; the shell then says so above everything. */
export function useTellMode(mode: Mode | undefined, partly = false): void {
  useEffect(() => {
    if (mode === undefined || mode === 'actual') return undefined
    const mine = Symbol(mode)
    shown.set(mine, { mode, partly })
    for (const listener of listeners) listener()
    return () => {
      shown.delete(mine)
      for (const listener of listeners) listener()
    }
  }, [mode, partly])
}

/** For the shell: what the page last told, null when all of it is actual. */
export function useShownMode(): ShownMode | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => { listeners.delete(listener) }
  }, () => [...shown.values()].at(-1) ?? null)
}
