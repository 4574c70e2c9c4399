import { Tooltip } from 'antd'
import { beijingSecond, beijingShort } from '../beijingTime.ts'
import { countdown } from '../countdown.ts'
import { Mark, type Tone } from './Mark.tsx'
import { useNow } from './now.ts'
import { useText } from './texts.ts'
import { uiTexts } from './uiTexts.ts'

/** A moment, short, with the whole Beijing time on hover. */
export function TimeText({ at }: { at: number }) {
  const now = useNow()
  const say = useText(uiTexts)
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
