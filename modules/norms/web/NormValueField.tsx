import { InputNumber, Select } from 'antd'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { reaches } from '../norms.values.ts'
import { fieldInWords, nameOfNorm, valueInWords } from './normWords.ts'
import { isNormsKey, normsTexts } from './normsTexts.ts'
import { zh } from './norms.zh.ts'

const fields = Object.keys(zh).filter((key) => key.startsWith('field.')).map((key) => key.slice('field.'.length))

/** The field fit for a norm's group; what has no field of its own is shown as it is. */
export function NormValueField({ norm, value, onChange }: { norm: string; value: unknown; onChange: (next: unknown) => void }) {
  const say = useText(normsTexts)
  const [language] = useLanguage()
  const group = norm.slice(0, norm.indexOf('/'))
  const label = nameOfNorm(norm, say)
  if (typeof value === 'number') {
    return <span className="row"><InputNumber value={value} min={group === 'deadline' ? 1 : 0} max={group === 'deadline' ? 525_600 : 100} precision={0} aria-label={label} onChange={(next) => { if (next !== null) onChange(next) }} />{group === 'deadline' ? <span className="soft small">{say('form.minutes')} = {valueInWords(norm, value, say, language)}</span> : null}</span>
  }
  if (typeof value === 'string' && isNormsKey(`reach.${value}`)) return <Select value={value} aria-label={label} style={{ minWidth: 200 }} options={reaches.map((reach) => ({ value: reach, label: say(`reach.${reach}`) }))} onChange={onChange} />
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    return <Select mode="multiple" value={value} aria-label={label} style={{ width: '100%' }} options={[...new Set([...fields, ...value])].map((field) => ({ value: field, label: fieldInWords(field, say) }))} onChange={onChange} />
  }
  return <span>{valueInWords(norm, value, say, language)}</span>
}
