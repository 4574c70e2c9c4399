import { FileLink } from '#core/ui/web/FileLink.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { useText } from '#core/ui/web/texts.ts'
import { CountdownText, TimeText } from '#core/ui/web/TimeText.tsx'
import type { ReportAnswer } from '../report.api.ts'
import { useStationName } from './names.ts'
import { pageTexts } from './pageTexts.ts'

/** 批示 with its deadline, its feedback beneath; and who was urged. */
export function ReportInstructions({ report }: { report: ReportAnswer }) {
  const say = useText(pageTexts)
  const stationName = useStationName()
  return (
    <>
      {report.instructions.length === 0 ? <p className="soft">{say('instructions.empty')}</p> : null}
      <ol className="plain-list stack">
        {report.instructions.map((instruction) => (
          <li key={instruction.instructionId} className="instruction">
            <div className="row"><strong>{stationName(instruction.station)} {instruction.actor}</strong><TimeText at={instruction.at} /><CountdownText due={instruction.due} metAt={instruction.doneAt} label={say('instructions.due')} /></div>
            <p className="report-lines">{instruction.text}</p>
            <p className="soft small">{say('instructions.to')}: {instruction.to.map(stationName).join('、')}</p>
            {instruction.feedback.map((feedback) => (
              <div key={feedback.fact} className="feedback">
                <div className="row"><span>{stationName(feedback.station)} {feedback.actor}</span><TimeText at={feedback.at} /><Mark tone={feedback.done ? 'good' : 'notice'}>{say(feedback.done ? 'feedback.done' : 'feedback.partial')}</Mark></div>
                <p className="report-lines">{feedback.text}</p>
                {feedback.attachments.map((a) => <FileLink key={a.sha256} file={a} />)}
              </div>
            ))}
          </li>
        ))}
      </ol>
      {report.urges.length > 0 ? <h3 className="form-sub">{say('section.urges')}</h3> : null}
      <ul className="plain-list">
        {report.urges.map((urge) => <li key={urge.fact} className="row"><Mark tone="warn">{say(`urge.${urge.cause}`)}</Mark><span>{stationName(urge.by)} → {stationName(urge.station)}</span><TimeText at={urge.at} /><span className="soft small">{urge.text}</span></li>)}
      </ul>
    </>
  )
}
