import type { Sentence } from '#core/kernel/index.ts'
import type { BBox } from '#core/geo/bbox.ts'
import type { OgcSystem } from './ogc.crs.ts'

/** The `bbox` parameter: 4 numbers, or 6 with heights, in the order of axes of its CRS. What reaches beyond the earth is cut off. */
export function readBBox(text: string, system: OgcSystem): { box: BBox } | { fault: Sentence } {
  const parts = text.split(',')
  const numbers = parts.map((part) => (/^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(part) ? Number(part) : Number.NaN))
  if ((numbers.length !== 4 && numbers.length !== 6) || !numbers.every(Number.isFinite)) {
    return { fault: { zh: '应为 4 个（或带高程的 6 个）数，用逗号分开', en: 'must be 4 numbers, or 6 with heights, separated by commas' } }
  }
  const half = numbers.length / 2
  const low: [number, number] = [numbers[0]!, numbers[1]!]
  const high: [number, number] = [numbers[half]!, numbers[half + 1]!]
  const [[west, south], [east, north]] = [system.toLonLat(low), system.toLonLat(high)]
  if (![west, south, east, north].every(Number.isFinite)) return { fault: { zh: '超出坐标系的范围', en: 'is beyond the reference system' } }
  if (south > north) return { fault: { zh: '最小值大于最大值；请看坐标轴的次序', en: 'the minimum is above the maximum; mind the order of axes' } }
  if (west > east) {
    const isAcross = system.isGeographic && Math.abs(west) <= 180 && Math.abs(east) <= 180
    if (!isAcross) return { fault: { zh: '最小值大于最大值', en: 'the minimum is above the maximum' } }
  }
  if (south > 90 || north < -90 || (west <= east && (west > 180 || east < -180))) return { fault: { zh: '不在地球上；请看坐标轴的次序', en: 'is not on the earth; mind the order of axes' } }
  const clamp = (value: number, limit: number) => Math.min(Math.max(value, -limit), limit)
  return { box: [clamp(west, 180), clamp(south, 90), clamp(east, 180), clamp(north, 90)] }
}
