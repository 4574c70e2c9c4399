import { refuse } from '#core/kernel/index.ts'
import type { Geometry, Position } from '../../geojson.ts'
import { ReadAhead } from './readAhead.ts'
import { ringsToPolygons } from './shpRings.ts'
import { maxFeatureBytes } from './source.ts'

/** One record of a `.shp`; `fault` where its bytes do not hold together. */
export interface ShpRecord {
  geometry: Geometry | null
  fault?: string
}

/** The geometries of a Shapefile, one record after another (ESRI Shapefile Technical Description, 1998). */
export async function openShp(path: string) {
  const bytes = await ReadAhead.open(path)
  try {
    const header = await bytes.next(100)
    if (!header || header.readInt32BE(0) !== 9994 || header.readInt32LE(28) !== 1000) throw refuse('import.not-shapefile', '不是 Shapefile：.shp 的文件头不对', 'This is not a Shapefile: the .shp has the wrong header')
    if (header.readInt32LE(32) === 31) throw refuse('import.multipatch', '三维多面体（MultiPatch）Shapefile 不能导入：请先转换为二维面', 'A Shapefile of MultiPatch cannot be imported: convert it to polygons first')
    const stated = header.readInt32BE(24) * 2
    if (stated > bytes.size) throw refuse('import.truncated', `文件不完整：.shp 应有 ${stated} 字节，实有 ${bytes.size} 字节`, `The file is not whole: the .shp should have ${stated} bytes and has ${bytes.size}`)
  } catch (fault) {
    await bytes.close()
    throw fault
  }
  return {
    size: bytes.size,
    position: () => bytes.position,
    /** Null after the last. */
    async next(): Promise<ShpRecord | null> {
      if (bytes.size - bytes.position < 8) return null
      const head = await bytes.next(8)
      if (!head) return null
      const length = head.readInt32BE(4) * 2
      if (length < 4 || length > bytes.size - bytes.position) throw refuse('import.shp-damaged', `.shp 已损坏：第 ${bytes.position - 8} 字节处的记录长度不对`, `The .shp is damaged: the record at byte ${bytes.position - 8} has an impossible length`)
      if (length > maxFeatureBytes) {
        await bytes.skip(length)
        return { geometry: null, fault: `${length} bytes` }
      }
      const content = await bytes.next(length)
      if (!content) return null
      try {
        return { geometry: readShape(content) }
      } catch (fault) {
        return { geometry: null, fault: fault instanceof Error ? fault.message : 'damaged' }
      }
    },
    close: () => bytes.close(),
  }
}

/** The content of one record. Throws where counts and length disagree. */
export function readShape(bytes: Buffer): Geometry | null {
  need(bytes, 4)
  const type = bytes.readInt32LE(0)
  if (type === 0) return null
  const withZ = type >= 11 && type <= 18
  switch (type % 10) {
    case 1: {
      if (type > 21) break
      need(bytes, withZ ? 28 : 20)
      return { type: 'Point', coordinates: withZ ? [bytes.readDoubleLE(4), bytes.readDoubleLE(12), bytes.readDoubleLE(20)] : [bytes.readDoubleLE(4), bytes.readDoubleLE(12)] }
    }
    case 8: {
      if (type > 28) break
      need(bytes, 40)
      const count = countAt(bytes, 36)
      return { type: 'MultiPoint', coordinates: positions(bytes, 40, 0, count, heights(bytes, withZ, 40, count)) }
    }
    case 3: case 5: {
      if (type > 25) break
      need(bytes, 44)
      const [parts, count] = [countAt(bytes, 36), countAt(bytes, 40)]
      const first = 44 + 4 * parts
      if (first + 16 * count > bytes.length) throw new Error(`${parts} parts of ${count} points do not fit into ${bytes.length} bytes`)
      const z = heights(bytes, withZ, first, count)
      const lines: Position[][] = []
      for (let i = 0; i < parts; i++) {
        const from = bytes.readInt32LE(44 + 4 * i)
        const until = i + 1 < parts ? bytes.readInt32LE(48 + 4 * i) : count
        if (from < 0 || until < from || until > count) throw new Error(`part ${i + 1} runs from ${from} to ${until} of ${count} points`)
        if (until > from) lines.push(positions(bytes, first, from, until, z))
      }
      if (lines.length === 0) return null
      if (type % 10 === 5) return ringsToPolygons(lines)
      return lines.length === 1 ? { type: 'LineString', coordinates: lines[0] as Position[] } : { type: 'MultiLineString', coordinates: lines }
    }
  }
  throw new Error(`shape of type ${type}`)
}

function positions(bytes: Buffer, first: number, from: number, until: number, z: number | null): Position[] {
  need(bytes, first + 16 * until)
  const line: Position[] = []
  for (let i = from; i < until; i++) {
    const [x, y] = [bytes.readDoubleLE(first + 16 * i), bytes.readDoubleLE(first + 16 * i + 8)]
    line.push(z === null ? [x, y] : [x, y, bytes.readDoubleLE(z + 8 * i)])
  }
  return line
}

/** Where the heights begin, after the points and their range; null when there are none. */
function heights(bytes: Buffer, withZ: boolean, first: number, count: number): number | null {
  const start = first + 16 * count + 16
  return withZ && start + 8 * count <= bytes.length ? start : null
}

function countAt(bytes: Buffer, offset: number): number {
  const count = bytes.readInt32LE(offset)
  if (count < 0 || count * 4 > bytes.length) throw new Error(`${count} parts or points in ${bytes.length} bytes`)
  return count
}

function need(bytes: Buffer, length: number): void {
  if (length > bytes.length) throw new Error(`ends at byte ${bytes.length} of ${length}`)
}
