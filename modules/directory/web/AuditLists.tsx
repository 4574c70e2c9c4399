import { Tooltip } from 'antd'
import { DataList, type Column, type Paging } from '#core/ui/web/DataList.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { auditTexts, isAuditKey } from './auditTexts.ts'

/** A fact that was kept but changes nothing, or not yet. */
export interface FactLine {
  id: string
  type: string
  subject: string
  station: string
  seq: number
  reason: string | null
  receivedAt: number
  from: string | null
}

export interface TurnedAwayLine {
  id: string
  reason: string
  detail: string
  from: string
  at: number
}

export function KeptFacts({ kind, lines, paging }: { kind: 'waiting' | 'refused'; lines: readonly FactLine[]; paging: Paging }) {
  const say = useText(auditTexts)
  const columns: Column<FactLine>[] = [
    { key: 'fact', title: say('column.fact'), width: 150, render: (row) => <FactId id={row.id} /> },
    { key: 'reason', title: say('column.reason'), render: (row) => <Mark tone={kind === 'waiting' ? 'notice' : 'warn'}><Reason reason={row.reason ?? ''} /></Mark> },
    { key: 'type', title: say('column.type'), width: 220, render: (row) => <span className="mono">{row.type}</span> },
    { key: 'subject', title: say('column.subject'), width: 280, wideOnly: true, render: (row) => <span className="mono">{row.subject}</span> },
    { key: 'station', title: say('column.station'), width: 180, render: (row) => <span className="mono">{row.station} #{row.seq}</span> },
    { key: 'from', title: say('column.from'), width: 160, render: (row) => <span className="mono">{row.from ?? say('here')}</span> },
    { key: 'received', title: say('column.received'), width: 130, render: (row) => <TimeText at={row.receivedAt} /> },
  ]
  return <div className="stack"><p className="soft small">{say(`${kind}.intro`)}</p><DataList label={say(`${kind}.intro`)} rows={lines} rowKey={(row) => row.id} columns={columns} empty={say(`${kind}.empty`)} paging={paging} /></div>
}

export function TurnedAway({ lines, paging }: { lines: readonly TurnedAwayLine[]; paging: Paging }) {
  const say = useText(auditTexts)
  const columns: Column<TurnedAwayLine>[] = [
    { key: 'fact', title: say('column.fact'), width: 150, render: (row) => <FactId id={row.id} /> },
    { key: 'reason', title: say('column.reason'), width: 200, render: (row) => <Mark tone="alarm"><Reason reason={row.reason} /></Mark> },
    { key: 'detail', title: say('column.detail'), render: (row) => <span className="small soft">{row.detail}</span> },
    { key: 'from', title: say('column.from'), width: 180, render: (row) => <span className="mono">{row.from}</span> },
    { key: 'at', title: say('column.received'), width: 130, render: (row) => <TimeText at={row.at} /> },
  ]
  return <div className="stack"><p className="soft small">{say('turnedAway.intro')}</p><DataList label={say('turnedAway.intro')} rows={lines} rowKey={(row) => `${row.id} ${row.at}`} columns={columns} empty={say('turnedAway.empty')} paging={paging} /></div>
}

function FactId({ id }: { id: string }) {
  return <Tooltip title={<span className="mono">{id}</span>}><span className="mono">{id.slice(0, 16)}…</span></Tooltip>
}

export function Reason({ reason }: { reason: string }) {
  const say = useText(auditTexts)
  const key = `reason.${reason}`
  return <>{isAuditKey(key) ? say(key) : reason}</>
}
