import { ColorPicker, DatePicker, Input, InputNumber, Select, Slider } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useText } from '#core/ui/web/texts.ts'
import { dashArrays } from '../symbolArt.ts'
import { symbolByCode } from '../symbols.ts'
import { plainStroke, type Shape, type StrokeBody } from '../stroke.ts'
import { plotTexts } from './plotTexts.ts'

interface Props {
  stroke: Partial<StrokeBody> & { shape: Shape }
  onChange: (change: Partial<StrokeBody>) => void
  onShape?: (shape: Shape) => void
  /** Only what matters before drawing. */
  brief?: boolean
  disabled?: boolean
}

const dashes = Object.keys(dashArrays) as StrokeBody['dash'][]

/** How a stroke looks and what it says. A field that is being typed in is written when one leaves it. */
export function StyleFields({ stroke, onChange, onShape, brief, disabled }: Props) {
  const say = useText(plotTexts)
  const now = { ...plainStroke, ...stroke }
  const symbol = symbolByCode(now.symbol)
  const isPoint = now.shape === 'symbol' || now.shape === 'text'
  return (
    <fieldset className="plot-fields" disabled={disabled === true}>
      {symbol && symbol.shapes.length > 1 && onShape ? <label className="plot-field"><span>{say('symbols.as')}</span><Select size="small" value={now.shape} onChange={onShape} options={symbol.shapes.map((shape) => ({ value: shape, label: say(`shape.${shape}`) }))} /></label> : null}
      <TextField id="plot-label" label={say(symbol && symbol.subLabels.length > 0 ? 'style.subLabel' : 'style.label')} value={now.label} suggestions={symbol?.subLabels ?? []} onWrite={(label) => { onChange({ label }) }} />
      {now.symbol === '' || !isPoint ? <Colour label={say('style.color')} value={now.color} own={say('style.own')} disabled={disabled === true} onWrite={(color) => { onChange({ color }) }} /> : null}
      {isPoint ? null : (
        <>
          <Colour label={say('style.fill')} value={now.fill} own={say('style.own')} disabled={disabled === true} onWrite={(fill) => { onChange({ fill }) }} />
          <label className="plot-field"><span>{say('style.opacity')}</span><Drag label={say('style.opacity')} value={now.opacity} min={0} max={1} step={0.05} disabled={disabled === true} onWrite={(opacity) => { onChange({ opacity }) }} /></label>
          <label className="plot-field"><span>{say('style.width')}</span><Drag label={say('style.width')} value={now.width} min={1} max={24} step={0.5} disabled={disabled === true} onWrite={(width) => { onChange({ width }) }} /></label>
          <label className="plot-field"><span>{say('style.dash')}</span><Select size="small" value={now.dash} disabled={disabled} onChange={(dash) => { onChange({ dash }) }} options={dashes.map((dash) => ({ value: dash, label: say(`dash.${dash}`) }))} /></label>
        </>
      )}
      {isPoint ? (
        <>
          <label className="plot-field"><span>{say('style.size')}</span><Drag label={say('style.size')} value={now.size} min={16} max={160} step={2} disabled={disabled === true} onWrite={(size) => { onChange({ size }) }} /></label>
          <label className="plot-field"><span>{say('style.rotation')}</span><InputNumber size="small" min={-360} max={360} value={now.rotation} disabled={disabled} onChange={(rotation) => { onChange({ rotation: rotation ?? 0 }) }} /></label>
        </>
      ) : null}
      {brief ? null : (
        <>
          <Moment label={say('style.from')} value={now.from} disabled={disabled === true} onWrite={(from) => { onChange({ from }) }} />
          <Moment label={say('style.until')} value={now.until} disabled={disabled === true} onWrite={(until) => { onChange({ until }) }} />
          <TextField id="plot-remark" label={say('style.remark')} value={now.remark} long onWrite={(remark) => { onChange({ remark }) }} />
        </>
      )}
    </fieldset>
  )
}

function TextField({ id, label, value, suggestions = [], long, onWrite }: { id: string; label: string; value: string; suggestions?: readonly string[]; long?: boolean; onWrite: (next: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null)
  const write = () => {
    if (typed !== null && typed !== value) onWrite(typed)
    setTyped(null)
  }
  const shown = typed ?? value
  return (
    <div className="plot-field plot-field-wide">
      <label htmlFor={id}>{label}</label>
      {long ? <Input.TextArea id={id} size="small" rows={2} maxLength={2_000} value={shown} onChange={(event) => { setTyped(event.target.value) }} onBlur={write} />
        : <Input id={id} size="small" maxLength={120} value={shown} onChange={(event) => { setTyped(event.target.value) }} onBlur={write} onPressEnter={write} />}
      {suggestions.length > 0 ? <span className="plot-words">{suggestions.map((word) => <button key={word} type="button" aria-pressed={word === value} onClick={() => { onWrite(word === value ? '' : word) }}>{word}</button>)}</span> : null}
    </div>
  )
}

function Colour({ label, value, own, disabled, onWrite }: { label: string; value: string; own: string; disabled: boolean; onWrite: (next: string) => void }) {
  return (
    <div className="plot-field"><span>{label}</span>
      <span className="row">
        <ColorPicker size="small" disabledAlpha disabled={disabled} value={value || '#ff0000'} presets={[{ label, colors: ['#ff0000', '#ff7f00', '#ffff00', '#00a000', '#00ff00', '#1e90ff', '#0000ff', '#a020f0', '#000000', '#ffffff'] }]} onChangeComplete={(color) => { onWrite(color.toHexString().slice(0, 7).toLowerCase()) }}>
          <button type="button" className="plot-swatch" aria-label={label} style={{ background: value || 'repeating-linear-gradient(45deg, var(--line) 0 4px, var(--panel) 4px 8px)' }} />
        </ColorPicker>
        <button type="button" className="plot-own" aria-pressed={value === ''} onClick={() => { onWrite('') }}>{own}</button>
      </span>
    </div>
  )
}

/** Written once, when it is let go. */
function Drag({ label, value, min, max, step, disabled, onWrite }: { label: string; value: number; min: number; max: number; step: number; disabled: boolean; onWrite: (next: number) => void }) {
  const [held, setHeld] = useState<number | null>(null)
  return <Slider className="plot-slider" ariaLabelForHandle={label} min={min} max={max} step={step} disabled={disabled} value={held ?? value} onChange={setHeld} onChangeComplete={(next) => { setHeld(null); onWrite(next) }} />
}

function Moment({ label, value, disabled, onWrite }: { label: string; value: number | null; disabled: boolean; onWrite: (next: number | null) => void }) {
  return <label className="plot-field"><span>{label}</span><DatePicker size="small" showTime={{ format: 'HH:mm' }} format="MM-DD HH:mm" disabled={disabled} value={value === null ? null : dayjs(value)} onChange={(next) => { onWrite(next === null ? null : next.valueOf()) }} /></label>
}
