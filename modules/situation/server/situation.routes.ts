import type { BaseMapSource } from '#core/geo/server/baseMap/baseMapSource.ts'
import type { App } from '#core/http/server/app.ts'
import { invalid } from '#core/http/server/validation.ts'
import type { Station } from '#core/station/server/module.ts'
import { z } from 'zod'
import { incidentMapQuery, incidentMapResponse, placesQuery, placesResponse, styleParams, timelineQuery, timelineResponse } from '../situation.api.ts'
import { styleOf } from '../style.ts'
import { incidentsOnMap, incidentTimeline } from './incidentPoints.queries.ts'
import { listLayers } from './importedLayers.ts'
import { findPlaces } from './places.ts'

const tags = ['situation']
const config = { permission: 'situation.read' }

export function situationRoutes(app: App, station: Station, baseMap: BaseMapSource): void {
  const { database } = station

  app.get('/style/:look.json', {
    schema: { tags: ['map'], summary: 'The map’s style for MapLibre: `dark` or `light`', params: styleParams, response: { 200: z.looseObject({ version: z.literal(8) }) } },
    config,
  }, async (request, reply) => {
    const { source, imported } = await baseMap.current()
    const layers = await listLayers(database.read)
    void reply.header('cache-control', 'private, no-cache')
    return styleOf(request.params.look, {
      // MapLibre's worker has no page to resolve an address against: tiles need the whole of it.
      origin: `${request.protocol}://${request.host}`,
      base: { version: await source.version(), minzoom: source.minzoom, maxzoom: source.maxzoom, bounds: source.bounds, attribution: source.attribution, layers: source.layers, imported },
      parts: layers.filter(({ role }) => role !== 'overlay').map(({ id, role, title, kind }) => ({ id, role, title, kind })),
    })
  })

  app.get('/api/situation/incidents', {
    schema: { tags, summary: 'Incidents on the map as GeoJSON, the gravest first', querystring: incidentMapQuery, response: { 200: incidentMapResponse } },
    config,
  }, async (request) => {
    const { bbox, limit, ...filter } = request.query
    const { points, truncated } = await incidentsOnMap(database, bbox, limit, filter, request.log)
    return { type: 'FeatureCollection' as const, features: points.map(({ id, geometry, properties }) => ({ type: 'Feature' as const, id, geometry, properties })), truncated }
  })

  app.get('/api/situation/places', {
    schema: { tags, summary: 'Finds a place: coordinates, divisions by name, pinyin initials or code, incidents by title', querystring: placesQuery, response: { 200: placesResponse } },
    config,
  }, async (request) => ({ items: await findPlaces(database, station.self, request.query.q, request.query.size, request.log) }))

  app.get('/api/situation/timeline', {
    schema: { tags, summary: 'How many incidents happened when, by level: for the time slider', querystring: timelineQuery, response: { 200: timelineResponse } },
    config,
  }, async (request) => {
    const { from, until } = request.query
    if (until < from) throw invalid([{ field: 'until', message: { zh: '不能早于 from', en: 'must not be before from' } }])
    return incidentTimeline(database, request.query)
  })
}
