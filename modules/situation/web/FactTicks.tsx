import { useQuery } from '@tanstack/react-query'
import { beijingMinute } from '#core/ui/beijingTime.ts'
import { api } from '#core/ui/web/api.ts'
import { useMapSelection } from '#core/ui/web/map/mapSelection.ts'
import { useLanguage, useText } from '#core/ui/web/texts.ts'
import { factTicks, type IncidentFacts } from './factTicks.ts'
import { situationTexts } from './situationTexts.ts'
import type { TimeRange } from './timeBins.ts'

/** Below the bars: when facts about the selected incident were stated. A click shows what had happened by then. */
export function FactTicks({ whole, onChoose }: { whole: TimeRange; onChoose: (until: number) => void }) {
  const [selection] = useMapSelection()
  return selection?.kind === 'incident' ? <Ticks id={selection.id} whole={whole} onChoose={onChoose} /> : null
}

function Ticks({ id, whole, onChoose }: { id: string; whole: TimeRange; onChoose: (until: number) => void }) {
  const say = useText(situationTexts)
  const [language] = useLanguage()
  const incident = useQuery({ queryKey: ['incident', id], queryFn: ({ signal }) => api.get<IncidentFacts & { title: string }>(`/api/incidents/${id}`, { signal }), meta: { also: ['report'] } }).data
  if (!incident) return null
  const ticks = factTicks(incident).filter(({ at }) => at >= whole.from && at <= whole.until)
  const words = ({ at, kinds }: (typeof ticks)[number]) => `${beijingMinute(at)} ${kinds.map((kind) => say(`fact.${kind}`)).join(language === 'zh' ? '、' : ', ')}`
  return (
    <div className="map-time-facts" role="group" aria-label={say('time.facts', { title: incident.title })}>
      {ticks.map((tick) => <button key={tick.at} type="button" style={{ left: `${(100 * (tick.at - whole.from)) / (whole.until - whole.from)}%` }} title={words(tick)} aria-label={words(tick)} onClick={() => { onChoose(tick.at) }} />)}
    </div>
  )
}
