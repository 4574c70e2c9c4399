import type { Unreadable } from '#core/kernel/index.ts'

export interface RowLog {
  warn(about: object, message: string): void
}

/** What has been told of already: a list is asked for every few seconds. */
const told = new Set<string>()
const mostTold = 10_000

/**
 * Reads the rows of a list one by one. A row that another version wrote, or that a neighbour made odd, takes itself out
 * of the list and is named beside it; it does not take the list.
 */
export function readRows<Row, T>(rows: readonly Row[], log: RowLog, nameOf: (row: Row) => Unreadable, read: (row: Row) => T): { items: T[]; unreadable: Unreadable[] } {
  const items: T[] = []
  const unreadable: Unreadable[] = []
  for (const row of rows) {
    try {
      items.push(read(row))
    } catch (error) {
      const named = nameOf(row)
      unreadable.push(named)
      if (told.has(named.id) || told.size >= mostTold) continue
      told.add(named.id)
      log.warn({ ...named, err: error }, 'a row of a list cannot be read')
    }
  }
  return { items, unreadable }
}
