import { useEffect, useRef, useSyncExternalStore, type RefObject } from 'react'
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
/** Who listens, the last that came last: what is on top of a page answers before the page, and the page before the shell. */
let stack: readonly RefObject<KeyBinding[]>[] = []

/** Listens while the component is shown. Never takes a key from a field, a button or an open dialog. */
export function useKeys(bindings: KeyBinding[]): void {
  const latest = useRef(bindings)
  useEffect(() => { latest.current = bindings })
  useEffect(() => {
    const mine = latest.current
    setActive([...active, mine])
    if (stack.length === 0) document.addEventListener('keydown', answer)
    stack = [...stack, latest]
    return () => {
      stack = stack.filter((one) => one !== latest)
      if (stack.length === 0) document.removeEventListener('keydown', answer)
      setActive(active.filter((b) => b !== mine))
    }
  }, [])
}

function answer(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  const name = keyName(event)
  const binding = stack.toReversed().map((one) => one.current.find((b) => b.keys.includes(name))).find((b) => b !== undefined)
  if (!binding || (!binding.whileTyping && isBusy(event.target, name))) return
  event.preventDefault()
  binding.run(event)
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
