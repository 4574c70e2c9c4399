import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Alert } from 'antd'
import { api } from '#core/ui/web/api.ts'
import { FileLink } from '#core/ui/web/FileLink.tsx'
import { FrozenNote } from '#core/ui/web/FrozenNote.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { PageFrame, Panel, useWindowTitle } from '#core/ui/web/PageFrame.tsx'
import { useTellMode } from '#core/ui/web/shownMode.ts'
import { Fetched } from '#core/ui/web/States.tsx'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import type { ReportAnswer } from '../report.api.ts'
import { detailNames } from './formState.ts'
import { useFieldName, useStationName } from './names.ts'
import { useCode, useDivisions } from './normsApi.ts'
import { pageTexts } from './pageTexts.ts'
import { ReportActions } from './ReportActions.tsx'
import { ReportFigures } from './ReportFigures.tsx'
import { ReportInstructions } from './ReportInstructions.tsx'
import { LevelMark, StatusMark } from './ReportMarks.tsx'
import { ReportTimeline } from './ReportTimeline.tsx'
import { ReportTrack } from './ReportTrack.tsx'
import { deskTexts } from './deskTexts.ts'
import { reportTexts } from './reportTexts.ts'
import { sizeText } from '#core/ui/web/upload.ts'

/** 一份报告: what it says, where it is, what was made of it, and the facts that prove all that. */
export function ReportPage() {
  const { id = '' } = useParams({ strict: false })
  const report = useReport(id)
  return <Fetched query={report}>{(data) => <ReportSheet report={data} />}</Fetched>
}

function useReport(id: string) {
  return useQuery({
    queryKey: ['report', id],
    queryFn: ({ signal }) => api.get<ReportAnswer>(`/api/reports/${id}`, { signal }),
    meta: { also: ['incident'] },
    refetchInterval: 30_000,
  })
}

function ReportSheet({ report }: { report: ReportAnswer }) {
  const say = useText(pageTexts)
  const sayDesk = useText(deskTexts)
  const stationName = useStationName()
  const fieldName = useFieldName()
  const [language] = useLanguage()
  useTellMode(report.mode)
  useWindowTitle({ page: report.title })
  return (
    <PageFrame
      title={report.title}
      aside={<>
        <Mark>{sayDesk(`kind.${report.kind}`)}</Mark><LevelMark level={report.level} /><StatusMark status={report.status} />
        {report.mode === 'actual' ? null : <Mark tone="warn" solid>{sayDesk(`mode.${report.mode}`)}</Mark>}
        <Link to="/incidents/$id" params={{ id: report.incidentId }}>{say('incident')}</Link>
      </>}
      actions={<ReportActions report={report} />}
    >
      <FrozenNote subject={`report/${report.id}`} />
      {report.returned ? <Alert type="warning" showIcon role="status" title={say('returned', { station: stationName(report.returned.station), actor: report.returned.actor, reason: report.returned.reason })} /> : null}
      {report.mergedInto ? <Alert type="info" showIcon title={say('merged')} action={<Link to="/reports/$id" params={{ id: report.mergedInto }}>{say('merged.open')}</Link>} /> : null}
      {report.closedAt ? <Alert type="success" showIcon title={say('closed', { outcome: report.outcome ?? '' })} /> : null}
      {report.sentAt && report.missing.length > 0 ? <Alert type="warning" showIcon title={say('missing', { fields: report.missing.map(fieldName).join(language === 'zh' ? '、' : ', ') })} /> : null}
      <div className="report-columns">
        <div className="stack">
          <Panel title={say('section.body')}><Basics report={report} /><div className="report-text">{report.text}</div></Panel>
          <Panel title={say('section.figures')}><ReportFigures report={report} /></Panel>
          <Details report={report} />
          <Attachments report={report} />
        </div>
        <div className="stack">
          <Panel title={say('section.track')}><ReportTrack report={report} /></Panel>
          <Panel title={say('section.instructions')}><ReportInstructions report={report} /></Panel>
          {report.quality ? <Quality quality={report.quality} /> : null}
        </div>
      </div>
      <ReportTimeline report={report} />
    </PageFrame>
  )
}

function Basics({ report }: { report: ReportAnswer }) {
  const say = useText(pageTexts)
  const [language] = useLanguage()
  const code = useCode(report.code)
  const division = useDivisions(report.place.division)
  const { place, level } = report
  const divisionPath = division.data?.items.find((d) => d.code === report.place.division)?.path ?? place.division
  const codeName = code.data && (language === 'zh' ? code.data.zh : code.data.en ?? code.data.zh)
  const measures = (code.data?.measures ?? []).filter((m) => report.attributes[m.name] !== undefined)
  return (
    <dl className="facts facts-wide">
      <dt>{say('facts.type')}</dt><dd>{codeName} <span className="soft digits">{report.code}</span></dd>
      <dt>{say('facts.place')}</dt><dd>{divisionPath} {place.address} {place.lon === undefined ? null : <span className="soft digits">{place.lon}, {place.lat}</span>}</dd>
      <dt>{say('facts.occurred')}</dt><dd><TimeText at={report.occurredAt} /></dd>
      <dt>{say('facts.learned')}</dt><dd><TimeText at={report.learnedAt} /></dd>
      {report.phonedAt ? <><dt>{say('facts.phoned')}</dt><dd><TimeText at={report.phonedAt} /></dd></> : null}
      <dt>{say('facts.station')}</dt><dd>{report.stationName} <span className="soft small">{report.station}</span></dd>
      <dt>{say('facts.signed')}</dt><dd>{report.signedAt ? <>{report.signedBy} <TimeText at={report.signedAt} /></> : say('facts.unsigned')}</dd>
      <dt>{say('facts.level')}</dt>
      <dd className="row">{(['initial', 'computed', 'reporting', 'confirmed'] as const).map((kind) => <span key={kind} className="nowrap"><span className="soft small">{say(`level.${kind}`)} </span>{level[kind] ? <LevelMark level={{ initial: null, computed: level[kind], reporting: null }} /> : <span className="soft">{say('level.none')}</span>}</span>)}</dd>
      {measures.map((m) => <MeasureFact key={m.name} name={m[language]} value={String(report.attributes[m.name])} unit={m.unit} />)}
    </dl>
  )
}

function MeasureFact({ name, value, unit }: { name: string; value: string; unit: string }) {
  return <><dt>{name}</dt><dd>{value} {unit}</dd></>
}

function Details({ report }: { report: ReportAnswer }) {
  const say = useText(pageTexts)
  const sayForm = useText(reportTexts)
  const given = detailNames.filter((name) => report.details[name])
  if (given.length === 0) return null
  return (
    <Panel title={say('section.details')}>
      <dl className="facts">{given.map((name) => <DetailFact key={name} name={sayForm(`detail.${name}`)} text={report.details[name] ?? ''} />)}</dl>
    </Panel>
  )
}

function DetailFact({ name, text }: { name: string; text: string }) {
  return <><dt>{name}</dt><dd className="report-lines">{text}</dd></>
}

function Attachments({ report }: { report: ReportAnswer }) {
  const say = useText(pageTexts)
  if (report.attachments.length === 0) return null
  return (
    <Panel title={say('section.attachments')}>
      <ul className="plain-list stack">
        {report.attachments.map((a) => <li key={a.sha256} className="file-row"><FileLink className="grow" file={a} /><span className="soft small">{sizeText(a.size)}</span></li>)}
      </ul>
    </Panel>
  )
}

function Quality({ quality }: { quality: NonNullable<ReportAnswer['quality']> }) {
  const say = useText(pageTexts)
  const [language] = useLanguage()
  return (
    <Panel title={say('section.quality')} actions={<strong className="digits">{say('quality.score', { score: quality.score })}</strong>}>
      <dl className="facts">{quality.lines.map((line) => <QualityFact key={line.name} name={say(`quality.${line.name}`)} points={`${line.points}/${line.of}`} why={line.why[language]} />)}</dl>
    </Panel>
  )
}

function QualityFact({ name, points, why }: { name: string; points: string; why: string }) {
  return <><dt>{name}</dt><dd><span className="digits">{points}</span> <span className="soft small">{why}</span></dd></>
}
