import { useQuery } from '@tanstack/react-query'
import { api } from '#core/ui/web/api.ts'
import type { NormItem } from '../norms.api.ts'

export interface NormsAnswer {
  station: string
  at: number
  stamp: Record<string, number>
  items: NormItem[]
  total: number
}

export interface NormsVersion {
  station: string
  version: number
  effectiveFrom: number
  note: string
  sets: Record<string, unknown>
  fact: string
  at: number
  by: string
}

/** The norms in force at this station, each with who set it. */
export function useNorms() {
  return useQuery({ queryKey: ['norms', 'effective'], queryFn: ({ signal }) => api.get<NormsAnswer>('/api/norms', { signal }), staleTime: 30_000 })
}

export function useNormsVersions() {
  return useQuery({ queryKey: ['norms', 'versions'], queryFn: ({ signal }) => api.get<{ items: NormsVersion[]; total: number }>('/api/norms/versions', { signal }) })
}
