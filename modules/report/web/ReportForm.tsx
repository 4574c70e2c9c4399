import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { modeOfSubject } from '#core/ledger/fact.ts'
import { api } from '#core/ui/web/api.ts'
import { useSession } from '#core/ui/web/session.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { reportKinds, type ReportKind } from '#modules/norms/index.ts'
import type { ReportAnswer, ReportRow } from '../report.api.ts'
import { draftKey } from './draftStore.ts'
import { emptyForm, followUpForm, formOf } from './formState.ts'
import { ReportEditor } from './ReportEditor.tsx'
import { draftedBy } from './useReportDraft.ts'

/** 新建报告: a first report, or the next one of an incident (`?incident=…&kind=followUp`). */
export function NewReportForm() {
  const search: Record<string, unknown> = useSearch({ strict: false })
  const incident = typeof search.incident === 'string' ? search.incident : ''
  const kind = reportKinds.find((k) => k === search.kind) ?? 'followUp'
  return incident === '' ? <FirstForm key="first" /> : <NextForm key={`${incident} ${kind}`} incident={incident} kind={kind} />
}

/** 编辑: a draft that the station has. */
export function EditReportForm() {
  const { id = '' } = useParams({ strict: false })
  const { station, person } = useSession()
  const report = useQuery({ queryKey: ['report', id], queryFn: ({ signal }) => api.get<ReportAnswer>(`/api/reports/${id}`, { signal }), staleTime: Infinity })
  return (
    <Fetched query={report}>
      {(data) => <ReportEditor key={id} keep={draftKey(station.address, person.id, id)} start={formOf(data)} reportId={id} basedOn={draftedBy(data)} before={data.previous?.figures ?? null} />}
    </Fetched>
  )
}

function FirstForm() {
  const { station, person } = useSession()
  const [round, setRound] = useState(0)
  const [start] = useState(() => emptyForm(Date.now()))
  return <ReportEditor key={round} keep={draftKey(station.address, person.id, 'new')} start={start} reportId={null} before={null} onAnother={() => setRound(round + 1)} />
}

function NextForm({ incident, kind }: { incident: string; kind: ReportKind }) {
  const { station, person } = useSession()
  const [fresh] = useState(() => ({ ...emptyForm(Date.now()), kind, incidentId: incident, mode: modeOfSubject(incident) }))
  const last = useQuery({ queryKey: ['report', 'lastOf', incident], queryFn: ({ signal }) => lastReportOf(incident, station.address, signal), staleTime: Infinity })
  return (
    <Fetched query={last}>
      {(data) => (
        <ReportEditor
          keep={draftKey(station.address, person.id, `${incident}.${kind}`)} reportId={null} before={data?.figures ?? null}
          start={data ? followUpForm(data, kind) : fresh}
        />
      )}
    </Fetched>
  )
}

/** Our own last report of the incident, else the last that came to us. */
async function lastReportOf(incidentId: string, self: string, signal: AbortSignal): Promise<ReportAnswer | null> {
  const { items } = await api.get<{ items: ReportRow[] }>('/api/reports', { query: { incidentId, sort: '-sentAt', size: 50 }, signal })
  const sent = items.filter((row) => row.sentAt !== null)
  const last = sent.find((row) => row.station === self) ?? sent[0]
  return last ? api.get<ReportAnswer>(`/api/reports/${last.id}`, { signal }) : null
}
