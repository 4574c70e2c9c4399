import type { Sentence } from '#core/kernel/index.ts'
import type { Geometry } from './geojson.ts'
import { geometryToWkt } from './cqlWkt.ts'

/**
 * A filter of OGC CQL2 (21-065r2): the classes Basic CQL2, Advanced Comparison Operators, Case-insensitive Comparison,
 * Basic Spatial Functions and Temporal Functions. `at` is where in the text something stands, counted from 0.
 */
export type Cql =
  | { op: 'and' | 'or'; args: Cql[] }
  | { op: 'not'; arg: Cql }
  | { op: Comparison; left: Scalar; right: Scalar; at: number }
  | { op: 'like'; value: Scalar; pattern: string; casei: boolean; at: number }
  | { op: 'between'; value: Scalar; low: Scalar; high: Scalar; at: number }
  | { op: 'in'; value: Scalar; list: Scalar[]; at: number }
  | { op: 'isNull'; value: Property }
  | { op: 'intersects'; left: Shape; right: Shape; at: number }
  | { op: TemporalFunction; left: Temporal; right: Temporal; at: number }
  | { op: 'literal'; value: boolean }

export const comparisons = ['=', '<>', '<', '>', '<=', '>='] as const
export type Comparison = (typeof comparisons)[number]

export const temporalFunctions = [
  'T_AFTER', 'T_BEFORE', 'T_CONTAINS', 'T_DISJOINT', 'T_DURING', 'T_EQUALS', 'T_FINISHEDBY', 'T_FINISHES',
  'T_INTERSECTS', 'T_MEETS', 'T_METBY', 'T_OVERLAPPEDBY', 'T_OVERLAPS', 'T_STARTEDBY', 'T_STARTS',
] as const
export type TemporalFunction = (typeof temporalFunctions)[number]

export interface Property { kind: 'property'; name: string; at: number }
/** A moment, or the whole of a day: `from` and `until` in epoch ms, both included. `text` is how it was written. */
export interface Instant { kind: 'instant'; text: string; from: number; until: number; at: number }
export type Scalar =
  | Property
  | Instant
  | { kind: 'text'; value: string; at: number }
  | { kind: 'number'; value: number; at: number }
  | { kind: 'boolean'; value: boolean; at: number }
  | { kind: 'casei'; arg: Scalar; at: number }
export interface Interval { kind: 'interval'; from: IntervalEnd; until: IntervalEnd; at: number }
export type IntervalEnd = Instant | Property | { kind: 'open'; at: number }
export type Temporal = Property | Instant | Interval
/** Coordinates as written: in the order of axes of the filter's CRS. A box is min, min, max, max of its axes. */
export type Shape =
  | Property
  | { kind: 'geometry'; geometry: Geometry; at: number }
  | { kind: 'box'; box: [number, number, number, number]; at: number }

/** Why a filter is no filter, and where. */
export interface CqlFault {
  at: number
  message: Sentence
}

/** The text of a filter: reading it gives the same filter again. */
export function printCql(cql: Cql): string {
  switch (cql.op) {
    case 'and': case 'or': return cql.args.map(printOperand).join(` ${cql.op.toUpperCase()} `)
    case 'not': return `NOT ${printOperand(cql.arg)}`
    case 'literal': return String(cql.value).toUpperCase()
    case 'like': return `${printScalar(cql.value)} LIKE ${cql.casei ? `CASEI(${quote(cql.pattern)})` : quote(cql.pattern)}`
    case 'between': return `${printScalar(cql.value)} BETWEEN ${printScalar(cql.low)} AND ${printScalar(cql.high)}`
    case 'in': return `${printScalar(cql.value)} IN (${cql.list.map(printScalar).join(', ')})`
    case 'isNull': return `${printScalar(cql.value)} IS NULL`
    case 'intersects': return `S_INTERSECTS(${printShape(cql.left)}, ${printShape(cql.right)})`
    case '=': case '<>': case '<': case '>': case '<=': case '>=': return `${printScalar(cql.left)} ${cql.op} ${printScalar(cql.right)}`
    default: return `${cql.op}(${printTemporal(cql.left)}, ${printTemporal(cql.right)})`
  }
}

function printOperand(cql: Cql): string {
  return cql.op === 'and' || cql.op === 'or' || cql.op === 'not' ? `(${printCql(cql)})` : printCql(cql)
}

function printScalar(scalar: Scalar): string {
  switch (scalar.kind) {
    case 'property': return `"${scalar.name}"`
    case 'text': return quote(scalar.value)
    case 'number': return String(scalar.value).toUpperCase()
    case 'boolean': return String(scalar.value).toUpperCase()
    case 'instant': return scalar.text.includes('T') ? `TIMESTAMP(${quote(scalar.text)})` : `DATE(${quote(scalar.text)})`
    default: return `CASEI(${printScalar(scalar.arg)})`
  }
}

function printTemporal(temporal: Temporal): string {
  return temporal.kind === 'interval' ? `INTERVAL(${printEnd(temporal.from)}, ${printEnd(temporal.until)})` : printScalar(temporal)
}

function printEnd(end: IntervalEnd): string {
  return end.kind === 'open' ? `'..'` : end.kind === 'instant' ? quote(end.text) : printScalar(end)
}

function printShape(shape: Shape): string {
  if (shape.kind === 'property') return printScalar(shape)
  return shape.kind === 'box' ? `BBOX(${shape.box.map((n) => String(n).toUpperCase()).join(', ')})` : geometryToWkt(shape.geometry)
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
