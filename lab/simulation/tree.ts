import { levelOf, parentOf, type Address } from '#core/kernel/index.ts'
import type { StationCard } from '#core/ledger/index.ts'
import { cheapSigner } from './crypto.ts'
import type { Random } from './random.ts'

/** A region, its prefectures, their counties, some scenes and departments: four levels, `count` stations, parents first. */
export function treeOf(count: number, random: Random): Address[] {
  const root = '65'
  const addresses: Address[] = [root]
  const prefectures = Math.max(1, Math.min(14, Math.round(count / 11)))
  for (let i = 0; i < prefectures && addresses.length < count; i++) addresses.push(`65/${6501 + i}`)
  const counties = Math.round((count - addresses.length) * 0.6)
  for (let i = 0; i < counties; i++) {
    const up = addresses[1 + (i % prefectures)]!
    addresses.push(`${up}/${up.slice(3)}${String(10 + Math.floor(i / prefectures))}`)
  }
  const governments = addresses.length
  while (addresses.length < count) {
    const i = addresses.length
    addresses.push(random.chance(0.15) ? `${addresses[random.between(0, governments - 1)]!}/@d${i}` : `${addresses[random.between(prefectures + 1, governments - 1)] ?? root}/s${i}`)
  }
  return addresses
}

export function cardOf(address: Address): StationCard {
  return {
    address, name: address, level: levelOf(address), kind: 'government', state: 'active',
    keys: [{ publicKey: cheapSigner(address).publicKey, fromSeq: 1, untilSeq: null }],
  }
}

export function isLeaf(address: Address, all: readonly Address[]): boolean {
  return !all.some((other) => parentOf(other) === address)
}
