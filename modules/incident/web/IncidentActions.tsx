import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { App, Button, Input, Modal, Select } from 'antd'
import { useDeferredValue, useId, useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import { focusDialog } from '#core/ui/web/dialogFocus.ts'
import { useSession } from '#core/ui/web/session.ts'
import { FaultNote } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { Grade } from '#modules/norms/index.ts'
import type { IncidentDetail, IncidentItem } from '../incident.api.ts'
import { useStations } from './IncidentMarks.tsx'
import { incidentTexts } from './incidentTexts.ts'

type Action = 'confirm' | 'merge' | 'unmerge' | 'handover' | 'accept' | 'decline' | 'close'

const paths: Record<Action, string> = { confirm: 'confirm', merge: 'merge', unmerge: 'merge', handover: 'handover', accept: 'handover/accept', decline: 'handover/decline', close: 'close' }

/** What this station may do with the incident now, as the station itself says. */
export function IncidentActions({ incident }: { incident: IncidentDetail }) {
  const say = useText(incidentTexts)
  const navigate = useNavigate()
  const { person } = useSession()
  const [asking, setAsking] = useState<Action | null>(null)
  const { may } = incident
  const leads = person.roles.includes('leader') || person.roles.includes('commander')
  const works = leads || person.roles.includes('duty')
  const actions: Action[] = [
    ...(leads && may.confirm.length > 0 ? ['confirm' as const] : []),
    ...(leads && may.answerHandover ? ['accept' as const, 'decline' as const] : []),
    ...(leads && may.handover ? ['handover' as const] : []),
    ...(works && may.merge ? [incident.mergedInto ? 'unmerge' as const : 'merge' as const] : []),
    ...(leads && may.close ? ['close' as const] : []),
  ]
  return (
    <>
      <Button onClick={() => { void navigate({ to: '/map', search: { plot: incident.id } as never }) }}>{say('action.plot')}</Button>
      {works && incident.status === 'open' ? <Button onClick={() => { void navigate({ to: '/reports/new', search: { incident: incident.id, kind: 'followUp' } as never }) }}>{say('action.report')}</Button> : null}
      {actions.map((action) => <Button key={action} type={action === 'confirm' || action === 'accept' ? 'primary' : 'default'} onClick={() => setAsking(action)}>{say(`action.${action}`)}</Button>)}
      {asking ? <IncidentDialog action={asking} incident={incident} onClose={() => setAsking(null)} /> : null}
    </>
  )
}

function IncidentDialog({ action, incident, onClose }: { action: Action; incident: IncidentDetail; onClose: () => void }) {
  const say = useText(incidentTexts)
  const client = useQueryClient()
  const { message } = App.useApp()
  const { station } = useSession()
  const stations = useStations()
  const ids = useId()
  const [level, setLevel] = useState<Grade | undefined>(incident.level.confirmed ?? incident.level.working)
  const [reason, setReason] = useState('')
  const [target, setTarget] = useState<string | undefined>()
  const [failure, setFailure] = useState<unknown>(null)
  const [wanted, setWanted] = useState(false)
  const [busy, setBusy] = useState(false)

  const needsReason = action === 'confirm' || action === 'merge' || action === 'unmerge' || action === 'decline'
  const needsTarget = action === 'merge' || action === 'handover'
  const body = () => {
    if (action === 'confirm') return { level, reason }
    if (action === 'merge' || action === 'unmerge') return { into: action === 'merge' ? target : null, reason }
    if (action === 'handover') return { to: target, reason }
    if (action === 'decline') return { reason }
    return action === 'close' ? { outcome: reason } : undefined
  }
  const confirm = async () => {
    if ((needsReason && reason.trim() === '') || (needsTarget && target === undefined)) {
      setWanted(true)
      return
    }
    setBusy(true)
    try {
      await api.post(`/api/incidents/${incident.id}/${paths[action]}`, body())
      await client.invalidateQueries({ queryKey: ['incident'] })
      void message.success(say('action.done', { action: say(`action.${action}`) }))
      onClose()
    } catch (error) {
      setFailure(error)
      setBusy(false)
    }
  }
  const missing = <div className="field-fault" role="alert">{say('ask.wanted')}</div>
  return (
    <Modal open afterOpenChange={focusDialog} title={`${say(`action.${action}`)} · ${incident.title}`} onCancel={onClose} onOk={() => { void confirm() }} confirmLoading={busy} okText={say(`action.${action}`)} cancelText={say('cancel')}>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- a shortcut for the keyboard; the button does the same */}
      <div className="stack" onKeyDown={(event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void confirm() }}>
        {failure ? <FaultNote error={failure} /> : null}
        {action === 'handover' ? <p className="soft">{say('ask.handover')}</p> : null}
        {action === 'accept' ? <p className="soft">{say('ask.accept')}</p> : null}
        {action === 'confirm' ? (
          <div className="field"><label htmlFor={`${ids}l`}>{say('ask.level')}</label><Select id={`${ids}l`} style={{ width: '100%' }} value={level} onChange={setLevel} options={incident.may.confirm.map((grade) => ({ value: grade, label: say(`grade.${grade}`) }))} /></div>
        ) : null}
        {action === 'handover' ? (
          <div className="field"><label htmlFor={`${ids}t`}>{say('ask.to')}</label><Select id={`${ids}t`} showSearch={{ optionFilterProp: 'label' }} style={{ width: '100%' }} value={target} onChange={setTarget} options={(stations.data?.items ?? []).filter((s) => s.address !== station.address).map((s) => ({ value: s.address, label: `${s.name} ${s.address}` }))} />{wanted && target === undefined ? missing : null}</div>
        ) : null}
        {action === 'merge' ? <div className="field"><label htmlFor={`${ids}m`}>{say('ask.into')}</label><IncidentPicker id={`${ids}m`} not={incident} value={target} onPick={setTarget} />{wanted && target === undefined ? missing : null}</div> : null}
        {action === 'accept' ? null : (
          <div className="field"><label htmlFor={`${ids}r`}>{say(action === 'close' ? 'ask.outcome' : 'ask.reason')}</label><Input.TextArea id={`${ids}r`} value={reason} maxLength={2000} autoSize={{ minRows: 3, maxRows: 10 }} onChange={(event) => setReason(event.target.value)} />{wanted && needsReason && reason.trim() === '' ? missing : null}</div>
        )}
      </div>
    </Modal>
  )
}

function IncidentPicker({ id, not, value, onPick }: { id: string; not: IncidentDetail; value: string | undefined; onPick: (id: string) => void }) {
  const say = useText(incidentTexts)
  const [q, setQ] = useState('')
  const asked = useDeferredValue(q)
  const found = useQuery({ queryKey: ['incident', 'list', 'pick', asked, not.mode], queryFn: ({ signal }) => api.get<{ items: IncidentItem[] }>('/api/incidents', { query: { q: asked, mode: not.mode, status: 'open', size: 20 }, signal }) })
  const options = (found.data?.items ?? []).filter((item) => item.id !== not.id).map((item) => ({ value: item.id, label: item.title }))
  return <Select id={id} showSearch={{ filterOption: false, onSearch: setQ }} placeholder={say('ask.into.search')} style={{ width: '100%' }} value={value} options={options} onChange={onPick} />
}
