import { useQuery } from '@tanstack/react-query'
import { api } from './api.ts'

/** One link as `GET /api/links` tells it. */
export interface LinkFace {
  peer: string
  name?: string
  direction: 'up' | 'down'
  state: 'online' | 'offline'
  queued: number
  lastExchangeAt: number | null
  lagMs: number | null
  /** Edits on shared maps that the peer does not hold yet. */
  liveBehind?: number | null
  reason: string | null
  /** What a person can do about it. */
  wayOut?: string | null
}

/** The links of this station, refreshed every few seconds: a cut must show without a click. */
export function useLinks() {
  return useQuery({ queryKey: ['links'], queryFn: ({ signal }) => api.get<{ items: LinkFace[] }>('/api/links', { signal }), refetchInterval: 4_000 })
}

/** `45 ms`, `3.2 s`, `12 min` */
export function lagText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`
}
