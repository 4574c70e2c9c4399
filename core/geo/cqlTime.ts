/** A moment, or a day without an hour, in epoch ms, both ends included. */
export interface Span {
  from: number
  until: number
}

const day = 86_400_000
const form = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2}))?$/i

/** An RFC 3339 date (the whole day in UTC) or date-time. Null when it is none: `2024-02-30` is not. */
export function parseInstant(text: string): Span | null {
  const [, year, month, date, hour, minute, second, fraction = '', zone = 'Z'] = form.exec(text) ?? []
  if (year === undefined) return null
  const midnight = Date.parse(`${year}-${month}-${date}T00:00:00Z`)
  // Some dates that do not exist are taken by Date for days of the next month.
  if (Number.isNaN(midnight) || new Date(midnight).getUTCDate() !== Number(date)) return null
  if (hour === undefined) return { from: midnight, until: midnight + day - 1 }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59 || Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4)) > 59) return null
  const moment = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}.${`${fraction}000`.slice(0, 3)}${zone.toUpperCase()}`)
  return Number.isNaN(moment) ? null : { from: moment, until: moment }
}

/** The `datetime` parameter of OGC API Features: an instant, or `start/end` where an end may be open (`..` or nothing). */
export function parsePeriod(text: string): Span | null {
  const parts = text.split('/')
  if (parts.length === 1) return parseInstant(text)
  if (parts.length > 2) return null
  const [start, end] = parts.map((part) => (part === '' || part === '..' ? 'open' : parseInstant(part)))
  if (!start || !end || (start === 'open' && end === 'open')) return null
  const span = { from: start === 'open' ? -Infinity : start.from, until: end === 'open' ? Infinity : end.until }
  return span.from <= span.until ? span : null
}
