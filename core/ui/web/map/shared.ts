import { useSyncExternalStore } from 'react'

/** One value that several parts of the map read and write; there is one map in a window, so there is one of each. */
export interface Shared<T> {
  get(): T
  set(next: T): void
  subscribe(listener: () => void): () => void
}

export function shared<T>(first: T): Shared<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
  }
}

export function useShared<T>(value: Shared<T>): T {
  return useSyncExternalStore(value.subscribe, value.get)
}
