import type { Map as MapLibre } from 'maplibre-gl'
import type { PlaceItem } from '../situation.api.ts'

const zooms = { province: 4.8, prefecture: 6.6, county: 9, township: 11 } as const

/** How near one comes to a place that was asked for. */
export function zoomOf(place: PlaceItem): number {
  return place.kind === 'division' ? zooms[place.level] : place.kind === 'incident' ? 10 : 11
}

/** On a phone a card covers the lower half: what it is about goes above it. */
export function aboveSheet(map: MapLibre, narrow: boolean): [number, number] {
  return [0, narrow ? -0.24 * map.getContainer().clientHeight : 0]
}
