import { CheckOutlined, CloseOutlined, EditOutlined, PlayCircleOutlined, RedoOutlined, RollbackOutlined, SelectOutlined, TeamOutlined, UndoOutlined, UnorderedListOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { useMapPlaces } from '#core/ui/web/map/mapPlaces.ts'
import { MapPanel } from '#core/ui/web/map/MapPanel.tsx'
import { MapTool } from '#core/ui/web/map/MapTools.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { ConnectionLine } from './ConnectionLine.tsx'
import { useDesk, usePlot } from './deskContext.ts'
import { DrawTab } from './DrawTab.tsx'
import { FollowLine } from './FollowLine.tsx'
import { LayersTab } from './LayersTab.tsx'
import { PeopleTab } from './PeopleTab.tsx'
import { Playback } from './Playback.tsx'
import { drawByKey, takePen } from './pointer.ts'
import { PlotKeys } from './PlotKeys.tsx'
import { plotTexts } from './plotTexts.ts'
import { useUndo } from './useUndo.ts'

const tabs = ['draw', 'layers', 'people'] as const
type Tab = (typeof tabs)[number]
const icons: Record<Tab, ReactNode> = { draw: <EditOutlined />, layers: <UnorderedListOutlined />, people: <TeamOutlined /> }

/** Everything around the map while a plot is open: a panel with its tabs on a screen; a bar at the thumb and sheets on a phone. */
export function PlotControls({ onLeave }: { onLeave: () => void }) {
  const say = useText(plotTexts)
  const { plot, title } = usePlot()
  const places = useMapPlaces()
  const narrow = places?.narrow === true
  const [tab, setTab] = useState<Tab | null>(narrow ? null : 'draw')
  const [playing, setPlaying] = useState(false)
  const pen = useDesk((state) => state.pen)
  const [before, setBefore] = useState(pen)
  if (pen !== before) {
    setBefore(pen)
    // On a phone the sheet would hide what one draws on.
    if (narrow && pen) setTab(null)
  }
  if (!places) return null
  const shown = tab ?? (narrow ? null : 'draw')
  const mode = plot.mode === 'actual' ? null : <span className="plot-mode">{say(`mode.${plot.mode}`)}</span>
  return (
    <>
      <PlotKeys onSymbols={() => { setTab('draw'); requestAnimationFrame(() => { document.querySelector<HTMLInputElement>('#plot-symbol-search')?.focus() }) }} />
      {createPortal(<div className="map-tools-group plot-tools"><Tools narrow={narrow} tab={shown} onTab={(next) => { setTab(next === tab && narrow ? null : next) }} playing={playing} onPlay={() => { setPlaying(!playing) }} onLeave={onLeave} /></div>, places.tools)}
      {createPortal(<div className="plot-lines">{narrow ? <div className="map-box plot-name-line">{mode}{say('plot.of', { title })}</div> : null}<ConnectionLine /><FollowLine /></div>, places.head)}
      {pen ? createPortal(<DrawBar />, places.foot) : null}
      {playing ? <Playback onLeave={() => { setPlaying(false) }} /> : null}
      {shown ? (
        <MapPanel side="left" title={<span title={title}>{mode}{narrow ? say(`tab.${shown}`) : say('plot.of', { title })}</span>} onClose={narrow ? () => { setTab(null) } : onLeave}>
          {narrow ? null : (
            <div className="tabs plot-tabs" role="tablist" aria-label={say('tabs.label')}>
              {tabs.map((name) => <button key={name} type="button" role="tab" aria-selected={name === shown} onClick={() => { setTab(name) }}>{icons[name]} {say(`tab.${name}`)}</button>)}
            </div>
          )}
          <div className="plot-tab">{shown === 'draw' ? <DrawTab /> : shown === 'layers' ? <LayersTab /> : <PeopleTab />}</div>
        </MapPanel>
      ) : null}
    </>
  )
}

function Tools({ narrow, tab, onTab, playing, onPlay, onLeave }: { narrow: boolean; tab: Tab | null; onTab: (next: Tab) => void; playing: boolean; onPlay: () => void; onLeave: () => void }) {
  const say = useText(plotTexts)
  const { desk } = usePlot()
  const { may, turn } = useUndo()
  const pen = useDesk((state) => state.pen)
  return (
    <>
      {narrow ? tabs.map((name) => <MapTool key={name} icon={icons[name]} label={say(`tab.${name}`)} pressed={tab === name} onClick={() => { onTab(name) }} />) : null}
      <MapTool icon={<SelectOutlined />} label={say('tool.select')} shortcut="v" pressed={pen === null && !playing} onClick={() => { takePen(desk, null) }} />
      <MapTool icon={<UndoOutlined />} label={say('tool.undo')} shortcut="Ctrl+Z" disabled={!may.undo} onClick={() => { turn('undo') }} />
      <MapTool icon={<RedoOutlined />} label={say('tool.redo')} shortcut="Ctrl+Y" disabled={!may.redo} onClick={() => { turn('redo') }} />
      <MapTool icon={<PlayCircleOutlined />} label={say('tool.play')} pressed={playing} onClick={onPlay} />
      <MapTool icon={<CloseOutlined />} label={say('plot.leave')} onClick={onLeave} />
    </>
  )
}

/** While one draws: what the hand does, and the same for fingers that have no keys. */
function DrawBar() {
  const say = useText(plotTexts)
  const { desk } = usePlot()
  const pen = useDesk((state) => state.pen)
  const points = useDesk((state) => state.drawing?.points.length ?? 0)
  const map = useMap()
  if (!pen) return null
  const end = (kind: 'finish' | 'back' | 'cancel') => {
    drawByKey(desk, kind, () => undefined)
    map.getCanvas().focus()
  }
  return (
    <div className="map-box plot-draw-bar" role="status">
      <span><b>{say(`shape.${pen.shape}`)}</b> {say(hintOf(pen.shape))}</span>
      <span className="row">
        {points > 0 ? <Button size="small" icon={<CheckOutlined />} onClick={() => { end('finish') }}>{say('tool.finish')}</Button> : null}
        {points > 0 ? <Button size="small" icon={<RollbackOutlined />} onClick={() => { end('back') }}>{say('tool.back')}</Button> : null}
        <Button size="small" icon={<CloseOutlined />} onClick={() => { if (points > 0) end('cancel'); else takePen(desk, null) }}>{say('tool.cancel')}</Button>
      </span>
    </div>
  )
}

function hintOf(shape: string): 'hint.one' | 'hint.freehand' | 'hint.drag' | 'hint.click' {
  if (shape === 'symbol' || shape === 'text') return 'hint.one'
  if (shape === 'freehand') return 'hint.freehand'
  return ['circle', 'rectangle', 'straight-arrow', 'fine-arrow', 'note'].includes(shape) ? 'hint.drag' : 'hint.click'
}
