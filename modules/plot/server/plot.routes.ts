import type { FastifyRequest } from 'fastify'
import { isRefusal, type Refusal } from '#core/kernel/index.ts'
import type { FactDraft } from '#core/ledger/index.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import { actorOf, type App } from '#core/http/server/app.ts'
import { languageOf } from '#core/http/server/problem.ts'
import type { Station } from '#core/station/server/module.ts'
import * as api from '../plot.api.ts'
import { addLayer, grantLayer, renameLayer, withdrawGrant } from '../plot.commands.ts'
import { furtherName, layerIdOf, parseLayerId } from '../layerIds.ts'
import { mayState } from '../plot.rules.ts'
import type { PlotState } from '../plot.state.ts'
import { featureRoutes } from './feature.routes.ts'
import { historyRoutes } from './history.routes.ts'
import { importExportRoutes } from './importExport.routes.ts'
import { layerNotFound, listPlots, loadLayer, loadPlot, readPlot } from './plot.reading.ts'
import { sealNow } from './sealing.ts'
import { verifySeal } from './verifySeal.ts'

const tags = ['plot']
const answer = { response: { 200: api.plotSchema } }

/** The routes of a plot and its layers: whose they are, who draws on them, and what is final. */
export function plotRoutes(app: App, station: Station): void {
  const { ledger, live, self } = station

  app.get('/api/incidents/:id/plot', {
    schema: { tags, summary: '事件的标绘与各单位图层 · The plot of an incident and its layers', params: api.plotParams, ...answer },
    config: { permission: 'plot.read' },
  }, (request) => readPlot(station, request.params.id))

  app.get('/api/plots', {
    schema: { tags, summary: '本平台的标绘 · The plots of this station', querystring: api.plotsQuery, response: { 200: api.plotsAnswer } },
    config: { permission: 'plot.read' },
  }, (request) => listPlots(station, request.query))

  app.post('/api/plots/:id/layers', {
    schema: { tags, summary: '新建图层 · Adds a layer of this station', params: api.plotParams, body: api.layerBody, response: { 201: api.layerSchema } },
    config: { permission: 'plot.draw' },
  }, async (request, reply) => {
    const { id } = request.params
    const further = furtherName(Math.random)
    await write(station, request, id, (state) => addLayer(state, request.body.name, further, self))
    return reply.status(201).send(await layerAnswer(layerIdOf(id, self, further)))
  })

  app.patch('/api/layers/:id', {
    schema: { tags, summary: '图层改名 · Renames a layer of this station', params: api.layerParams, body: api.layerBody, response: { 200: api.layerSchema } },
    config: { permission: 'plot.draw' },
  }, (request) => change(request, request.params.id, (state) => renameLayer(state, request.params.id, request.body.name, self)))

  app.post('/api/layers/:id/grant', {
    schema: { tags, summary: '授权另一单位在本单位图层上标绘 · Lets another station draw on a layer of this one', params: api.layerParams, body: api.grantBody, response: { 200: api.layerSchema } },
    config: { permission: 'plot.grant' },
  }, (request) => change(request, request.params.id, (state, writer) => grantLayer(state, request.params.id, request.body.station, self, writer.directory)))

  app.delete('/api/layers/:id/grant', {
    schema: { tags, summary: '收回授权：已画的保留，以后的不再计入 · Withdraws a grant: what is drawn stays, what comes later does not count', params: api.layerParams, querystring: api.withdrawQuery, response: { 200: api.layerSchema } },
    config: { permission: 'plot.grant' },
  }, async (request) => {
    const [{ id }, { station: from }] = [request.params, request.query]
    const { plot, doc } = await loadLayer(station, id)
    // Asked before the live plane is: whose layer it is, and whether there is such a grant.
    const refusal = mayState('plot.withdrawn.v1', { layer: id, station: from }, self, plot)
    if (refusal) throw refusal
    const held = await live.limits(doc, [from])
    return change(request, id, (state) => withdrawGrant(state, id, from, held[from] ?? {}, self))
  })

  app.post('/api/layers/:id/seal', {
    schema: { tags, summary: '定稿 · Seals a layer: a file, and a fact that names it', params: api.layerParams, response: { 200: api.layerSchema } },
    config: { permission: 'plot.seal' },
  }, async (request) => {
    await sealNow(station, actorOf(request), request.params.id)
    return layerAnswer(request.params.id)
  })

  app.get('/api/layers/:id/verify', {
    schema: { tags, summary: '在本平台核验定稿 · Verifies a seal from what this station holds', params: api.layerParams, response: { 200: api.verifyAnswer } },
    config: { permission: 'plot.read' },
  }, async (request) => verifySeal(station, await loadLayer(station, request.params.id), languageOf(request.headers['accept-language'])))

  featureRoutes(app, station)
  historyRoutes(app, station)
  importExportRoutes(app, station)

  async function layerAnswer(id: string): Promise<api.LayerAnswer> {
    const { layers } = await readPlot(station, parseLayerId(id)?.plotId ?? '-')
    const layer = layers.find((found) => found.id === id)
    if (!layer) throw layerNotFound()
    return layer
  }

  /** A command about one layer, then the layer as it has become. */
  async function change(request: FastifyRequest, id: string, decide: Decide): Promise<api.LayerAnswer> {
    await loadLayer({ ledger }, id)
    await write(station, request, parseLayerId(id)?.plotId ?? '-', decide)
    return layerAnswer(id)
  }
}

type Decide = (state: PlotState, writer: Writer) => FactDraft[] | Refusal

async function write(station: Station, request: FastifyRequest, plotId: string, decide: Decide): Promise<void> {
  await station.ledger.write(actorOf(request), async (writer) => {
    const decision = decide(await loadPlot(writer, plotId), writer)
    if (isRefusal(decision)) throw decision
    for (const draft of decision) await writer.append(draft)
  })
}
