import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import { api } from '#core/ui/web/api.ts'
import type { LayerCard } from '../imported.api.ts'
import type { incidentMapResponse, PlaceItem, timelineResponse } from '../situation.api.ts'

export type IncidentMap = z.infer<typeof incidentMapResponse>
export type IncidentFeature = IncidentMap['features'][number]
export type Timeline = z.infer<typeof timelineResponse>

export function usePlaces(q: string) {
  return useQuery({
    queryKey: ['incident', 'places', q],
    queryFn: ({ signal }) => api.get<{ items: PlaceItem[] }>('/api/situation/places', { query: { q, size: 12 }, signal }),
    enabled: q !== '',
    placeholderData: (before) => before,
    staleTime: 30_000,
  })
}

/** The gravest and latest first; for lists, for what is drawn comes as tiles. */
export function useIncidentMap(query: { from?: number; until?: number; status?: string; limit?: number }, every?: number) {
  return useQuery({
    queryKey: ['incident', 'situation', query],
    queryFn: ({ signal }) => api.get<IncidentMap>('/api/situation/incidents', { query, signal }),
    placeholderData: (before) => before,
    refetchInterval: every,
  })
}

export function useTimeline(query: { from: number; until: number; bars: number }, enabled: boolean) {
  return useQuery({
    queryKey: ['incident', 'timeline', query],
    queryFn: ({ signal }) => api.get<Timeline>('/api/situation/timeline', { query, signal }),
    placeholderData: (before) => before,
    enabled,
  })
}

/** What `fengsui layer import` put there, but for what is part of the base map. */
export function useImportedLayers(): readonly LayerCard[] {
  const { data } = useQuery({
    queryKey: ['layers', 'imported'],
    queryFn: async ({ signal }) => (await api.get<{ items: LayerCard[] }>('/api/situation/layers', { signal })).items.filter(({ role }) => role === 'overlay'),
    staleTime: 60_000,
  })
  return data ?? none
}
const none: readonly LayerCard[] = []
