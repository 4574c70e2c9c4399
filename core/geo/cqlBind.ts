import type { Cql, CqlFault, Instant, Interval, IntervalEnd, Property, Scalar, Shape, Temporal } from './cql.ts'
import { CqlError } from './cqlReader.ts'
import { parseInstant } from './cqlTime.ts'
import { convertGeometry } from './crs.ts'
import type { Position } from './geojson.ts'
import type { BBox } from './bbox.ts'

export type CqlType = 'text' | 'number' | 'boolean' | 'instant' | 'geometry'

/** What a filter is about: its properties by name, and how its coordinates become longitude and latitude. */
export interface CqlWorld {
  properties: Readonly<Record<string, CqlType>>
  toLonLat(position: Position): Position
}

/**
 * The filter with every name known, every type fitting, text that stands for a moment read as one, and coordinates as
 * longitude and latitude; or the first thing that does not fit.
 */
export function bindCql(cql: Cql, world: CqlWorld): { cql: Cql } | { fault: CqlFault } {
  try {
    return { cql: bind(cql, world) }
  } catch (error) {
    if (error instanceof CqlError) return { fault: error.fault }
    throw error
  }
}

function bind(cql: Cql, world: CqlWorld): Cql {
  switch (cql.op) {
    case 'literal': return cql
    case 'not': return { op: 'not', arg: bind(cql.arg, world) }
    case 'and': case 'or': return { op: cql.op, args: cql.args.map((arg) => bind(arg, world)) }
    case 'isNull': typeOfProperty(cql.value, world); return cql
    case 'like': must(typeOf(cql.value, world), 'text', cql.value); return cql
    case 'between': {
      const [value, low, high] = alike([cql.value, cql.low, cql.high], world)
      const type = typeOf(value!, world)
      if (type !== 'number' && type !== 'instant') throw new CqlError(cql.at, 'BETWEEN 只用于数字和时间', 'BETWEEN is for numbers and moments')
      return { ...cql, value: value!, low: low!, high: high! }
    }
    case 'in': {
      const [value, ...list] = alike([cql.value, ...cql.list], world)
      return { ...cql, value: value!, list }
    }
    case 'intersects': {
      if ((cql.left.kind === 'property') === (cql.right.kind === 'property')) throw new CqlError(cql.at, 'S_INTERSECTS 应有一个几何属性和一个几何', 'S_INTERSECTS takes a geometry property and a geometry')
      return { ...cql, left: bindShape(cql.left, world), right: bindShape(cql.right, world) }
    }
    case '=': case '<>': case '<': case '>': case '<=': case '>=': {
      const [left, right] = alike([cql.left, cql.right], world)
      if (typeOf(left!, world) === 'boolean' && cql.op !== '=' && cql.op !== '<>') throw new CqlError(cql.at, '真假值只能用 = 或 <>', 'true and false compare by = or <> only')
      return { ...cql, left: left!, right: right! }
    }
    default: {
      checkTemporal(cql.left, world)
      checkTemporal(cql.right, world)
      return cql
    }
  }
}

/** The operands, all of one type. */
function alike(operands: Scalar[], world: CqlWorld): Scalar[] {
  const types = operands.map((operand) => typeOf(operand, world))
  const bound = types.includes('instant') ? operands.map(asInstant) : types.includes('boolean') ? operands.map(asBoolean) : operands
  const type = typeOf(bound[0]!, world)
  for (const operand of bound) must(typeOf(operand, world), type, operand)
  if (type === 'geometry') throw new CqlError(bound[0]!.at, '几何只能用 S_INTERSECTS 比较', 'a geometry is compared by S_INTERSECTS only')
  return bound
}

/** GDAL and many people write a moment as plain text. */
function asInstant(operand: Scalar): Scalar {
  if (operand.kind !== 'text') return operand
  const text = operand.value.toUpperCase()
  const span = parseInstant(text)
  if (!span) throw new CqlError(operand.at, '不是有效的日期或时刻（RFC 3339）', 'not a date or moment of RFC 3339')
  return { kind: 'instant', text, ...span, at: operand.at } satisfies Instant
}

/** GDAL writes true as 1. */
function asBoolean(operand: Scalar): Scalar {
  const isBit = operand.kind === 'number' && (operand.value === 0 || operand.value === 1)
  return isBit ? { kind: 'boolean', value: operand.value === 1, at: operand.at } : operand
}

function typeOf(scalar: Scalar, world: CqlWorld): CqlType {
  if (scalar.kind === 'property') return typeOfProperty(scalar, world)
  if (scalar.kind !== 'casei') return scalar.kind
  must(typeOf(scalar.arg, world), 'text', scalar.arg)
  return 'text'
}

function typeOfProperty({ name, at }: Property, { properties }: CqlWorld): CqlType {
  const type = Object.hasOwn(properties, name) ? properties[name] : undefined
  if (!type) {
    const known = Object.keys(properties).join(', ')
    throw new CqlError(at, `没有属性 ${name.slice(0, 40)}；可用：${known}`, `there is no property ${name.slice(0, 40)}; there are: ${known}`)
  }
  return type
}

const typeNames: Record<CqlType, { zh: string; en: string }> = {
  text: { zh: '文字', en: 'text' }, number: { zh: '数字', en: 'a number' }, boolean: { zh: '真假值', en: 'true or false' },
  instant: { zh: '时间', en: 'a moment' }, geometry: { zh: '几何', en: 'a geometry' },
}

function must(type: CqlType, wanted: CqlType, { at }: { at: number }): void {
  if (type !== wanted) throw new CqlError(at, `此处应为${typeNames[wanted].zh}，却是${typeNames[type].zh}`, `expected ${typeNames[wanted].en}, but this is ${typeNames[type].en}`)
}

function checkTemporal(temporal: Temporal | IntervalEnd, world: CqlWorld): void {
  if (temporal.kind === 'property') must(typeOfProperty(temporal, world), 'instant', temporal)
  if (temporal.kind !== 'interval') return
  for (const end of [(temporal satisfies Interval).from, temporal.until]) checkTemporal(end, world)
}

function bindShape(shape: Shape, world: CqlWorld): Shape {
  if (shape.kind === 'property') {
    must(typeOfProperty(shape, world), 'geometry', shape)
    return shape
  }
  const { at } = shape
  const place = (position: Position): Position => {
    const [lon, lat, ...height] = world.toLonLat(position)
    if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)) throw new CqlError(at, '坐标超出范围；请看坐标轴的次序', 'coordinates out of range; mind the order of axes')
    return [lon, lat, ...height]
  }
  if (shape.kind === 'geometry') return { ...shape, geometry: convertGeometry(shape.geometry, place) }
  const [a, b, c, d] = shape.box
  const [west, south] = place([a, b])
  const [east, north] = place([c, d])
  if (south > north) throw new CqlError(at, 'BBOX 的最小值大于最大值', 'the minimum of BBOX is above its maximum')
  return { ...shape, box: [west, south, east, north] satisfies BBox }
}
