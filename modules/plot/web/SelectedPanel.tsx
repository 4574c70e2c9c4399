import { CopyOutlined, DeleteOutlined, HistoryOutlined, SnippetsOutlined, SwitcherOutlined } from '@ant-design/icons'
import { App, Button, Select } from 'antd'
import { useState } from 'react'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { useShared } from '#core/ui/web/map/shared.ts'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { partsOf } from './desk.ts'
import { nameOf, useDesk, usePeople, usePlot, whyNot } from './deskContext.ts'
import { holderOf } from './hands.ts'
import { PhotosField } from './PhotosField.tsx'
import { removePoint } from './pointer.ts'
import { plotTexts } from './plotTexts.ts'
import { changeSelected, copySelected, copyToLayer, duplicateSelected, paste, pixelOf, removeSelected } from './selectionActs.ts'
import { StrokeHistory } from './StrokeHistory.tsx'
import { StyleFields } from './StyleFields.tsx'

/** What is selected: who drew it when, how it looks, and what one may do with it. */
export function SelectedPanel() {
  const say = useText(plotTexts)
  const { desk, plot } = usePlot()
  const map = useMap()
  const { message } = App.useApp()
  const stationName = useStationName()
  const strokes = useShared(desk.strokes)
  const people = usePeople()
  const selected = useDesk((state) => state.selected)
  const vertex = useDesk((state) => state.vertex)
  const copied = useDesk((state) => state.copied)
  const [history, setHistory] = useState(false)
  const ids = [...selected]
  const [id] = ids
  const stroke = id === undefined ? undefined : strokes.get(id)
  if (id === undefined || !stroke) return null
  const layer = plot.layers.find((one) => one.id === partsOf(id).layer)
  const holder = holderOf(people, id)
  const reason = whyNot(desk, layer)
  const mayEdit = ids.some((one) => desk.mayEdit(one))
  const others = plot.layers.filter((one) => one.mayWrite && one.id !== layer?.id)
  return (
    <div className="stack">
      <div className="plot-selected-head">
        <h3>{ids.length === 1 ? nameOf(stroke, say) : say('style.title', { n: ids.length })}</h3>
        <Button type="text" size="small" onClick={() => { desk.patch({ selected: new Set(), vertex: null }) }}>{say('stroke.deselect')}</Button>
      </div>
      {ids.length === 1 ? <p className="soft small">{say('stroke.by', { author: stroke.byName, station: stationName(stroke.station) })} <TimeText at={stroke.at} /><br />{say('stroke.layer', { layer: layer?.name ?? '' })}</p> : null}
      {holder ? <p className="plot-why" role="note">{say('stroke.held', { name: `${stationName(holder.station)} ${holder.name}` })}</p> : reason ? <p className="plot-why" role="note">{say('stroke.readOnly', { reason: say(`why.${reason}`) })}</p> : null}
      <div className="row">
        <Button size="small" icon={<CopyOutlined />} onClick={() => { void message.info(say('stroke.copied', { n: copySelected(desk) })) }}>{say('stroke.copy')}</Button>
        <Button size="small" icon={<SnippetsOutlined />} disabled={copied.length === 0} onClick={() => { paste(desk, pixelOf(map)) }}>{say('stroke.paste')}</Button>
        <Button size="small" icon={<SwitcherOutlined />} disabled={!desk.mayWrite(desk.state.get().active)} onClick={() => { duplicateSelected(desk, pixelOf(map)) }}>{say('stroke.duplicate')}</Button>
        {ids.length === 1 ? <Button size="small" icon={<HistoryOutlined />} onClick={() => { setHistory(true) }}>{say('stroke.history')}</Button> : null}
        <Button size="small" danger icon={<DeleteOutlined />} disabled={!mayEdit} onClick={() => { removeSelected(desk) }}>{say('stroke.delete')}</Button>
        {vertex !== null && ids.length === 1 ? <Button size="small" onClick={() => { removePoint(desk, id, vertex) }}>{say('stroke.removePoint')}</Button> : null}
      </div>
      {others.length > 0 && desk.mayDraw ? <Select size="small" value={null} placeholder={say('stroke.toLayer')} aria-label={say('stroke.toLayer')} onChange={(to: string | null) => { if (to) void message.info(say('stroke.copied', { n: copyToLayer(desk, to) })) }} options={others.map((one) => ({ value: one.id, label: one.name }))} /> : null}
      <StyleFields key={id} stroke={stroke} disabled={!mayEdit} onChange={(change) => { changeSelected(desk, change) }} />
      {ids.length === 1 ? <PhotosField photos={stroke.photos} disabled={!mayEdit} onChange={(photos) => { changeSelected(desk, { photos }) }} /> : null}
      {history ? <StrokeHistory id={id} onClose={() => { setHistory(false) }} /> : null}
    </div>
  )
}
