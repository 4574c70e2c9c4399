import type { Tone } from '#core/ui/web/Mark.tsx'
import type { LinkFace } from '#core/ui/web/links.ts'
import { countdown } from '#core/ui/countdown.ts'
import type { ReportRow } from '../report.api.ts'

/** What the desk shows, kept in the address so that back, reload and sharing keep it. */
export interface DeskFilter {
  box: 'in' | 'out' | 'all'
  q?: string
  kind?: string
  level?: string
  status?: string
  mode?: string
  need?: string
  sort: string
  page: number
  size: number
}

const boxes = ['in', 'out', 'all'] as const
const sizes = [20, 50, 100, 200]

/** Reads the address's search, however it was mangled. */
export function readFilter(search: Record<string, unknown>): DeskFilter {
  const text = (key: string) => (typeof search[key] === 'string' && search[key] !== '' ? search[key] : undefined)
  const page = Number(search.page)
  const size = Number(search.size)
  return {
    box: boxes.find((b) => b === search.box) ?? 'in',
    q: typeof search.q === 'number' ? String(search.q) : text('q'),
    kind: text('kind'), level: text('level'), status: text('status'), mode: text('mode'), need: text('need'),
    sort: text('sort') ?? '-changedAt',
    page: Number.isInteger(page) && page > 0 ? page : 1,
    size: sizes.includes(size) ? size : 50,
  }
}

/** Only what differs from a fresh desk stays in the address. */
export function writeFilter(filter: DeskFilter): Record<string, string | number> {
  const fresh = readFilter({})
  const kept = Object.entries(filter).filter(([key, value]) => value !== undefined && value !== '' && value !== fresh[key as keyof DeskFilter])
  return Object.fromEntries(kept) as Record<string, string | number>
}

export function isNarrowed(filter: DeskFilter): boolean {
  return [filter.q, filter.kind, filter.level, filter.status, filter.mode, filter.need].some((value) => value !== undefined)
}

export const levelTones: Record<string, Tone> = { I: 'alarm', II: 'warn', III: 'notice', IV: 'blue' }

export const statusTones: Record<ReportRow['status'], Tone> = {
  draft: 'plain', submitted: 'notice', sent: 'blue', received: 'blue', accepted: 'good', returned: 'warn', handling: 'blue', handled: 'good', closed: 'plain', merged: 'plain',
}

/** The coloured edge of a row: late, waiting for acceptance here, pressing, or nothing. */
export function edgeOf(row: Pick<ReportRow, 'late' | 'nextDue' | 'status' | 'acceptedAt' | 'station'>, self: string, now: number): Tone {
  if (row.nextDue !== null) {
    const { urgency } = countdown(row.nextDue, now)
    if (urgency === 'late') return 'alarm'
    if (urgency === 'urgent' || urgency === 'soon') return 'warn'
  }
  return waitsHere(row, self) ? 'blue' : 'plain'
}

/** Whether a person at this station has still to accept it, whatever other stations have done. */
export function waitsHere(row: Pick<ReportRow, 'status' | 'acceptedAt' | 'station'>, self: string): boolean {
  return row.station !== self && row.acceptedAt === null && ['sent', 'received', 'accepted', 'handling', 'handled'].includes(row.status)
}

export const casualtyNames = ['deaths', 'missing', 'seriousInjuries', 'lightInjuries', 'trapped', 'evacuated'] as const

/** The casualties worth a list's space: those above zero; otherwise whether they are none or unknown. */
export function casualtiesOf(figures: ReportRow['figures']): { name: (typeof casualtyNames)[number]; n: number }[] | 'none' | 'unknown' {
  const counted = casualtyNames.flatMap((name) => {
    const n = figures[name]
    return typeof n === 'number' && n > 0 ? [{ name, n }] : []
  })
  if (counted.length > 0) return counted
  return figures.deaths === 0 && figures.missing === 0 ? 'none' : 'unknown'
}

/** Links with something to say on the desk: things waiting, or down. */
export function unsentLinks(links: readonly LinkFace[]): LinkFace[] {
  return links.filter((link) => link.queued > 0 || link.waitingThere || (link.state === 'offline' && link.direction === 'up'))
}
