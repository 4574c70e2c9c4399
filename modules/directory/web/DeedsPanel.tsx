import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import { DataList, type Column } from '#core/ui/web/DataList.tsx'
import { Fetched } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { auditTexts, isAuditKey } from './auditTexts.ts'

interface Deed {
  id: string
  at: number
  account: string
  deed: string
  about: string
}

/** What people did to accounts, keys and doors here. */
export function DeedsPanel() {
  const say = useText(auditTexts)
  const [paging, setPaging] = useState({ page: 1, size: 50 })
  const deeds = useQuery({ queryKey: ['deeds', paging], queryFn: ({ signal }) => api.get<{ items: Deed[]; total: number }>('/api/deeds', { query: paging, signal }), placeholderData: keepPreviousData })
  const columns: Column<Deed>[] = [
    { key: 'deed', title: say('column.deed'), render: (row) => (isAuditKey(`deed.${row.deed}`) ? say(`deed.${row.deed}` as 'deed.session.opened') : row.deed) },
    { key: 'person', title: say('column.person'), width: 180, render: (row) => row.account },
    { key: 'about', title: say('column.about'), render: (row) => <span className="mono">{row.about}</span> },
    { key: 'at', title: say('column.at'), width: 140, render: (row) => <TimeText at={row.at} /> },
  ]
  return (
    <div className="stack">
      <p className="soft small">{say('deeds.intro')}</p>
      <Fetched query={deeds}>{(data) => <DataList label={say('tab.deeds')} rows={data.items} rowKey={(row) => row.id} columns={columns} empty={say('deeds.empty')} paging={{ ...paging, total: data.total, onPage: (page, size) => setPaging({ page, size }) }} />}</Fetched>
    </div>
  )
}
