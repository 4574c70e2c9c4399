import { queryOptions, useQuery } from '@tanstack/react-query'
import type { StyleSpecification } from 'maplibre-gl'
import type { Look } from '../../palette.ts'
import { api } from '../api.ts'
import { mapSlot } from './mapContext.ts'

/** The station's own style, dark or light, with the slots that parts put their layers into. */
export function mapStyleQuery(look: Look) {
  return queryOptions({
    queryKey: ['mapStyle', look],
    queryFn: async ({ signal }) => withSlots(await api.get<StyleSpecification>(`/style/${look}.json`, { signal })),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  })
}

export function useMapStyle(look: Look) {
  return useQuery(mapStyleQuery(look))
}

/** Layers that draw nothing and only hold places. */
export function withSlots(style: StyleSpecification): StyleSpecification {
  const slots = Object.values(mapSlot).map((id) => ({ id, type: 'background' as const, layout: { visibility: 'none' as const } }))
  return { ...style, layers: [...style.layers, ...slots] }
}

/** What the sources of a style say of where they come from, as plain text. */
export function attributionsOf(style: StyleSpecification | undefined): string[] {
  const lines = Object.values(style?.sources ?? {}).map((source) => ('attribution' in source ? String(source.attribution ?? '') : ''))
  return [...new Set(lines.map((line) => line.replaceAll(/<[^>]*>/g, '').trim()).filter((line) => line !== ''))]
}
