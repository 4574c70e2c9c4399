import { isTime } from '#core/kernel/index.ts'

/** Everything on screen is in Beijing time, wherever the browser stands; the offset has no summer time. */
const offsetMs = 8 * 3_600_000

const two = (n: number) => String(n).padStart(2, '0')

/** `2024-01-23 02:09`; question marks for what no date is, wherever it came from. */
export function beijingMinute(ms: number): string {
  if (!isTime(ms + offsetMs)) return '????-??-?? ??:??'
  const d = new Date(ms + offsetMs)
  return `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`
}

/** `2024-01-23 02:09:04` */
export function beijingSecond(ms: number): string {
  return `${beijingMinute(ms)}:${isTime(ms + offsetMs) ? two(new Date(ms + offsetMs).getUTCSeconds()) : '??'}`
}

/** `02:09` today, `01-23 02:09` this year, the whole date otherwise: what a list has room for. */
export function beijingShort(ms: number, now: number): string {
  const full = beijingMinute(ms)
  const today = beijingMinute(now)
  if (full.slice(0, 10) === today.slice(0, 10)) return full.slice(11)
  return full.slice(0, 4) === today.slice(0, 4) ? full.slice(5) : full
}

/** Reads `2024-01-23 02:09`(`:04`) as Beijing time; null when it is no such time. */
export function readBeijing(text: string): number | null {
  const parts = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim())
  if (!parts) return null
  const [year, month, day, hour, minute, second] = parts.slice(1).map((p) => Number(p ?? 0)) as [number, number, number, number, number, number]
  const ms = Date.UTC(year, month - 1, day, hour, minute, second) - offsetMs
  return beijingSecond(ms) === `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}` ? ms : null
}
