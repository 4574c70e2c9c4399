import type { Shape } from './cql.ts'
import { CqlError, readProperty, type CqlReader } from './cqlReader.ts'
import { isClosed, maxPositions, type Geometry, type Position } from './geojson.ts'

/** A property, a geometry in WKT, or `BBOX(…)`. */
export function readShape(reader: CqlReader): Shape {
  const { kind, text, at } = reader.peek()
  const word = text.toUpperCase()
  if (kind === 'name' && (word === 'BBOX' || word === 'ENVELOPE') && reader.isSign('(', 1)) return { kind: 'box', box: readBox(reader), at }
  if (kind === 'name' && tags.has(word) && (reader.isSign('(', 1) || reader.isWord('Z', 1))) return { kind: 'geometry', geometry: reader.nested(() => readGeometry(reader)), at }
  return readProperty(reader, '几何属性或几何（POINT、POLYGON、BBOX …）', 'a geometry property or a geometry (POINT, POLYGON, BBOX …)')
}

function readBox(reader: CqlReader): [number, number, number, number] {
  const { at } = reader.take()
  const numbers = reader.list(() => reader.signedNumber().value)
  if (numbers.length !== 4 && numbers.length !== 6) throw new CqlError(at, 'BBOX 应有 4 或 6 个数', 'BBOX takes 4 or 6 numbers')
  const half = numbers.length / 2
  return [numbers[0]!, numbers[1]!, numbers[half]!, numbers[half + 1]!]
}

const tags = new Set(['POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON', 'GEOMETRYCOLLECTION'])

function readGeometry(reader: CqlReader): Geometry {
  const { text, at } = reader.take()
  reader.takeWord('Z')
  let count = 0
  const position = (): Position => {
    if (++count > maxPositions) throw new CqlError(at, `坐标点至多 ${maxPositions} 个`, `at most ${maxPositions} positions`)
    const [x, y] = [reader.signedNumber().value, reader.signedNumber().value]
    return reader.peek().kind === 'number' || reader.isSign('-') || reader.isSign('+') ? [x, y, reader.signedNumber().value] : [x, y]
  }
  const line = (): Position[] => atLeast(2, reader.list(position))
  const ring = (): Position[] => {
    const positions = atLeast(4, reader.list(position))
    if (!isClosed(positions)) throw new CqlError(at, '环的首尾坐标须相同', 'a ring must end where it begins')
    return positions
  }
  const atLeast = (least: number, positions: Position[]): Position[] => {
    if (positions.length < least) throw new CqlError(at, `至少要有 ${least} 个坐标点`, `needs at least ${least} positions`)
    return positions
  }
  const single = (): Position => {
    const [only, ...more] = reader.list(position)
    if (!only || more.length > 0) throw new CqlError(at, '一个点只有一组坐标', 'a point has one position')
    return only
  }
  switch (text.toUpperCase()) {
    case 'POINT': return { type: 'Point', coordinates: single() }
    case 'LINESTRING': return { type: 'LineString', coordinates: line() }
    case 'POLYGON': return { type: 'Polygon', coordinates: reader.list(ring) }
    case 'MULTIPOINT': return { type: 'MultiPoint', coordinates: reader.list(() => (reader.isSign('(') ? single() : position())) }
    case 'MULTILINESTRING': return { type: 'MultiLineString', coordinates: reader.list(line) }
    case 'MULTIPOLYGON': return { type: 'MultiPolygon', coordinates: reader.list(() => reader.list(ring)) }
    default: return { type: 'GeometryCollection', geometries: reader.list(() => readPart(reader)) }
  }
}

/** What stands in a collection; the depth is bounded like that of all else. */
function readPart(reader: CqlReader): Geometry {
  const shape = readShape(reader)
  if (shape.kind !== 'geometry') throw new CqlError(shape.at, '几何集合中只能是几何', 'a collection holds geometries only')
  return shape.geometry
}
