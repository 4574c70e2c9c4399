import type { PlaceItem } from '../situation.api.ts'

const zooms = { province: 4.8, prefecture: 6.6, county: 9, township: 11 } as const

/** How near one comes to a place that was asked for. */
export function zoomOf(place: PlaceItem): number {
  return place.kind === 'division' ? zooms[place.level] : place.kind === 'incident' ? 10 : 11
}
