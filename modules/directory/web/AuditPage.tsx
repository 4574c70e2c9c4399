import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '#core/ui/web/api.ts'
import { DataList, type Column } from '#core/ui/web/DataList.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { PageFrame, Panel } from '#core/ui/web/PageFrame.tsx'
import { useSession } from '#core/ui/web/session.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { TabSet } from '#core/ui/web/TabSet.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { DeedsPanel } from './DeedsPanel.tsx'
import { FaultsPanel } from './FaultsPanel.tsx'
import { LiveRefusals } from './LiveRefusals.tsx'
import { KeptFacts, TurnedAway, type FactLine, type TurnedAwayLine } from './AuditLists.tsx'
import { VerifyRun } from './VerifyRun.tsx'
import { auditTexts } from './auditTexts.ts'

interface ChainLine {
  station: string
  name: string
  state: 'active' | 'revoked' | 'unknown'
  held: number
  lastSeq: number
  gaps: number
  lastReceivedAt: number | null
}

interface AuditAnswer {
  waiting: { items: FactLine[]; total: number }
  refused: { items: FactLine[]; total: number }
  turnedAway: { items: TurnedAwayLine[]; total: number }
  chains: ChainLine[]
}

/** 审计: what was kept aside and why, the chain of every station, and verifying it all. */
export function AuditPage() {
  const say = useText(auditTexts)
  const { person } = useSession()
  const [paging, setPaging] = useState({ page: 1, size: 50 })
  const audit = useQuery({ queryKey: ['audit', paging], queryFn: ({ signal }) => api.get<AuditAnswer>('/api/audit', { query: paging, signal }), placeholderData: keepPreviousData, refetchInterval: 10_000 })
  const faults = useQuery({ queryKey: ['ledger-faults'], queryFn: ({ signal }) => api.get<{ total: number }>('/api/ledger/faults', { signal }), refetchInterval: 10_000 })
  const pages = (total: number) => ({ ...paging, total, onPage: (page: number, size: number) => setPaging({ page, size }) })
  return (
    <PageFrame title={say('title')}>
      <VerifyRun />
      <Panel>
        <Fetched query={audit}>
          {({ waiting, refused, turnedAway, chains }) => (
            <TabSet
              label={say('title')}
              onChange={() => setPaging({ ...paging, page: 1 })}
              tabs={[
                { key: 'chains', label: say('tab.chains'), content: () => <Chains chains={chains} /> },
                { key: 'waiting', label: say('tab.waiting', { n: waiting.total }), content: () => <KeptFacts kind="waiting" lines={waiting.items} paging={pages(waiting.total)} /> },
                { key: 'refused', label: say('tab.refused', { n: refused.total }), content: () => <KeptFacts kind="refused" lines={refused.items} paging={pages(refused.total)} /> },
                { key: 'turnedAway', label: say('tab.turnedAway', { n: turnedAway.total }), content: () => <TurnedAway lines={turnedAway.items} paging={pages(turnedAway.total)} /> },
                { key: 'faults', label: say('tab.faults', { n: faults.data?.total ?? 0 }), content: () => <FaultsPanel /> },
                { key: 'live', label: say('tab.live'), content: () => <LiveRefusals /> },
                ...(person.roles.includes('audit') ? [{ key: 'deeds', label: say('tab.deeds'), content: () => <DeedsPanel /> }] : []),
              ]}
            />
          )}
        </Fetched>
      </Panel>
    </PageFrame>
  )
}

function Chains({ chains }: { chains: readonly ChainLine[] }) {
  const say = useText(auditTexts)
  const columns: Column<ChainLine>[] = [
    { key: 'station', title: say('column.station'), render: (row) => <>{row.name} <span className="mono soft">{row.station}</span></> },
    { key: 'state', title: say('column.state'), width: 130, render: (row) => <Mark tone={row.state === 'active' ? 'good' : 'alarm'}>{say(`state.${row.state}`)}</Mark> },
    { key: 'held', title: say('column.held'), width: 120, align: 'right', render: (row) => <span className="digits">{row.held}</span> },
    { key: 'lastSeq', title: say('column.lastSeq'), width: 120, align: 'right', render: (row) => <span className="digits">{row.lastSeq}</span> },
    { key: 'gaps', title: say('column.gaps'), width: 120, align: 'right', render: (row) => <span className="digits">{row.gaps}</span> },
    { key: 'last', title: say('column.last'), width: 160, render: (row) => (row.lastReceivedAt === null ? '—' : <TimeText at={row.lastReceivedAt} />) },
  ]
  return <div className="stack"><p className="soft small">{say('chains.intro')}</p><DataList label={say('tab.chains')} rows={chains} rowKey={(row) => row.station} columns={columns} /></div>
}
