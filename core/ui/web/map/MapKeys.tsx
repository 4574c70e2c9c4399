import { useKeys, type KeyBinding } from '../keys.ts'
import { useMapPlaces } from './mapPlaces.ts'

/** Keys of a part: they work, and the help lists them, while the map has the window. */
export function MapKeys({ bindings }: { bindings: KeyBinding[] }) {
  return useMapPlaces()?.full ? <Keys bindings={bindings} /> : null
}

function Keys({ bindings }: { bindings: KeyBinding[] }) {
  useKeys(bindings)
  return null
}
