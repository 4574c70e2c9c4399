import type { StationRow } from '../directory.api.ts'

/** Parents before children, siblings by address; departments (`@…`) after the governments beside them. */
export function inTreeOrder<Row extends Pick<StationRow, 'address'>>(stations: readonly Row[]): Row[] {
  const sortKey = (address: string) => address.replaceAll('@', '~')
  return stations.toSorted((a, b) => comparePaths(sortKey(a.address).split('/'), sortKey(b.address).split('/')))
}

export function depthOf(address: string): number {
  return address.split('/').length - 1
}

/** The key in use, and how many came before it. */
export function keyFace(keys: StationRow['keys']): { current: StationRow['keys'][number] | undefined; past: number } {
  const current = keys.find((key) => key.untilSeq === null)
  return { current, past: keys.length - (current ? 1 : 0) }
}

function comparePaths(a: string[], b: string[]): number {
  for (const [i, part] of a.entries()) {
    const other = b[i]
    if (other === undefined) return 1
    if (part !== other) return part < other ? -1 : 1
  }
  return a.length - b.length
}
