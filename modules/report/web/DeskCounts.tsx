import type { Tone } from '#core/ui/web/Mark.tsx'
import { useText } from '#core/ui/web/texts.ts'
import type { CountsAnswer } from '../report.api.ts'
import { deskTexts } from './deskTexts.ts'
import type { DeskFilter } from './deskView.ts'

const tiles: { name: keyof CountsAnswer; tone: Tone; shows: Partial<DeskFilter> }[] = [
  { name: 'unaccepted', tone: 'blue', shows: { box: 'in', need: 'acceptance' } },
  { name: 'overdue', tone: 'alarm', shows: { box: 'all', need: 'overdue' } },
  { name: 'dueSoon', tone: 'warn', shows: { box: 'all', need: 'dueSoon' } },
  { name: 'awaitingSignature', tone: 'notice', shows: { box: 'out', status: 'submitted' } },
  { name: 'instructions', tone: 'notice', shows: { box: 'all', status: 'handling' } },
  { name: 'drafts', tone: 'plain', shows: { box: 'out', status: 'draft' } },
]

/** What waits for somebody here; pressing one shows just those, pressing it again shows all. */
export function DeskCounts({ counts, filter, onShow }: { counts: CountsAnswer | undefined; filter: DeskFilter; onShow: (change: Partial<DeskFilter>) => void }) {
  const say = useText(deskTexts)
  return (
    <div className="desk-counts">
      {tiles.map(({ name, tone, shows }) => {
        const chosen = (shows.need !== undefined && filter.need === shows.need) || (shows.status !== undefined && filter.status === shows.status)
        const n = counts?.[name]
        return (
          <button key={name} type="button" className={`desk-count count-${n ? tone : 'plain'}`} aria-pressed={chosen} onClick={() => onShow(chosen ? { need: undefined, status: undefined } : { need: undefined, status: undefined, ...shows })}>
            <span className="digits">{n ?? '–'}</span><span>{say(`count.${name}`)}</span>
          </button>
        )
      })}
    </div>
  )
}
