import { boxPolygon, splitAtMeridian } from './bbox.ts'
import type { Comparison, Cql, IntervalEnd, Scalar, Shape, Temporal } from './cql.ts'
import { likeMatcher } from './cqlLike.ts'
import type { Span } from './cqlTime.ts'
import type { Geometry } from './geojson.ts'
import { intersector } from './intersects.ts'
import { relations } from './cqlRelations.ts'

/** What a filter looks at: properties as GeoJSON gives them (moments as RFC 3339 text), and the geometry. */
export interface CqlSubject {
  geometry: Geometry | null
  properties: Readonly<Record<string, unknown>>
}

/** True, false, or null where a value that is not there leaves it open: three-valued as in SQL. */
export type CqlTest = (subject: CqlSubject) => boolean | null

/** A bound filter (`bindCql`) as a test, made once for many features. */
export function cqlTest(cql: Cql): CqlTest {
  switch (cql.op) {
    case 'literal': return () => cql.value
    case 'not': return negate(cqlTest(cql.arg))
    case 'and': case 'or': return combine(cql.args.map(cqlTest), cql.op === 'or')
    case 'isNull': return ({ geometry, properties }) => (cql.value.name === 'geometry' ? geometry : valueAt(properties, cql.value.name)) === null
    case 'like': {
      const value = valueOf(cql.value)
      const matches = likeMatcher(cql.casei ? fold(cql.pattern) : cql.pattern)
      return (subject) => {
        const text = value(subject)
        return typeof text === 'string' ? matches(text) : null
      }
    }
    case 'between': return combine([compare('>=', cql.value, cql.low), compare('<=', cql.value, cql.high)], false)
    case 'in': return combine(cql.list.map((item) => compare('=', cql.value, item)), true)
    case 'intersects': return meets(cql.left, cql.right)
    case '=': case '<>': case '<': case '>': case '<=': case '>=': return compare(cql.op, cql.left, cql.right)
    default: {
      const [left, right, holds] = [spanOf(cql.left), spanOf(cql.right), relations[cql.op]]
      return (subject) => {
        const [a, b] = [left(subject), right(subject)]
        return a && b ? holds(a, b) : null
      }
    }
  }
}

const negate = (test: CqlTest): CqlTest => (subject) => {
  const result = test(subject)
  return result === null ? null : !result
}

/** AND, or OR where `settling` is true: one test that gives it settles all. */
function combine(tests: CqlTest[], settling: boolean): CqlTest {
  return (subject) => {
    let open = false
    for (const test of tests) {
      const result = test(subject)
      if (result === settling) return settling
      if (result === null) open = true
    }
    return open ? null : !settling
  }
}

type Value = string | number | boolean | Span | null
type Read = (subject: CqlSubject) => Value

function valueOf(scalar: Scalar): Read {
  switch (scalar.kind) {
    case 'text': case 'number': case 'boolean': return () => scalar.value
    case 'instant': return () => scalar
    case 'casei': {
      const inner = valueOf(scalar.arg)
      return (subject) => {
        const value = inner(subject)
        return typeof value === 'string' ? fold(value) : null
      }
    }
    default: return ({ properties }) => valueAt(properties, scalar.name)
  }
}

function valueAt(properties: Readonly<Record<string, unknown>>, name: string): string | number | boolean | null {
  const value = Object.hasOwn(properties, name) ? properties[name] : null
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

const fold = (text: string) => text.toLowerCase()

function compare(op: Comparison, left: Scalar, right: Scalar): CqlTest {
  if (left.kind === 'instant' || right.kind === 'instant') return compareSpans(op, left, right)
  const [a, b] = [valueOf(left), valueOf(right)]
  return (subject) => {
    const [x, y] = [a(subject), b(subject)]
    return x === null || y === null || typeof x !== typeof y ? null : decide(op, order(x as string, y as string))
  }
}

/** A day holds all its moments: `=` is within it, `<` before it begins, `>` after it has ended. */
function compareSpans(op: Comparison, left: Scalar, right: Scalar): CqlTest {
  const [a, b] = [spanOfScalar(left), spanOfScalar(right)]
  return (subject) => {
    const [x, y] = [a(subject), b(subject)]
    if (!x || !y) return null
    return decide(op, x.until < y.from ? -1 : x.from > y.until ? 1 : 0)
  }
}

function decide(op: Comparison, order: number): boolean {
  switch (op) {
    case '=': return order === 0
    case '<>': return order !== 0
    case '<': return order < 0
    case '>': return order > 0
    case '<=': return order <= 0
    default: return order >= 0
  }
}

/** By code point, as databases compare bytes of UTF-8: surrogates would sort astral characters too early. */
function order(a: string | number | boolean, b: string | number | boolean): number {
  if (a === b) return 0
  if (typeof a !== 'string' || typeof b !== 'string') return a < b ? -1 : 1
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  const [x, y] = [a.codePointAt(at), b.codePointAt(at)]
  if (x === undefined || y === undefined) return x === undefined ? -1 : 1
  const isAstral = (code: number) => code > 0xffff || (code >= 0xd800 && code <= 0xdfff)
  if (isAstral(x) !== isAstral(y)) return isAstral(x) ? 1 : -1
  return x < y ? -1 : 1
}

function spanOfScalar(scalar: Scalar): (subject: CqlSubject) => Span | null {
  const value = valueOf(scalar)
  return (subject) => {
    const found = value(subject)
    return typeof found === 'string' ? moment(found) : typeof found === 'object' ? found : null
  }
}

function spanOf(temporal: Temporal): (subject: CqlSubject) => Span | null {
  if (temporal.kind !== 'interval') return spanOfScalar(temporal)
  const [from, until] = [endOf(temporal.from, -Infinity), endOf(temporal.until, Infinity)]
  return (subject) => {
    const [a, b] = [from(subject), until(subject)]
    return a && b && a.from <= b.until ? { from: a.from, until: b.until } : null
  }
}

function endOf(end: IntervalEnd, open: number): (subject: CqlSubject) => Span | null {
  return end.kind === 'open' ? () => ({ from: open, until: open }) : spanOfScalar(end)
}

function moment(text: string): Span | null {
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : { from: at, until: at }
}

function meets(left: Shape, right: Shape): CqlTest {
  const shape = left.kind === 'property' ? right : left
  if (shape.kind === 'property') return () => null
  const parts = shape.kind === 'geometry' ? [shape.geometry] : splitAtMeridian(shape.box).map(boxPolygon)
  const tests = parts.map(intersector)
  return ({ geometry }) => (geometry ? tests.some((test) => test(geometry)) : null)
}
