import { PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, Dropdown, Slider, Switch } from 'antd'
import { useState } from 'react'
import { levelOf, levels } from '#core/kernel/index.ts'
import { setLayerLook, useLayerLooks } from '#core/ui/web/map/layerBoard.ts'
import { Mark } from '#core/ui/web/Mark.tsx'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { currentLanguage, useText } from '#core/ui/web/texts.ts'
import type { LayerAnswer } from '../plot.api.ts'
import { useDesk, usePlot, useStatus, whyNot } from './deskContext.ts'
import { LayerDialogs, type LayerAct } from './LayerDialogs.tsx'
import { LayerMenu } from './LayerMenu.tsx'
import { plotTexts } from './plotTexts.ts'
import { treeId } from './treeId.ts'

/** Whose layers there are, by level; which one draws on; who else may. */
export function LayersTab() {
  const say = useText(plotTexts)
  const { desk, plot } = usePlot()
  const showsExpired = useDesk((state) => state.showsExpired)
  const [asking, setAsking] = useState<LayerAct | null>(null)
  const exportHref = (format: string) => `/api/plots/${encodeURIComponent(plot.plotId)}/export?format=${format}`
  return (
    <div className="stack">
      <div className="row">
        <Button size="small" icon={<PlusOutlined />} disabled={!desk.mayDraw} onClick={() => { setAsking({ kind: 'new' }) }}>{say('layer.new')}</Button>
        <Dropdown menu={{ items: (['geojson', 'kml', 'gpkg'] as const).map((format) => ({ key: format, label: <a href={exportHref(format)} download>{say(`export.${format}`)}</a> })) }} trigger={['click']}><Button size="small">{say('export.do')}</Button></Dropdown>
      </div>
      {levels.map((level) => {
        const layers = plot.layers.filter(({ ownerStation }) => levelOf(ownerStation) === level)
        return layers.length === 0 ? null : (
          <section key={level} aria-label={say(`level.${level}`)}>
            <h3 className={`plot-level plot-level-${level}`}>{say(`level.${level}`)}</h3>
            <ul className="plain-list">{layers.map((layer) => <LayerRow key={layer.id} layer={layer} onAct={setAsking} />)}</ul>
          </section>
        )
      })}
      <label className="row small"><Switch size="small" checked={showsExpired} onChange={(next) => { desk.patch({ showsExpired: next }) }} /> {say('expired')}</label>
      {asking ? <LayerDialogs act={asking} onClose={() => { setAsking(null) }} /> : null}
    </div>
  )
}

function LayerRow({ layer, onAct }: { layer: LayerAnswer; onAct: (act: LayerAct) => void }) {
  const say = useText(plotTexts)
  const { desk } = usePlot()
  const stationName = useStationName()
  const status = useStatus().get(layer.id)
  const active = useDesk((state) => state.active) === layer.id
  const { shown, opacity } = useLayerLooks()(treeId(layer.id))
  const reason = whyNot(desk, layer)
  const { name, ownerName, own, grants, sealed } = layer
  return (
    <li className={`plot-layer${active ? ' active' : ''}`}>
      <div className="plot-layer-head">
        <Checkbox checked={shown} aria-label={say('layer.show', { name })} onChange={(event) => { setLayerLook(treeId(layer.id), { shown: event.target.checked }) }} />
        <button type="button" className="plot-layer-name" aria-pressed={active} disabled={reason !== null && !layer.mayWrite} onClick={() => { desk.patch({ active: layer.id }) }}>{name}{name === ownerName ? '' : <span className="soft small"> {ownerName}</span>}</button>
        <span className="digits small soft">{say('layer.count', { n: status?.count ?? layer.count })}</span>
        <LayerMenu layer={layer} onAct={onAct} />
      </div>
      <div className="plot-layer-line">
        {own ? <Mark tone="blue">{say('layer.own')}</Mark> : null}
        {sealed ? <Mark tone="notice" solid>{say('layer.sealed')}</Mark> : <Mark tone={reason === null ? 'good' : 'plain'}>{say(reason === null ? 'layer.mayWrite' : 'layer.readOnly')}</Mark>}
        {active && reason === null ? <Mark tone="blue" solid>{say('layer.active')}</Mark> : null}
        <Mark tone={status?.state === 'offline' ? 'alarm' : 'plain'}>{say(`layer.state.${status?.state ?? 'opening'}`)}</Mark>
        {status && status.unsent > 0 ? <Mark tone="warn">{say('layer.unsent', { n: status.unsent })}</Mark> : null}
        <Slider className="plot-layer-fade" ariaLabelForHandle={say('layer.opacity', { name })} min={0} max={1} step={0.05} value={opacity} onChange={(next) => { setLayerLook(treeId(layer.id), { opacity: next }) }} />
      </div>
      {grants.length > 0 ? <p className="soft small">{say('layer.granted', { stations: grants.map(stationName).join('、') })}</p> : null}
      {status && status.rejected.length > 0 ? (
        <p className="plot-why" role="alert">{/* Nothing a person drew is gone: it can be drawn on a layer that takes it. */}{say('layer.rejected', { n: status.rejected.length, why: status.rejected[0]?.why[currentLanguage()] ?? '' })} <Button size="small" onClick={() => { desk.takeRejected(layer.id) }}>{say('layer.takeRejected')}</Button></p>
      ) : null}
    </li>
  )
}
