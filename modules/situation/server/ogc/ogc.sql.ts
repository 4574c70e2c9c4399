import { sql, type RawBuilder } from 'kysely'
import type { Comparison, Cql, Scalar } from '#core/geo/cql.ts'
import type { CqlType } from '#core/geo/cqlBind.ts'
import { likeParts } from '#core/geo/cqlLike.ts'
import { propertyNumber, propertyText } from '#core/geo/server/spatial.ts'
import type { Dialect } from '#core/sql/server/database.ts'

/** Of a spatial table: which types its properties have, and which of them is its column `at`. Moments are epoch ms there. */
export interface SqlWorld {
  dialect: Dialect
  types: Readonly<Record<string, CqlType>>
  time: string | null
}

/**
 * What of a bound filter the database can answer with the very same outcome, and what is left to `cqlTest`: spatial and
 * temporal functions, and comparisons without regard to case, which databases do each in their own way.
 */
export function splitFilter(filter: Cql | null, world: SqlWorld): { where: RawBuilder<unknown> | undefined; rest: Cql | null } {
  const parts = filter === null ? [] : conjunctsOf(filter)
  const compiled = parts.map((part) => ({ part, where: toSql(part, world) }))
  const known = compiled.flatMap(({ where }) => (where ? [where] : []))
  const rest = compiled.filter(({ where }) => where === null).map(({ part }) => part)
  return {
    where: known.length === 0 ? undefined : sql.join(known, sql` and `),
    rest: rest.length === 0 ? null : rest.length === 1 ? rest[0]! : { op: 'and', args: rest },
  }
}

const conjunctsOf = (cql: Cql): Cql[] => (cql.op === 'and' ? cql.args.flatMap(conjunctsOf) : [cql])

/** Null where the database would not give the same answer. */
function toSql(cql: Cql, world: SqlWorld): RawBuilder<unknown> | null {
  switch (cql.op) {
    case 'literal': return cql.value ? sql`(1 = 1)` : sql`(1 = 0)`
    case 'not': {
      const arg = toSql(cql.arg, world)
      return arg && sql`(not ${arg})`
    }
    case 'and': case 'or': return joined(cql.args.map((arg) => toSql(arg, world)), cql.op === 'and' ? sql` and ` : sql` or `)
    case 'isNull': {
      const column = columnOf(cql.value, world)
      return column && sql`(${column.value} is null)`
    }
    case 'like': {
      const column = columnOf(cql.value, world)
      return column?.type === 'text' && !cql.casei ? likeSql(column.value, cql.pattern, world.dialect) : null
    }
    case 'between': return joined([compare('>=', cql.value, cql.low, world), compare('<=', cql.value, cql.high, world)], sql` and `)
    case 'in': return joined(cql.list.map((item) => compare('=', cql.value, item, world)), sql` or `)
    case '=': case '<>': case '<': case '>': case '<=': case '>=': return compare(cql.op, cql.left, cql.right, world)
    default: return null
  }
}

function joined(parts: (RawBuilder<unknown> | null)[], by: RawBuilder<unknown>): RawBuilder<unknown> | null {
  const known = parts.filter((part) => part !== null)
  return known.length === parts.length ? sql`(${sql.join(known, by)})` : null
}

interface Column { type: CqlType; value: RawBuilder<unknown> }

function columnOf(scalar: Scalar, { dialect, types, time }: SqlWorld): Column | null {
  if (scalar.kind !== 'property') return null
  const { name } = scalar
  const type = types[name]
  if (!type || type === 'geometry') return null
  if (type === 'instant' && name === time) return { type, value: sql.ref('at') }
  return { type, value: type === 'number' || type === 'instant' ? propertyNumber(dialect, name) : propertyText(dialect, name) }
}

const mirrored: Record<Comparison, Comparison> = { '=': '=', '<>': '<>', '<': '>', '>': '<', '<=': '>=', '>=': '<=' }

/** A property with a value; other pairs are rare and left to the test. */
function compare(op: Comparison, left: Scalar, right: Scalar, world: SqlWorld): RawBuilder<unknown> | null {
  const column = columnOf(left, world)
  if (!column) return columnOf(right, world) ? compare(mirrored[op], right, left, world) : null
  const { value } = column
  switch (right.kind) {
    case 'instant': {
      // A day holds all its moments.
      if (op === '=' || op === '<>') return op === '=' ? sql`(${value} >= ${right.from} and ${value} <= ${right.until})` : sql`(${value} < ${right.from} or ${value} > ${right.until})`
      return sql`(${value} ${sql.raw(op)} ${op === '<' || op === '>=' ? right.from : right.until})`
    }
    case 'number': return sql`(${value} ${sql.raw(op)} ${right.value})`
    case 'boolean': return sql`(${value} ${sql.raw(op)} ${String(right.value)})`
    // By code point on both, whatever the language of the server.
    case 'text': return world.dialect === 'postgres' ? sql`(${value} collate "C" ${sql.raw(op)} ${right.value})` : sql`(${value} ${sql.raw(op)} ${right.value})`
    default: return null
  }
}

/** SQLite's LIKE does not regard case; its GLOB does, with signs of its own. */
function likeSql(value: RawBuilder<unknown>, pattern: string, dialect: Dialect): RawBuilder<unknown> {
  const parts = likeParts(pattern)
  if (dialect === 'postgres') {
    const text = parts.map((part) => (part === 'many' ? '%' : part === 'one' ? '_' : part.character.replace(/[%_\\]/, '\\$&'))).join('')
    return sql`(${value} like ${text})`
  }
  const text = parts.map((part) => (part === 'many' ? '*' : part === 'one' ? '?' : part.character.replace(/[*?[]/, '[$&]'))).join('')
  return sql`(${value} glob ${text})`
}
