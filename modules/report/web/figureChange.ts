export type FigureChange =
  | { kind: 'same'; by: 0 }
  | { kind: 'up' | 'down'; by: number }
  /** Became known, or is said to be unknown again. */
  | { kind: 'known' | 'unknown'; by: 0 }

export function figureChange(before: number | null, now: number | null): FigureChange {
  if (before === now) return { kind: 'same', by: 0 }
  if (before === null) return { kind: 'known', by: 0 }
  if (now === null) return { kind: 'unknown', by: 0 }
  return { kind: now > before ? 'up' : 'down', by: Number(Math.abs(now - before).toFixed(4)) }
}
