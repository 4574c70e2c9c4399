import { PlusOutlined } from '@ant-design/icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useDeferredValue, useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import { DataList, type Column } from '#core/ui/web/DataList.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { PageFrame, Panel } from '#core/ui/web/PageFrame.tsx'
import { useSession } from '#core/ui/web/session.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { uiTexts } from '#core/ui/web/uiTexts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import type { PersonRow } from '../people.api.ts'
import { PersonDialog } from './PersonDialog.tsx'
import { directoryTexts } from './directoryTexts.ts'
import { useUnits } from './units.ts'

/** 人员: who may sign in at this station and as what. */
export function PeoplePage() {
  const say = useText(directoryTexts)
  const sayRole = useText(uiTexts)
  const { person } = useSession()
  const [words, setWords] = useState('')
  const [page, setPage] = useState({ page: 1, size: 50 })
  const [doing, setDoing] = useState<PersonRow | 'new' | null>(null)
  const q = useDeferredValue(words.trim())
  const people = useQuery({ queryKey: ['people', q, page], queryFn: ({ signal }) => api.get<{ items: PersonRow[]; total: number }>('/api/people', { query: { q, ...page }, signal }), placeholderData: keepPreviousData })
  const mayManage = person.roles.includes('security')
  const columns: Column<PersonRow>[] = [
    { key: 'name', title: say('people.name'), render: (row) => row.name },
    { key: 'account', title: say('people.account'), width: 180, render: (row) => row.account },
    { key: 'roles', title: say('people.roles'), render: (row) => <span className="row">{row.roles.map((role) => <Mark key={role} tone="blue">{sayRole(`role.${role}`)}</Mark>)}</span> },
    { key: 'unit', title: say('people.unit'), width: 160, render: (row) => <Unit id={row.unit} /> },
    { key: 'state', title: say('people.state'), width: 100, render: (row) => <Mark tone={row.state === 'active' ? 'good' : 'plain'}>{say(`people.${row.state}`)}</Mark> },
    { key: 'created', title: say('people.created'), width: 140, wideOnly: true, render: (row) => <TimeText at={row.createdAt} /> },
    ...(mayManage ? [{ key: 'edit', title: '', width: 80, render: (row: PersonRow) => <Button size="small" onClick={() => setDoing(row)} aria-label={say('people.edit', { name: row.name })}>{say('people.edit.do')}</Button> }] : []),
  ]
  return (
    <PageFrame title={say('people.title')} actions={mayManage ? <Button type="primary" icon={<PlusOutlined />} onClick={() => setDoing('new')}>{say('people.new')}</Button> : null}>
      <Panel>
        <div className="desk-bar"><Input.Search className="desk-search" value={words} onChange={(event) => { setWords(event.target.value); setPage({ ...page, page: 1 }) }} allowClear maxLength={64} placeholder={say('people.search')} aria-label={say('people.search')} /></div>
        <Fetched query={people}>
          {(data) => <DataList label={say('people.title')} rows={data.items} rowKey={(row) => row.id} columns={columns} empty={say('people.empty')} paging={{ ...page, total: data.total, onPage: (next, size) => setPage({ page: next, size }) }} />}
        </Fetched>
      </Panel>
      <PersonDialog key={doing === null || doing === 'new' ? 'new' : doing.id} person={doing === 'new' ? null : doing} open={doing !== null} onClose={() => setDoing(null)} />
    </PageFrame>
  )
}

function Unit({ id }: { id: string | null }) {
  const say = useText(directoryTexts)
  const units = useUnits()
  if (id === null) return <span className="soft">{say('people.unit.none')}</span>
  return <>{units.data?.items.find((unit) => unit.id === id)?.name ?? id}</>
}
