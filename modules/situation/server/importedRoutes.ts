import { refuse } from '#core/kernel/index.ts'
import type { App } from '#core/http/server/app.ts'
import type { Role } from '#core/http/roles.ts'
import type { Station } from '#core/station/server/module.ts'
import { z } from 'zod'
import { layerParams, layerResponse, layersResponse } from '../imported.api.ts'
import { layerById, listLayers, removeLayer } from './importedLayers.ts'

const tags = ['situation']

/** Joins the module's access: whoever sees the map sees its layers; taking one away is for those who tend data. */
export const importedAccess: Record<string, readonly Role[]> = {
  'situation.layer-remove': ['steward', 'admin'],
}

/** Layers that `fengsui layer import` put there. They come by the command line only: no upload. */
export function importedRoutes(app: App, station: Station): void {
  app.get('/api/situation/layers', {
    schema: { tags, summary: 'Imported layers, for the layer tree', response: { 200: layersResponse } },
    config: { permission: 'situation.read' },
  }, async () => {
    const items = await listLayers(station.database.read)
    return { items, total: items.length }
  })

  app.get('/api/situation/layers/:id', {
    schema: { tags, summary: 'One imported layer with the report of its import', params: layerParams, response: { 200: layerResponse } },
    config: { permission: 'situation.read' },
  }, async (request) => {
    const layer = await layerById(station.database.read, request.params.id)
    if (!layer) throw noLayer()
    return layer
  })

  app.delete('/api/situation/layers/:id', {
    schema: { tags, summary: 'Takes an imported layer away', params: layerParams, response: { 204: z.null() } },
    config: { permission: 'situation.layer-remove' },
  }, async (request, reply) => {
    if (!(await removeLayer(station.database, request.params.id, station.clock.now()))) throw noLayer()
    return reply.status(204).send(null)
  })
}

function noLayer() {
  return refuse('situation.layer.not-found', '没有这个图层', 'There is no such layer')
}
