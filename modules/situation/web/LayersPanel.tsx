import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons'
import { Button, Checkbox, Slider } from 'antd'
import { layerGroups, setLayerLook, setLayerOrder, useAllLayerEntries, useLayerLooks, type LayerEntry, type LegendSign } from '#core/ui/web/map/layerBoard.ts'
import { MapPanel } from '#core/ui/web/map/MapPanel.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { situationTexts } from './situationTexts.ts'

/** The layer tree: what is shown, how strongly, in which order, and what its signs mean. Remembered by the browser. */
export function LayersPanel({ onClose }: { onClose: () => void }) {
  const say = useText(situationTexts)
  const entries = useAllLayerEntries()
  return (
    <MapPanel side="left" title={say('layers.title')} onClose={onClose}>
      {layerGroups.filter((group) => entries.some((e) => e.group === group)).map((group) => <Group key={group} group={group} entries={entries.filter((e) => e.group === group)} />)}
    </MapPanel>
  )
}

function Group({ group, entries }: { group: (typeof layerGroups)[number]; entries: LayerEntry[] }) {
  const say = useText(situationTexts)
  const lookOf = useLayerLooks()
  const shown = entries.filter((e) => lookOf(e.id, e.shownAtFirst).shown).length
  const title = say(`layers.${group}`)
  const moving = entries.filter((e) => e.moves)
  const move = (entry: LayerEntry, by: number) => {
    const order = moving.map((e) => e.id)
    const at = order.indexOf(entry.id)
    order.splice(at + by, 0, ...order.splice(at, 1))
    setLayerOrder(order)
  }
  return (
    <section className="layer-group" aria-label={title}>
      <h3>
        <Checkbox checked={shown > 0} indeterminate={shown > 0 && shown < entries.length} onChange={(event) => { for (const e of entries) setLayerLook(e.id, { shown: event.target.checked }) }}>{title}</Checkbox>
      </h3>
      <ul className="plain-list">
        {entries.map((entry, i) => (
          <li key={entry.id}>
            {entry.under && entry.under !== entries[i - 1]?.under ? <p className="layer-under soft small">{entry.under}</p> : null}
            <Row entry={entry} mayRise={entry.moves ? moving.indexOf(entry) > 0 : undefined} maySink={entry.moves ? moving.indexOf(entry) < moving.length - 1 : undefined} onMove={(by) => { move(entry, by) }} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Row({ entry, mayRise, maySink, onMove }: { entry: LayerEntry; mayRise?: boolean; maySink?: boolean; onMove: (by: number) => void }) {
  const say = useText(situationTexts)
  const { shown, opacity } = useLayerLooks()(entry.id, entry.shownAtFirst)
  const signs = entry.legend ?? []
  const sole = signs.length === 1 && signs[0]!.label === entry.title ? signs[0] : undefined
  return (
    <>
      <div className="layer-row">
        <Checkbox checked={shown} onChange={(event) => { setLayerLook(entry.id, { shown: event.target.checked }) }}>
          <span className="layer-name">{sole ? <Sign sign={sole} /> : null}{entry.title}</span>
        </Checkbox>
        {entry.fades ? <Slider className="layer-opacity" min={10} max={100} step={10} value={Math.round(opacity * 100)} disabled={!shown} ariaLabelForHandle={say('layers.opacity', { name: entry.title })} tooltip={{ formatter: (value) => `${value} %` }} onChange={(value) => { setLayerLook(entry.id, { opacity: value / 100 }) }} /> : null}
        {mayRise === undefined ? null : <Button type="text" size="small" icon={<ArrowUpOutlined />} disabled={!mayRise} aria-label={say('layers.up', { name: entry.title })} onClick={() => { onMove(-1) }} />}
        {maySink === undefined ? null : <Button type="text" size="small" icon={<ArrowDownOutlined />} disabled={!maySink} aria-label={say('layers.down', { name: entry.title })} onClick={() => { onMove(1) }} />}
      </div>
      {sole || signs.length === 0 ? null : <ul className="plain-list layer-legend">{signs.map((sign) => <li key={sign.label}><Sign sign={sign} /><span>{sign.label}</span></li>)}</ul>}
    </>
  )
}

export function Sign({ sign }: { sign: LegendSign }) {
  if (sign.picture) return <img className="sign" src={sign.picture} alt="" width="22" height="22" />
  return (
    <svg className="sign" width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      {sign.kind === 'point' ? <circle cx="11" cy="11" r="7" fill={sign.color} stroke="var(--ink-soft)" strokeWidth="1.5" /> : null}
      {sign.kind === 'line' ? <path d="M2 15 9 8l4 5 7-7" fill="none" stroke={sign.color} strokeWidth="2.5" strokeDasharray={sign.dashed ? '4 3' : undefined} /> : null}
      {sign.kind === 'area' ? <rect x="3" y="4" width="16" height="14" rx="2" fill={sign.color} stroke="var(--ink-soft)" strokeDasharray={sign.dashed ? '4 3' : undefined} /> : null}
    </svg>
  )
}
