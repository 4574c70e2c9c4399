import type { Person } from '#core/http/roles.ts'
import type { Live } from '#core/live/server/live.ts'

export interface StrokeChange {
  key: string
  /** Null removes. */
  value: Record<string, unknown> | null
}

/** One update crosses links whole, and links turn away large ones: many strokes go in several. */
const mostLength = 96 * 1024
const mostStrokes = 200

export async function editAll(live: Pick<Live, 'edit'>, doc: string, person: Person, changes: readonly StrokeChange[]): Promise<void> {
  for (const part of partsOf(changes)) await live.edit(doc, person, part)
}

export function partsOf(changes: readonly StrokeChange[]): StrokeChange[][] {
  const parts: StrokeChange[][] = []
  let length = Infinity
  for (const change of changes) {
    const own = JSON.stringify(change).length
    const last = parts.at(-1)
    if (!last || length + own > mostLength || last.length >= mostStrokes) {
      parts.push([change])
      length = own
    } else {
      last.push(change)
      length += own
    }
  }
  return parts
}
