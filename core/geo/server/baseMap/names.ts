import type { Position } from '../../geojson.ts'
import { prefectureSeats, readCapitals, readCountySeats } from '../seats.ts'
import { degreesOf, type EchartsArea } from './echartsMap.ts'

/** A seat with its mark: `place`. */
export interface Place {
  at: Position
  class: 'region' | 'prefecture' | 'county'
  name: string
  code: string
  /** 1 region, 2 prefecture's seat, 3 county, 4 a district within a city. */
  rank: number
}

/** A name written over an area: `label`. */
export interface AreaLabel {
  at: Position
  class: 'region' | 'prefecture' | 'physical'
  name: string
  code: string
  rank: number
}

/** Prefecture-level cities: their seat bears the city's name, not that of the district it lies in. */
const cities: Record<string, string> = { 650100: '乌鲁木齐市', 650200: '克拉玛依市', 650400: '吐鲁番市', 650500: '哈密市' }

export function readPlaces(): Place[] {
  const seats = new Map(Object.entries(prefectureSeats).map(([prefecture, county]) => [county, prefecture]))
  const counties = readCountySeats().filter(({ code }) => code !== '654223').map(({ code, name, at }): Place => {
    const prefecture = seats.get(code)
    const city = cities[prefecture ?? '']
    if (city) return { at, class: 'prefecture', name: city, code: prefecture!, rank: prefecture === '650100' ? 1 : 2 }
    if (prefecture) return { at, class: 'prefecture', name, code, rank: 2 }
    return { at, class: 'county', name, code, rank: name.endsWith('区') ? 4 : 3 }
  })
  const capitals = readCapitals().filter(({ code }) => code !== '650000').map(({ code, name, at }): Place => ({ at, class: 'region', name, code, rank: 1 }))
  return [...capitals, ...counties]
}

/** Deserts, ranges and basins of Xinjiang, by the middle of where their name is written. */
const physical: [name: string, lon: number, lat: number][] = [
  ['塔克拉玛干沙漠', 82.6, 38.9], ['古尔班通古特沙漠', 88.1, 45.1], ['塔里木盆地', 84.6, 40.1], ['准噶尔盆地', 86.2, 45.6], ['天山山脉', 83.4, 42.75],
  ['昆仑山脉', 80.6, 36.2], ['阿尔金山', 89.4, 38.0], ['阿尔泰山', 88.9, 48.05], ['帕米尔高原', 74.7, 38.3], ['吐鲁番盆地', 89.3, 42.6], ['伊犁河谷', 81.9, 43.75], ['罗布泊', 90.4, 40.3],
]

export function labelsOf(prefectures: readonly EchartsArea[]): AreaLabel[] {
  const own = prefectures.filter(({ code }) => !code.startsWith('6590') && !(code in cities)).map(({ code, name, polygons }): AreaLabel => ({ at: middleOf(polygons), class: 'prefecture', name, code, rank: 2 }))
  const region: AreaLabel = { at: [86.2, 41.3], class: 'region', name: '新疆维吾尔自治区', code: '650000', rank: 1 }
  return [region, ...own, ...physical.map(([name, lon, lat]): AreaLabel => ({ at: [lon, lat], class: 'physical', name, code: '', rank: 3 }))]
}

/** The centre of gravity of the largest part. */
function middleOf(polygons: EchartsArea['polygons']): Position {
  let best = { area: 0, x: 0, y: 0 }
  for (const [outer = []] of polygons) {
    let [area, x, y] = [0, 0, 0]
    for (let i = 1; i < outer.length; i++) {
      const [[ax, ay], [bx, by]] = [outer[i - 1]!, outer[i]!]
      const cross = ax * by - bx * ay
      area += cross
      x += (ax + bx) * cross
      y += (ay + by) * cross
    }
    if (Math.abs(area) > Math.abs(best.area)) best = { area, x: x / (3 * area), y: y / (3 * area) }
  }
  return degreesOf([best.x, best.y])
}
