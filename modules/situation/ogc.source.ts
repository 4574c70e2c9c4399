import type { Sentence } from '#core/kernel/index.ts'
import type { BBox } from '#core/geo/bbox.ts'
import type { Cql } from '#core/geo/cql.ts'
import type { CqlType } from '#core/geo/cqlBind.ts'
import type { Span } from '#core/geo/cqlTime.ts'
import type { Geometry } from '#core/geo/geojson.ts'

/** A feature as OGC clients get it: moments are RFC 3339 text, and what has no known place has no geometry. */
export interface OgcFeature {
  type: 'Feature'
  id: string
  geometry: Geometry | null
  properties: Record<string, unknown>
}

/** A property that filters may use. */
export interface Queryable {
  type: CqlType
  title: Sentence
  /** All values there are, where they are few. */
  values?: readonly string[]
}

export interface ItemsQuery {
  /** What has no geometry, or no time, passes each of these two (17-069r4, /req/core/fc-bbox-response and fc-time-response). */
  bbox: BBox | null
  period: Span | null
  /** Bound to the source's queryables. */
  filter: Cql | null
  limit: number
  offset: number
}

/** One collection of OGC API Features, whatever stands behind it. */
export interface FeatureSource {
  id: string
  title: Sentence
  description: Sentence
  /** A filter in CQL2 text that makes sense here. */
  example: string
  /** By name; `geometry` among them. */
  queryables: Readonly<Record<string, Queryable>>
  /** The property that `datetime` goes by; null where features have no time. */
  time: string | null
  extent(): Promise<{ bbox: BBox | null; period: Span | null }>
  /** In order of id, by code point; `matched` counts all pages. */
  items(query: ItemsQuery): Promise<{ features: OgcFeature[]; matched: number }>
  item(id: string): Promise<OgcFeature | null>
}

export const queryableTypes = (source: Pick<FeatureSource, 'queryables'>): Record<string, CqlType> =>
  Object.fromEntries(Object.entries(source.queryables).map(([name, { type }]) => [name, type]))

export const geometryQueryable: Queryable = { type: 'geometry', title: { zh: '位置', en: 'Geometry' } }
