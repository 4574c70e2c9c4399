import { SafetyCertificateOutlined } from '@ant-design/icons'
import { Alert, Button } from 'antd'
import { Mark } from '#core/ui/web/Mark.tsx'
import { Panel } from '#core/ui/web/PageFrame.tsx'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import type { ReportAnswer } from '../report.api.ts'
import { useStationName } from './names.ts'
import { pageTexts } from './pageTexts.ts'
import { useVerification } from './useVerification.ts'

/** The facts one by one, in the ledger's order; this browser can check each signature itself. */
export function ReportTimeline({ report }: { report: ReportAnswer }) {
  const say = useText(pageTexts)
  const [language] = useLanguage()
  const stationName = useStationName()
  const { verdicts, running, start } = useVerification(`report/${report.id}`, report.facts)
  const checked = report.facts.filter((id) => verdicts[id] !== undefined && verdicts[id] !== 'checking')
  const bad = checked.filter((id) => verdicts[id] !== 'ok')
  return (
    <Panel title={`${say('section.timeline')} (${report.facts.length})`} actions={
      <Button icon={<SafetyCertificateOutlined />} onClick={() => { void start() }} loading={running}>
        {running ? say('verify.running', { done: checked.length, all: report.facts.length }) : say(checked.length > 0 ? 'verify.again' : 'verify')}
      </Button>
    }>
      {!running && checked.length > 0 ? (
        <Alert showIcon role="status" type={bad.length > 0 ? 'error' : 'success'} title={say(bad.length > 0 ? 'verify.bad' : 'verify.good', { n: bad.length > 0 ? bad.length : checked.length })} description={say('verify.how')} />
      ) : null}
      <ol className="timeline">
        {report.timeline.map((entry) => {
          const verdict = verdicts[entry.fact]
          return (
            <li key={entry.fact} id={`fact-${entry.fact}`} tabIndex={-1}>
              <TimeText at={entry.at} />
              <div className="grow"><span className="timeline-words">{entry.summary[language]}</span> <span className="soft small">{stationName(entry.station)} {entry.actor}</span></div>
              {verdict ? <Mark tone={verdict === 'ok' ? 'good' : verdict === 'checking' ? 'plain' : 'alarm'}>{say(`verdict.${verdict}`)}</Mark> : null}
              <a className="mono soft" href={`/api/facts/${entry.fact}`} target="_blank" rel="noreferrer">{entry.fact.slice(0, 12)}</a>
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}
