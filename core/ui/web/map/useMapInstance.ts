import maplibregl, { type Map as MapLibre, type StyleSpecification } from 'maplibre-gl'
import { useEffect, useRef, useState, type RefObject } from 'react'
import { readViewpoint, mapSearch, setMapParams, viewpointText } from './mapSearch.ts'
import { drawGlyphsWhole } from './wholeGlyphs.ts'
import { mapUnable } from './mapParts.ts'
import { useShared } from './shared.ts'
import { beganAnywhere, recallView, rememberView } from './rememberedView.ts'

export interface MapInstance {
  map: MapLibre | null
  /** 0 while a style is loading, else how many have been. */
  styled: number
  /** The browser cannot draw it. */
  unable: boolean
  /** Tiles of the base map do not come. */
  tilesFail: boolean
  retry: () => void
}

const retryMs = 10_000

/** Makes the map when its first style is there, gives it the next ones, takes it down at the end. */
export function useMapInstance(container: RefObject<HTMLElement | null>, style: StyleSpecification | undefined): MapInstance {
  const [map, setMap] = useState<MapLibre | null>(null)
  const [styled, setStyled] = useState(0)
  const unable = useShared(mapUnable)
  const [failing, setFailing] = useState<ReadonlySet<string>>(new Set())
  const given = useRef<StyleSpecification | undefined>(undefined)
  const [first, setFirst] = useState(style)
  if (!first && style) setFirst(style)

  useEffect(() => {
    if (!container.current || !first) return undefined
    const made = makeMap(container.current, first)
    if (!made) {
      mapUnable.set(true)
      return undefined
    }
    drawGlyphsWhole(made)
    given.current = first
    let loads = 0
    made.on('style.load', () => {
      setMap(made)
      setStyled(++loads)
    })
    made.on('moveend', () => {
      const center = made.getCenter()
      const view = { center: [center.lng, center.lat] as [number, number], zoom: made.getZoom(), bearing: made.getBearing() }
      rememberView(view)
      setMapParams({ c: viewpointText(view) })
    })
    made.on('error', (event) => { if ('sourceId' in event && typeof event.sourceId === 'string') setFailing((now) => new Set([...now, String(event.sourceId)])) })
    made.on('sourcedata', (event) => { if ('tile' in event && event.tile?.state === 'loaded') setFailing((now) => (now.has(event.sourceId) ? new Set([...now].filter((id) => id !== event.sourceId)) : now)) })
    return () => {
      setMap(null)
      setStyled(0)
      made.remove()
    }
  }, [container, first])

  useEffect(() => {
    if (!map || !style || given.current === style) return
    given.current = style
    setStyled(0)
    setFailing(new Set())
    map.setStyle(style, { diff: false })
  }, [map, style])

  useFollowedAddress(map)

  const retry = () => { for (const id of failing) if (map?.getSource(id)) map.refreshTiles(id) }
  const latestRetry = useRef(retry)
  useEffect(() => { latestRetry.current = retry })
  const tilesFail = failing.size > 0
  useEffect(() => {
    if (!tilesFail) return undefined
    const timer = setInterval(() => { latestRetry.current() }, retryMs)
    return () => { clearInterval(timer) }
  }, [tilesFail])
  return { map, styled, unable, tilesFail, retry }
}

/** The map goes where the address says, unless it was the map that wrote it. */
function useFollowedAddress(map: MapLibre | null): void {
  useEffect(() => {
    if (!map) return undefined
    return mapSearch.subscribe(() => {
      const wanted = mapSearch.get().c
      const view = readViewpoint(wanted)
      const center = map.getCenter()
      if (view && !map.isMoving() && wanted !== viewpointText({ center: [center.lng, center.lat], zoom: map.getZoom(), bearing: map.getBearing() })) map.jumpTo(view)
    })
  }, [map])
}

function makeMap(container: HTMLElement, style: StyleSpecification): MapLibre | null {
  const view = readViewpoint(mapSearch.get().c) ?? recallView()
  beganAnywhere.set(view === null)
  try {
    return new maplibregl.Map({
      container,
      style,
      ...view,
      // The station's paths, for the worker has no address of its own to resolve them against.
      transformRequest: (url) => ({ url: url.startsWith('/') ? location.origin + url : url }),
      attributionControl: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      maxZoom: 20,
      doubleClickZoom: true,
      localIdeographFontFamily: '"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif',
      fadeDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200,
    })
  } catch {
    return null
  }
}
