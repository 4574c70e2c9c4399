import { Collapse } from 'antd'
import { Mark } from '#core/ui/web/Mark.tsx'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import type { NormItem } from '../norms.api.ts'
import { conditionInWords, ruleTables, type RuleTable } from './normWords.ts'
import { normsTexts } from './normsTexts.ts'
import { SetBy } from './ReportingPanel.tsx'

type Measures = Record<string, { zh: string; en: string; choices?: Record<string, { zh: string; en: string }> }>

/** The grading rules as the published tables have them: a line per clause, a column per level. */
export function GradingPanel({ items }: { items: readonly NormItem[] }) {
  const say = useText(normsTexts)
  const [language] = useLanguage()
  const tables = ruleTables(items)
  const measures: Measures = Object.fromEntries(items.filter((item) => item.group === 'measure').map((item) => [item.key.slice('measure/'.length), item.value as Measures[string]]))
  return (
    <div className="stack">
      <p className="soft small">{say('grading.hint')}</p>
      <Collapse
        defaultActiveKey={['EQ']}
        items={tables.map((table) => ({
          key: table.id,
          label: <span className="row"><strong>{table.rule[language]}</strong><span className="soft small">{say('grading.applies')} {table.rule.applies.join(', ') || '—'}</span></span>,
          children: <RuleBody table={table} measures={measures} />,
        }))}
      />
    </div>
  )
}

function RuleBody({ table, measures }: { table: RuleTable; measures: Measures }) {
  const say = useText(normsTexts)
  const [language] = useLanguage()
  return (
    <>
      <div className="list-scroll">
        <table className="list" aria-label={table.rule[language]}>
          <thead><tr><th scope="col">{say('grading.clause')}</th>{(['I', 'II', 'III', 'IV'] as const).map((grade) => <th key={grade} scope="col">{say(`grade.${grade}`)}</th>)}<th scope="col">{say('grading.unit')}</th></tr></thead>
          <tbody>
            {table.clauses.map(({ id, clause, thresholds }) => (
              <tr key={id}>
                <td className="row-name">{clause[language]}</td>
                {(['I', 'II', 'III', 'IV'] as const).map((grade) => <td key={grade} data-label={say(`grade.${grade}`)}>{thresholds[grade] ? conditionInWords(thresholds[grade], say, language, measures, onlyMeasure(thresholds)) : <span className="soft">—</span>}</td>)}
                <td data-label={say('grading.unit')}>{clause.unit}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="row" style={{ marginTop: 10 }}><SetBy item={table.origin} /> <span className="soft small">{table.origin.source}</span>{table.origin.mark === '?' ? <Mark tone="notice">{say('mark.?')}</Mark> : null}</p>
    </>
  )
}

/** The one measure that all columns test, which the clause's name already says. */
function onlyMeasure(thresholds: RuleTable['clauses'][number]['thresholds']): string | undefined {
  const measures = new Set(Object.values(thresholds).flatMap((condition) => condition?.flat().map((test) => test.measure) ?? []))
  return measures.size === 1 ? [...measures][0] : undefined
}
