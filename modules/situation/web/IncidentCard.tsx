import { LeftOutlined, RightOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { beijingMinute } from '#core/ui/beijingTime.ts'
import { api } from '#core/ui/web/api.ts'
import { MapPanel } from '#core/ui/web/map/MapPanel.tsx'
import { useMapSelection } from '#core/ui/web/map/mapSelection.ts'
import { Mark, type Tone } from '#core/ui/web/Mark.tsx'
import { Fetched } from '#core/ui/web/States.tsx'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { useText } from '#core/ui/web/texts.ts'
import { measureNames, type Figures, type Grade } from '#modules/norms/index.ts'
import { markAddress, markName, type IncidentMode } from './incidentMarks.ts'
import { situationTexts } from './situationTexts.ts'

/** Of `GET /api/incidents/{id}`, what a card has room for. */
interface Incident {
  id: string
  title: string
  mode: IncidentMode
  code: string
  codeName: string | null
  place: { division: string; address?: string }
  occurredAt: number
  updatedAt: number
  level: { working: Grade }
  status: 'draft' | 'open' | 'merged' | 'closed'
  lead: string
  figures: Figures
}

const tones: Record<Grade, Tone> = { I: 'alarm', II: 'warn', III: 'notice', IV: 'blue' }

export function IncidentCard({ id, among }: { id: string; among: readonly string[] }) {
  const say = useText(situationTexts)
  const [, select] = useMapSelection()
  const incident = useQuery({ queryKey: ['incident', id], queryFn: ({ signal }) => api.get<Incident>(`/api/incidents/${id}`, { signal }), meta: { also: ['report'] } })
  const at = among.indexOf(id)
  const turn = (by: number) => { select({ kind: 'incident', id: among[(at + by + among.length) % among.length]! }) }
  return (
    <MapPanel
      side="right" title={say('card.incident')} onClose={() => { select(null) }}
      actions={among.length > 1 ? (
        <span className="card-among">
          <Button type="text" size="small" icon={<LeftOutlined />} aria-label={say('card.before')} onClick={() => { turn(-1) }} />
          <span className="digits small" title={say('card.among')}>{at + 1}/{among.length}</span>
          <Button type="text" size="small" icon={<RightOutlined />} aria-label={say('card.after')} onClick={() => { turn(1) }} />
        </span>
      ) : undefined}
    >
      <Fetched query={incident}>{(data) => <Facts incident={data} />}</Fetched>
    </MapPanel>
  )
}

function Facts({ incident }: { incident: Incident }) {
  const say = useText(situationTexts)
  const stationName = useStationName()
  const figures = measureNames.filter((name) => incident.figures[name] !== undefined && incident.figures[name] !== null && incident.figures[name] !== 0)
  return (
    <div className="stack incident-card">
      {incident.mode === 'actual' ? null : <p className="incident-card-mode">{say(`mode.${incident.mode}`)}</p>}
      <div className="incident-card-head">
        <img src={markAddress(markName({ code: incident.code, level: incident.level.working, mode: incident.mode }))} alt="" width="40" height="40" />
        <h3>{incident.title}</h3>
      </div>
      <div className="row">
        <Mark tone={tones[incident.level.working]} solid>{say(`level.${incident.level.working}`)}</Mark>
        <Mark tone={incident.status === 'closed' ? 'good' : 'plain'}>{say(`status.${incident.status}`)}</Mark>
      </div>
      <dl className="facts">
        <dt>{say('card.type')}</dt><dd>{incident.codeName ?? incident.code}</dd>
        <dt>{say('card.place')}</dt><dd><DivisionName code={incident.place.division} /> {incident.place.address}</dd>
        <dt>{say('card.occurred')}</dt><dd className="digits">{beijingMinute(incident.occurredAt)}</dd>
        <dt>{say('card.updated')}</dt><dd className="digits">{beijingMinute(incident.updatedAt)}</dd>
        <dt>{say('card.lead')}</dt><dd>{stationName(incident.lead)}</dd>
        {figures.map((name) => [<dt key={name}>{say(`figure.${name}`)}</dt>, <dd key={`${name} n`} className="digits"><b>{incident.figures[name]}</b></dd>])}
      </dl>
      <Link className="card-open card-plot" to="/map" search={{ plot: incident.id } as never}>{say('card.plot')}</Link>
      <Link className="card-open" to="/incidents/$id" params={{ id: incident.id }}>{say('card.open')}</Link>
    </div>
  )
}

/** As on the pages of incidents: the name of a code, the code until it is read. */
function DivisionName({ code }: { code: string }) {
  const found = useQuery({ queryKey: ['norms', 'divisions', code, undefined], queryFn: ({ signal }) => api.get<{ items: { code: string; name: string }[] }>('/api/divisions', { query: { q: code, size: 40 }, signal }), staleTime: 300_000 })
  return <>{found.data?.items.find((division) => division.code === code)?.name ?? code}</>
}
