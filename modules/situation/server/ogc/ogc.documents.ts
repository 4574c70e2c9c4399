import { isoTime, type Sentence } from '#core/kernel/index.ts'
import { crs84, ogcCrsUris } from '../../ogc.crs.ts'
import type { FeatureSource, OgcFeature, Queryable } from '../../ogc.source.ts'
import { mediaTypes, queryablesRel, type Link } from './ogc.links.ts'
import { ogcTexts as texts } from './ogc.texts.ts'

export type Say = (sentence: Sentence) => string

const features = (part: number, name: string) => `http://www.opengis.net/spec/ogcapi-features-${part}/1.0/conf/${name}`
const cql2 = (name: string) => `http://www.opengis.net/spec/cql2/1.0/conf/${name}`

export const conformsTo: readonly string[] = [
  ...['core', 'oas30', 'html', 'geojson'].map((name) => features(1, name)),
  features(2, 'crs'),
  ...['queryables', 'queryables-query-parameters', 'filter', 'features-filter'].map((name) => features(3, name)),
  ...['cql2-text', 'basic-cql2', 'advanced-comparison-operators', 'case-insensitive-comparison', 'basic-spatial-functions', 'basic-spatial-functions-plus', 'temporal-functions'].map(cql2),
]

/** The document itself and its other form. */
export function selfLinks(say: Say, { self, alternate, type = mediaTypes.json }: { self: string; alternate: string; type?: string }): Link[] {
  return [
    { href: self, rel: 'self', type, title: say(texts.thisPage) },
    { href: alternate, rel: 'alternate', type: mediaTypes.html, title: say(texts.asHtml) },
  ]
}

export function landingLinks(say: Say, root: string): Link[] {
  return [
    { href: `${root}/collections`, rel: 'data', type: mediaTypes.json, title: say(texts.collections) },
    { href: `${root}/conformance`, rel: 'conformance', type: mediaTypes.json, title: say(texts.conformance) },
    { href: `${root}/api`, rel: 'service-desc', type: mediaTypes.openapi, title: 'OpenAPI 3.0' },
    { href: `${root}/api.html`, rel: 'service-doc', type: mediaTypes.html, title: say(texts.api) },
  ]
}

export async function collectionDocument(source: FeatureSource, say: Say, root: string, isOwn = false) {
  const href = `${root}/collections/${source.id}`
  const { bbox, period } = await source.extent()
  const interval = source.time === null ? null : [period && isoTime(period.from), period && isoTime(period.until)]
  return {
    id: source.id,
    title: say(source.title),
    description: say(source.description),
    itemType: 'feature',
    extent: {
      ...(bbox ? { spatial: { bbox: [bbox], crs: crs84 } } : {}),
      ...(interval ? { temporal: { interval: [interval], trs: 'http://www.opengis.net/def/uom/ISO-8601/0/Gregorian' } } : {}),
    },
    crs: ogcCrsUris,
    storageCrs: crs84,
    links: [
      ...(isOwn ? selfLinks(say, { self: `${href}?f=json`, alternate: `${href}?f=html` }) : [{ href, rel: 'self', type: mediaTypes.json, title: say(source.title) }]),
      { href: `${href}/items`, rel: 'items', type: mediaTypes.geojson, title: say(texts.features) },
      { href: `${href}/items?f=html`, rel: 'items', type: mediaTypes.html, title: say(texts.features) },
      { href: `${href}/queryables`, rel: queryablesRel, type: mediaTypes.schema, title: say(texts.queryables) },
    ],
  }
}

const schemas: Record<Queryable['type'], object> = {
  text: { type: 'string' }, number: { type: 'number' }, boolean: { type: 'boolean' }, instant: { type: 'string', format: 'date-time' }, geometry: { format: 'geometry-any', 'x-ogc-role': 'primary-geometry' },
}

/** JSON Schema of one property. */
export function propertySchema({ type, title, values }: Queryable, say: Say, role?: string): object {
  return { title: say(title), ...schemas[type], ...(values ? { enum: values } : {}), ...(role ? { 'x-ogc-role': role } : {}) }
}

export function queryablesDocument(source: FeatureSource, say: Say, id: string) {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    type: 'object',
    title: say(source.title),
    properties: Object.fromEntries(Object.entries(source.queryables).map(([name, queryable]) => [name, propertySchema(queryable, say, name === source.time ? 'primary-instant' : undefined)])),
    additionalProperties: false,
  }
}

/** A feature as it goes out: geometry in the system asked for. */
export function featureDocument({ id, geometry, properties }: OgcFeature, move: (geometry: NonNullable<OgcFeature['geometry']>) => OgcFeature['geometry']) {
  return { type: 'Feature' as const, id, geometry: geometry && move(geometry), properties }
}
