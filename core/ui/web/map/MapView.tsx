import 'maplibre-gl/dist/maplibre-gl.css'
import './map.css'
import { Button } from 'antd'
import { Suspense, useMemo, useRef, useState } from 'react'
import { useLook } from '../look.tsx'
import { holdsAny, useSession } from '../session.ts'
import { FaultNote } from '../States.tsx'
import { useText } from '../texts.ts'
import { MapContext } from './mapContext.ts'
import { MapControls, MapScale, MapSources } from './MapControls.tsx'
import { useMapParts } from './mapParts.ts'
import { MapPlacesContext, type MapPlaces } from './mapPlaces.ts'
import { useMapStyle } from './mapStyle.ts'
import { mapTexts } from './mapTexts.ts'
import { MapToolbar, useOneTabStop } from './MapToolbar.tsx'
import { MapUrl } from './MapUrl.tsx'
import { PartBoundary } from '../PartBoundary.tsx'
import { useMapInstance } from './useMapInstance.ts'

/**
 * The one map of the window, with the parts that modules put on it. It stays mounted while one goes from page to page.
 * `full`: it has the window, and its keys work; `narrow`: on a phone, where the toolbar lies along the bottom.
 */
export function MapView({ full, narrow }: { full: boolean; narrow: boolean }) {
  const say = useText(mapTexts)
  const { person } = useSession()
  const parts = useMapParts()
  const [look] = useLook()
  const style = useMapStyle(look)
  const canvas = useRef<HTMLDivElement>(null)
  const { map, styled, unable, tilesFail, retry } = useMapInstance(canvas, style.data)
  const [head, setHead] = useState<HTMLElement | null>(null)
  const [tools, setTools] = useState<HTMLElement | null>(null)
  const [panels, setPanels] = useState<HTMLElement | null>(null)
  const [foot, setFoot] = useState<HTMLElement | null>(null)
  const [line, setLine] = useState<HTMLElement | null>(null)
  const [broken, setBroken] = useState(false)
  useOneTabStop(tools)
  const session = useMemo(() => (map ? { map, styled } : null), [map, styled])
  const places = useMemo((): MapPlaces | null => (head && tools && panels && foot && line ? { head, tools, panels, foot, line, full, narrow } : null), [head, tools, panels, foot, line, full, narrow])
  return (
    <section className={`map-view${narrow ? ' map-narrow' : ''}`} aria-label={say('map.label')}>
      <MapUrl />
      <div ref={canvas} className="map-canvas" />
      <div ref={setHead} className="map-head" />
      <MapToolbar place={setTools} vertical={!narrow} />
      <div ref={setPanels} className="map-panels" />
      <div className="map-foot">
        <div ref={setFoot} className="map-foot-parts" />
        <div className="map-foot-line">{map ? <MapScale map={map} /> : null}<div ref={setLine} className="map-line" /><MapSources style={style.data} /></div>
      </div>
      {map ? <MapControls map={map} /> : null}
      {tilesFail ? <div className="map-note" role="status">{say('map.noTiles')} <Button size="small" onClick={retry}>{say('map.retry')}</Button></div> : null}
      {broken ? <div className="map-note" role="alert">{say('map.partBroken')} <Button size="small" onClick={() => { location.reload() }}>{say('map.reload')}</Button></div> : null}
      {session && places ? (
        <MapContext value={session}>
          <MapPlacesContext value={places}>
            {parts.filter(({ roles }) => holdsAny(person, roles)).map(({ id, Part }) => <PartBoundary key={id} instead={null} onBreak={() => { setBroken(true) }}><Suspense><Part /></Suspense></PartBoundary>)}
          </MapPlacesContext>
        </MapContext>
      ) : null}
      {unable ? <div className="map-cover" role="alert"><p>{say('map.noWebgl')}</p></div>
        : style.error && !map ? <div className="map-cover"><p>{say('map.noStyle')}</p><FaultNote error={style.error} onRetry={() => { void style.refetch() }} /></div>
          : styled === 0 && !map ? <div className="map-cover soft" role="status">{say('map.loading')}</div> : null}
    </section>
  )
}
