import './plot.css'
import { EditOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { openDoc, openRoom } from '#core/live/web/liveClient.ts'
import { api } from '#core/ui/web/api.ts'
import { useLayerEntries, useLayerLooks, type LayerEntry } from '#core/ui/web/map/layerBoard.ts'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { mapSearch, useMapParam } from '#core/ui/web/map/mapSearch.ts'
import { shared, useShared } from '#core/ui/web/map/shared.ts'
import { MapPanel } from '#core/ui/web/map/MapPanel.tsx'
import { MapTool, MapTools } from '#core/ui/web/map/MapTools.tsx'
import { holdsAny, useSession } from '#core/ui/web/session.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { plotDrawers } from '../plot.access.ts'
import type { PlotAnswer, PlotsAnswer } from '../plot.api.ts'
import { PlotContext } from './deskContext.ts'
import { PlotDesk } from './desk.ts'
import { PlotControls } from './PlotControls.tsx'
import { PlotDrawing } from './PlotDrawing.tsx'
import { plotTexts } from './plotTexts.ts'
import { treeId } from './treeId.ts'

interface IncidentPlace { place: { lon?: number; lat?: number } }

/** The plot of one incident on the map: `plot=<incident>` in the address opens it, and only then anything of it is loaded. */
export function PlotPart() {
  const [id, setPlot] = useMapParam('plot')
  const wall = useMapParam('wall')[0] === '1'
  const places = useMapPlaces()
  if (id) return <Opening key={id} id={id} controls={places?.full === true && !wall} onLeave={() => { setPlot(undefined) }} />
  return places?.full && !wall ? <Chooser onChoose={setPlot} /> : null
}

function Chooser({ onChoose }: { onChoose: (id: string) => void }) {
  const say = useText(plotTexts)
  const [open, setOpen] = useState(false)
  return (
    <>
      <MapTools><MapTool icon={<EditOutlined />} label={say('open')} pressed={open} onClick={() => { setOpen(!open) }} /></MapTools>
      {open ? <MapPanel side="left" title={say('choose.title')} onClose={() => { setOpen(false) }}><Choices onChoose={onChoose} /></MapPanel> : null}
    </>
  )
}

/** Plots known here, the latest first; a scene may know a plot without its incident. */
function usePlots() {
  return useQuery({ queryKey: ['plot', 'list'], queryFn: ({ signal }) => api.get<PlotsAnswer>('/api/plots', { query: { size: 100 }, signal }), meta: { also: ['incident'] } })
}

function Choices({ onChoose }: { onChoose: (id: string) => void }) {
  const say = useText(plotTexts)
  const plots = usePlots()
  return (
    <Fetched query={plots}>
      {({ items }) => items.length === 0 ? <p className="soft">{say('choose.none')}</p> : (
        <ul className="plain-list plot-choices">
          {items.map(({ plotId, title, mode, openedByName, openedAt }) => (
            <li key={plotId}><button type="button" onClick={() => { onChoose(plotId) }}>{mode === 'actual' ? null : <span className="plot-mode">{say(`mode.${mode}`)}</span>}{title ?? say('plot.untitled', { station: openedByName })}<br /><span className="soft small"><TimeText at={openedAt} /></span></button></li>
          ))}
        </ul>
      )}
    </Fetched>
  )
}

function Opening({ id, controls, onLeave }: { id: string; controls: boolean; onLeave: () => void }) {
  const say = useText(plotTexts)
  const plot = useQuery({ queryKey: ['plot', id], queryFn: ({ signal }) => api.get<PlotAnswer>(`/api/incidents/${encodeURIComponent(id)}/plot`, { signal }), meta: { also: ['station'] } })
  const listed = usePlots().data?.items.find(({ plotId }) => plotId === id)
  const titled = typeof listed?.title === 'string'
  const incident = useQuery({ queryKey: ['incident', id, 'place'], queryFn: ({ signal }) => api.get<IncidentPlace>(`/api/incidents/${encodeURIComponent(id)}`, { signal }), enabled: titled })
  useArrival(incident.data)
  if (plot.data) return <Open plot={plot.data} title={listed?.title ?? (listed ? say('plot.untitled', { station: listed.openedByName }) : id)} controls={controls} onLeave={onLeave} />
  return plot.error && controls ? <MapPanel side="left" title={say('open')} onClose={onLeave}><p className="soft">{say('plot.none')}</p></MapPanel> : null
}

/** Whoever opens a plot sees where it happened. */
function useArrival(incident: IncidentPlace | undefined): void {
  const map = useMap()
  const arrived = useRef(false)
  useEffect(() => {
    if (arrived.current || !incident) return
    arrived.current = true
    const { lon, lat } = incident.place
    if (lon === undefined || lat === undefined || (mapSearch.get().c && map.getBounds().contains([lon, lat]) && map.getZoom() > 7)) return
    map.jumpTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 10) })
  }, [incident, map])
}

function Open({ plot, title, controls, onLeave }: { plot: PlotAnswer; title: string; controls: boolean; onLeave: () => void }) {
  const say = useText(plotTexts)
  const { person } = useSession()
  const { plotId } = plot
  const desk = useOpenDesk(plotId)
  const lookOf = useLayerLooks()
  const mayDraw = holdsAny(person, plotDrawers)
  useLayerEntries(useMemo(() => plot.layers.map(({ id, name, sealed }): LayerEntry => ({ id: treeId(id), group: 'plot', title: sealed ? `${name} · ${say('layer.sealed')}` : name, fades: true })), [plot.layers, say]))
  useEffect(() => {
    if (!desk) return
    desk.allow(mayDraw)
    desk.setLayers(plot.layers.map(({ id }) => id))
    const { active } = desk.state.get()
    if (active === null || !plot.layers.some(({ id }) => id === active)) desk.patch({ active: (plot.layers.find((layer) => layer.own && !layer.sealed) ?? plot.layers.find((layer) => layer.mayWrite))?.id ?? null })
  }, [desk, mayDraw, plot.layers])
  useEffect(() => { desk?.looks.set((layer) => lookOf(treeId(layer))) }, [desk, lookOf])
  const open = useMemo(() => desk && { desk, plot, title }, [desk, plot, title])
  if (!open) return null
  return (
    <PlotContext value={open}>
      <PlotDrawing active={controls} />
      {controls ? <PlotControls onLeave={onLeave} /> : null}
    </PlotContext>
  )
}

function useOpenDesk(plotId: string): PlotDesk | null {
  const [open] = useState(() => shared<PlotDesk | null>(null))
  useEffect(() => {
    const made = new PlotDesk(plotId, { openDoc, openRoom }, (work) => { requestAnimationFrame(work) })
    open.set(made)
    return () => {
      open.set(null)
      made.close()
    }
  }, [plotId, open])
  return useShared(open)
}
