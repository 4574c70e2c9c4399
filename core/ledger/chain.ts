import { compareTime } from './clock.ts'
import type { Fact } from './fact.ts'

/** What of a held fact its neighbours in the chain are judged by. */
export type ChainPlace = Pick<Fact, 'seq' | 'id' | 'prev' | 'at'>

/**
 * Whether a newcomer fits between the nearest facts held of its station's chain, below and above its number (SPEC L-6,
 * L-19). Null: it does. What is held already stands, so a station cannot take a fact back by stating another around it.
 */
export function judgePlace(fact: ChainPlace, below: ChainPlace | undefined, above: ChainPlace | undefined): { reason: 'forked' | 'backdated'; detail: string } | null {
  if (below?.seq === fact.seq - 1 && fact.prev !== below.id) return { reason: 'forked', detail: `number ${fact.seq} follows ${fact.prev || 'nothing'}; number ${below.seq} is ${below.id} here` }
  if (above?.seq === fact.seq + 1 && above.prev !== fact.id) return { reason: 'forked', detail: `number ${above.seq} here follows ${above.prev || 'nothing'}, not this` }
  if (below && compareTime(fact.at, below.at) <= 0) return { reason: 'backdated', detail: `number ${fact.seq} says ${spell(fact)}, number ${below.seq} before it ${spell(below)}` }
  if (above && compareTime(above.at, fact.at) <= 0) return { reason: 'backdated', detail: `number ${fact.seq} says ${spell(fact)}, number ${above.seq} after it ${spell(above)}` }
  return null
}

function spell({ at }: ChainPlace): string {
  return at.join('.')
}
