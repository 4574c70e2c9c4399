import { CloseOutlined } from '@ant-design/icons'
import { useEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { beijingMinute, beijingSecond, beijingShort } from '#core/ui/beijingTime.ts'
import { useKeys } from '#core/ui/web/keys.ts'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { useMapParam } from '#core/ui/web/map/mapSearch.ts'
import { useMapSelection } from '#core/ui/web/map/mapSelection.ts'
import { useNow } from '#core/ui/web/now.ts'
import { useSession } from '#core/ui/web/session.ts'
import { FaultNote } from '#core/ui/web/States.tsx'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { said, useText } from '#core/ui/web/texts.ts'
import { grades } from '#modules/norms/index.ts'
import { levelColours, markAddress, markName } from './incidentMarks.ts'
import { useIncidentMap, type IncidentFeature } from './situationApi.ts'
import { situationTexts } from './situationTexts.ts'

const everyMs = 30_000
const most = 60

/** For the big screen: no controls, large letters, what is going on as a list that runs, the clock. Esc leaves. */
export function Wall() {
  const say = useText(situationTexts)
  const places = useMapPlaces()
  const { station } = useSession()
  const [, setWall] = useMapParam('wall')
  const incidents = useIncidentMap({ status: 'open', limit: most }, everyMs)
  // The list is asked for every half minute; the tiles then too, most of which have not changed.
  const map = useMap()
  useEffect(() => { if (incidents.dataUpdatedAt > 0 && map.getSource('incidents')) map.refreshTiles('incidents') }, [map, incidents.dataUpdatedAt])
  const leave = () => { setWall(undefined) }
  useKeys([{ keys: ['Escape'], help: said(situationTexts, 'key.wallEnd'), run: leave }])
  if (!places) return null
  const features = (incidents.data?.features ?? []).toSorted((a, b) => b.properties.updatedAt - a.properties.updatedAt)
  return createPortal(
    <>
      <header className="wall-head">
        <div><h2>{say('wall.title', { station: station.name })}</h2><p className="wall-counts">{grades.map((level) => <span key={level}><i style={{ background: levelColours[level] }} />{say(`level.${level}`)} <b className="digits">{features.filter((f) => f.properties.level === level).length}</b></span>)}</p></div>
        <Clock />
      </header>
      <aside className="wall-list" aria-label={say('wall.list')}>
        <h3>{say('wall.list')} <span className="digits">{features.length}</span></h3>
        {incidents.error ? <FaultNote error={incidents.error} /> : null}
        {features.length === 0 && !incidents.error ? <p className="soft">{say(incidents.isPending ? 'time.wait' : 'wall.none')}</p> : <Ticker features={features} />}
      </aside>
      <button type="button" className="wall-leave" aria-label={say('wall.leave')} title={say('wall.leave')} onClick={leave}><CloseOutlined /></button>
    </>,
    places.panels,
  )
}

function Clock() {
  const now = useNow()
  const time = beijingSecond(now)
  return <div className="wall-clock digits" role="timer"><b>{time.slice(11)}</b><span>{time.slice(0, 10)}</span></div>
}

/** Runs slowly upwards when it does not fit; stands still under the pointer, and for who wants no motion. */
function Ticker({ features }: { features: readonly IncidentFeature[] }) {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    const node = list.current
    if (!node || matchMedia('(prefers-reduced-motion: reduce)').matches) return undefined
    let at = node.scrollTop
    const timer = setInterval(() => {
      if (node.scrollHeight <= node.clientHeight + 4 || node.matches(':hover, :focus-within')) return
      at = at + node.clientHeight >= node.scrollHeight - 1 ? 0 : at + 1
      node.scrollTop = at
    }, 50)
    return () => { clearInterval(timer) }
  }, [])
  return <ul ref={list} className="plain-list">{features.map((feature) => <Line key={feature.id} feature={feature} />)}</ul>
}

function Line({ feature: { geometry, properties: p } }: { feature: IncidentFeature }) {
  const say = useText(situationTexts)
  const map = useMap()
  const stationName = useStationName()
  const [, select] = useMapSelection()
  const now = useNow()
  const [lon = 0, lat = 0] = geometry.coordinates
  const go = () => {
    map.flyTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 8), maxDuration: 2_500 })
    select({ kind: 'incident', id: p.id })
  }
  return (
    <li>
      <button type="button" onClick={go} style={{ borderLeftColor: levelColours[p.level] }}>
        <img src={markAddress(markName(p))} alt={say(`level.${p.level}`)} width="40" height="40" />
        <span className="wall-line">
          <b>{p.mode === 'exercise' && !p.title.startsWith('【演练】') ? '【演练】' : ''}{p.title}</b>
          <span className="soft">{p.divisionName} · {stationName(p.lead)} · <span className="digits" title={beijingMinute(p.occurredAt)}>{beijingShort(p.occurredAt, now)}</span></span>
        </span>
      </button>
    </li>
  )
}
