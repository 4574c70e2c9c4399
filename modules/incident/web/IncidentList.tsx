import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Input, Select, type InputRef } from 'antd'
import { Fragment, useRef } from 'react'
import { api } from '#core/ui/web/api.ts'
import { DataList, type Column } from '#core/ui/web/DataList.tsx'
import { useKeys } from '#core/ui/web/keys.ts'
import { Mark, type Tone } from '#core/ui/web/Mark.tsx'
import { PageFrame, Panel } from '#core/ui/web/PageFrame.tsx'
import { useTellMode } from '#core/ui/web/shownMode.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { said, useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { grades, measureNames } from '#modules/norms/index.ts'
import type { IncidentItem, IncidentsAnswer } from '../incident.api.ts'
import { incidentFilter, keptFilter, type IncidentFilter } from './incidentFilter.ts'
import { DivisionName, GradeMark, IncidentStatus, ModeMark, useStationName } from './IncidentMarks.tsx'
import { incidentTexts } from './incidentTexts.ts'

const edges: Record<string, Tone> = { I: 'alarm', II: 'warn', III: 'notice', IV: 'blue' }

/** 突发事件: everything this station has part in, gravest or latest first. */
export function IncidentList() {
  const say = useText(incidentTexts)
  const navigate = useNavigate()
  const stationName = useStationName()
  const search = useRef<InputRef>(null)
  const filter = incidentFilter(useSearch({ strict: false }))
  const incidents = useQuery({
    queryKey: ['incident', 'list', filter],
    queryFn: ({ signal }) => api.get<IncidentsAnswer>('/api/incidents', { query: { ...filter }, signal }),
    placeholderData: keepPreviousData,
  })
  useTellMode(incidents.data?.items.find((i) => i.mode !== 'actual')?.mode)
  const show = (change: Partial<IncidentFilter>) => { void navigate({ to: '/incidents', search: keptFilter({ ...filter, page: 1, ...change }) as never, replace: true }) }
  useKeys([{ keys: ['s'], help: said(incidentTexts, 'keys.search'), run: () => search.current?.focus() }])

  const columns: Column<IncidentItem>[] = [
    { key: 'title', title: say('column.title'), render: (i) => <span className="report-title">{i.title}<ModeMark mode={i.mode} />{i.differs ? <Mark tone="warn">{say('differs')}</Mark> : null}</span> },
    { key: 'level', title: say('column.level'), render: (i) => <GradeMark grade={i.level.working} /> },
    { key: 'place', title: say('column.place'), render: (i) => <DivisionName code={i.place.division} /> },
    { key: 'figures', title: say('column.figures'), render: (i) => <Casualties figures={i.figures} /> },
    { key: 'lead', title: say('column.lead'), render: (i) => stationName(i.lead), wideOnly: true },
    { key: 'status', title: say('column.status'), render: (i) => <IncidentStatus status={i.status} /> },
    { key: 'occurred', title: say('column.occurred'), render: (i) => <TimeText at={i.occurredAt} /> },
    { key: 'updated', title: say('column.updated'), render: (i) => <TimeText at={i.updatedAt} />, wideOnly: true },
    { key: 'reports', title: say('column.reports'), render: (i) => i.reports, align: 'right' },
  ]
  const any = (label: string) => ({ value: '', label: `${label}: ${say('filter.any')}` })
  return (
    <PageFrame title={say('title')}>
      <Panel>
        <div className="desk-bar">
          <div className="desk-filters">
            <Input.Search key={filter.q ?? ''} ref={search} className="desk-search" allowClear defaultValue={filter.q} placeholder={say('search')} aria-label={say('search')} onSearch={(q) => show({ q: q || undefined })} />
            <Select aria-label={say('filter.status')} className="desk-select" value={filter.status ?? ''} onChange={(v) => show({ status: v || undefined })} options={[any(say('filter.status')), ...(['open', 'closed', 'merged'] as const).map((v) => ({ value: v as string, label: say(`status.${v}`) }))]} />
            <Select aria-label={say('filter.level')} className="desk-select" value={filter.level ?? ''} onChange={(v) => show({ level: v || undefined })} options={[any(say('filter.level')), ...grades.map((v) => ({ value: v as string, label: say(`grade.${v}`) }))]} />
            <Select aria-label={say('filter.mode')} className="desk-select" value={filter.mode ?? ''} onChange={(v) => show({ mode: v || undefined })} options={[any(say('filter.mode')), ...(['actual', 'exercise', 'test'] as const).map((v) => ({ value: v as string, label: say(`mode.${v}`) }))]} />
            <Select aria-label={say('sort.updated')} className="desk-select" value={filter.sort} onChange={(sort) => show({ sort })} options={(['updated', 'occurred', 'level'] as const).map((v) => ({ value: v, label: say(`sort.${v}`) }))} />
          </div>
        </div>
        <Fetched query={incidents}>
          {(data) => (
            <DataList
              label={say('title')} rows={data.items} unreadable={data.unreadable} rowKey={(i) => i.id} columns={columns} to={(i) => `/incidents/${i.id}`} edge={(i) => (i.status === 'open' ? edges[i.level.working] ?? 'plain' : 'plain')}
              empty={say(Object.keys(keptFilter({ ...filter, page: 1 })).length > 0 ? 'empty.filtered' : 'empty')}
              paging={{ page: filter.page, size: filter.size, total: data.total, onPage: (page, size) => show({ page, size }) }}
            />
          )}
        </Fetched>
      </Panel>
    </PageFrame>
  )
}

function Casualties({ figures }: { figures: IncidentItem['figures'] }) {
  const say = useText(incidentTexts)
  const counted = measureNames.filter((name) => name !== 'lossWan' && typeof figures[name] === 'number' && figures[name] > 0)
  if (counted.length > 0) return <>{counted.map((name) => <Fragment key={name}><span className="nowrap">{say(`figure.${name}`)} {figures[name]}</span> </Fragment>)}</>
  return <span className="soft">{say(figures.deaths === 0 && figures.missing === 0 ? 'figures.none' : 'figure.unknown')}</span>
}
