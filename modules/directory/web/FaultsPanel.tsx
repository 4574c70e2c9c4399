import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { api, isApiFault } from '#core/ui/web/api.ts'
import { DataList, type Column } from '#core/ui/web/DataList.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { Fetched } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { auditTexts } from './auditTexts.ts'

interface FaultLine { subject: string; fact: string; station: string; from: string | null; stage: 'fold' | 'projection' | 'reaction'; reason: string; at: number }

/** Records that one fact has frozen, and answers that a station could not give by itself: which fact, whose, why; and another try. */
export function FaultsPanel() {
  const say = useText(auditTexts)
  const { message } = App.useApp()
  const client = useQueryClient()
  const faults = useQuery({ queryKey: ['ledger-faults'], queryFn: ({ signal }) => api.get<{ items: FaultLine[] }>('/api/ledger/faults', { signal }), refetchInterval: 10_000 })
  const retry = useMutation({
    mutationFn: (subject: string) => api.post<{ mended: boolean }>('/api/ledger/faults/retry', { subject }),
    onSuccess: ({ mended }) => { void client.invalidateQueries(); void (mended ? message.success(say('faults.mended')) : message.warning(say('faults.stays'))) },
    onError: (error: unknown) => { void message.error(isApiFault(error) ? error.problem.detail : String(error)) },
  })
  const columns: Column<FaultLine>[] = [
    { key: 'subject', title: say('column.subject'), render: (row) => <><span className="mono">{row.subject}</span><br /><span className="small soft">{row.reason.slice(0, 200)}</span></> },
    { key: 'stage', title: say('column.reason'), width: 170, render: (row) => <Mark tone={row.stage === 'reaction' ? 'warn' : 'alarm'}>{say(`faults.${row.stage}`)}</Mark> },
    { key: 'station', title: say('column.statedBy'), width: 180, render: (row) => <span className="mono">{row.station}</span> },
    { key: 'from', title: say('column.from'), width: 160, render: (row) => <span className="mono">{row.from ?? say('here')}</span> },
    { key: 'fact', title: say('column.fact'), width: 160, wideOnly: true, render: (row) => <span className="mono">{row.fact.slice(0, 16)}…</span> },
    { key: 'at', title: say('column.at'), width: 130, render: (row) => <TimeText at={row.at} /> },
    { key: 'retry', title: '', width: 110, render: (row) => <Button size="small" loading={retry.isPending && retry.variables === row.subject} onClick={() => retry.mutate(row.subject)}>{say('faults.retry')}</Button> },
  ]
  return (
    <div className="stack">
      <p className="soft small">{say('faults.intro')}</p>
      <Fetched query={faults}>
        {({ items }) => <DataList label={say('faults.label')} rows={items} rowKey={(row) => `${row.subject} ${row.fact} ${row.at}`} columns={columns} empty={say('faults.empty')} />}
      </Fetched>
    </div>
  )
}
