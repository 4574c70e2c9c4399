import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Checkbox, Input, Modal, Select } from 'antd'
import { useDeferredValue, useState, type ReactNode } from 'react'
import { beijingMinute, readBeijing } from '#core/ui/beijingTime.ts'
import { faultsByField } from '#core/ui/problem.ts'
import { api, isApiFault } from '#core/ui/web/api.ts'
import { focusDialog } from '#core/ui/web/dialogFocus.ts'
import { useSession } from '#core/ui/web/session.ts'
import { FaultNote, Fetched } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { grades, type Grade } from '#modules/norms/index.ts'
import type { Action, ReportAnswer, ReportRow } from '../report.api.ts'
import { actionBody, actionFields, startAsked, type Asked, type AskedField } from './actionBody.ts'
import { AttachmentsField } from './AttachmentsField.tsx'
import { Field } from './formFields.tsx'
import { useStations } from './names.ts'
import { pageTexts } from './pageTexts.ts'
import { reportTexts } from './reportTexts.ts'
import { PreviewFacts, usePreview } from './SendCheck.tsx'
import { TimeInput } from './TimeInput.tsx'

type Asking = Exclude<Action, 'edit' | 'submit'>

/** One command and what it asks for. Enter in a line or Ctrl+Enter in a text confirms; a refusal lands at its field. */
export function ActionDialog({ action, report, onClose }: { action: Asking; report: ReportAnswer; onClose: () => void }) {
  const say = useText(pageTexts)
  const client = useQueryClient()
  const { message } = App.useApp()
  const { station } = useSession()
  const [asked, setAsked] = useState<Asked>(() => startAsked(report, station.address, beijingMinute(Date.now() + 2 * 3_600_000)))
  const [faults, setFaults] = useState<Record<string, readonly string[]>>({})
  const [failure, setFailure] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const preview = usePreview(report.id, action === 'sign')
  const fields = actionFields[action]

  const confirm = async () => {
    const made = actionBody(action, asked, readBeijing)
    if ('wanted' in made) {
      setFaults({ [made.wanted]: [say(made.wanted === 'into' || made.wanted === 'instructionId' ? 'ask.pick' : 'ask.wanted')] })
      return
    }
    setBusy(true)
    try {
      await api.post(`/api/reports/${report.id}/${action}`, made.body)
      await client.invalidateQueries({ queryKey: ['report'] })
      void message.success(say('action.done', { action: say(`action.${action}`) }))
      onClose()
    } catch (error) {
      setFailure(error)
      setFaults(isApiFault(error) ? faultsByField(error.problem, fields).byField : {})
      setBusy(false)
    }
  }
  const change = (next: Change) => {
    setAsked((before) => ({ ...before, ...(typeof next === 'function' ? next(before) : next) }))
    setFaults({})
  }
  return (
    <Modal
      open afterOpenChange={focusDialog} title={`${say(`action.${action}`)} · ${report.title}`} width={640} onCancel={onClose} onOk={() => { void confirm() }} confirmLoading={busy}
      okText={say(`action.${action}`)} cancelText={say('cancel')} okButtonProps={{ danger: action === 'return' }}
    >
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- a shortcut for the keyboard; the button does the same */}
      <div className="stack" onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void confirm() }}>
        {failure ? <FaultNote error={failure} fields={Object.keys(faults).length === 0} /> : null}
        {action === 'accept' ? <p>{say('ask.accept')}</p> : null}
        {action === 'sign' ? <><p className="soft">{say('ask.sign')}</p><Fetched query={preview}>{(data) => <PreviewFacts preview={data} />}</Fetched></> : null}
        {fields.map((field) => <AskedControl key={field} field={field} action={action} asked={asked} change={change} faults={faults[field] ?? []} report={report} />)}
      </div>
    </Modal>
  )
}

type Change = Partial<Asked> | ((before: Asked) => Partial<Asked>)

interface ControlProps {
  field: AskedField
  action: Asking
  asked: Asked
  change: (next: Change) => void
  faults: readonly string[]
  report: ReportAnswer
}

function AskedControl({ field, action, asked, change, faults, report }: ControlProps): ReactNode {
  const say = useText(pageTexts)
  const sayForm = useText(reportTexts)
  const { station } = useSession()
  const stations = useStations()
  const others = (stations.data?.items ?? []).filter((s) => s.address !== station.address).map((s) => ({ value: s.address, label: `${s.name} ${s.address}` }))
  switch (field) {
    case 'comment': case 'note': case 'outcome': case 'reason': case 'text':
      return (
        <Field label={say(`ask.${field}`)} wanted={field === 'reason' || (field === 'text' && action !== 'urge')} faults={faults} hint={field === 'reason' ? say('ask.reason.hint') : undefined}>
          {(control) => <Input.TextArea {...control} value={asked[field]} maxLength={field === 'text' ? 5000 : 2000} autoSize={{ minRows: 3, maxRows: 12 }} onChange={(event) => change({ [field]: event.target.value })} />}
        </Field>
      )
    case 'level':
      return (
        <Field label={say('ask.level')} faults={faults} hint={say('ask.level.hint')}>
          {(control) => <Select {...control} allowClear style={{ width: '100%' }} value={asked.level || undefined} options={grades.map((grade) => ({ value: grade, label: sayForm(`grade.${grade}`) }))} onChange={(level: Grade | undefined) => change({ level: level ?? '' })} />}
        </Field>
      )
    case 'to':
      return (
        <Field label={say('ask.to')} faults={faults} hint={say(action === 'instruct' ? 'ask.to.author' : 'ask.to.parent')}>
          {(control) => <Select {...control} mode="multiple" showSearch={{ optionFilterProp: 'label' }} style={{ width: '100%' }} value={asked.to} options={others} onChange={(to: string[]) => change({ to })} />}
        </Field>
      )
    case 'station':
      return (
        <Field label={say('ask.station')} faults={faults} hint={say('ask.station.auto')}>
          {(control) => <Select {...control} allowClear showSearch={{ optionFilterProp: 'label' }} style={{ width: '100%' }} value={asked.station || undefined} onChange={(value: string | undefined) => change({ station: value ?? '' })}
            options={others.filter((o) => o.value === report.station || report.hops.some((hop) => hop.station === o.value))} />}
        </Field>
      )
    case 'due':
      return <Field label={say('ask.due')} wanted faults={faults}>{(control) => <TimeInput {...control} value={asked.due} onChange={(due) => change({ due })} />}</Field>
    case 'instructionId':
      return (
        <Field label={say('ask.instruction')} wanted faults={faults}>
          {(control) => <Select {...control} style={{ width: '100%' }} value={asked.instructionId || undefined} onChange={(instructionId: string) => change({ instructionId })} options={report.instructions.map((i) => ({ value: i.instructionId, label: i.text.slice(0, 60) }))} />}
        </Field>
      )
    case 'done':
      return <Checkbox checked={asked.done} onChange={(event) => change({ done: event.target.checked })}>{say('ask.done')}</Checkbox>
    case 'attachments':
      return <AttachmentsField attachments={asked.attachments} onBusy={ignore} onChange={(next) => change((before) => ({ attachments: next(before.attachments) }))} />
    default:
      return <Field label={say('ask.into')} wanted faults={faults}>{(control) => <ReportPicker {...control} not={report.id} mode={report.mode} value={asked.into} onPick={(into) => change({ into })} />}</Field>
  }
}

/** Only what has arrived at the station goes out with the feedback. */
const ignore = () => undefined

/** Another report, by its title. */
function ReportPicker({ not, mode, value, onPick, ...control }: { id: string; status: 'error' | ''; 'aria-describedby': string; not: string; mode: string; value: string; onPick: (id: string) => void }) {
  const say = useText(pageTexts)
  const [q, setQ] = useState('')
  const asked = useDeferredValue(q)
  const reports = useQuery({ queryKey: ['report', 'list', 'pick', asked, mode], queryFn: ({ signal }) => api.get<{ items: ReportRow[] }>('/api/reports', { query: { q: asked, mode, size: 20 }, signal }) })
  const options = (reports.data?.items ?? []).filter((row) => row.id !== not).map((row) => ({ value: row.id, label: `${row.title} · ${row.stationName}` }))
  return <Select {...control} showSearch={{ filterOption: false, onSearch: setQ }} placeholder={say('ask.into.search')} style={{ width: '100%' }} value={value || undefined} options={options} onChange={(id: string) => onPick(id)} />
}
