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
  /** Its backfill is still missing: this station states nothing meanwhile. */
  recovering?: boolean
  /** Facts sent that wait at the peer, as it says. */
  waitingThere?: { n: number; why: string | null } | null
  /** How far the lower end's clock is ahead of the upper end's. */
  clockAheadMs?: number | null
}

/** Beyond this a difference of clocks is something to be mended. */
export const clockToleranceMs = 5_000

/** The links of this station, refreshed every few seconds: a cut must show without a click. */
export function useLinks() {
  return useQuery({ queryKey: ['links'], queryFn: ({ signal }) => api.get<{ items: LinkFace[] }>('/api/links', { signal }), refetchInterval: 4_000 })
}

/** Whose clock is wrong, as far as this link can tell, and by how much; null while they agree. */
export function clockOffset(link: LinkFace): { ahead: boolean; ms: number } | null {
  const ms = link.clockAheadMs ?? 0
  return Math.abs(ms) > clockToleranceMs ? { ahead: ms > 0, ms: Math.abs(ms) } : null
}

/** `45 ms`, `3.2 s`, `12 min`, `5 h`, `3 d` */
export function lagText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`
}
