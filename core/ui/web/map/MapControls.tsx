import { InfoCircleOutlined, MinusOutlined, PlusOutlined } from '@ant-design/icons'
import type { Map as MapLibre, StyleSpecification } from 'maplibre-gl'
import { useEffect, useState } from 'react'
import { metresPerPixel } from '#core/geo/tiles.ts'
import { useText } from '../texts.ts'
import { attributionsOf } from './mapStyle.ts'
import { mapTexts } from './mapTexts.ts'
import { scaleBar, type ScaleBar } from './scale.ts'

/** Zoom and compass, large enough for a thumb. */
export function MapControls({ map }: { map: MapLibre }) {
  const say = useText(mapTexts)
  const [bearing, setBearing] = useState(map.getBearing())
  useEffect(() => {
    const turn = () => { setBearing(map.getBearing()) }
    map.on('rotate', turn)
    return () => { map.off('rotate', turn) }
  }, [map])
  return (
    <div className="map-controls" role="group" aria-label={say('controls.label')}>
      <button type="button" onClick={() => { map.zoomIn() }} aria-label={say('control.zoomIn')} title={say('control.zoomIn')}><PlusOutlined /></button>
      <button type="button" onClick={() => { map.zoomOut() }} aria-label={say('control.zoomOut')} title={say('control.zoomOut')}><MinusOutlined /></button>
      <button type="button" className="map-north" onClick={() => { map.easeTo({ bearing: 0 }) }} aria-label={say('control.north')} title={say('control.north')}>
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" style={{ transform: `rotate(${-bearing}deg)` }}><path d="M12 2 16 12H8z" fill="var(--alarm)" /><path d="M12 22 8 12h8z" fill="var(--ink-soft)" /></svg>
      </button>
    </div>
  )
}

/** How long a stroke on the glass is on the ground. */
export function MapScale({ map }: { map: MapLibre }) {
  const say = useText(mapTexts)
  const [bar, setBar] = useState<ScaleBar>(() => barOf(map))
  useEffect(() => {
    const move = () => { setBar(barOf(map)) }
    map.on('move', move)
    map.on('resize', move)
    return () => {
      map.off('move', move)
      map.off('resize', move)
    }
  }, [map])
  return <div className="map-scale digits" role="img" aria-label={say('scale.label', { length: bar.text })} style={{ width: bar.pixels }}>{bar.text}</div>
}

function barOf(map: MapLibre): ScaleBar {
  return scaleBar(metresPerPixel(map.getCenter().lat, map.getZoom()), 110)
}

/** Where the map comes from and that its boundaries are no authority. */
export function MapSources({ style }: { style: StyleSpecification | undefined }) {
  const say = useText(mapTexts)
  const [open, setOpen] = useState(false)
  return (
    <div className="map-sources">
      {open ? <span>{attributionsOf(style).join(' · ')}</span> : null}
      <span className="map-approximate">{say('map.approximate')}</span>
      <button type="button" aria-expanded={open} aria-label={say('control.attribution')} title={say('control.attribution')} onClick={() => { setOpen(!open) }}><InfoCircleOutlined /></button>
    </div>
  )
}
