import { Input, Select } from 'antd'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { Field } from './formFields.tsx'
import type { MeasureItem } from './normsApi.ts'
import { reportTexts } from './reportTexts.ts'

/** The measures that this code's grading rules read: magnitude, burned hectares, … */
export function MeasureFields({ measures, values, faultsOf, onChange }: {
  measures: readonly MeasureItem[]
  values: Record<string, string>
  faultsOf: (field: string) => readonly string[]
  onChange: (values: Record<string, string>) => void
}) {
  const say = useText(reportTexts)
  const [language] = useLanguage()
  const set = (name: string, value: string) => onChange({ ...values, [name]: value })
  const optionsOf = (measure: MeasureItem) => measure.kind === 'yesno'
    ? [{ value: 'true', label: say('yes') }, { value: 'false', label: say('no') }]
    : Object.entries(measure.choices ?? {}).map(([value, words]) => ({ value, label: words[language] }))
  return (
    <div className="fields">
      {measures.map((measure) => (
        <Field key={measure.name} label={measure[language]} faults={faultsOf(`attributes.${measure.name}`)}>
          {(control) => measure.kind === 'number'
            ? <Input {...control} inputMode="decimal" value={values[measure.name] ?? ''} suffix={measure.unit ? <span className="soft">{measure.unit}</span> : undefined} onChange={(event) => set(measure.name, event.target.value)} />
            : <Select {...control} allowClear style={{ width: '100%' }} value={values[measure.name] || undefined} options={optionsOf(measure)} onChange={(value: string | undefined) => set(measure.name, value ?? '')} />}
        </Field>
      ))}
    </div>
  )
}
