import { SwapOutlined } from '@ant-design/icons'
import { App } from 'antd'
import type { MapMouseEvent } from 'maplibre-gl'
import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { degreesText, dmsText } from '#core/geo/dms.ts'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { MapKeys } from '#core/ui/web/map/MapKeys.tsx'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { said, useLanguage, useText } from '#core/ui/web/texts.ts'
import { copyText } from './copyText.ts'
import { situationTexts } from './situationTexts.ts'

const remembered = 'fengsui.map.degrees'
type Form = 'degrees' | 'dms'

/** Coordinates under the pointer, of the middle where there is none; in either form; a click copies them. */
export function PointerReading() {
  const say = useText(situationTexts)
  const places = useMapPlaces()
  const [language] = useLanguage()
  const { message } = App.useApp()
  const [form, setForm] = useState<Form>(() => (localStorage.getItem(remembered) === 'dms' ? 'dms' : 'degrees'))
  const { at, isPointer } = usePosition()
  const text = form === 'dms' ? dmsText(at, language) : degreesText(at)
  const turn = () => {
    const next = form === 'dms' ? 'degrees' : 'dms'
    localStorage.setItem(remembered, next)
    setForm(next)
  }
  const copy = () => { void copyText(text).then(() => message.success(say('reading.copied', { text }))) }
  if (!places) return null
  return createPortal(
    <div className="map-reading digits">
      <MapKeys bindings={[{ keys: ['c'], help: said(situationTexts, 'key.copy'), run: copy }, { keys: ['x'], help: said(situationTexts, 'key.form'), run: turn }]} />
      <button type="button" className="map-reading-text" title={say('reading.copy')} aria-label={`${say(isPointer ? 'reading.pointer' : 'reading.middle')} ${text} ${say('reading.copy')}`} onClick={copy}>
        {isPointer ? null : <span className="soft">{say('reading.middle')} </span>}{text}
      </button>
      <button type="button" title={say(`reading.to.${form === 'dms' ? 'degrees' : 'dms'}`)} aria-label={say(`reading.to.${form === 'dms' ? 'degrees' : 'dms'}`)} onClick={turn}><SwapOutlined /></button>
    </div>,
    places.line,
  )
}

function usePosition(): { at: [number, number]; isPointer: boolean } {
  const map = useMap()
  const [middle, setMiddle] = useState(() => map.getCenter())
  const [pointer, setPointer] = useState<[number, number] | null>(null)
  useEffect(() => {
    const over = (event: MapMouseEvent) => { setPointer([event.lngLat.lng, event.lngLat.lat]) }
    const out = () => { setPointer(null) }
    const move = () => { setMiddle(map.getCenter()) }
    map.on('mousemove', over)
    map.on('mouseout', out)
    map.on('moveend', move)
    return () => {
      map.off('mousemove', over)
      map.off('mouseout', out)
      map.off('moveend', move)
    }
  }, [map])
  return { at: pointer ?? [middle.lng, middle.lat], isPointer: pointer !== null }
}
