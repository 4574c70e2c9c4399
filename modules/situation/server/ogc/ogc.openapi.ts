import type { FeatureSource, Queryable } from '../../ogc.source.ts'
import { crs84, ogcCrsUris } from '../../ogc.crs.ts'
import { propertySchema, type Say } from './ogc.documents.ts'
import { mediaTypes } from './ogc.links.ts'
import type { Operation } from './ogc.pages.ts'
import { defaultLimit, maxLimit } from './ogc.query.ts'
import { ogcTexts as texts } from './ogc.texts.ts'

type Json = Record<string, unknown>
type Path = Record<string, { get: { summary: string; operationId: string; parameters: Json[]; [more: string]: unknown } }>

/**
 * The definition that clients of OGC API Features read: OpenAPI 3.0, each collection with its own paths. The station's
 * whole API is described at `/api/openapi.json` (3.1); these clients know 3.0 only, and look here for their parameters.
 */
export function openApiDocument(sources: readonly FeatureSource[], say: Say, { root, version }: { root: string; version: string }): Json {
  return {
    openapi: '3.0.3',
    info: { title: say(texts.title), description: say(texts.description), version },
    servers: [{ url: root }],
    security: [{ token: [] }],
    tags: [{ name: 'Capabilities' }, { name: 'Data' }],
    paths: {
      ...capability('/', 'getLandingPage', say(texts.title), 'LandingPage', say),
      ...capability('/conformance', 'getConformance', say(texts.conformance), 'Conformance', say),
      ...capability('/api', 'getApi', say(texts.api), 'Any', say, mediaTypes.openapi),
      ...capability('/collections', 'getCollections', say(texts.collections), 'Collections', say),
      ...Object.assign({}, ...sources.map((source) => collectionPaths(source, say))) as Json,
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      parameters: parametersOf(say),
      responses: Object.fromEntries([['BadRequest', '400'], ['NotFound', '404'], ['NotSignedIn', '401'], ['NotAllowed', '403'], ['NotAcceptable', '406'], ['Fault', '500']].map(([name, status]) => [name, {
        description: `${name} (${status})`, content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
      }])),
      schemas: componentSchemas,
    },
  }
}

const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` })
const faults = { 400: ref('responses', 'BadRequest'), 401: ref('responses', 'NotSignedIn'), 403: ref('responses', 'NotAllowed'), 406: ref('responses', 'NotAcceptable'), 500: ref('responses', 'Fault') }
const page = { [mediaTypes.html]: { schema: { type: 'string' } } }

function operation(path: string, get: { tag: string; operationId: string; summary: string; parameters: Json[]; schema: Json; type: string; headers?: Json; canBeMissing?: boolean }): Path {
  const { tag, operationId, summary, parameters, schema, type, headers, canBeMissing } = get
  const responses = { 200: { description: summary, ...(headers ? { headers } : {}), content: { [type]: { schema }, ...page } }, ...faults, ...(canBeMissing ? { 404: ref('responses', 'NotFound') } : {}) }
  return { [path]: { get: { tags: [tag], operationId, summary, parameters, responses } } }
}

function capability(path: string, operationId: string, summary: string, schema: string, _say: Say, type: string = mediaTypes.json): Path {
  return operation(path, { tag: 'Capabilities', operationId, summary, parameters: [ref('parameters', 'f')], schema: ref('schemas', schema), type })
}

const contentCrs = { 'Content-Crs': { schema: { type: 'string' } } }

function collectionPaths(source: FeatureSource, say: Say): Path {
  const { id } = source
  const path = `/collections/${id}`
  const name = id[0]!.toUpperCase() + id.slice(1)
  const title = say(source.title)
  const properties = Object.entries(source.queryables).filter(([, { type }]) => type !== 'geometry')
  const fixed = ['f', 'limit', 'offset', 'bbox', 'bbox-crs', 'crs', 'datetime', 'filter', 'filter-lang', 'filter-crs'].map((parameter) => ref('parameters', parameter))
  return {
    ...operation(path, { tag: 'Data', operationId: `describe${name}`, summary: title, parameters: [ref('parameters', 'f')], schema: ref('schemas', 'Collection'), type: mediaTypes.json }),
    ...operation(`${path}/queryables`, { tag: 'Data', operationId: `get${name}Queryables`, summary: `${title} · ${say(texts.queryables)}`, parameters: [ref('parameters', 'f')], schema: ref('schemas', 'Any'), type: mediaTypes.schema }),
    ...operation(`${path}/items`, { tag: 'Data', operationId: `get${name}`, summary: `${title} · ${say(texts.features)}`, parameters: [...fixed, ...properties.map(([key, queryable]) => propertyParameter(key, queryable, say))], schema: ref('schemas', 'FeatureCollection'), type: mediaTypes.geojson, headers: contentCrs }),
    ...operation(`${path}/items/{featureId}`, { tag: 'Data', operationId: `get${name}Feature`, summary: `${title} · ${say(texts.feature)}`, parameters: [{ name: 'featureId', in: 'path', required: true, schema: { type: 'string' } }, ref('parameters', 'f'), ref('parameters', 'crs')], schema: ref('schemas', 'Feature'), type: mediaTypes.geojson, headers: contentCrs, canBeMissing: true }),
  }
}

function propertyParameter(name: string, queryable: Queryable, say: Say): Json {
  return { name, in: 'query', required: false, description: say(queryable.title), schema: propertySchema(queryable, say), style: 'form', explode: false }
}

function parametersOf(say: Say): Json {
  const parameter = (name: keyof typeof texts.parameters, schema: Json) => ({ [name]: { name, in: 'query', required: false, description: say(texts.parameters[name]), schema, style: 'form', explode: false } })
  const crs = { type: 'string', format: 'uri', enum: ogcCrsUris, default: crs84 }
  return {
    ...parameter('f', { type: 'string', enum: ['json', 'html'] }),
    ...parameter('limit', { type: 'integer', minimum: 1, maximum: maxLimit, default: defaultLimit }),
    ...parameter('offset', { type: 'integer', minimum: 0, default: 0 }),
    ...parameter('bbox', { type: 'array', minItems: 4, maxItems: 6, items: { type: 'number' } }),
    ...parameter('bbox-crs', crs),
    ...parameter('crs', crs),
    ...parameter('datetime', { type: 'string' }),
    ...parameter('filter', { type: 'string' }),
    ...parameter('filter-lang', { type: 'string', enum: ['cql2-text', 'cql-text'], default: 'cql2-text' }),
    ...parameter('filter-crs', crs),
  }
}

const text = { type: 'string' }
const list = (items: Json) => ({ type: 'array', items })
const object = (required: string[], properties: Json) => ({ type: 'object', required, properties })
const links = list(ref('schemas', 'Link'))
const componentSchemas: Json = {
  Any: { type: 'object' },
  Link: object(['href', 'rel'], { href: text, rel: text, type: text, title: text }),
  LandingPage: object(['links'], { title: text, description: text, links }),
  Conformance: object(['conformsTo'], { conformsTo: list(text) }),
  Collections: object(['links', 'collections'], { links, collections: list(ref('schemas', 'Collection')) }),
  Collection: object(['id', 'links'], { id: text, title: text, description: text, itemType: text, extent: { type: 'object' }, crs: list(text), storageCrs: text, links }),
  Geometry: { type: 'object', nullable: true, required: ['type'], properties: { type: text } },
  Feature: object(['type', 'id', 'geometry', 'properties'], { type: { type: 'string', enum: ['Feature'] }, id: text, geometry: ref('schemas', 'Geometry'), properties: { type: 'object', nullable: true }, links }),
  FeatureCollection: object(['type', 'features'], { type: { type: 'string', enum: ['FeatureCollection'] }, features: list(ref('schemas', 'Feature')), links, timeStamp: { type: 'string', format: 'date-time' }, numberMatched: { type: 'integer' }, numberReturned: { type: 'integer' } }),
  Problem: object(['type', 'title', 'status', 'code', 'detail', 'errors'], { type: text, title: text, status: { type: 'integer' }, code: text, detail: text, errors: list(object(['field', 'message'], { field: text, message: text })) }),
}

/** The same as a person reads it. */
export function operationsOf(document: Json): Operation[] {
  const parameters = (document.components as { parameters: Record<string, { name: string; description: string }> }).parameters
  return Object.entries(document.paths as Path).map(([path, { get }]) => ({
    path: path === '/' ? '' : path,
    summary: get.summary,
    parameters: get.parameters.map((parameter) => {
      const named = typeof parameter.$ref === 'string' ? parameters[parameter.$ref.split('/').at(-1)!]! : parameter as unknown as { name: string; description?: string }
      return { name: named.name, description: named.description ?? '' }
    }),
  }))
}
