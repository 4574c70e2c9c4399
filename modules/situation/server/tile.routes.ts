import { z } from 'zod'
import { refuse } from '#core/kernel/index.ts'
import { sendTile, tagOf, tileAnswer } from '#core/geo/server/tileReply.ts'
import { spatialTile } from '#core/geo/server/spatialTiles.ts'
import { tileCache } from '#core/geo/server/tileCache.ts'
import type { BaseMapSource } from '#core/geo/server/baseMap/baseMapSource.ts'
import type { App } from '#core/http/server/app.ts'
import type { Station } from '#core/station/server/module.ts'
import { grades } from '#modules/norms/index.ts'
import { incidentTileQuery, layerTileParams, tileParams } from '../situation.api.ts'
import { withImportedLayer } from './importedLayers.ts'
import { incidentPoints } from './incidentPoints.ts'
import { filterOf } from './incidentPoints.queries.ts'

const tags = ['map']
/**
 * A map asks for a hundred tiles a view, most of which are answered by 304: they count apart from the rest, so that
 * looking around does not use up what an office has for its work.
 */
const config = { permission: 'situation.read', rateLimit: { max: 60_000, timeWindow: 60_000 } }
const day = 86_400

/** Points of imported layers are thinned to one in eight pixels at low zooms, and never gathered to discs. */
const thinning = { cells: 64, gatherUntil: 10 }

export function tileRoutes(app: App, station: Station, baseMap: BaseMapSource): void {
  const { read, dialect } = station.database
  const cache = tileCache()

  app.get('/tiles/base/:z/:x/:y.mvt', {
    schema: { tags, summary: 'A vector tile of the base map: land, water, river, area, boundary (示意), place, label', params: tileParams, querystring: z.object({ v: z.string().max(120).optional() }) },
    config,
  }, async (request, reply) => {
    const { z: zoom, x, y } = request.params
    const { source } = await baseMap.current()
    const version = await source.version()
    // The style names the version in the address, so such a tile never changes.
    const keep = request.query.v === version ? `private, max-age=${day}` : undefined
    return sendTile(reply, await tileAnswer(request, tagOf('base', version, zoom, x, y), () => source.tile(zoom, x, y), keep))
  })

  app.get('/tiles/incidents/:z/:x/:y.mvt', {
    schema: { tags, summary: 'A vector tile of incidents (layer `incidents`), gathered up to zoom 11: `cluster`, `point_count` and the gravest `level`', params: tileParams, querystring: incidentTileQuery },
    config,
  }, async (request, reply) => {
    const { z: zoom, x, y } = request.params
    const name = `incidents ${zoom}/${x}/${y} ${JSON.stringify(request.query)}`
    const version = await incidentPoints.version(read)
    return sendTile(reply, await tileAnswer(request, tagOf(name, version), () => cache.get(name, version, () =>
      spatialTile(read, incidentPoints, { z: zoom, x, y }, { layer: 'incidents', clusterProperties: ({ rank }) => ({ level: grades[rank - 1] ?? 'IV' }) }, filterOf(dialect, request.query)))))
  })

  app.get('/tiles/:layer/:z/:x/:y.mvt', {
    schema: { tags, summary: 'A vector tile of an imported layer; the layer in it bears the same id', params: layerTileParams },
    config,
  }, async (request, reply) => {
    const { layer, z: zoom, x, y } = request.params
    const answer = await withImportedLayer(read, layer, async (table, _card, run) => {
      const name = `${layer} ${zoom}/${x}/${y}`
      const version = `${run} ${await table.version(read)}`
      return tileAnswer(request, tagOf(name, version), () => cache.get(name, version, () => spatialTile(read, table, { z: zoom, x, y }, { layer, ...thinning })))
    })
    if (!answer) throw refuse('situation.layer.not-found', '没有这个图层', 'There is no such layer')
    return sendTile(reply, answer)
  })
}
