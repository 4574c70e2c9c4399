import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api } from '#core/ui/web/api.ts'
import { useText } from '#core/ui/web/texts.ts'
import { measureNames } from '#modules/norms/index.ts'
import { detailNames } from './formState.ts'
import { reportTexts } from './reportTexts.ts'

/** A station as the directory lists it; `keys` are for checking signatures. */
export interface StationItem {
  address: string
  name: string
  keys?: { publicKey: string }[]
}

export function useStations() {
  return useQuery({ queryKey: ['station', 'all'], queryFn: ({ signal }) => api.get<{ items: StationItem[] }>('/api/stations', { query: { size: 200 }, signal }), staleTime: 60_000 })
}

/** The name of a station by its address; the address while the directory is not read. */
export function useStationName(): (address: string) => string {
  const stations = useStations()
  return useCallback((address) => stations.data?.items.find((s) => s.address === address)?.name ?? address, [stations.data])
}

/** What a field of a report is called: `figures.deaths` → 死亡. */
export function useFieldName(): (field: string) => string {
  const say = useText(reportTexts)
  return (field) => {
    const [group, name = ''] = field.split('.') as [string, string?]
    const figure = measureNames.find((one) => one === name)
    if (group === 'figures' && figure) return say(`figure.${figure}`)
    const detail = detailNames.find((one) => one === name)
    if (group === 'details' && detail) return say(`detail.${detail}`)
    const known = fieldKeys.find((key) => key === `field.${name === '' ? group : name}`)
    return known ? say(known) : field
  }
}

const fieldKeys = ['field.code', 'field.title', 'field.text', 'field.division', 'field.address', 'field.lon', 'field.lat', 'field.occurredAt', 'field.learnedAt', 'field.phonedAt', 'field.level'] as const
