import { useNavigate } from '@tanstack/react-router'
import { Alert, App, Button, Input, Segmented, Select } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { faultsByField } from '#core/ui/problem.ts'
import { isApiFault } from '#core/ui/web/api.ts'
import { useKeys } from '#core/ui/web/keys.ts'
import { Mark } from '#core/ui/web/Mark.tsx'
import { PageFrame, Panel } from '#core/ui/web/PageFrame.tsx'
import { useTellMode } from '#core/ui/web/shownMode.ts'
import { useSession } from '#core/ui/web/session.ts'
import { FaultNote } from '#core/ui/web/States.tsx'
import { said, sayNow, useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { grades, measureNames } from '#modules/norms/index.ts'
import type { FiguresAnswer } from '../report.api.ts'
import { AttachmentsField } from './AttachmentsField.tsx'
import { FiguresFields, RestUnknown } from './FiguresFields.tsx'
import { Field, Fold } from './formFields.tsx'
import { bodyOf, detailNames, valueAt, type FormFault, type FormState } from './formState.ts'
import { GradingLine } from './GradingLine.tsx'
import { MeasureFields } from './MeasureFields.tsx'
import { useCode, useDivisions } from './normsApi.ts'
import { CodePicker, DivisionPicker } from './Pickers.tsx'
import { reportTexts } from './reportTexts.ts'
import { SendCheck } from './SendCheck.tsx'
import { TimeInput } from './TimeInput.tsx'
import { titleSuggestion } from './titleSuggestion.ts'
import { useReportDraft } from './useReportDraft.ts'

const fields = [
  'kind', 'code', 'title', 'occurredAt', 'learnedAt', 'phonedAt', 'place.division', 'place.address', 'place.lon', 'place.lat',
  'figures.deaths', 'figures.missing', 'figures.seriousInjuries', 'figures.lightInjuries', 'figures.trapped', 'figures.evacuated', 'figures.lossWan', 'level', 'text', 'incidentId',
]
const firstFigures = ['deaths', 'missing', 'seriousInjuries', 'lightInjuries'] as const
const moreFigures = ['trapped', 'evacuated', 'lossWan'] as const

interface EditorProps {
  /** Where this browser keeps it. */
  keep: string
  start: FormState
  reportId: string | null
  /** The drafting fact that the form starts from. */
  basedOn?: string
  /** The figures last reported, for marking changes. */
  before: FiguresAnswer | null
  onAnother?: () => void
}

/** Writing a report: few fields first, the rest unfolds; nothing typed is lost by an error, a reload or a crash. */
export function ReportEditor({ keep, start, reportId, basedOn, before, onAnother }: EditorProps) {
  const say = useText(reportTexts)
  const navigate = useNavigate()
  const { message } = App.useApp()
  const { station } = useSession()
  const draft = useReportDraft(keep, start, reportId, basedOn)
  const { form, change } = draft
  const [faults, setFaults] = useState<{ by: Record<string, readonly string[]>; of: FormState }>({ by: {}, of: start })
  const [failure, setFailure] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const [checking, setChecking] = useState<string | null>(null)
  const [uploading, setUploading] = useState(0)
  const page = useRef<HTMLDivElement>(null)
  const left = useRef(false)
  useTellMode(form.mode)

  const code = useCode(form.code)
  const known = useMemo(() => code.data?.measures.filter((m) => !(measureNames as readonly string[]).includes(m.name)) ?? null, [code.data])
  const measures = known ?? []
  const codeName = form.codeName || code.data?.zh || ''
  const division = useDivisions(form.division, undefined, form.divisionName === '' && form.division !== '')
  const divisionName = form.divisionName || division.data?.items.find((d) => d.code === form.division)?.path || ''
  const suggestion = titleSuggestion({ ...form, codeName, divisionName })
  useEffect(() => {
    if (!form.titleIsOwn && suggestion !== '' && suggestion !== form.title) change({ title: suggestion })
  }, [form.titleIsOwn, form.title, suggestion, change])
  useEffect(() => {
    if (draft.keptAt !== null || draft.onStationAt !== null) return undefined
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [draft.keptAt, draft.onStationAt])

  // A fault stands only as long as what it is about stands.
  const faultsOf = (field: string) => (valueAt(form, field) === valueAt(faults.of, field) ? faults.by[field] ?? [] : [])
  const show = (next: Record<string, readonly string[]>) => {
    setFaults({ by: next, of: form })
    requestAnimationFrame(() => page.current?.querySelector<HTMLElement>('[data-faulty] input, [data-faulty] textarea')?.focus())
  }
  const save = async (): Promise<string | null> => {
    const made = bodyOf(form, known)
    if ('faults' in made) {
      show(Object.fromEntries(Object.entries(made.faults).map(([field, fault]) => [field, [say(`formFault.${fault as FormFault}`)]])))
      setFailure(null)
      return null
    }
    setBusy(true)
    try {
      const id = await draft.save(made.body)
      setFaults({ by: {}, of: form })
      setFailure(null)
      return id
    } catch (error) {
      const problem = isApiFault(error) ? faultsByField(error.problem, [...fields, ...measures.map((m) => `attributes.${m.name}`), ...detailNames.map((name) => `details.${name}`)]) : null
      setFailure(error)
      show(problem?.byField ?? {})
      return null
    } finally {
      setBusy(false)
    }
  }
  const unsent = draft.keptAt !== null && draft.onStationAt === null
  const latest = useRef(unsent)
  useEffect(() => { latest.current = unsent })
  useEffect(() => () => { if (latest.current && !left.current) void message.warning(sayNow(reportTexts, 'draft.leaving')) }, [message])
  const saveOnly = async () => { if (await save() !== null) void message.success(say('saved')) }
  const check = async () => { setChecking(await save()) }
  const sent = (id: string) => {
    left.current = true
    draft.forget()
    void navigate({ to: '/reports/$id', params: { id } })
  }
  const another = () => {
    left.current = true
    draft.forget()
    onAnother?.()
  }
  useKeys([
    { keys: ['ctrl+s'], help: said(reportTexts, 'keys.save'), run: () => { void saveOnly() }, whileTyping: true },
    { keys: ['ctrl+Enter'], help: said(reportTexts, 'keys.submit'), run: () => { void check() }, whileTyping: true },
  ])

  const detailsGiven = Object.values(form.details).filter((text) => text.trim() !== '').length
  const near = station.address.split('/').at(-1)?.match(/^\d+$/) ? station.address.split('/').at(-1) ?? '' : ''
  return (
    <div ref={page}>
      <PageFrame
        title={say(draft.reportId === null ? `new.${form.kind}` : 'edit')}
        aside={<DraftState keptAt={draft.keptAt} onStationAt={draft.onStationAt} touched={draft.form !== start} />}
        actions={<>
          {draft.restored && onAnother ? <Button onClick={another}>{say(draft.onStationAt === null ? 'draft.discard' : 'draft.another')}</Button> : null}
          <Button onClick={() => { void saveOnly() }} disabled={busy}>{say('save')}</Button>
          <Button type="primary" onClick={() => { void check() }} loading={busy}>{say('submit')}</Button>
        </>}
      >
        {draft.restored ? <Alert type="info" showIcon role="status" title={say('draft.restored')} /> : null}
        {failure ? <FaultNote error={failure} fields={Object.keys(faults.by).length === 0} /> : null}
        {uploading > 0 ? <Alert type="info" showIcon role="status" title={say('file.running', { n: uploading })} /> : null}

        <Panel title={say('section.basics')} actions={form.incidentId === '' && draft.reportId === null
          ? <Segmented<FormState['mode']> size="small" value={form.mode} onChange={(mode) => change({ mode })} aria-label={say('mode')} options={(['actual', 'exercise', 'test'] as const).map((mode) => ({ value: mode, label: say(`mode.${mode}`) }))} />
          : <Mark tone={form.mode === 'actual' ? 'plain' : 'warn'}>{say(`mode.${form.mode}`)}</Mark>}>
          <div className="fields">
            <Field label={say('field.code')} wanted faults={faultsOf('code')}>
              {(control) => <CodePicker {...control} value={form.code} name={codeName} onPick={(picked, name) => change({ code: picked, codeName: name })} />}
            </Field>
            <Field label={say('field.division')} wanted faults={faultsOf('place.division')} hint={say('division.hint')}>
              {(control) => <DivisionPicker {...control} value={form.division} name={divisionName} near={near} onPick={(d) => change((f) => ({ division: d.code, divisionName: d.path, ...(f.lon === '' && f.lat === '' && d.lon !== null && d.lat !== null ? { lon: String(d.lon), lat: String(d.lat) } : {}) }))} />}
            </Field>
            <Field label={say('field.address')} faults={faultsOf('place.address')}>
              {(control) => <Input {...control} value={form.address} maxLength={200} onChange={(event) => change({ address: event.target.value })} />}
            </Field>
            <Field label={say('field.lonLat')} faults={[...faultsOf('place.lon'), ...faultsOf('place.lat')]} hint={say('lonLat.hint')}>
              {({ id, ...control }) => <div className="row lon-lat">
                <Input id={id} {...control} inputMode="decimal" value={form.lon} placeholder={say('field.lon')} aria-label={say('field.lon')} onChange={(event) => change({ lon: event.target.value })} />
                <Input {...control} inputMode="decimal" value={form.lat} placeholder={say('field.lat')} aria-label={say('field.lat')} onChange={(event) => change({ lat: event.target.value })} />
              </div>}
            </Field>
            <Field label={say('field.occurredAt')} wanted faults={faultsOf('occurredAt')} hint={say('time.hint')}>
              {(control) => <TimeInput {...control} value={form.occurredAt} onChange={(occurredAt) => change({ occurredAt })} />}
            </Field>
            <Field label={say('field.learnedAt')} wanted faults={faultsOf('learnedAt')} hint={say('learnedAt.hint')}>
              {(control) => <TimeInput {...control} value={form.learnedAt} onChange={(learnedAt) => change({ learnedAt })} />}
            </Field>
          </div>
          {measures.length > 0 ? <><h3 className="form-sub">{say('section.measures')}</h3><MeasureFields measures={measures} values={form.attributes} faultsOf={faultsOf} onChange={(attributes) => change({ attributes })} /></> : null}
        </Panel>

        <Panel title={say('section.casualties')} actions={<RestUnknown figures={form.figures} onChange={(figures) => change({ figures })} />}>
          <FiguresFields names={firstFigures} figures={form.figures} before={before} faultsOf={faultsOf} onChange={(figures) => change({ figures })} />
          <details className="fold-inner" open={before !== null || moreFigures.some((name) => faultsOf(`figures.${name}`).length > 0) || undefined}>
            <summary>{say('section.moreFigures')}</summary>
            <FiguresFields names={moreFigures} figures={form.figures} before={before} faultsOf={faultsOf} onChange={(figures) => change({ figures })} />
          </details>
          <GradingLine form={form} measures={known} />
        </Panel>

        <Panel title={say('section.text')}>
          <div className="fields">
            <Field label={say('field.title')} wanted wide faults={faultsOf('title')} hint={form.titleIsOwn && suggestion !== '' && suggestion !== form.title
              ? <Button type="link" size="small" className="hint-button" onClick={() => change({ title: suggestion, titleIsOwn: false })}>{say('title.use', { title: suggestion })}</Button>
              : say('title.hint')}>
              {(control) => <Input {...control} value={form.title} maxLength={200} onChange={(event) => change({ title: event.target.value, titleIsOwn: event.target.value !== '' })} />}
            </Field>
            <Field label={say('field.text')} wanted wide faults={faultsOf('text')}>
              {(control) => <Input.TextArea {...control} value={form.text} maxLength={20_000} autoSize={{ minRows: 6, maxRows: 24 }} onChange={(event) => change({ text: event.target.value })} />}
            </Field>
          </div>
        </Panel>

        <Fold title={say('section.details')} count={detailsGiven} open={detailNames.some((name) => faultsOf(`details.${name}`).length > 0)}>
          <div className="fields">
            {detailNames.map((name) => (
              <Field key={name} label={say(`detail.${name}`)} faults={faultsOf(`details.${name}`)}>
                {(control) => <Input.TextArea {...control} value={form.details[name] ?? ''} maxLength={5000} autoSize={{ minRows: 1, maxRows: 8 }} onChange={(event) => change((f) => ({ details: { ...f.details, [name]: event.target.value } }))} />}
              </Field>
            ))}
          </div>
        </Fold>
        <Fold title={say('section.attachments')} count={form.attachments.length} open={form.attachments.length > 0}>
          <AttachmentsField attachments={form.attachments} onBusy={setUploading} onChange={(next) => change((f) => ({ attachments: next(f.attachments) }))} />
        </Fold>
        <Fold title={say('section.level')} open={faultsOf('level').length > 0 || faultsOf('phonedAt').length > 0} count={form.level === '' ? 0 : 1}>
          <div className="fields">
            <Field label={say('field.level')} faults={faultsOf('level')} hint={say('level.hint')}>
              {(control) => <Select {...control} allowClear style={{ width: '100%' }} value={form.level || undefined} onChange={(level: FormState['level'] | undefined) => change({ level: level ?? '' })} options={grades.map((grade) => ({ value: grade, label: say(`grade.${grade}`) }))} />}
            </Field>
            <Field label={say('field.phonedAt')} faults={faultsOf('phonedAt')} hint={say('phonedAt.hint')}>
              {(control) => <TimeInput {...control} value={form.phonedAt} onChange={(phonedAt) => change({ phonedAt })} />}
            </Field>
          </div>
        </Fold>
      </PageFrame>
      {checking === null ? null : <SendCheck id={checking} uploading={uploading} onClose={() => setChecking(null)} onSent={() => sent(checking)} />}
    </div>
  )
}

/** Where what was typed is safe by now. */
function DraftState({ keptAt, onStationAt, touched }: { keptAt: number | null; onStationAt: number | null; touched: boolean }) {
  const say = useText(reportTexts)
  if (onStationAt !== null) return <Mark tone="good">{say('draft.onStation')} <TimeText at={onStationAt} /></Mark>
  if (keptAt !== null) return <Mark tone="notice">{say('draft.kept')} <TimeText at={keptAt} /></Mark>
  return touched ? <Mark tone="alarm">{say('draft.notKept')}</Mark> : null
}
