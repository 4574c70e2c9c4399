import { z } from 'zod'
import type { FieldFault, Sentence } from '#core/kernel/index.ts'
import { bindCql } from '#core/geo/cqlBind.ts'
import type { Cql, Scalar } from '#core/geo/cql.ts'
import { parseCql } from '#core/geo/cqlParse.ts'
import { parseInstant, parsePeriod } from '#core/geo/cqlTime.ts'
import { maxFilterLength } from '#core/geo/cqlTokens.ts'
import { invalid } from '#core/http/server/validation.ts'
import { readBBox } from '../../ogc.bbox.ts'
import { crs84, ogcCrsUris, ogcSystems, type OgcSystem } from '../../ogc.crs.ts'
import { queryableTypes, type FeatureSource, type ItemsQuery, type Queryable } from '../../ogc.source.ts'

/** More is answered with this many: by the standard a limit that is too large is no fault. */
export const maxLimit = 10_000
export const defaultLimit = 100

const formatParameter = z.enum(['json', 'html']).optional()
const crsParameter = z.enum(ogcCrsUris).default(crs84)

/** Of every page that is no list of features. */
export const pageQuery = z.strictObject({ f: formatParameter })
export const itemQuery = z.strictObject({ f: formatParameter, crs: crsParameter })

const itemsParameters = z.strictObject({
  f: formatParameter,
  limit: z.coerce.number().int().min(1).default(defaultLimit),
  offset: z.coerce.number().int().min(0).max(1_000_000_000).default(0),
  bbox: z.string().max(240).optional(),
  'bbox-crs': crsParameter,
  crs: crsParameter,
  datetime: z.string().max(120).optional(),
  filter: z.string().max(maxFilterLength).optional(),
  /** `cql-text` is what it was called before the standard was final, and what clients of those years send. */
  'filter-lang': z.enum(['cql2-text', 'cql-text']).default('cql2-text'),
  'filter-crs': crsParameter,
})

/** Of a collection's features: a parameter for each property besides. Whatever is not in here is refused by name. */
export function itemsQuery(source: FeatureSource): typeof itemsParameters {
  const properties = Object.entries(source.queryables).filter(([, { type }]) => type !== 'geometry')
  return itemsParameters.extend(Object.fromEntries(properties.map(([name, queryable]) => [name, propertyParameter(queryable)]))) as unknown as typeof itemsParameters
}

function propertyParameter({ type, values }: Queryable): z.ZodType<string | undefined> {
  const text = z.string().max(240)
  if (values) return z.enum(values as [string, ...string[]]).optional()
  if (type === 'boolean') return z.enum(['true', 'false']).optional()
  if (type === 'number') return text.regex(/^-?\d+(\.\d+)?$/, '应为数字|must be a number').optional()
  if (type === 'instant') return text.refine((value) => parseInstant(value) !== null, '应为 RFC 3339 日期或时刻|must be a date or moment of RFC 3339').optional()
  return text.optional()
}

export interface ReadQuery extends ItemsQuery {
  system: OgcSystem
}

/** What is asked of a collection, or a 400 that names each field at fault. */
export function readItemsQuery(source: FeatureSource, query: z.output<typeof itemsParameters>): ReadQuery {
  const faults: FieldFault[] = []
  const fail = (field: string, message: Sentence) => void faults.push({ field, message })
  const conditions: Cql[] = []
  let [bbox, period]: [ItemsQuery['bbox'], ItemsQuery['period']] = [null, null]

  if (query.bbox !== undefined) {
    const read = readBBox(query.bbox, systemOf(query['bbox-crs']))
    if ('fault' in read) fail('bbox', read.fault)
    else bbox = read.box
  }
  if (query.datetime !== undefined) {
    period = parsePeriod(query.datetime)
    if (!period) fail('datetime', { zh: '应为 RFC 3339 时刻，或 起/止（一端可为 ..）', en: 'must be a moment of RFC 3339, or start/end where one end may be ..' })
  }
  if (query.filter !== undefined) {
    const { toLonLat } = systemOf(query['filter-crs'])
    const parsed = parseCql(query.filter)
    const bound = 'cql' in parsed ? bindCql(parsed.cql, { properties: queryableTypes(source), toLonLat }) : parsed
    if ('fault' in bound) fail('filter', { zh: `第 ${bound.fault.at + 1} 个字符：${bound.fault.message.zh}`, en: `character ${bound.fault.at + 1}: ${bound.fault.message.en}` })
    else conditions.push(bound.cql)
  }
  if (faults.length > 0) throw invalid(faults)

  const given = query as Record<string, unknown>
  for (const [name, { type }] of Object.entries(source.queryables)) if (typeof given[name] === 'string') conditions.push(equals(name, type, given[name]))
  const filter = conditions.length > 1 ? { op: 'and' as const, args: conditions } : (conditions[0] ?? null)
  return { bbox, period, filter, limit: Math.min(query.limit, maxLimit), offset: query.offset, system: systemOf(query.crs) }
}

export function systemOf(uri: string): OgcSystem {
  return ogcSystems[uri]!
}

/** `status=open` says the same as `filter=status='open'`. */
function equals(name: string, type: Queryable['type'], value: string): Cql {
  const left = { kind: 'property' as const, name, at: 0 }
  const filter = (right: Scalar): Cql => ({ op: '=', left, right, at: 0 })
  switch (type) {
    case 'number': return filter({ kind: 'number', value: Number(value), at: 0 })
    case 'boolean': return filter({ kind: 'boolean', value: value === 'true', at: 0 })
    case 'instant': return filter({ kind: 'instant', text: value, ...parseInstant(value)!, at: 0 })
    default: return filter({ kind: 'text', value, at: 0 })
  }
}
