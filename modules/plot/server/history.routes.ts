import type { App } from '#core/http/server/app.ts'
import type { Station } from '#core/station/server/module.ts'
import * as api from '../plot.api.ts'
import { changesOf } from '../plot.history.ts'
import { changeView, pageOf, stepView, within } from '../plot.view.ts'
import { historyOf, loadLayer, playbackOf } from './plot.reading.ts'

const tags = ['plot']
const config = { permission: 'plot.read' }

/** Who drew what when: read from the documents, which keep every value. */
export function historyRoutes(app: App, station: Station): void {
  app.get('/api/layers/:id/history', {
    schema: { tags, summary: '图层的标绘过程 · What was done on a layer', params: api.layerParams, querystring: api.historyQuery, response: { 200: api.historyAnswer } },
    config,
  }, async (request) => {
    const { doc } = await loadLayer(station, request.params.id)
    const { items, total } = pageOf(within(changesOf(await historyOf(station, doc)), request.query), request.query)
    return { items: items.map(changeView), total }
  })

  app.get('/api/layers/:id/features/:key/history', {
    schema: { tags, summary: '一个图元的历次修改 · Every state of one feature', params: api.featureParams, querystring: api.historyQuery, response: { 200: api.featureHistoryAnswer } },
    config,
  }, async (request) => {
    const { doc } = await loadLayer(station, request.params.id)
    const own = changesOf(await historyOf(station, doc)).filter(({ key }) => key === request.params.key)
    const { items, total } = pageOf(within(own, request.query), request.query)
    return { items: items.map((change) => ({ ...changeView(change), stroke: change.value as Record<string, unknown> })), total }
  })

  app.get('/api/plots/:id/history', {
    schema: { tags, summary: '标绘回放：各图层按时间先后 · All layers in the order of time, for playback', params: api.plotParams, querystring: api.playbackQuery, response: { 200: api.playbackAnswer } },
    config,
  }, async (request) => {
    const { items, total } = pageOf(within(await playbackOf(station, request.params.id), request.query), request.query)
    return { items: items.map(stepView), total }
  })
}
