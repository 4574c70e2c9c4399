import { SearchOutlined } from '@ant-design/icons'
import { Input } from 'antd'
import { useDeferredValue, useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { createPortal } from 'react-dom'
import { parseCoordinate, degreesText } from '#core/geo/dms.ts'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { MapKeys } from '#core/ui/web/map/MapKeys.tsx'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { useMapParam } from '#core/ui/web/map/mapSearch.ts'
import { useMapSelection } from '#core/ui/web/map/mapSelection.ts'
import { FaultNote } from '#core/ui/web/States.tsx'
import { said, useText } from '#core/ui/web/texts.ts'
import type { PlaceItem } from '../situation.api.ts'
import { markAddress, markName } from './incidentMarks.ts'
import { pinText } from './pin.ts'
import { usePlaces } from './situationApi.ts'
import { situationTexts } from './situationTexts.ts'
import { aboveSheet, zoomOf } from './zoomOf.ts'

/** Finds divisions by name, pinyin initials or code, incidents by title, and positions as people write them; goes there and leaves a pin. */
export function SearchBox() {
  const say = useText(situationTexts)
  const places = useMapPlaces()
  const id = useId()
  const go = useGo()
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const [open, setOpen] = useState(false)
  const [wanted, setWanted] = useState(false)
  const q = useDeferredValue(words.trim())
  const position = parseCoordinate(q)
  const found = usePlaces(position ? '' : q)
  const hits: PlaceItem[] = position ? [{ kind: 'coordinate', name: degreesText(position), lon: position[0], lat: position[1] }] : q === '' ? [] : found.data?.items ?? []
  const settled = q === words.trim() && (position !== null || !found.isFetching)
  const choose = (hit: PlaceItem | undefined) => {
    setWanted(false)
    if (!hit) return
    setOpen(false)
    setWords(hit.name)
    go(hit)
  }
  const latest = useRef(() => { choose(hits[at]) })
  useEffect(() => { latest.current = () => { choose(hits[at]) } })
  // Whoever presses Enter before the answer is here goes to what it then says first.
  useEffect(() => {
    if (!wanted || !settled) return
    latest.current()
  }, [wanted, settled])
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setOpen(true)
      setAt((i) => Math.max(0, Math.min(hits.length - 1, i + step)))
    } else if (event.key === 'Enter') setWanted(true)
    else if (event.key === 'Escape') {
      event.stopPropagation()
      setOpen(false)
      event.currentTarget.blur()
    }
  }
  if (!places) return null
  const shown = open && q !== ''
  return createPortal(
    <search className="map-search">
      <MapKeys bindings={[{ keys: ['f'], help: said(situationTexts, 'key.search'), run: () => { document.getElementById(id)?.focus() } }]} />
      <Input
        id={id} size="large" prefix={<SearchOutlined />} allowClear maxLength={80} autoComplete="off" value={words} placeholder={say('search.placeholder')}
        role="combobox" aria-label={say('search.label')} aria-expanded={shown} aria-controls={`${id}-hits`} aria-autocomplete="list" aria-activedescendant={shown && hits[at] ? `${id}-${at}` : undefined}
        onChange={(event) => { setWords(event.target.value); setAt(0); setOpen(true); setWanted(false) }} onFocus={() => { setOpen(true) }} onBlur={() => { setOpen(false) }} onKeyDown={onKey}
      />
      {shown ? (
        <div className="map-box map-hits">
          {found.error && !position ? <FaultNote error={found.error} /> : null}
          <div id={`${id}-hits`} role="listbox" aria-label={say('search.label')}>
            {hits.map((hit, i) => <Hit key={keyOf(hit)} hit={hit} id={`${id}-${i}`} chosen={i === at} onChoose={() => { choose(hit) }} onPoint={() => { setAt(i) }} />)}
          </div>
          {hits.length === 0 && !found.error ? <p className="soft small map-hits-none">{say(settled ? 'search.none' : 'search.wait', { q })}</p> : null}
        </div>
      ) : null}
    </search>,
    places.head,
  )
}

function Hit({ hit, id, chosen, onChoose, onPoint }: { hit: PlaceItem; id: string; chosen: boolean; onChoose: () => void; onPoint: () => void }) {
  const say = useText(situationTexts)
  return (
    // The field keeps the focus: the list is walked from there.
    <div id={id} role="option" tabIndex={-1} aria-selected={chosen} className="map-hit" onMouseDown={(event) => { event.preventDefault() }} onClick={onChoose} onMouseMove={onPoint} onKeyDown={undefined} ref={chosen ? (node) => node?.scrollIntoView({ block: 'nearest' }) : undefined}>
      {hit.kind === 'incident' ? <img src={markAddress(markName({ code: '', level: hit.level, mode: hit.mode }))} alt={say(`level.${hit.level}`)} width="22" height="22" /> : null}
      <span className="map-hit-name">{hit.kind === 'incident' && hit.mode === 'exercise' && !hit.name.startsWith('【演练】') ? '【演练】' : ''}{hit.name}</span>
      <span className="soft small map-hit-aside">{hit.kind === 'division' ? `${hit.path.replace(hit.name, '')} ${hit.code}` : hit.kind === 'incident' ? hit.divisionName : say('search.position')}</span>
    </div>
  )
}

function keyOf(hit: PlaceItem): string {
  return hit.kind === 'division' ? hit.code : hit.kind === 'incident' ? hit.id : hit.name
}

function useGo(): (hit: PlaceItem) => void {
  const map = useMap()
  const narrow = useMapPlaces()?.narrow === true
  const [, setPin] = useMapParam('pin')
  const [, select] = useMapSelection()
  return (hit) => {
    if (hit.lon === null || hit.lat === null) return
    const zoom = hit.kind === 'division' ? zoomOf(hit) : Math.max(map.getZoom(), zoomOf(hit))
    map.flyTo({ center: [hit.lon, hit.lat], zoom, offset: aboveSheet(map, narrow), maxDuration: 2_500 })
    if (hit.kind === 'incident') {
      select({ kind: 'incident', id: hit.id })
      return
    }
    setPin(pinText({ lon: hit.lon, lat: hit.lat, name: hit.kind === 'division' ? hit.name : '' }))
    select({ kind: 'place', name: hit.kind === 'division' ? hit.name : '', lon: hit.lon, lat: hit.lat })
  }
}
