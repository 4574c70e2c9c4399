import { useText } from '#core/ui/web/texts.ts'
import { measureNames } from '#modules/norms/index.ts'
import type { ReportAnswer } from '../report.api.ts'
import { figureChange } from './figureChange.ts'
import { pageTexts } from './pageTexts.ts'
import { reportTexts } from './reportTexts.ts'

/** Every figure beside the last reported one, changes marked in words and colour. */
export function ReportFigures({ report }: { report: ReportAnswer }) {
  const say = useText(pageTexts)
  const sayForm = useText(reportTexts)
  const before = report.previous?.figures ?? null
  const words = (n: number | null | undefined) => (n === null || n === undefined ? <span className="soft">{sayForm('figure.unknown')}</span> : <span className="digits">{n}</span>)
  return (
    <>
      <table className="figures">
        <thead><tr><th scope="col">{say('figures.name')}</th><th scope="col" className="right">{say('figures.now')}</th>{before ? <><th scope="col">{say('figures.change')}</th><th scope="col" className="right">{say('figures.last')}</th></> : null}</tr></thead>
        <tbody>
          {measureNames.map((name) => {
            const change = before ? figureChange(before[name], report.figures[name]) : null
            return (
              <tr key={name} className={change && change.kind !== 'same' ? 'changed' : undefined}>
                <th scope="row">{sayForm(`figure.${name}`)} <span className="soft small">{sayForm(name === 'lossWan' ? 'unit.wan' : 'unit.person')}</span></th>
                <td className="right"><strong>{words(report.figures[name])}</strong></td>
                {before ? <><td>{change && change.kind !== 'same' ? <span className={change.kind === 'down' ? 'change-down' : 'change-up'}>{sayForm(`change.${change.kind}`, { n: change.by })}</span> : null}</td><td className="right">{words(before[name])}</td></> : null}
              </tr>
            )
          })}
        </tbody>
      </table>
      {before ? null : <p className="soft small">{say('figures.firstTime')}</p>}
    </>
  )
}
