import { Light, type Tone } from '#core/ui/web/Mark.tsx'
import { useLinks } from '#core/ui/web/links.ts'
import { useSession } from '#core/ui/web/session.ts'
import { useText } from '#core/ui/web/texts.ts'
import { CountdownText, TimeText } from '#core/ui/web/TimeText.tsx'
import type { DeadlineAnswer, HopAnswer, ReportAnswer } from '../report.api.ts'
import { useStationName } from './names.ts'
import { pageTexts } from './pageTexts.ts'
import { reportTexts } from './reportTexts.ts'

/** 逐级轨迹: station by station, machine receipt, a person's acceptance, and the clocks each is held to. */
export function ReportTrack({ report }: { report: ReportAnswer }) {
  const say = useText(pageTexts)
  const { station } = useSession()
  const links = useLinks()
  const up = links.data?.items.find((link) => link.direction === 'up' && link.state === 'offline' && link.queued > 0)
  const clocksOf = (address: string) => report.deadlines.filter((d) => d.station === address && d.kind !== 'instruction')
  const elsewhere = report.deadlines.filter((d) => d.kind !== 'instruction' && d.station !== report.station && !report.hops.some((hop) => hop.station === d.station))
  return (
    <ol className="track">
      <li>
        <Light tone={report.sentAt ? 'good' : 'notice'} label={say(report.sentAt ? 'track.sent' : 'track.notSent')} />
        <div className="grow">
          <div className="row"><strong>{report.stationName}</strong><span className="soft small">{say('track.author')}</span></div>
          <div>{report.sentAt ? <>{say('track.sent')} <TimeText at={report.sentAt} /></> : say('track.notSent')}</div>
          {up && report.station === station.address ? <div className="change-up small">{say('track.unsent', { n: up.queued, reason: up.reason ?? '' })}</div> : null}
          <Clocks clocks={[...clocksOf(report.station), ...elsewhere]} author={report.station} />
        </div>
      </li>
      {report.hops.map((hop) => <HopItem key={hop.station} hop={hop} clocks={clocksOf(hop.station)} />)}
    </ol>
  )
}

function HopItem({ hop, clocks }: { hop: HopAnswer; clocks: DeadlineAnswer[] }) {
  const say = useText(pageTexts)
  const tone: Tone = hop.acceptedAt ? 'good' : clocks.some((c) => c.late) ? 'alarm' : hop.receivedAt ? 'blue' : 'plain'
  return (
    <li>
      <Light tone={tone} label={say(hop.acceptedAt ? 'track.accepted' : hop.receivedAt ? 'track.received' : 'track.waiting')} />
      <div className="grow">
        <div className="row"><strong>{hop.name}</strong><span className="soft small">{hop.station}</span></div>
        <div>{hop.receivedAt ? <>{say('track.received')} <TimeText at={hop.receivedAt} /> {hop.receiptFact ? <a className="mono" href={`#fact-${hop.receiptFact}`}>{hop.receiptFact.slice(0, 8)}</a> : null}</> : <span className="soft">{say('track.waiting')}</span>}</div>
        <div>{hop.acceptedAt ? <>{say('track.accepted')} <TimeText at={hop.acceptedAt} /> {hop.acceptedBy}</> : <span className="soft">{say('track.notAccepted')}</span>}</div>
        {hop.forwardedAt ? <div>{say('track.forwarded')} <TimeText at={hop.forwardedAt} /></div> : null}
        <Clocks clocks={clocks} author={hop.station} />
      </div>
    </li>
  )
}

function Clocks({ clocks, author }: { clocks: DeadlineAnswer[]; author: string }) {
  const sayForm = useText(reportTexts)
  const stationName = useStationName()
  if (clocks.length === 0) return null
  return (
    <ul className="plain-list clocks">
      {clocks.map((clock) => (
        <li key={`${clock.kind} ${clock.station} ${clock.due}`} className="row">
          <span className="soft small">{sayForm(`deadline.${clock.kind}`)}{clock.station === author ? '' : ` ${stationName(clock.station)}`}</span>
          <TimeText at={clock.due} /><CountdownText due={clock.due} metAt={clock.metAt} />
        </li>
      ))}
    </ul>
  )
}
