import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { TimeText } from '#core/ui/web/TimeText.tsx'
import { measureNames } from '#modules/norms/index.ts'
import type { IncidentDetail } from '../incident.api.ts'
import { GradeMark, useStationName } from './IncidentMarks.tsx'
import { incidentTexts } from './incidentTexts.ts'

/** Every judgement of the level: whose, and by which clauses. Latest first. */
export function LevelHistory({ incident }: { incident: IncidentDetail }) {
  const say = useText(incidentTexts)
  const [language] = useLanguage()
  const stationName = useStationName()
  return (
    <ol className="timeline">
      {[...incident.levelHistory].reverse().map((entry) => (
        <li key={`${entry.fact} ${entry.kind}`}>
          <TimeText at={entry.at} />
          <div className="grow">
            <div className="row"><span className="soft small">{say(`level.${entry.kind}`)}</span><GradeMark grade={entry.level} /><span className="soft small">{stationName(entry.station)} {entry.by}</span></div>
            {entry.clauses.map((clause) => <div key={`${clause.rule} ${clause.clause}`} className="small">{clause[language]}</div>)}
            {entry.reason ? <div className="small">{entry.reason}</div> : null}
            {entry.couldBe && entry.couldBe !== entry.level ? <div className="small change-up">{say('couldBe', { grade: say(`grade.${entry.couldBe}`) })}</div> : null}
          </div>
        </li>
      ))}
    </ol>
  )
}

/** Every change of a figure with the report that brought it. Latest first. */
export function FigureHistory({ incident }: { incident: IncidentDetail }) {
  const say = useText(incidentTexts)
  const stationName = useStationName()
  const words = (n: number | null) => (n === null ? say('figure.unknown') : n)
  if (incident.figureHistory.length === 0) return <p className="soft">{say('figures.empty')}</p>
  return (
    <ol className="timeline">
      {[...incident.figureHistory].reverse().map((entry) => {
        const name = measureNames.find((one) => one === entry.figure)
        return (
          <li key={`${entry.fact} ${entry.figure}`}>
            <TimeText at={entry.at} />
            <div className="grow">
              <span>{name ? say(`figure.${name}`) : entry.figure} </span>
              <span className={entry.delta !== null && entry.delta < 0 ? 'change-down' : 'change-up'}>{say('from', { from: words(entry.from), to: words(entry.to) })}</span>
            </div>
            <span className="soft small">{stationName(entry.station)}</span>
          </li>
        )
      })}
    </ol>
  )
}
