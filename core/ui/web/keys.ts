import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Said } from './texts.ts'

/** One key a screen listens to: `j`, `Enter`, `ctrl+k`, `?`. What it does is listed in the help. */
export interface KeyBinding {
  keys: readonly string[]
  help: Said
  run: (event: KeyboardEvent) => void
  /** Also while typing in a field; only for keys with ctrl, and Escape. */
  whileTyping?: boolean
}

let active: readonly KeyBinding[][] = []
const listeners = new Set<() => void>()

/** Listens while the component is shown. Never takes a key from a field, a button or an open dialog. */
export function useKeys(bindings: KeyBinding[]): void {
  const latest = useRef(bindings)
  useEffect(() => { latest.current = bindings })
  useEffect(() => {
    const mine = latest.current
    setActive([...active, mine])
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const name = keyName(event)
      const binding = latest.current.find((b) => b.keys.includes(name))
      if (!binding || (!binding.whileTyping && isBusy(event.target, name))) return
      event.preventDefault()
      binding.run(event)
    }
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('keydown', onKey)
      setActive(active.filter((b) => b !== mine))
    }
  }, [])
}

/** Every key that works right now, for the help. */
export function useActiveKeys(): KeyBinding[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => { listeners.delete(listener) }
  }, () => active).flat()
}

export function keyName(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (event.altKey) return `alt+${key}`
  return event.ctrlKey || event.metaKey ? `ctrl+${key}` : key
}

function setActive(next: readonly KeyBinding[][]): void {
  active = next
  for (const listener of listeners) listener()
}

function isBusy(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.closest('input, textarea, select, [role="combobox"], [role="dialog"], [role="menu"]')) return true
  return (key === 'Enter' || key === ' ') && target.closest('a, button, [role="tab"], [role="switch"]') !== null
}
