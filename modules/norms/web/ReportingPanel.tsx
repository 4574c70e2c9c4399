import { DataList, type Column } from '#core/ui/web/DataList.tsx'
import { Mark } from '#core/ui/web/Mark.tsx'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import type { NormItem } from '../norms.api.ts'
import { condense, nameOfLine, valueInWords, type NormLine } from './normWords.ts'
import { normsTexts } from './normsTexts.ts'

const groups = ['deadline', 'reach', 'confirm', 'required', 'expected', 'weight', 'raise'] as const

/** Everything but grading and codes, group by group, with who set it and on what ground. */
export function ReportingPanel({ items }: { items: readonly NormItem[] }) {
  const say = useText(normsTexts)
  const [language] = useLanguage()
  const columns: Column<NormLine>[] = [
    { key: 'item', title: say('column.item'), width: 260, render: (item) => nameOfLine(item, say) },
    { key: 'value', title: say('column.value'), render: (item) => <strong>{valueInWords(item.key, item.value, say, language)}</strong> },
    { key: 'setBy', title: say('column.setBy'), width: 200, render: (item) => <SetBy item={item} /> },
    { key: 'source', title: say('column.source'), width: 380, render: (item) => <span className="soft small">{item.source}</span> },
  ]
  return (
    <div className="stack">
      {groups.map((group) => {
        const rows = condense(items.filter((item) => item.group === group))
        return rows.length === 0 ? null : <section key={group}><h2 className="norm-group">{say(`group.${group}`)}</h2><DataList label={say(`group.${group}`)} rows={rows} rowKey={(item) => item.key} columns={columns} /></section>
      })}
    </div>
  )
}

export function SetBy({ item }: { item: NormItem }) {
  const say = useText(normsTexts)
  const nameOf = useStationName()
  return (
    <span className="row">
      <Mark tone={item.mark === 'station' ? 'blue' : item.mark === '?' ? 'notice' : 'plain'}>{say(`mark.${item.mark}`)}</Mark>
      <span className="small">{item.setBy === null ? say('shipped') : say('setBy', { station: nameOf(item.setBy), version: item.version })}</span>
      {item.clamped.length > 0 ? <Mark tone="warn">{say('clamped', { stations: item.clamped.map(nameOf).join(', ') })}</Mark> : null}
    </span>
  )
}
