import { DownOutlined, FileTextOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { useKeys } from '#core/ui/web/keys.ts'
import { holdsAny, useSession } from '#core/ui/web/session.ts'
import { said, useText } from '#core/ui/web/texts.ts'
import { reportAccess } from '../report.access.ts'
import type { Action, ReportAnswer } from '../report.api.ts'
import { ActionDialog } from './ActionDialog.tsx'
import { pageTexts } from './pageTexts.ts'
import { SendCheck } from './SendCheck.tsx'

/** What one does next comes first; the rest is under 更多. */
const rank: readonly Action[] = ['sign', 'submit', 'accept', 'feedback', 'edit', 'instruct', 'return', 'forward', 'urge', 'merge', 'close']
const keyOf: Record<Action, string> = { sign: 's', submit: 't', accept: 'a', feedback: 'b', edit: 'e', instruct: 'c', return: 'r', forward: 'f', urge: 'u', merge: 'm', close: 'x' }
const shown = 4

/** The buttons that this person at this station has now: what the rules admit, of what the role may do. */
export function ReportActions({ report }: { report: ReportAnswer }) {
  const say = useText(pageTexts)
  const navigate = useNavigate()
  const { person, station } = useSession()
  const [asking, setAsking] = useState<Action | null>(null)
  const may = (action: Action) => holdsAny(person, reportAccess[action === 'edit' ? 'report.draft' : `report.${action}`] ?? [])
  const actions = rank.filter((action) => report.actions.includes(action) && may(action))
  const mayFollow = report.station === station.address && report.sentAt !== null && report.mergedInto === null && may('edit')

  const run = (action: Action) => {
    if (action === 'edit') void navigate({ to: '/reports/$id/edit', params: { id: report.id } })
    else setAsking(action)
  }
  const follow = (kind: string) => { void navigate({ to: '/reports/new', search: { incident: report.incidentId, kind } as never }) }
  useKeys(actions.map((action) => ({ keys: [keyOf[action]], help: said(pageTexts, `action.${action}`), run: () => run(action) })))

  const more = [
    ...actions.slice(shown).map((action) => ({ key: action, label: `${say(`action.${action}`)} (${keyOf[action]})`, onClick: () => run(action) })),
    ...(mayFollow ? [{ key: 'final', label: say('final'), onClick: () => follow('final') }] : []),
  ]
  return (
    <>
      <Dropdown menu={{ items: [
        { key: 'pdf', label: <a href={`/api/reports/${report.id}/bulletin.pdf`} download>{say('pdf')}</a> },
        { key: 'docx', label: <a href={`/api/reports/${report.id}/bulletin.docx`} download>{say('docx')}</a> },
      ] }} trigger={['click']}>
        <Button icon={<FileTextOutlined />}>{say('print')}</Button>
      </Dropdown>
      {mayFollow ? <Button onClick={() => follow('followUp')}>{say('next')}</Button> : null}
      {more.length > 0 ? <Dropdown menu={{ items: more }} trigger={['click']}><Button icon={<DownOutlined />} iconPlacement="end">{say('action.more')}</Button></Dropdown> : null}
      {actions.slice(0, shown).reverse().map((action, i, all) => (
        <Button key={action} type={i === all.length - 1 ? 'primary' : 'default'} onClick={() => run(action)} aria-keyshortcuts={keyOf[action]}>{say(`action.${action}`)}</Button>
      ))}
      {asking === 'submit' ? <SendCheck id={report.id} uploading={0} onClose={() => setAsking(null)} onSent={() => setAsking(null)} /> : null}
      {asking !== null && asking !== 'submit' && asking !== 'edit' ? <ActionDialog action={asking} report={report} onClose={() => setAsking(null)} /> : null}
    </>
  )
}
