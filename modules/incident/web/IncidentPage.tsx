import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Alert } from 'antd'
import { api } from '#core/ui/web/api.ts'
import { FrozenNote } from '#core/ui/web/FrozenNote.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { PageFrame, Panel, useWindowTitle } from '#core/ui/web/PageFrame.tsx'
import { useTellMode } from '#core/ui/web/shownMode.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { measureNames } from '#modules/norms/index.ts'
import type { IncidentDetail } from '../incident.api.ts'
import { IncidentActions } from './IncidentActions.tsx'
import { FigureHistory, LevelHistory } from './IncidentHistory.tsx'
import { DivisionName, GradeMark, IncidentStatus, ModeMark, useStationName } from './IncidentMarks.tsx'
import { incidentTexts } from './incidentTexts.ts'

/** 一起事件: how grave it is and why, how many, who leads, and every report about it. */
export function IncidentPage() {
  const { id = '' } = useParams({ strict: false })
  const incident = useQuery({ queryKey: ['incident', id], queryFn: ({ signal }) => api.get<IncidentDetail>(`/api/incidents/${id}`, { signal }), meta: { also: ['report'] } })
  return <Fetched query={incident}>{(data) => <IncidentSheet incident={data} />}</Fetched>
}

function IncidentSheet({ incident }: { incident: IncidentDetail }) {
  const say = useText(incidentTexts)
  const stationName = useStationName()
  useTellMode(incident.mode)
  useWindowTitle({ page: incident.title })
  const { level, closed, handover } = incident
  return (
    <PageFrame
      title={incident.title}
      aside={<><GradeMark grade={level.working} /><IncidentStatus status={incident.status} /><ModeMark mode={incident.mode} />{incident.sensitive ? <Mark tone="warn">{say('sensitive')}</Mark> : null}</>}
      actions={<IncidentActions incident={incident} />}
    >
      <FrozenNote subject={`incident/${incident.id}`} />
      {incident.mergedInto ? <Alert type="info" showIcon title={say('merged')} action={<Link to="/incidents/$id" params={{ id: incident.mergedInto }}>{say('merged.open')}</Link>} /> : null}
      {handover ? <Alert type="warning" showIcon role="status" title={say('handover.offered', { from: stationName(handover.station), to: stationName(handover.to), reason: handover.reason })} /> : null}
      {closed ? <Alert type={closed.changedSince ? 'warning' : 'success'} showIcon title={say('closed', { outcome: closed.outcome })} description={closed.changedSince ? say('closed.changed') : undefined} /> : null}
      <Differences incident={incident} />
      <div className="report-columns">
        <div className="stack">
          <Panel title={say('section.facts')}>
            <dl className="facts">
              <dt>{say('fact.type')}</dt><dd>{incident.codeName} <span className="soft digits">{incident.code}</span></dd>
              <dt>{say('fact.place')}</dt><dd><DivisionName code={incident.place.division} /> {incident.place.address} {incident.place.lon === undefined ? null : <span className="soft digits">{incident.place.lon}, {incident.place.lat}</span>}</dd>
              <dt>{say('fact.occurred')}</dt><dd><TimeText at={incident.occurredAt} /></dd>
              <dt>{say('fact.learned')}</dt><dd><TimeText at={incident.learnedAt} /></dd>
              <dt>{say('fact.opened')}</dt><dd>{stationName(incident.opened.station)} {incident.opened.by} <TimeText at={incident.openedAt} /></dd>
              <dt>{say('fact.lead')}</dt><dd>{stationName(incident.lead)}</dd>
            </dl>
            <div className="level-row">
              {(['initial', 'computed', 'confirmed', 'working', 'reporting'] as const).map((kind) => <div key={kind}><span className="soft small">{say(`level.${kind}`)}</span><GradeMark grade={level[kind]} /></div>)}
            </div>
          </Panel>
          <Panel title={say('section.figuresNow')}>
            <dl className="figure-tiles">
              {measureNames.map((name) => {
                const n = incident.figures[name]
                return <div key={name}><dt>{say(`figure.${name}`)}</dt><dd className="digits">{typeof n === 'number' ? n : <span className="soft">{say('figure.unknown')}</span>}</dd></div>
              })}
            </dl>
          </Panel>
          <Panel title={say('section.reports')}><LinkedReports incident={incident} /></Panel>
        </div>
        <div className="stack">
          <Panel title={say('section.level')}><LevelHistory incident={incident} /></Panel>
          <Panel title={say('section.figures')}><FigureHistory incident={incident} /></Panel>
          <Panel title={say('section.lead')}>
            <ol className="timeline">{incident.leads.map((lead) => <li key={`${lead.station} ${lead.since}`}><TimeText at={lead.since} /><span className="grow">{say('lead.since', { station: stationName(lead.station) })}</span></li>)}</ol>
          </Panel>
        </div>
      </div>
    </PageFrame>
  )
}

/** What two stations say differently stays visible until a person decides. */
function Differences({ incident }: { incident: IncidentDetail }) {
  const say = useText(incidentTexts)
  const stationName = useStationName()
  if (incident.differences.length === 0) return null
  return (
    <Alert
      type="warning" showIcon title={say('section.differences')}
      description={<ul className="plain-list">{incident.differences.flatMap((d) => d.statements.map((s) => <li key={s.fact}>{stationName(s.station)}: {typeof s.value === 'string' ? s.value : JSON.stringify(s.value)} <TimeText at={s.at} /></li>))}</ul>}
    />
  )
}

interface LinkedReport {
  id: string
  title: string
  stationName: string
  sentAt: number | null
  changedAt: number
}

function LinkedReports({ incident }: { incident: IncidentDetail }) {
  const say = useText(incidentTexts)
  const reports = useQuery({ queryKey: ['report', 'list', 'of', incident.id], queryFn: ({ signal }) => api.get<{ items: LinkedReport[] }>('/api/reports', { query: { incidentId: incident.id, sort: '-changedAt', size: 100 }, signal }) })
  return (
    <Fetched query={reports}>
      {(data) => data.items.length === 0 ? <p className="soft">{say('reports.empty')}</p> : (
        <ul className="timeline">
          {data.items.map((report) => <li key={report.id}><TimeText at={report.sentAt ?? report.changedAt} /><Link className="grow" to="/reports/$id" params={{ id: report.id }}>{report.title}</Link><span className="soft small">{report.stationName}</span></li>)}
        </ul>
      )}
    </Fetched>
  )
}
