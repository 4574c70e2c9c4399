import { bboxOf, boxPolygon, splitAtMeridian, unionOf, type BBox } from '#core/geo/bbox.ts'
import { cqlTest } from '#core/geo/cqlMatch.ts'
import type { Span } from '#core/geo/cqlTime.ts'
import { intersector } from '#core/geo/intersects.ts'
import type { FeatureSource, ItemsQuery, OgcFeature } from './ogc.source.ts'

/** A collection whose features are few enough to be looked at one by one; `load` gives them in order of id. */
export function memorySource(about: Omit<FeatureSource, 'extent' | 'items' | 'item'>, load: () => Promise<readonly OgcFeature[]>): FeatureSource {
  return {
    ...about,
    extent: async () => extentOf(await load(), about.time),
    items: async (query) => pageOfFeatures(await load(), query, about.time),
    item: async (id) => (await load()).find((feature) => feature.id === id) ?? null,
  }
}

/** A test of features by box, time and filter. */
export function featureTest({ bbox, period, filter }: Pick<ItemsQuery, 'bbox' | 'period' | 'filter'>, time: string | null): (feature: OgcFeature) => boolean {
  const boxes = bbox ? splitAtMeridian(bbox).map((box) => intersector(boxPolygon(box))) : null
  const holds = filter ? cqlTest(filter) : null
  return (feature) => {
    const { geometry, properties } = feature
    if (boxes && geometry && !boxes.some((meets) => meets(geometry))) return false
    const at = period && time ? momentOf(properties[time]) : null
    if (period && at !== null && (at < period.from || at > period.until)) return false
    return holds === null || holds(feature) === true
  }
}

/** A page of features that are all at hand, in order of id. */
export function pageOfFeatures(features: readonly OgcFeature[], query: ItemsQuery, time: string | null): { features: OgcFeature[]; matched: number } {
  const found = features.filter(featureTest(query, time))
  return { features: found.slice(query.offset, query.offset + query.limit), matched: found.length }
}

export function extentOf(features: readonly OgcFeature[], time: string | null): { bbox: BBox | null; period: Span | null } {
  const bbox = features.reduce<BBox | null>((box, { geometry }) => (geometry ? unionOf(box, bboxOf(geometry)) : box), null)
  const period = features.reduce<Span | null>((span, { properties }) => {
    const at = time ? momentOf(properties[time]) : null
    return at === null ? span : { from: Math.min(span?.from ?? at, at), until: Math.max(span?.until ?? at, at) }
  }, null)
  return { bbox, period }
}

export function momentOf(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : at
}
