/** What the list shows, kept in the address so that back, reload and sharing keep it. */
export interface IncidentFilter {
  q?: string
  status?: string
  level?: string
  mode?: string
  sort: 'updated' | 'occurred' | 'level'
  page: number
  size: number
}

const sorts = ['updated', 'occurred', 'level'] as const

/** Reads the address's search, however it was mangled. */
export function incidentFilter(search: Record<string, unknown>): IncidentFilter {
  const one = (key: string, allowed: readonly string[]) => allowed.find((value) => value === search[key])
  const page = Number(search.page)
  const size = Number(search.size)
  return {
    q: typeof search.q === 'string' || typeof search.q === 'number' ? String(search.q) : undefined,
    status: one('status', ['open', 'merged', 'closed']),
    level: one('level', ['I', 'II', 'III', 'IV']),
    mode: one('mode', ['actual', 'exercise', 'test']),
    sort: sorts.find((sort) => sort === search.sort) ?? 'updated',
    page: Number.isInteger(page) && page > 0 ? page : 1,
    size: [20, 50, 100, 200].includes(size) ? size : 50,
  }
}

/** Only what differs from a fresh list stays in the address. */
export function keptFilter(filter: IncidentFilter): Record<string, string | number> {
  const fresh = incidentFilter({})
  return Object.fromEntries(Object.entries(filter).filter(([key, value]) => value !== undefined && value !== '' && value !== fresh[key as keyof IncidentFilter])) as Record<string, string | number>
}
