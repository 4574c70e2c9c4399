import { useQuery } from '@tanstack/react-query'
import { api } from '#core/ui/web/api.ts'
import { DataList, type Column } from '#core/ui/web/DataList.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { Fetched } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { Reason } from './AuditLists.tsx'
import { auditTexts } from './auditTexts.ts'

interface RefusalLine { at: number; from: string; doc: string; code: string; detail: string }

/** What the live plane has turned away, newest first. */
export function LiveRefusals() {
  const say = useText(auditTexts)
  const refusals = useQuery({ queryKey: ['live-refusals'], queryFn: ({ signal }) => api.get<{ items: RefusalLine[] }>('/api/live/refusals', { query: { limit: 500 }, signal }), refetchInterval: 10_000 })
  const columns: Column<RefusalLine>[] = [
    { key: 'reason', title: say('column.reason'), width: 200, render: (row) => <Mark tone="alarm"><Reason reason={row.code} /></Mark> },
    { key: 'from', title: say('column.from'), width: 260, render: (row) => <span className="mono">{row.from}</span> },
    { key: 'layer', title: say('column.layer'), render: (row) => <span className="mono small">{row.doc}</span> },
    { key: 'detail', title: say('column.detail'), wideOnly: true, render: (row) => <span className="small soft">{row.detail}</span> },
    { key: 'at', title: say('column.received'), width: 130, render: (row) => <TimeText at={row.at} /> },
  ]
  return (
    <div className="stack">
      <p className="soft small">{say('live.intro')}</p>
      <Fetched query={refusals}>
        {({ items }) => <DataList label={say('tab.live')} rows={items.map((item, i) => ({ ...item, i }))} rowKey={(row) => `${row.at} ${(row as RefusalLine & { i: number }).i}`} columns={columns} empty={say('live.empty')} />}
      </Fetched>
    </div>
  )
}
