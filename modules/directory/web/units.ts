import { useQuery } from '@tanstack/react-query'
import { api } from '#core/ui/web/api.ts'

/** The offices 处室 of this station. */
export function useUnits() {
  return useQuery({ queryKey: ['units'], queryFn: ({ signal }) => api.get<{ items: { id: string; name: string }[] }>('/api/units', { signal }), staleTime: 60_000 })
}
