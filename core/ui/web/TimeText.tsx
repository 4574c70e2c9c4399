import { Tooltip } from 'antd'
import { isTime } from '#core/kernel/index.ts'
import { beijingSecond, beijingShort } from '../beijingTime.ts'
import { countdown } from '../countdown.ts'
import { Mark, type Tone } from './Mark.tsx'
import { useNow } from './now.ts'
import { useText } from './texts.ts'
import { uiTexts } from './uiTexts.ts'

/** A moment, short, with the whole Beijing time on hover. One that no date can hold is said to be wrong: it may come from anywhere. */
export function TimeText({ at }: { at: number }) {
  const now = useNow()
  const say = useText(uiTexts)
  if (!isTime(at)) return <Tooltip title={String(at)}><span><Mark tone="warn">{say('time.bad')}</Mark></span></Tooltip>
  return <Tooltip title={say('time.beijing', { time: beijingSecond(at) })}><time dateTime={new Date(at).toISOString()} className="digits">{beijingShort(at, now)}</time></Tooltip>
}

const tones: Record<ReturnType<typeof countdown>['urgency'], Tone> = { met: 'good', calm: 'plain', soon: 'notice', urgent: 'warn', late: 'alarm' }

/** Time left to a deadline or past it, coloured by urgency, counting every second until met. */
export function CountdownText({ due, metAt = null, label }: { due: number; metAt?: number | null; label?: string }) {
  const now = useNow()
  const say = useText(uiTexts)
  const { urgency, digits } = countdown(due, now, metAt)
  const words = metAt !== null ? (urgency === 'late' ? say('countdown.metLate', { digits }) : say('countdown.met')) : say(urgency === 'late' ? 'countdown.late' : 'countdown.left', { digits })
  return (
    <Tooltip title={say('time.beijing', { time: beijingSecond(due) })}>
      <span><Mark tone={tones[urgency]}>{label ? `${label} ` : ''}<span className="digits">{words}</span></Mark></span>
    </Tooltip>
  )
}
