import { ancestorsOf } from '#core/kernel/index.ts'
import { useSession } from '#core/ui/web/session.ts'
import { useStationName } from '#core/ui/web/stationNames.ts'

/** The stations from the top of the tree down to ours, with the names the directory knows. */
export function useStationPath(): { address: string; name: string }[] {
  const { station } = useSession()
  const nameOf = useStationName()
  return [...ancestorsOf(station.address).toReversed().map((address) => ({ address, name: nameOf(address) })), { address: station.address, name: station.name }]
}
