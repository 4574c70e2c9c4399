import { Button, Checkbox, Input } from 'antd'
import { useText } from '#core/ui/web/texts.ts'
import { measureNames, type FigureName } from '#modules/norms/index.ts'
import type { FiguresAnswer } from '../report.api.ts'
import { Field } from './formFields.tsx'
import type { FigureEntry, FormState } from './formState.ts'
import { figureChange } from './figureChange.ts'
import { reportTexts } from './reportTexts.ts'

interface FiguresProps {
  names: readonly FigureName[]
  figures: FormState['figures']
  /** What was last reported; changes are marked against it. */
  before: FiguresAnswer | null
  faultsOf: (field: string) => readonly string[]
  onChange: (figures: FormState['figures']) => void
}

/** Deaths, missing, …: a number, or 不详 said on purpose; blank is neither and is asked for before sending. */
export function FiguresFields({ names, figures, before, faultsOf, onChange }: FiguresProps) {
  const say = useText(reportTexts)
  const set = (name: FigureName, entry: FigureEntry) => onChange({ ...figures, [name]: entry })
  return (
    <div className="fields fields-figures">
      {names.map((name) => {
        const entry = figures[name]
        return (
          <Field key={name} label={say(`figure.${name}`)} faults={faultsOf(`figures.${name}`)} hint={<ChangeHint entry={entry} before={before?.[name]} />}>
            {(control) => (
              <div className="figure-entry">
                <Input
                  {...control} inputMode={name === 'lossWan' ? 'decimal' : 'numeric'} value={entry.digits} disabled={entry.unknown} placeholder={entry.unknown ? say('figure.unknown') : ''}
                  suffix={<span className="soft">{say(name === 'lossWan' ? 'unit.wan' : 'unit.person')}</span>} onChange={(event) => set(name, { digits: event.target.value, unknown: false })}
                />
                <Checkbox checked={entry.unknown} aria-label={`${say(`figure.${name}`)} ${say('figure.unknown')}`} onChange={(event) => set(name, { digits: '', unknown: event.target.checked })}>{say('figure.unknown')}</Checkbox>
              </div>
            )}
          </Field>
        )
      })}
    </div>
  )
}

/** Everything not said is 不详, in one press. */
export function RestUnknown({ figures, onChange }: Pick<FiguresProps, 'figures' | 'onChange'>) {
  const say = useText(reportTexts)
  const blank = measureNames.filter((name) => figures[name].digits.trim() === '' && !figures[name].unknown)
  if (blank.length === 0) return null
  return (
    <Button size="small" onClick={() => onChange({ ...figures, ...Object.fromEntries(blank.map((name) => [name, { digits: '', unknown: true }])) })}>
      {say('figure.restUnknown', { n: blank.length })}
    </Button>
  )
}

function ChangeHint({ entry, before }: { entry: FigureEntry; before: number | null | undefined }) {
  const say = useText(reportTexts)
  if (before === undefined) return null
  const now = entry.digits.trim() === '' ? null : Number(entry.digits.normalize('NFKC'))
  const change = figureChange(before, Number.isNaN(now) ? null : now)
  const last = before === null ? say('figure.lastUnknown') : say('figure.last', { n: before })
  if (change.kind === 'same') return <>{last}</>
  return <><span className={change.kind === 'down' ? 'change-down' : 'change-up'}>{say(`change.${change.kind}`, { n: change.by })}</span> {last}</>
}
