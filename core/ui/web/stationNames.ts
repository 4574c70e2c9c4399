import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api } from './api.ts'

/** Names of stations by address, as the directory knows them; an unknown address stands for itself. */
export function useStationName(): (address: string) => string {
  const { data } = useQuery({ queryKey: ['station', 'names'], queryFn: ({ signal }) => api.get<{ items: { address: string; name: string }[] }>('/api/stations', { query: { size: 200 }, signal }), staleTime: 60_000 })
  return useCallback((address) => data?.items.find((station) => station.address === address)?.name ?? address, [data])
}
