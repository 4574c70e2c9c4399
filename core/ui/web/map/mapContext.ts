import type { Map as MapLibre } from 'maplibre-gl'
import { createContext, useContext, useEffect } from 'react'

/** The mounted map. `styled` counts the styles it has been given: 0 until the first has loaded. */
export interface MapSession {
  map: MapLibre
  styled: number
}

export const MapContext = createContext<MapSession | null>(null)

function useMapSession(): MapSession {
  const session = useContext(MapContext)
  if (!session) throw new Error('useMap outside MapView')
  return session
}

/** The one map, for parts inside MapView. Its style may not have loaded yet: draw with `useMapLayers`. */
export function useMap(): MapLibre {
  return useMapSession().map
}

/**
 * Adds sources, layers, images and listeners: runs when the style has loaded, again after every change of style (which
 * forgets them all) and when `deps` change. What it returns cleans up; the style may be another by then, so remove with
 * `removeLayers`.
 */
export function useMapLayers(setUp: (map: MapLibre) => (() => void) | void, deps: readonly unknown[]): void {
  const { map, styled } = useMapSession()
  // oxlint-disable-next-line react/exhaustive-deps -- the caller says what its layers depend on
  useEffect(() => (styled === 0 ? undefined : setUp(map) ?? undefined), [map, styled, ...deps])
}

/** Removes what is still there. */
export function removeLayers(map: MapLibre, layers: readonly string[], sources: readonly string[] = []): void {
  if (!map.style) return
  for (const id of layers) if (map.getLayer(id)) map.removeLayer(id)
  for (const id of sources) if (map.getSource(id)) map.removeSource(id)
}

/**
 * The order of what lies on the base map, lowest first. Pass one as `beforeId`: `map.addLayer(layer, mapSlot.plot)` puts
 * a layer on top of what is in that slot already, below the next slot.
 */
export const mapSlot = { imported: 'slot-imported', incidents: 'slot-incidents', plot: 'slot-plot', tools: 'slot-tools' } as const
