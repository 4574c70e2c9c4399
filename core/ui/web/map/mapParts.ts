import { createContext, useContext, type ComponentType } from 'react'
import type { Role } from '#core/http/roles.ts'
import { shared } from './shared.ts'

/** Where the map has the window to itself; everywhere else it lies behind the page, or is not there. */
export const mapPath = '/map'

/**
 * What a module puts on the map: a component that draws layers with `useMapLayers` and controls with `MapPanel` and
 * `MapTools`. Modules export theirs, made with `React.lazy`; `apps/console/mapParts.ts` is the explicit list.
 */
export interface MapPart {
  id: string
  Part: ComponentType
  /** Who gets it; absent: everyone signed in. */
  roles?: readonly Role[]
}

/** This browser cannot draw maps: beside pages there is then nothing to show. */
export const mapUnable = shared(false)

export const MapPartsContext = createContext<readonly MapPart[]>([])

export function useMapParts(): readonly MapPart[] {
  return useContext(MapPartsContext)
}
