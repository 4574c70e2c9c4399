import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Position } from '../geojson.ts'

const require = createRequire(import.meta.url)

/** One county-level division of Xinjiang with the seat of its government. */
export interface CountySeat {
  code: string
  name: string
  prefecture: string
  prefectureName: string
  at: [lon: number, lat: number]
}

/** Where a seat is not known, as of the youngest cities, the county is left out. */
export function readCountySeats(): CountySeat[] {
  return readFileSync(new URL('./xinjiang-counties.csv', import.meta.url), 'utf8').trim().split('\n').slice(1).flatMap((line) => {
    const [code = '', name = '', prefecture = '', prefectureName = '', lon, lat] = line.trim().split(',')
    return lon && lat ? [{ code, name, prefecture, prefectureName, at: [Number(lon), Number(lat)] as [number, number] }] : []
  })
}

/** Seats of prefectures that are no county's own: the city of the same name, or the county the administration sits in. */
export const prefectureSeats: Record<string, string> = {
  650100: '650102', 650200: '650203', 650400: '650402', 650500: '650502', 652300: '652301', 652700: '652701', 652800: '652801',
  652900: '652901', 653000: '653001', 653100: '653101', 653200: '653201', 654000: '654002', 654200: '654201', 654300: '654301',
}

let seats: Map<string, Position> | undefined

/**
 * Where a division's government sits, for things known only by their division: the county of Xinjiang, its
 * prefecture's seat, the capital of a province; a township has its county's. The code's own digits decide how near it is.
 */
export function seatOf(code: string): { at: Position; level: 'county' | 'prefecture' | 'province' } | null {
  seats ??= readSeats()
  const county = seats.get(code.slice(0, 6))
  if (county) return { at: county, level: code.slice(2, 6) === '0000' ? 'province' : code.slice(4, 6) === '00' ? 'prefecture' : 'county' }
  const prefecture = seats.get(`${code.slice(0, 4)}00`)
  if (code.length >= 4 && prefecture) return { at: prefecture, level: 'prefecture' }
  const province = seats.get(`${code.slice(0, 2)}0000`)
  return province ? { at: province, level: 'province' } : null
}

function readSeats(): Map<string, Position> {
  const found = new Map<string, Position>(readCountySeats().map(({ code, at }) => [code, at]))
  for (const [prefecture, county] of Object.entries(prefectureSeats)) {
    const at = found.get(county)
    if (at) found.set(prefecture, at)
  }
  for (const { code, at } of readCapitals()) found.set(code, at)
  const urumqi = found.get('650100')
  if (urumqi) found.set('650000', urumqi)
  return found
}

/** Provinces of China by code, with a place for their name and their capital (the same point in that file). */
export function readCapitals(): { code: string; name: string; at: Position }[] {
  const { features } = JSON.parse(readFileSync(require.resolve('echarts/map/json/china.json'), 'utf8')) as { features: { id: string; properties: { name: string; cp?: [number, number] } }[] }
  return features.flatMap(({ id, properties: { name, cp } }) => (cp && /^\d{6}$/.test(id) ? [{ code: id, name, at: cp }] : []))
}
