import { shared, useShared } from './shared.ts'

/**
 * What a link to the map says: the view `c=lon,lat,zoom,bearing`, the layers shown, the time range, the plot that is
 * open, a pin, the wall. Parts add their keys here and use them with `useMapParam`.
 */
export const mapParams = ['c', 'layers', 't', 'plot', 'pin', 'wall'] as const
export type MapParam = (typeof mapParams)[number]
export type MapSearch = Partial<Record<MapParam, string>>

/** Kept while one is on other pages; on `/map`, MapUrl keeps it and the address the same. */
export const mapSearch = shared<MapSearch>({})

export function setMapParams(change: MapSearch): void {
  const next = cleaned({ ...mapSearch.get(), ...change })
  if (searchText(next) !== searchText(mapSearch.get())) mapSearch.set(next)
}

/** One key of the map's address; undefined takes it out. Nothing is added to the browser's history. */
export function useMapParam(name: MapParam): [string | undefined, (next: string | undefined) => void] {
  return [useShared(mapSearch)[name], (next) => { setMapParams({ [name]: next }) }]
}

/** All keys of the map's address. */
export function useMapSearch(): [MapSearch, (change: MapSearch) => void] {
  return [useShared(mapSearch), setMapParams]
}

/** What of a page's search is the map's; numbers and the like are text again. */
export function readMapSearch(search: Readonly<Record<string, unknown>>): MapSearch {
  return cleaned(Object.fromEntries(mapParams.map((name) => {
    const value = search[name]
    return [name, typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined]
  })))
}

/** `c=78.63,41.26,7&plot=…`: commas stay readable. */
export function searchText(search: MapSearch): string {
  return mapParams.flatMap((name) => (search[name] ? [`${name}=${encodeURIComponent(search[name]).replaceAll('%2C', ',')}`] : [])).join('&')
}

function cleaned(search: MapSearch): MapSearch {
  return Object.fromEntries(mapParams.flatMap((name) => (search[name] ? [[name, search[name]]] : [])))
}

export interface MapViewpoint {
  center: [lon: number, lat: number]
  zoom: number
  bearing: number
}

/** `78.63,41.26,7` or `78.63,41.26,7,45`; null when it is no such thing. */
export function readViewpoint(text: string | undefined): MapViewpoint | null {
  const parts = text?.split(',').map((part) => (part.trim() === '' ? NaN : Number(part))) ?? []
  const [lon, lat, zoom, bearing = 0] = parts
  if (parts.length < 3 || parts.length > 4 || lon === undefined || lat === undefined || zoom === undefined || !parts.every(Number.isFinite)) return null
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90 || zoom < 0 || zoom > 24) return null
  return { center: [lon, lat], zoom, bearing: bearing % 360 }
}

export function viewpointText({ center, zoom, bearing }: MapViewpoint): string {
  // Zoom 7 shows about 1 km in a pixel: decimals beyond what a pixel tells only make the link longer.
  const digits = Math.max(2, Math.min(6, Math.ceil(zoom / 3)))
  const turned = Math.round(bearing * 10) / 10
  return [trim(center[0], digits), trim(center[1], digits), trim(zoom, 2), ...(turned === 0 ? [] : [String(turned)])].join(',')
}

function trim(n: number, digits: number): string {
  return String(Number(n.toFixed(digits)))
}
