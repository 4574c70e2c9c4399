import { useEffect, useSyncExternalStore } from 'react'
import type { Mode } from '#core/ledger/fact.ts'

const shown = new Map<symbol, Mode>()
const listeners = new Set<() => void>()

/** A page tells that what it shows is an exercise or a test; the shell then says so above everything. */
export function useTellMode(mode: Mode | undefined): void {
  useEffect(() => {
    if (mode === undefined || mode === 'actual') return undefined
    const mine = Symbol(mode)
    shown.set(mine, mode)
    for (const listener of listeners) listener()
    return () => {
      shown.delete(mine)
      for (const listener of listeners) listener()
    }
  }, [mode])
}

/** For the shell: `exercise` or `test` when any page part shows such data. */
export function useShownMode(): Mode {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => { listeners.delete(listener) }
  }, () => [...shown.values()].at(-1) ?? 'actual')
}
