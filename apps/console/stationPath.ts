import { useQuery } from '@tanstack/react-query'
import { ancestorsOf } from '#core/kernel/index.ts'
import { api } from '#core/ui/web/api.ts'
import { useSession } from '#core/ui/web/session.ts'

interface NamedStation {
  address: string
  name: string
}

/** The stations from the top of the tree down to ours, with the names the directory knows. */
export function useStationPath(): NamedStation[] {
  const { station } = useSession()
  const stations = useQuery({ queryKey: ['station', 'all'], queryFn: ({ signal }) => api.get<{ items: NamedStation[] }>('/api/stations', { signal }), staleTime: 60_000 })
  const nameOf = (address: string) => stations.data?.items.find((s) => s.address === address)?.name ?? address
  return [...ancestorsOf(station.address).toReversed().map((address) => ({ address, name: nameOf(address) })), { address: station.address, name: station.name }]
}
