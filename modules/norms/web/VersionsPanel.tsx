import { Collapse } from 'antd'
import { beijingMinute } from '#core/ui/beijingTime.ts'
import { Empty, Fetched } from '#core/ui/web/States.tsx'
import { useStationName } from '#core/ui/web/stationNames.ts'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { nameOfNorm, valueInWords } from './normWords.ts'
import { normsTexts } from './normsTexts.ts'
import { useNormsVersions } from './useNorms.ts'

/** Every publication that binds this station or stands below it, newest first. */
export function VersionsPanel() {
  const say = useText(normsTexts)
  const [language] = useLanguage()
  const nameOf = useStationName()
  return (
    <Fetched query={useNormsVersions()}>
      {({ items }) => (items.length === 0 ? <Empty>{say('versions.none')}</Empty> : (
        <Collapse
          items={items.map((v) => ({
            key: v.fact,
            label: <span className="row"><strong>{say('versions.head', { station: nameOf(v.station), version: v.version })}</strong><span className="soft small">{say('versions.by', { by: v.by, at: beijingMinute(v.at), from: beijingMinute(v.effectiveFrom) })}</span><span className="soft small">{say('versions.count', { n: Object.keys(v.sets).length })}</span></span>,
            children: <><p>{v.note}</p><dl className="facts" style={{ marginTop: 10 }}>{Object.entries(v.sets).map(([key, value]) => <div key={key} style={{ display: 'contents' }}><dt>{nameOfNorm(key, say)}</dt><dd>{valueInWords(key, value, say, language)}</dd></div>)}</dl><p className="mono soft" style={{ marginTop: 10 }}>{v.fact}</p></>,
          }))}
        />
      ))}
    </Fetched>
  )
}
