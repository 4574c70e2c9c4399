import { Select } from 'antd'
import { useMap } from '#core/ui/web/map/mapContext.ts'
import { useText } from '#core/ui/web/texts.ts'
import { shapes, type Shape } from '../stroke.ts'
import { useDesk, usePlot, useStatus, whyNot } from './deskContext.ts'
import { takePen } from './pointer.ts'
import { plotTexts } from './plotTexts.ts'
import { SelectedPanel } from './SelectedPanel.tsx'
import { ShapeIcon } from './shapeIcons.tsx'
import { StyleFields } from './StyleFields.tsx'
import { SymbolPicker } from './SymbolPicker.tsx'

/** Shapes, symbols and how they are drawn; of what is selected, its own. */
export function DrawTab() {
  const say = useText(plotTexts)
  const { desk, plot } = usePlot()
  const map = useMap()
  const pen = useDesk((state) => state.pen)
  const active = useDesk((state) => state.active)
  const anySelected = useDesk((state) => state.selected.size > 0)
  useStatus()
  const writable = plot.layers.filter((layer) => layer.mayWrite)
  const reason = whyNot(desk, plot.layers.find(({ id }) => id === active))
  const takeUp = (shape: Shape, symbol = '', style = pen?.symbol === '' && symbol === '' ? pen.style : {}) => {
    takePen(desk, { shape, symbol, style })
    map.getCanvas().focus()
  }
  if (anySelected) return <SelectedPanel />
  return (
    <div className="stack">
      {reason ? <p className="plot-why" role="note">{say(`why.${reason}`)}</p> : <p className="soft small">{say('hint.select')}</p>}
      {writable.length > 0 && desk.mayDraw ? (
        <label className="plot-field"><span>{say('drawOn')}</span>
          <Select size="small" value={active} onChange={(id) => { desk.patch({ active: id }) }} options={writable.map(({ id, name }) => ({ value: id, label: name }))} popupMatchSelectWidth={false} />
        </label>
      ) : null}
      <div className="plot-shapes" role="group" aria-label={say('tools.label')}>
        {shapes.map((shape) => (
          <button key={shape} type="button" className="plot-shape" disabled={reason !== null} aria-pressed={pen?.shape === shape && pen.symbol === ''} onClick={() => { takeUp(shape) }}>
            <ShapeIcon shape={shape} /><span>{say(`shape.${shape}`)}</span>
          </button>
        ))}
      </div>
      {pen ? <StyleFields stroke={{ ...pen.style, shape: pen.shape, symbol: pen.symbol }} onChange={(change) => { takePen(desk, { ...pen, style: { ...pen.style, ...change } }) }} onShape={(shape) => { takeUp(shape, pen.symbol, pen.style) }} brief /> : null}
      <SymbolPicker disabled={reason !== null} chosen={pen?.symbol ?? ''} onChoose={(shape, symbol, style) => { takeUp(shape, symbol, style) }} />
    </div>
  )
}
