import type { FastifyRequest } from 'fastify'
import { newId, refuse } from '#core/kernel/index.ts'
import { boxesMeet, splitAtMeridian, type BBox } from '#core/geo/bbox.ts'
import type { App } from '#core/http/server/app.ts'
import { invalid } from '#core/http/server/validation.ts'
import type { Station } from '#core/station/server/module.ts'
import * as api from '../plot.api.ts'
import { bodyOf, boxOfStroke, featureOf, keyOfFeature, strokeOf, strokeOfFeature, strokesOf, type Read, type StrokeFeature } from '../plot.features.ts'
import { titleOf } from '../plot.state.ts'
import type { Stroke, StrokeBody } from '../stroke.ts'
import { editAll } from './editing.ts'
import { loadLayer, valuesOf } from './plot.reading.ts'

const tags = ['plot']

/** A layer as GeoJSON, for machines: the same edits as by hand, through the same document. */
export function featureRoutes(app: App, station: Station): void {
  const { live, clock } = station

  app.get('/api/layers/:id/features', {
    schema: { tags, summary: '图层的图元 (GeoJSON) · The features of a layer', params: api.layerParams, querystring: api.featuresQuery, response: { 200: api.featuresAnswer } },
    config: { permission: 'plot.read' },
  }, async (request, reply) => {
    const [{ id }, { at, bbox, page, size }] = [request.params, request.query]
    const { layer, doc } = await loadLayer(station, id)
    const layerName = titleOf(layer, station.ledger.directory)
    const boxes = bbox === undefined ? null : boxesOf(bbox)
    const all = strokesOf(await valuesOf(station, doc, at)).sort(([a], [b]) => (a < b ? -1 : 1)).filter(([, stroke]) => boxes === null || touches(stroke, boxes))
    const features = all.slice((page - 1) * size, page * size).map(([key, stroke]) => featureOf({ key, layer: id, layerName, stroke }))
    void reply.header('content-type', 'application/geo+json; charset=utf-8')
    return { type: 'FeatureCollection' as const, numberMatched: all.length, numberReturned: features.length, features: features as never }
  })

  app.get('/api/layers/:id/features/:key', {
    schema: { tags, summary: '一个图元 · One feature', params: api.featureParams, response: { 200: api.featureAnswer } },
    config: { permission: 'plot.read' },
  }, async (request) => asAnswer(await readFeature(request.params)))

  app.post('/api/layers/:id/features', {
    schema: { tags, summary: '标绘 · Draws features; an id that is given must be new', params: api.layerParams, body: api.newFeaturesBody, response: { 201: api.createdAnswer } },
    config: { permission: 'plot.draw' },
  }, async (request, reply) => {
    const { doc } = await loadLayer(station, request.params.id)
    const { body } = request
    const many = body.type === 'FeatureCollection'
    const given = many ? (body as { features: Record<string, unknown>[] }).features : [body]
    const present = await valuesOf(station, doc)
    const taken = new Set<string>()
    const changes = given.map((feature, i) => {
      const at = many ? `features.${i}.` : ''
      const key = take(keyOfFeature(feature), at) ?? newId(clock.now())
      if (present.has(key) || taken.has(key)) throw refuse('plot.feature-known', `已有编号为 ${key} 的图元`, `There is a feature ${key} already`, [{ field: `${at}id`, message: { zh: '换一个，或修改已有的', en: 'choose another, or change the one there is' } }])
      taken.add(key)
      return { key, value: take(strokeOfFeature(feature), at) as Record<string, unknown> }
    })
    await editAll(live, doc, request.person, changes)
    return reply.status(201).send({ ids: changes.map(({ key }) => key), id: changes[0]!.key })
  })

  app.patch('/api/layers/:id/features/:key', {
    schema: { tags, summary: '修改图元 · Changes what is named of a feature: its geometry, properties, or both', params: api.featureParams, body: api.changeBody, response: { 200: api.featureAnswer } },
    config: { permission: 'plot.draw' },
  }, async (request) => {
    const { doc, stroke } = await loadStroke(request.params)
    const changed: StrokeBody = take(strokeOfFeature({ geometry: request.body.geometry, properties: request.body.properties }, bodyOf(stroke)), '')
    await live.edit(doc, request.person, [{ key: request.params.key, value: changed }])
    return asAnswer(await readFeature(request.params))
  })

  app.delete('/api/layers/:id/features/:key', {
    schema: { tags, summary: '删除图元；历史仍在 · Removes a feature; its history stays', params: api.featureParams },
    config: { permission: 'plot.draw' },
  }, async (request: FastifyRequest<{ Params: { id: string; key: string } }>, reply) => {
    const { doc } = await loadStroke(request.params)
    await live.edit(doc, request.person, [{ key: request.params.key, value: null }])
    return reply.status(204).send()
  })

  async function loadStroke({ id, key }: { id: string; key: string }): Promise<{ doc: string; layerName: string; stroke: Stroke }> {
    const { layer, doc } = await loadLayer(station, id)
    const value = (await valuesOf(station, doc)).get(key)
    const stroke = value && strokeOf(value)
    if (!stroke) throw refuse('plot.feature.not-found', '没有这个图元，或它已被删除', 'There is no such feature, or it was removed')
    return { doc, layerName: titleOf(layer, station.ledger.directory), stroke }
  }

  async function readFeature({ id, key }: { id: string; key: string }): Promise<StrokeFeature> {
    const { layerName, stroke } = await loadStroke({ id, key })
    return featureOf({ key, layer: id, layerName, stroke })
  }
}

const asAnswer = (feature: StrokeFeature) => feature as never

/** What was read, or a 400 that names the fields. */
function take<T>(read: Read<T>, at: string): T {
  if ('faults' in read) throw invalid(read.faults.map(({ field, message }) => ({ field: `${at}${field}`, message })))
  return read.value
}

function boxesOf(text: string): BBox[] {
  const [west = 0, south = 0, east = 0, north = 0] = text.split(',').map(Number)
  if (south > north) throw invalid([{ field: 'bbox', message: { zh: '南界不能在北界之上', en: 'south must not be above north' } }])
  return splitAtMeridian([west, south, east, north])
}

function touches(stroke: Stroke, boxes: BBox[]): boolean {
  const own = boxOfStroke(stroke)
  return own !== null && boxes.some((box) => boxesMeet(own, box))
}
