import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { refuse } from '#core/kernel/index.ts'
import { convertGeometry } from '#core/geo/crs.ts'
import { featureCollectionAnswer } from '#core/geo/geojson.ts'
import type { App } from '#core/http/server/app.ts'
import { languageOf } from '#core/http/server/problem.ts'
import type { Station } from '#core/station/server/module.ts'
import { crs84, ogcCrsUris } from '../../ogc.crs.ts'
import type { FeatureSource } from '../../ogc.source.ts'
import { collectionDocument, conformsTo, featureDocument, landingLinks, queryablesDocument, selfLinks, type Say } from './ogc.documents.ts'
import { formatOf } from './ogc.format.ts'
import { speaker } from './ogc.html.ts'
import { hrefWith, mediaTypes, rootOf } from './ogc.links.ts'
import { openApiDocument, operationsOf } from './ogc.openapi.ts'
import * as pages from './ogc.pages.ts'
import { itemQuery, itemsQuery, pageQuery, readItemsQuery, systemOf } from './ogc.query.ts'
import { ogcTexts as texts } from './ogc.texts.ts'

const tags = ['ogc']
const config = { permission: 'situation.read' }
const document = z.looseObject({ links: z.array(z.looseObject({ href: z.string(), rel: z.string() })) })
/** A page goes out as the text it is. */
const orPage = <T extends z.ZodType>(schema: T) => ({ 200: z.union([schema, z.string()]) })

/** OGC API Features: Part 1 (17-069r4), Part 2 (18-058r1), Part 3 (19-079r2) with CQL2 text, over the sources given. */
export function ogcRoutes(app: App, station: Pick<Station, 'clock' | 'version'>, sources: readonly FeatureSource[]): void {
  const landing = async (request: FastifyRequest, reply: FastifyReply) => {
    const { say, root, self } = contextOf(request)
    const links = [...self, ...landingLinks(say, root)]
    const [title, description] = [say(texts.title), say(texts.description)]
    return answer(request, reply, { title, description, links }, (context) => pages.landingPage(context, { title, description, links }))
  }
  app.get('/ogc', { schema: { tags, summary: 'OGC API Features: the landing page', querystring: pageQuery, response: orPage(document) }, config }, landing)
  app.get('/ogc/', { schema: { hide: true, querystring: pageQuery, response: orPage(document) }, config }, landing)

  app.get('/ogc/conformance', {
    schema: { tags, summary: 'What this conforms to', querystring: pageQuery, response: orPage(z.object({ conformsTo: z.array(z.string()) })) }, config,
  }, (request, reply) => answer(request, reply, { conformsTo: [...conformsTo] }, (context) => pages.conformancePage(context, conformsTo)))

  const definition = (request: FastifyRequest) => {
    const { say, root } = contextOf(request)
    return openApiDocument(sources, say, { root, version: station.version })
  }
  app.get('/ogc/api', {
    schema: { tags, summary: 'The OpenAPI 3.0 definition of OGC API Features', querystring: pageQuery, response: orPage(z.looseObject({ openapi: z.string() })) }, config, onSend: exactMediaType,
  }, (request, reply) => answer(request, reply, definition(request) as { openapi: string }, (context) => pages.apiPage(context, operationsOf(definition(request))), mediaTypes.openapi))
  app.get('/ogc/api.html', {
    schema: { tags, summary: 'The same for people', querystring: z.strictObject({}), response: { 200: z.string() } }, config,
  }, (request, reply) => sendPage(request, reply, (context) => pages.apiPage({ ...context, json: `${context.root}/api` }, operationsOf(definition(request)))))

  app.get('/ogc/collections', {
    schema: { tags, summary: 'The collections', querystring: pageQuery, response: orPage(document.extend({ collections: z.array(document) })) }, config,
  }, async (request, reply) => {
    const { say, root, self } = contextOf(request)
    const collections = await Promise.all(sources.map((source) => collectionDocument(source, say, root)))
    return answer(request, reply, { links: self, collections }, (context) => pages.collectionsPage(context, sources))
  })

  for (const source of sources) collectionRoutes(app, station, source)

  // The console answers browsers for addresses of its own; these are none of them.
  app.get('/ogc/*', { schema: { hide: true }, config }, () => {
    throw refuse('ogc.not-found', '没有这个要素集或页面', 'There is no such collection or page')
  })
}

function collectionRoutes(app: App, station: Pick<Station, 'clock'>, source: FeatureSource): void {
  const path = `/ogc/collections/${source.id}`

  app.get(path, { schema: { tags, summary: `The collection ${source.id}`, querystring: pageQuery, response: orPage(document) }, config }, async (request, reply) => {
    const { say, root } = contextOf(request)
    const collection = await collectionDocument(source, say, root, true)
    const { spatial, temporal } = collection.extent
    return answer(request, reply, collection, (context) => pages.collectionPage(context, source, { bbox: spatial?.bbox[0] ?? null, interval: temporal?.interval[0] ?? null, crs: ogcCrsUris }))
  })

  app.get(`${path}/queryables`, {
    schema: { tags, summary: `Properties of ${source.id} that filters may use`, querystring: pageQuery, response: orPage(z.looseObject({ properties: z.record(z.string(), z.unknown()) })) }, config,
  }, (request, reply) => {
    const { say, root } = contextOf(request)
    // Older clients ask for plain JSON and take nothing else.
    const { accept = '' } = request.headers
    const type = accept.includes(mediaTypes.json) && !accept.includes(mediaTypes.schema) ? mediaTypes.json : mediaTypes.schema
    return answer(request, reply, queryablesDocument(source, say, `${root}/collections/${source.id}/queryables`), (context) => pages.queryablesPage(context, source), type)
  })

  app.get(`${path}/items`, {
    schema: { tags, summary: `Features of ${source.id}, filtered by box, time, CQL2 text and properties`, querystring: itemsQuery(source), response: orPage(featureCollectionAnswer) }, config,
  }, async (request, reply) => {
    const { say, root } = contextOf(request)
    const query = readItemsQuery(source, request.query)
    const { features, matched } = await source.items(query)
    const { limit, offset, system } = query
    const hasMore = features.length > 0 && offset + features.length < matched
    const linkTo = (to: number, f: 'json' | 'html') => hrefWith(request, { f, limit, offset: to === 0 ? undefined : to })
    const [next, previous] = [hasMore ? offset + features.length : null, offset > 0 ? Math.max(0, offset - limit) : null]
    void reply.header('content-crs', `<${system.uri}>`)
    const collection = {
      type: 'FeatureCollection' as const,
      timeStamp: new Date(station.clock.now()).toISOString(),
      numberMatched: matched,
      numberReturned: features.length,
      links: [
        ...selfLinks(say, { self: hrefWith(request, { f: 'json' }), alternate: hrefWith(request, { f: 'html' }), type: mediaTypes.geojson }),
        ...(next === null ? [] : [{ href: linkTo(next, 'json'), rel: 'next', type: mediaTypes.geojson, title: say(texts.next) }]),
        ...(previous === null ? [] : [{ href: linkTo(previous, 'json'), rel: 'prev', type: mediaTypes.geojson, title: say(texts.previous) }]),
        { href: `${root}/collections/${source.id}`, rel: 'collection', type: mediaTypes.json, title: say(source.title) },
      ],
      features: system.uri === crs84 ? features : features.map((feature) => featureDocument(feature, (geometry) => convertGeometry(geometry, system.fromLonLat))),
    }
    return answer(request, reply, collection, (context) => pages.itemsPage(context, source, {
      features, matched, offset, asked: Object.fromEntries(new URL(request.url, 'http://station').searchParams),
      next: next === null ? null : linkTo(next, 'html'), previous: previous === null ? null : linkTo(previous, 'html'),
    }), mediaTypes.geojson)
  })

  app.get(`${path}/items/:featureId`, {
    schema: { tags, summary: `One feature of ${source.id}`, params: z.object({ featureId: z.string().min(1).max(400) }), querystring: itemQuery, response: orPage(z.looseObject({ type: z.literal('Feature') })) }, config,
  }, async (request, reply) => {
    const { say, root } = contextOf(request)
    const feature = await source.item(request.params.featureId)
    if (!feature) throw refuse('ogc.feature.not-found', '没有这个要素', 'There is no such feature')
    const system = systemOf(request.query.crs)
    void reply.header('content-crs', `<${system.uri}>`)
    const found = {
      ...featureDocument(feature, (geometry) => convertGeometry(geometry, system.fromLonLat)),
      links: [
        ...selfLinks(say, { self: hrefWith(request, { f: 'json' }), alternate: hrefWith(request, { f: 'html' }), type: mediaTypes.geojson }),
        { href: `${root}/collections/${source.id}`, rel: 'collection', type: mediaTypes.json, title: say(source.title) },
      ],
    }
    return answer(request, reply, found, (context) => pages.itemPage(context, source, feature), mediaTypes.geojson)
  })
}

/** JSON has its media type rewritten with quotation marks and a charset; clients compare this one letter by letter. */
async function exactMediaType(_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (String(reply.getHeader('content-type')).startsWith('application/vnd.oai.openapi+json')) void reply.header('content-type', mediaTypes.openapi)
  return payload
}

function contextOf(request: FastifyRequest) {
  const say: Say = speaker(languageOf(request.headers['accept-language']))
  return { say, root: rootOf(request), self: selfLinks(say, { self: hrefWith(request, { f: 'json' }), alternate: hrefWith(request, { f: 'html' }) }) }
}

/** As data or as a page, whichever was asked for; both say what they depend on. */
function answer<T>(request: FastifyRequest, reply: FastifyReply, value: T, page: (context: pages.PageContext) => string, type: string = mediaTypes.json): T | string {
  if (formatOf(request) === 'html') return sendPage(request, reply, page)
  declare(request, reply, type)
  return value
}

function sendPage(request: FastifyRequest, reply: FastifyReply, page: (context: pages.PageContext) => string): string {
  declare(request, reply, `${mediaTypes.html}; charset=utf-8`)
  return page({ language: languageOf(request.headers['accept-language']), root: rootOf(request), json: hrefWith(request, { f: 'json' }) })
}

function declare(request: FastifyRequest, reply: FastifyReply, type: string): void {
  void reply
    .header('content-type', type)
    .header('content-language', languageOf(request.headers['accept-language']))
    .header('vary', 'accept, accept-language, authorization, cookie')
    .header('cache-control', 'private, no-cache')
}
