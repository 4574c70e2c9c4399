import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindCql, type CqlWorld } from './cqlBind.ts'
import { comparisons, printCql, temporalFunctions, type Cql, type Instant, type IntervalEnd, type Property, type Scalar, type Shape, type Temporal } from './cql.ts'
import { likeMatcher } from './cqlLike.ts'
import { cqlTest } from './cqlMatch.ts'
import { parseCql } from './cqlParse.ts'
import { maxFilterDepth } from './cqlReader.ts'
import { parseInstant, parsePeriod } from './cqlTime.ts'
import type { Geometry, Position } from './geojson.ts'

const world: CqlWorld = {
  properties: { geometry: 'geometry', title: 'text', code: 'text', count: 'number', differs: 'boolean', at: 'instant' },
  toLonLat: (position) => position,
}
const seat: Geometry = { type: 'Point', coordinates: [79.23, 41.22] }
const subject = {
  geometry: seat,
  properties: { title: '乌什县发生7.1级地震', code: '11C02', count: 3, differs: false, at: '2024-01-22T18:09:00.000Z', absent: null },
}

function read(text: string): Cql {
  const parsed = parseCql(text)
  if ('fault' in parsed) throw new Error(`${text}: ${parsed.fault.at} ${parsed.fault.message.en}`)
  const bound = bindCql(parsed.cql, world)
  if ('fault' in bound) throw new Error(`${text}: ${bound.fault.at} ${bound.fault.message.en}`)
  return bound.cql
}
const holds = (text: string, about: Parameters<ReturnType<typeof cqlTest>>[0] = subject) => cqlTest(read(text))(about)
function fault(text: string): { at: number; en: string } | null {
  const parsed = parseCql(text)
  const found = 'fault' in parsed ? parsed.fault : null
  if (found) return { at: found.at, en: found.message.en }
  const bound = 'cql' in parsed ? bindCql(parsed.cql, world) : null
  return bound && 'fault' in bound ? { at: bound.fault.at, en: bound.fault.message.en } : null
}

describe('CQL2 text', () => {
  it.each([
    [`code = '11C02'`, true], [`code <> '11C02'`, false], [`"code" = '11C02'`, true], [`count > 2`, true], [`count >= 3 and count <= 3`, true], [`count < -1.5E2`, false],
    [`title LIKE '乌什%地震'`, true], [`title NOT LIKE '_什%'`, false], [`title like '%\\%%'`, false], [`CASEI(code) = casei('11c02')`, true], [`CASEI(code) LIKE CASEI('11c__')`, true], [`code ILIKE '11c%'`, true],
    [`count BETWEEN 1 AND 3`, true], [`count NOT BETWEEN 1 AND 3`, false], [`code IN ('11C01', '11C02')`, true], [`code NOT IN ('11C01')`, true],
    [`differs = FALSE`, true], [`differs = 0`, true], [`FALSE = differs`, true], [`TRUE AND (differs = true OR NOT FALSE)`, true],
    [`code = '11C01' OR code = '11C02' AND count = 4`, false], [`(code = '11C01' OR code = '11C02') AND count = 3`, true],
    [`at = TIMESTAMP('2024-01-22T18:09:00Z')`, true], [`at = TIMESTAMP('2024-01-23T02:09:00+08:00')`, true], [`at = DATE('2024-01-22')`, true], [`at > DATE('2024-01-22')`, false], [`at >= '2024-01-22T18:09:00Z'`, true],
    [`T_AFTER(at, DATE('2024-01-21'))`, true], [`T_BEFORE(at, TIMESTAMP('2024-01-22T18:09:00Z'))`, false], [`T_DURING(at, INTERVAL('2024-01-22', '..'))`, true], [`T_INTERSECTS(INTERVAL('..','2024-01-22T18:09:00Z'), at)`, true],
    [`S_INTERSECTS(geometry, POINT(79.23 41.22))`, true], [`S_INTERSECTS(geometry, BBOX(79, 41, 80, 42))`, true], [`S_INTERSECTS(BBOX(170, -90, -170, 90), geometry)`, false],
    [`S_INTERSECTS(geometry, POLYGON((79 41, 80 41, 80 42, 79 42, 79 41), (79.2 41.2, 79.3 41.2, 79.3 41.3, 79.2 41.3, 79.2 41.2)))`, false],
    [`geometry IS NOT NULL`, true], [`title is null`, false],
  ])('%s is %s of a known incident', (text, expected) => {
    expect(holds(text)).toBe(expected)
  })

  it('leaves open what depends on a value that is not there, as SQL does', () => {
    const bare = { geometry: null, properties: {} }
    expect(holds(`code = '11C02'`, bare)).toBeNull()
    expect(holds(`NOT code = '11C02'`, bare)).toBeNull()
    expect(holds(`code = '11C02' OR code IS NULL`, bare)).toBe(true)
    expect(holds(`code = '11C02' AND FALSE`, bare)).toBe(false)
    expect(holds(`S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90))`, bare)).toBeNull()
  })

  it.each([
    [`code = `, 7, 'expected a property or a value, but the filter ends'],
    [`code == '1'`, 6, 'expected a property or a value, but found ='],
    [`code = 'abc`, 7, 'this quotation mark is never closed'],
    [`nothing = 1`, 0, 'there is no property nothing; there are: geometry, title, code, count, differs, at'],
    [`constructor = 1`, 0, 'there is no property constructor; there are: geometry, title, code, count, differs, at'],
    [`count = 'three'`, 8, 'expected a number, but this is text'],
    [`count + 1 = 2`, 6, 'arithmetic is not supported'],
    [`buffer(geometry, 3) = 1`, 0, 'the function buffer is not supported; there are CASEI, S_INTERSECTS, and temporal functions such as T_AFTER'],
    [`S_WITHIN(geometry, POINT(1 2))`, 0, 'the function S_WITHIN is not supported; there are CASEI, S_INTERSECTS, and temporal functions such as T_AFTER'],
    [`code = ACCENTI('a')`, 7, 'the function ACCENTI is not supported; there are CASEI, S_INTERSECTS, and temporal functions such as T_AFTER'],
    [`at = DATE('2024-02-30')`, 10, 'not a date or moment of RFC 3339'],
    [`at = 'yesterday'`, 5, 'not a date or moment of RFC 3339'],
    [`T_DURING(code, INTERVAL('..', '..'))`, 9, 'expected a moment, but this is text'],
    [`S_INTERSECTS(geometry, POLYGON((0 0, 1 0, 1 1, 0 1)))`, 23, 'a ring must end where it begins'],
    [`S_INTERSECTS(geometry, POINT(41 179))`, 23, 'coordinates out of range; mind the order of axes'],
    [`S_INTERSECTS(title, POINT(1 2))`, 13, 'expected a geometry, but this is text'],
    [`differs = 2`, 10, 'expected true or false, but this is a number'],
    [`differs > FALSE`, 0, 'true and false compare by = or <> only'],
    [`code = '1' code = '2'`, 11, 'expected AND, OR or the end, but found code'],
    [`title # 'a'`, 6, 'unexpected character #'],
    ['', 0, 'expected a property or a value, but the filter ends'],
  ])('%s is refused at character %i', (text, at, en) => {
    expect(fault(text)).toEqual({ at, en })
  })

  it('bounds nesting and length without blowing the stack', () => {
    for (const [open, close] of [['(', ')'], ['NOT ', ''], ['CASEI(', ')']]) {
      const deep = `${open!.repeat(1_200)}code = 'x'${close!.repeat(1_200)}`.slice(0, 7_990)
      expect(fault(deep)?.en).toBe(`nested deeper than ${maxFilterDepth} levels`)
    }
    expect(fault(`S_INTERSECTS(geometry, ${'GEOMETRYCOLLECTION('.repeat(300)}POINT(1 2)${')'.repeat(300)})`)?.en).toBe(`nested deeper than ${maxFilterDepth} levels`)
    expect(fault(`code LIKE '${'%x'.repeat(200)}'`)?.en).toBe('a pattern has at most 240 characters')
    expect(fault(`code = '${'x'.repeat(9_000)}'`)?.en).toBe('a filter has at most 8000 characters')
  })

  it('prints what reads back as the same filter', () => {
    fc.assert(fc.property(filters, (cql) => {
      const text = printCql(cql)
      fc.pre(text.length < 8_000)
      expect(withoutPlaces(parseCql(text))).toEqual(withoutPlaces({ cql }))
    }), { numRuns: 2_000 })
  })

  it('answers any text with a filter or a fault within it, and throws nothing', () => {
    const pieces = fc.constantFrom('(', ')', ',', 'AND', 'or', 'NOT', '=', '<>', "'a'", "'", '1', '-', '.', 'code', '"count"', 'LIKE', 'IN', 'IS', 'NULL', 'BETWEEN', 'DATE', 'T_AFTER', 'INTERVAL', 'S_INTERSECTS', 'BBOX', 'POINT', 'Z', 'CASEI', '\u0000', '事件')
    fc.assert(fc.property(fc.oneof(fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(' ')), fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
      const parsed = parseCql(text)
      if ('fault' in parsed) expect(parsed.fault.at).toSatisfy((at: number) => at >= 0 && at <= text.length)
      else expect(withoutPlaces(parseCql(printCql(parsed.cql)))).toEqual(withoutPlaces(parsed))
    }), { numRuns: 3_000 })
  })
})

describe('LIKE', () => {
  it('agrees with a regular expression', () => {
    const letters = fc.constantFrom('a', 'b', '.', '事')
    fc.assert(fc.property(fc.array(fc.oneof(letters, fc.constantFrom('%', '_', '\\%', '\\_', '\\\\')), { maxLength: 8 }), fc.array(fc.oneof(letters, fc.constantFrom('%', '_', '\\')), { maxLength: 10 }), (pattern, text) => {
      const expression = new RegExp(`^${pattern.map((p) => (p === '%' ? '.*' : p === '_' ? '.' : `\\u{${p.codePointAt(p.length - 1)!.toString(16)}}`)).join('')}$`, 'su')
      expect(likeMatcher(pattern.join(''))(text.join(''))).toBe(expression.test(text.join('')))
    }), { numRuns: 3_000 })
  })

  it('is not slowed by many wildcards', () => {
    const started = performance.now()
    expect(likeMatcher(`${'%a'.repeat(1_000)}%b`)('a'.repeat(20_000))).toBe(false)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

describe('moments', () => {
  it.each(['2024-13-01', '2024-02-30', '2023-02-29', '2024-01-01T24:00:00Z', '2024-01-01T00:60:00Z', '2024-1-1', '2024-01-01T00:00', '2024-01-01 00:00:00Z', '', '20240101'])('%s is none', (text) => {
    expect(parseInstant(text)).toBeNull()
  })

  it('reads instants, intervals and open ends', () => {
    const noon = Date.UTC(2024, 0, 23, 12)
    expect(parsePeriod('2024-01-23T12:00:00Z')).toEqual({ from: noon, until: noon })
    expect(parsePeriod('2024-01-23T12:00:00.250Z/..')).toEqual({ from: noon + 250, until: Infinity })
    expect(parsePeriod('/2024-01-23')).toEqual({ from: -Infinity, until: Date.UTC(2024, 0, 24) - 1 })
    for (const text of ['../..', '/', '..', '2024-01-24/2024-01-23', '2024-01-23/2024-01-24/2024-01-25']) expect(parsePeriod(text)).toBeNull()
  })
})

function withoutPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'at' ? undefined : inner)))
}

const at = 0
const names = fc.constantFrom('title', 'code', 'count', 'and', '事件名', 'a.b', '_x:1')
const property = names.map((name): Property => ({ kind: 'property', name, at }))
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n || 0)
const instant = fc.constantFrom('2024-01-23', '2024-01-22T18:09:00Z', '2024-01-23T02:09:00.5+08:00').map((text): Instant => ({ kind: 'instant', text, ...parseInstant(text)!, at }))
const words = fc.string({ unit: 'grapheme', maxLength: 8 })
const plainScalar: fc.Arbitrary<Scalar> = fc.oneof(property, instant, words.map((value): Scalar => ({ kind: 'text', value, at })), numbers.map((value): Scalar => ({ kind: 'number', value, at })), fc.boolean().map((value): Scalar => ({ kind: 'boolean', value, at })))
const scalar: fc.Arbitrary<Scalar> = fc.oneof({ weight: 4, arbitrary: plainScalar }, plainScalar.map((arg): Scalar => ({ kind: 'casei', arg, at })))
const end: fc.Arbitrary<IntervalEnd> = fc.oneof(property, instant, fc.constant<IntervalEnd>({ kind: 'open', at }))
const temporal: fc.Arbitrary<Temporal> = fc.oneof(property, instant, fc.record({ from: end, until: end }).filter(({ from, until }) => from.kind !== 'instant' || until.kind !== 'instant' || from.from <= until.until).map((ends): Temporal => ({ kind: 'interval', ...ends, at })))
const position: fc.Arbitrary<Position> = fc.oneof(fc.tuple(numbers, numbers), fc.tuple(numbers, numbers, numbers))
const lines = fc.array(position, { minLength: 2, maxLength: 4 })
const ring = fc.array(position, { minLength: 3, maxLength: 4 }).map((open) => [...open, open[0]!])
const plainGeometry: fc.Arbitrary<Geometry> = fc.oneof(
  position.map((coordinates): Geometry => ({ type: 'Point', coordinates })), lines.map((coordinates): Geometry => ({ type: 'LineString', coordinates })),
  fc.array(ring, { minLength: 1, maxLength: 2 }).map((coordinates): Geometry => ({ type: 'Polygon', coordinates })), fc.array(position, { minLength: 1, maxLength: 3 }).map((coordinates): Geometry => ({ type: 'MultiPoint', coordinates })),
  fc.array(lines, { minLength: 1, maxLength: 2 }).map((coordinates): Geometry => ({ type: 'MultiLineString', coordinates })), fc.array(fc.array(ring, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }).map((coordinates): Geometry => ({ type: 'MultiPolygon', coordinates })),
)
const geometry: fc.Arbitrary<Geometry> = fc.oneof({ weight: 5, arbitrary: plainGeometry }, fc.array(plainGeometry, { minLength: 1, maxLength: 3 }).map((geometries): Geometry => ({ type: 'GeometryCollection', geometries })))
const shape: fc.Arbitrary<Shape> = fc.oneof(property, geometry.map((inner): Shape => ({ kind: 'geometry', geometry: inner, at })), fc.tuple(numbers, numbers, numbers, numbers).map((box): Shape => ({ kind: 'box', box, at })))
const filters: fc.Arbitrary<Cql> = fc.letrec<{ cql: Cql }>((tie) => ({
  cql: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.boolean().map((value): Cql => ({ op: 'literal', value })),
    fc.record({ op: fc.constantFrom(...comparisons), left: scalar, right: scalar }).map((c): Cql => ({ ...c, at })),
    fc.record({ value: scalar, pattern: words, casei: fc.boolean() }).map((c): Cql => ({ op: 'like', ...c, at })),
    fc.record({ value: scalar, low: scalar, high: scalar }).map((c): Cql => ({ op: 'between', ...c, at })),
    fc.record({ value: scalar, list: fc.array(scalar, { minLength: 1, maxLength: 4 }) }).map((c): Cql => ({ op: 'in', ...c, at })),
    property.map((value): Cql => ({ op: 'isNull', value })),
    fc.record({ left: shape, right: shape }).map((c): Cql => ({ op: 'intersects', ...c, at })),
    fc.record({ op: fc.constantFrom(...temporalFunctions), left: temporal, right: temporal }).map((c): Cql => ({ ...c, at })),
    tie('cql').map((arg): Cql => ({ op: 'not', arg })),
    fc.record({ op: fc.constantFrom('and' as const, 'or' as const), args: fc.array(tie('cql'), { minLength: 2, maxLength: 3 }) }),
  ),
})).cql
