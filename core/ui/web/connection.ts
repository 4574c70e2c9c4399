import { useSyncExternalStore } from 'react'

/** Whether the browser reaches its station. Set by every request and by the live socket; the shell shows a banner when down. */
export type ConnectionState = 'up' | 'down'

let state: ConnectionState = 'up'
const listeners = new Set<() => void>()

export function reportConnection(next: ConnectionState): void {
  if (next === state) return
  state = next
  for (const listener of listeners) listener()
}

export function onConnectionChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function connectionState(): ConnectionState {
  return state
}

export function useConnection(): ConnectionState {
  return useSyncExternalStore(onConnectionChange, connectionState)
}
