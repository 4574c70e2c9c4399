/** Of `GET /api/incidents/{id}`, what says when something was stated. */
export interface IncidentFacts {
  openedAt: number
  levelHistory: readonly { at: number; kind: string }[]
  figureHistory: readonly { at: number; fact: string }[]
  leads: readonly { since: number }[]
  closed: { at: number } | null
}

export type FactKind = 'opened' | 'level' | 'figures' | 'lead' | 'closed'
export interface FactTick {
  at: number
  kinds: FactKind[]
}

/** When facts about an incident were stated, in order; what came in one moment is one tick. */
export function factTicks(incident: IncidentFacts): FactTick[] {
  const said: [number, FactKind][] = [
    [incident.openedAt, 'opened'],
    ...incident.levelHistory.map(({ at }): [number, FactKind] => [at, 'level']),
    ...incident.figureHistory.map(({ at }): [number, FactKind] => [at, 'figures']),
    ...incident.leads.slice(1).map(({ since }): [number, FactKind] => [since, 'lead']),
    ...(incident.closed ? [[incident.closed.at, 'closed'] as [number, FactKind]] : []),
  ]
  const ticks = new Map<number, Set<FactKind>>()
  for (const [at, kind] of said) ticks.set(at, (ticks.get(at) ?? new Set()).add(kind))
  return [...ticks].sort(([a], [b]) => a - b).map(([at, kinds]) => ({ at, kinds: [...kinds] }))
}
