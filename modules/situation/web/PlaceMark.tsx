import type { MapMouseEvent, MapTouchEvent } from 'maplibre-gl'
import { useEffect, useRef } from 'react'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { isGripped, useMapSelection } from '#core/ui/web/map/mapSelection.ts'

const longMs = 550

/** The right button, or a finger that stays, asks: what is here? */
export function PlaceMark() {
  const map = useMap()
  const [, select] = useMapSelection()
  const latest = useRef(select)
  useEffect(() => { latest.current = select })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = ({ lngLat }: { lngLat: { lng: number; lat: number } }) => {
      if (!isGripped()) latest.current({ kind: 'place', name: '', lon: lngLat.lng, lat: lngLat.lat })
    }
    const menu = (event: MapMouseEvent) => { if (!event.defaultPrevented) ask(event) }
    const touch = (event: MapTouchEvent) => {
      clearTimeout(timer)
      if (event.points.length === 1) timer = setTimeout(() => { ask(event) }, longMs)
    }
    const stop = () => { clearTimeout(timer) }
    map.on('contextmenu', menu)
    map.on('touchstart', touch)
    for (const end of ['touchend', 'touchmove', 'touchcancel', 'movestart'] as const) map.on(end, stop)
    return () => {
      stop()
      map.off('contextmenu', menu)
      map.off('touchstart', touch)
      for (const end of ['touchend', 'touchmove', 'touchcancel', 'movestart'] as const) map.off(end, stop)
    }
  }, [map])
  return null
}
