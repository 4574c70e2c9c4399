import { comparisons, temporalFunctions, type Comparison, type Cql, type CqlFault, type Instant, type IntervalEnd, type Scalar, type Temporal, type TemporalFunction } from './cql.ts'
import { CqlError, CqlReader, readProperty } from './cqlReader.ts'
import { readShape } from './cqlShape.ts'
import { parseInstant } from './cqlTime.ts'
import { readTokens } from './cqlTokens.ts'

/** Reads a CQL2 text filter. A fault says where it stands and what is wrong; nothing is thrown. */
export function parseCql(text: string): { cql: Cql } | { fault: CqlFault } {
  const tokens = readTokens(text)
  if (!Array.isArray(tokens)) return { fault: tokens }
  const reader = new CqlReader(tokens)
  try {
    const cql = readOr(reader)
    if (reader.peek().kind !== 'end') throw reader.expected('AND、OR 或结尾', 'AND, OR or the end')
    return { cql }
  } catch (error) {
    if (error instanceof CqlError) return { fault: error.fault }
    throw error
  }
}

function readOr(reader: CqlReader): Cql {
  const args = [readAnd(reader)]
  while (reader.takeWord('OR')) args.push(readAnd(reader))
  return args.length === 1 ? args[0]! : { op: 'or', args }
}

function readAnd(reader: CqlReader): Cql {
  const args = [readFactor(reader)]
  while (reader.takeWord('AND')) args.push(readFactor(reader))
  return args.length === 1 ? args[0]! : { op: 'and', args }
}

function readFactor(reader: CqlReader): Cql {
  return reader.takeWord('NOT') ? reader.nested(() => ({ op: 'not', arg: readFactor(reader) })) : readPrimary(reader)
}

function readPrimary(reader: CqlReader): Cql {
  if (reader.takeSign('(')) {
    return reader.nested(() => {
      const inner = readOr(reader)
      reader.expectSign(')')
      return inner
    })
  }
  const { text, at } = reader.peek()
  const word = text.toUpperCase()
  if (reader.peek().kind === 'name' && reader.isSign('(', 1)) {
    if (word === 'S_INTERSECTS') {
      reader.take()
      const [left, right] = pair(reader, () => readShape(reader))
      return { op: 'intersects', left, right, at }
    }
    if ((temporalFunctions as readonly string[]).includes(word)) {
      reader.take()
      const [left, right] = pair(reader, () => readTemporal(reader))
      return { op: word as TemporalFunction, left, right, at }
    }
  }
  if ((reader.isWord('TRUE') || reader.isWord('FALSE')) && isAlone(reader)) return { op: 'literal', value: reader.take().text.toUpperCase() === 'TRUE' }
  return readComparison(reader)
}

function pair<T>(reader: CqlReader, read: () => T): [T, T] {
  reader.expectSign('(')
  const left = read()
  reader.expectSign(',')
  const right = read()
  reader.expectSign(')')
  return [left, right]
}

const comparingWords = ['NOT', 'LIKE', 'ILIKE', 'BETWEEN', 'IN', 'IS']

function isComparison(reader: CqlReader): boolean {
  return comparisons.some((sign) => reader.isSign(sign))
}

/** TRUE and FALSE are filters by themselves where they are not compared with anything. */
function isAlone(reader: CqlReader): boolean {
  return !comparisons.some((sign) => reader.isSign(sign, 1)) && !comparingWords.some((word) => reader.isWord(word, 1))
}

function readComparison(reader: CqlReader): Cql {
  const { at } = reader.peek()
  const value = readScalar(reader)
  if (isComparison(reader)) return { op: reader.take().text as Comparison, left: value, right: readScalar(reader), at }
  if (reader.takeWord('IS')) {
    const negated = reader.takeWord('NOT')
    reader.expectWord('NULL')
    if (value.kind !== 'property') throw new CqlError(at, 'IS NULL 前应为属性名', 'IS NULL takes the name of a property')
    return unless(negated, { op: 'isNull', value })
  }
  const negated = reader.takeWord('NOT')
  if (reader.takeWord('LIKE')) return unless(negated, { op: 'like', value, ...readPattern(reader), at })
  // What GDAL writes, and many people: LIKE without regard to case.
  if (reader.takeWord('ILIKE')) return unless(negated, { op: 'like', value: { kind: 'casei', arg: value, at }, ...readPattern(reader), casei: true, at })
  if (reader.takeWord('BETWEEN')) {
    const low = readScalar(reader)
    reader.expectWord('AND')
    return unless(negated, { op: 'between', value, low, high: readScalar(reader), at })
  }
  if (reader.takeWord('IN')) return unless(negated, { op: 'in', value, list: reader.list(() => readScalar(reader)), at })
  throw reader.expected('比较（= <> < > <= >= LIKE BETWEEN IN IS NULL）', 'a comparison (= <> < > <= >= LIKE BETWEEN IN IS NULL)')
}

const unless = (negated: boolean, cql: Cql): Cql => (negated ? { op: 'not', arg: cql } : cql)

function readPattern(reader: CqlReader): { pattern: string; casei: boolean } {
  if (reader.isWord('CASEI') && reader.isSign('(', 1)) {
    return reader.nested(() => {
      reader.take()
      reader.expectSign('(')
      const { pattern } = readPattern(reader)
      reader.expectSign(')')
      return { pattern, casei: true }
    })
  }
  if (reader.peek().kind !== 'text') throw reader.expected("引号中的样式（如 '乌什%'）", "a pattern in quotation marks, such as '乌什%'")
  const { text, at } = reader.take()
  if (text.length > maxPatternLength) throw new CqlError(at, `样式至多 ${maxPatternLength} 个字符`, `a pattern has at most ${maxPatternLength} characters`)
  return { pattern: text, casei: false }
}

/** A pattern is laid over every text at every place: the longer both are, the longer it takes. */
const maxPatternLength = 240

const reserved = new Set(['AND', 'OR', 'NULL', ...comparingWords])

function readScalar(reader: CqlReader): Scalar {
  const scalar = readOperand(reader)
  if (['+', '-', '*', '/', '^', '%'].some((sign) => reader.isSign(sign))) throw new CqlError(reader.peek().at, '不支持四则运算', 'arithmetic is not supported')
  return scalar
}

function readOperand(reader: CqlReader): Scalar {
  const { kind, text, at } = reader.peek()
  if (kind === 'text') return { kind: 'text', value: reader.take().text, at }
  if (kind === 'number' || reader.isSign('-') || reader.isSign('+')) return { kind: 'number', ...reader.signedNumber() }
  if (reader.isWord('TRUE') || reader.isWord('FALSE')) return { kind: 'boolean', value: reader.take().text.toUpperCase() === 'TRUE', at }
  if (reader.isWord('CASEI') && reader.isSign('(', 1)) {
    return reader.nested(() => {
      reader.take()
      reader.expectSign('(')
      const arg = readOperand(reader)
      reader.expectSign(')')
      return { kind: 'casei', arg, at }
    })
  }
  if ((reader.isWord('DATE') || reader.isWord('TIMESTAMP')) && reader.isSign('(', 1)) return readInstant(reader)
  if (kind === 'name' && reserved.has(text.toUpperCase())) throw reader.expected('属性名或值', 'a property or a value')
  return readProperty(reader)
}

function readInstant(reader: CqlReader): Instant {
  const { at } = reader.peek()
  const isDate = reader.take().text.toUpperCase() === 'DATE'
  reader.expectSign('(')
  const instant = instantOf(reader, at)
  if (isDate === instant.text.includes('T')) throw isDate ? new CqlError(at, 'DATE 中应为日期，如 2024-01-23', 'DATE takes a date such as 2024-01-23') : new CqlError(at, 'TIMESTAMP 中应为时刻，如 2024-01-23T02:09:00Z', 'TIMESTAMP takes a moment such as 2024-01-23T02:09:00Z')
  reader.expectSign(')')
  return instant
}

function instantOf(reader: CqlReader, at: number): Instant {
  if (reader.peek().kind !== 'text') throw reader.expected("引号中的日期或时刻", 'a date or a moment in quotation marks')
  const place = reader.peek().at
  const text = reader.take().text.toUpperCase()
  const span = parseInstant(text)
  if (!span) throw new CqlError(place, '不是有效的日期或时刻（RFC 3339）', 'not a date or moment of RFC 3339')
  return { kind: 'instant', text, ...span, at }
}

function readTemporal(reader: CqlReader): Temporal {
  const { at } = reader.peek()
  if ((reader.isWord('DATE') || reader.isWord('TIMESTAMP')) && reader.isSign('(', 1)) return readInstant(reader)
  if (!(reader.isWord('INTERVAL') && reader.isSign('(', 1))) return readProperty(reader)
  reader.take()
  const [from, until] = pair(reader, () => readEnd(reader))
  if (from.kind === 'instant' && until.kind === 'instant' && from.from > until.until) throw new CqlError(at, '时段的起点晚于终点', 'the interval ends before it begins')
  return { kind: 'interval', from, until, at }
}

function readEnd(reader: CqlReader): IntervalEnd {
  const { kind, text, at } = reader.peek()
  if (kind !== 'text') return readProperty(reader)
  if (text !== '..') return instantOf(reader, at)
  reader.take()
  return { kind: 'open', at }
}
