import { BorderOuterOutlined, DeleteOutlined, LineOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import type { GeoJSONSource, Map as MapLibre, MapMouseEvent } from 'maplibre-gl'
import { useEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { areaSquareMetres, areaText, lengthMetres, lengthText, measureSource } from '#core/geo/measure.ts'
import { useKeys } from '#core/ui/web/keys.ts'
import { mapSlot, removeLayers, useMap, useMapLayers } from '#core/ui/web/map/mapContext.ts'
import { MapKeys } from '#core/ui/web/map/MapKeys.tsx'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { useMapGrip } from '#core/ui/web/map/mapSelection.ts'
import { MapTool } from '#core/ui/web/map/MapTools.tsx'
import { said, useLanguage, useText } from '#core/ui/web/texts.ts'
import { measureFeatures, type Measured, type MeasureKind } from './measureFeatures.ts'
import { situationTexts } from './situationTexts.ts'

const source = 'measure'
const layers = { fill: 'measure-fill', line: 'measure-line', points: 'measure-points', labels: 'measure-labels' }
const empty: Measured = { kind: 'distance', points: [], done: false }

/** Distance and area: clicks set points, a double click (or Enter) ends, Backspace takes one back, Esc gives up. */
export function MeasureTools() {
  const say = useText(situationTexts)
  const grip = useMapGrip('measure')
  const [measured, setMeasured] = useState<Measured>(empty)
  const active = grip.isMine && !measured.done
  const start = (kind: MeasureKind) => {
    if (active && measured.kind === kind) {
      setMeasured(empty)
      grip.release()
      return
    }
    setMeasured({ ...empty, kind })
    grip.take()
  }
  return (
    <>
      <MapTool icon={<LineOutlined rotate={-45} />} label={say('measure.distance')} shortcut="r" pressed={active && measured.kind === 'distance'} onClick={() => { start('distance') }} />
      <MapTool icon={<BorderOuterOutlined />} label={say('measure.area')} shortcut="a" pressed={active && measured.kind === 'area'} onClick={() => { start('area') }} />
      <MapKeys bindings={[
        { keys: ['r'], help: said(situationTexts, 'measure.distance'), run: () => { start('distance') } },
        { keys: ['a'], help: said(situationTexts, 'measure.area'), run: () => { start('area') } },
      ]} />
      <Drawn measured={measured} />
      {active ? <Pointer measured={measured} onChange={setMeasured} onEnd={grip.release} /> : null}
      {active || measured.points.length > 0 ? <Reading measured={measured} onClear={() => { setMeasured(empty); grip.release() }} /> : null}
    </>
  )
}

/** Takes the clicks while one measures. Another part that grips the map ends it. */
function Pointer({ measured, onChange, onEnd }: { measured: Measured; onChange: (next: Measured) => void; onEnd: () => void }) {
  const map = useMap()
  const latest = useRef({ measured, onChange, onEnd })
  useEffect(() => { latest.current = { measured, onChange, onEnd } })
  const finish = () => {
    const { measured: now } = latest.current
    const enough = now.points.length >= (now.kind === 'area' ? 3 : 2)
    latest.current.onChange(enough ? { ...now, next: undefined, done: true } : empty)
    latest.current.onEnd()
  }
  useKeys([
    { keys: ['Escape'], help: said(situationTexts, 'key.measureEnd'), run: () => { onChange(empty); onEnd() } },
    { keys: ['Backspace'], help: said(situationTexts, 'key.measureBack'), run: () => { onChange({ ...measured, points: measured.points.slice(0, -1) }) } },
    { keys: ['Enter'], help: said(situationTexts, 'key.measureDone'), run: finish },
  ])
  useEffect(() => {
    const click = (event: MapMouseEvent) => {
      event.preventDefault()
      const { measured: now, onChange: change } = latest.current
      const point: [number, number] = [event.lngLat.lng, event.lngLat.lat]
      const before = now.points.at(-1)
      // The second click of a double click sets nothing.
      if (before && near(map, before, point)) return
      change({ ...now, points: [...now.points, point], next: undefined })
    }
    const move = (event: MapMouseEvent) => {
      const { measured: now, onChange: change } = latest.current
      if (now.points.length > 0) change({ ...now, next: [event.lngLat.lng, event.lngLat.lat] })
    }
    const end = (event: MapMouseEvent) => {
      event.preventDefault()
      finish()
    }
    const canvas = map.getCanvas()
    canvas.style.cursor = 'crosshair'
    map.doubleClickZoom.disable()
    map.on('click', click)
    map.on('mousemove', move)
    map.on('dblclick', end)
    return () => {
      canvas.style.cursor = ''
      map.doubleClickZoom.enable()
      map.off('click', click)
      map.off('mousemove', move)
      map.off('dblclick', end)
    }
    // oxlint-disable-next-line react/exhaustive-deps -- the handlers read what is current
  }, [map])
  return null
}

function near(map: MapLibre, a: [number, number], b: [number, number]): boolean {
  const [p, q] = [map.project(a), map.project(b)]
  return Math.hypot(p.x - q.x, p.y - q.y) < 4
}

function Drawn({ measured }: { measured: Measured }) {
  const [language] = useLanguage()
  useMapLayers((map) => {
    map.addSource(source, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
    map.addLayer({ id: layers.fill, type: 'fill', source, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': '#ff4d4f', 'fill-opacity': 0.16 } }, mapSlot.tools)
    map.addLayer({ id: layers.line, type: 'line', source, filter: ['==', ['geometry-type'], 'LineString'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': '#ff4d4f', 'line-width': 3 } }, mapSlot.tools)
    map.addLayer({ id: layers.points, type: 'circle', source, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 5, 'circle-color': '#ffffff', 'circle-stroke-color': '#ff4d4f', 'circle-stroke-width': 2.5 } }, mapSlot.tools)
    map.addLayer({
      id: layers.labels, type: 'symbol', source, filter: ['has', 'label'],
      layout: { 'text-field': ['get', 'label'], 'text-size': 13, 'text-anchor': 'left', 'text-offset': [0.9, 0], 'text-allow-overlap': true },
      paint: { 'text-color': '#b5121b', 'text-halo-color': '#ffffff', 'text-halo-width': 2 },
    }, mapSlot.tools)
    return () => { removeLayers(map, Object.values(layers), [source]) }
  }, [])
  useMapLayers((map) => { void map.getSource<GeoJSONSource>(source)?.setData(measureFeatures(measured, language)) }, [measured, language])
  return null
}

function Reading({ measured, onClear }: { measured: Measured; onClear: () => void }) {
  const say = useText(situationTexts)
  const [language] = useLanguage()
  const places = useMapPlaces()
  if (!places) return null
  const points = measured.next ? [...measured.points, measured.next] : measured.points
  const ring = [...points, ...points.slice(0, 1)]
  const area = measured.kind === 'area'
  return createPortal(
    <div className="map-box map-measure" role="status">
      {points.length === 0 ? <span>{say(`measure.hint.${measured.kind}`)}</span> : (
        <>
          {area ? <span>{say('measure.size')} <b className="digits">{points.length < 3 ? '—' : areaText(areaSquareMetres({ type: 'Polygon', coordinates: [ring] }), language)}</b></span> : null}
          <span>{say(area ? 'measure.outline' : 'measure.length')} <b className="digits">{lengthText(lengthMetres(area ? ring : points), language)}</b></span>
          {measured.done ? <span className="soft small">{measureSource[language]}</span> : <span className="soft small map-wide">{say('measure.go')}</span>}
        </>
      )}
      <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={say('measure.clear')} title={say('measure.clear')} onClick={onClear} />
    </div>,
    places.foot,
  )
}
