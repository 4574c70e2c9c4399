import { ancestorsOf, isWithin, parentOf, type Address } from '#core/kernel/index.ts'
import { leavesSubtree, touchesSubtree, type Reach } from '#core/ledger/index.ts'

/** Whether a reach has anything on the other side of the link that joins `self` and `peer`. */
export function leadsTo(self: Address, peer: Address, reach: Reach): boolean {
  return isWithin(peer, self) ? touchesSubtree(reach, peer) : leavesSubtree(reach, self)
}

/** The neighbour on whose side an address lies: a child for what is below it, the parent for all that is not below us; null for ourselves. */
export function sideOf(self: Address, address: Address): Address | null {
  if (!isWithin(address, self)) return parentOf(self)
  return [address, ...ancestorsOf(address)].find((up) => parentOf(up) === self) ?? null
}
