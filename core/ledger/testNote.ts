import { z } from 'zod'
import { refuse, type Address } from '#core/kernel/index.ts'
import type { Directory, StationCard } from './directory.ts'
import type { SubjectType } from './subject.ts'

/** The smallest noun that shows every rule: a note that its first author may write on, and others may receive. For tests. */
export interface NoteState {
  author: Address | null
  lines: string[]
  received: Address[]
}

export const noteFacts = {
  'note.written.v1': z.strictObject({ line: z.string().max(100_000) }),
  'note.received.v1': z.strictObject({}),
}

export const noteSubject: SubjectType<NoteState> = {
  kind: 'note',
  start: () => ({ author: null, lines: [], received: [] }),
  admit: (fact, state) => {
    if (fact.type === 'note.written.v1' && state.author !== null && state.author !== fact.station) {
      return refuse('note.not-yours', '不是本单位的记录', 'Not your note')
    }
    return null
  },
  evolve: (state, fact) => {
    if (fact.type === 'note.written.v1') return { ...state, author: fact.station, lines: [...state.lines, (fact.body as { line: string }).line] }
    if (fact.type === 'note.received.v1') return { ...state, received: [...state.received, fact.station] }
    return state
  },
}

/** A directory with fixed cards, for tests. */
export function testDirectory(self: Address, cards: { address: Address; publicKey: string; level?: StationCard['level'] }[]): Directory & { put(card: StationCard): void; reload(): Promise<void> } {
  const byAddress = new Map(cards.map((c) => [c.address, {
    address: c.address, name: c.address, level: c.level ?? 'county', kind: 'government', state: 'active',
    keys: [{ publicKey: c.publicKey, fromSeq: 1, untilSeq: null }],
  } satisfies StationCard as StationCard]))
  return {
    self,
    station: (address) => byAddress.get(address),
    stations: () => [...byAddress.values()],
    put: (card) => { byAddress.set(card.address, card) },
    reload: async () => undefined,
  }
}
