import { isTime } from '#core/kernel/index.ts'

/** How pressing a deadline is. `late` counts up from the deadline; `met` no longer counts. */
export type Urgency = 'met' | 'calm' | 'soon' | 'urgent' | 'late'

export interface Countdown {
  urgency: Urgency
  /** `1:05:09` until the deadline or since it; days come first as `2d 03:10`. */
  digits: string
}

/** Under a quarter of an hour is soon, under five minutes urgent: the shortest deadline in use is half an hour. */
const soonMs = 15 * 60_000
const urgentMs = 5 * 60_000

export function countdown(due: number, now: number, metAt: number | null = null): Countdown {
  if (metAt !== null) return { urgency: metAt > due ? 'late' : 'met', digits: clockDigits(metAt - due) }
  const left = due - now
  return { urgency: left < 0 ? 'late' : left < urgentMs ? 'urgent' : left < soonMs ? 'soon' : 'calm', digits: clockDigits(left) }
}

/** `ms` as digits without sign; whole seconds, rounded towards zero so that 0:00 is the moment itself. */
export function clockDigits(ms: number): string {
  if (!isTime(ms)) return '?'
  const seconds = Math.floor(Math.abs(ms) / 1000)
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const two = (n: number) => String(n).padStart(2, '0')
  if (days > 0) return `${days}d ${two(hours)}:${two(minutes)}`
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
