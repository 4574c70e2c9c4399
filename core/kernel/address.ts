/**
 * A station's address is a path of GB/T 2260 codes and local names: `65`, `65/6529`, `65/6529/652928`,
 * `65/6529/652928/s1`; a department or headquarters hangs beside with a name: `65/@seismology`.
 */
export type Address = string

/** 层级: region 自治区, prefecture 地州市, county 县市区, scene 现场; departments take the level of the government they hang beside. */
export const levels = ['region', 'prefecture', 'county', 'scene'] as const
export type Level = (typeof levels)[number]

/** 政府应急办 · 部门 · 专项指挥部 */
export const stationKinds = ['government', 'department', 'headquarters'] as const
export type StationKind = (typeof stationKinds)[number]

/** At most six names deep. */
const path = /^[a-z0-9][a-z0-9-]{0,31}(\/@?[a-z0-9][a-z0-9-]{0,31}){0,5}$/

export function isAddress(text: string): boolean {
  return path.test(text)
}

/** The parent's address, or null for a root. */
export function parentOf(address: Address): Address | null {
  const cut = address.lastIndexOf('/')
  return cut === -1 ? null : address.slice(0, cut)
}

/** All ancestors, nearest first. */
export function ancestorsOf(address: Address): Address[] {
  const found: Address[] = []
  for (let up = parentOf(address); up !== null; up = parentOf(up)) found.push(up)
  return found
}

/** Whether `address` is `top` or lies below it. */
export function isWithin(address: Address, top: Address): boolean {
  return address === top || address.startsWith(`${top}/`)
}

/** The level that an address's own path implies; `65/@seismology` works at region level. */
export function levelOf(address: Address): Level {
  const governments = address.split('/').filter((s) => !s.startsWith('@')).length
  return levels[Math.min(governments, levels.length) - 1] ?? 'scene'
}
