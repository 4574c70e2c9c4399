import { Readable } from 'node:stream'
import type { RawRequestDefaultExpression } from 'fastify'
import { newId, refuse, type Sentence } from '#core/kernel/index.ts'
import { modeOfSubject } from '#core/ledger/index.ts'
import { keyPattern } from '#core/live/stamped.ts'
import type { App } from '#core/http/server/app.ts'
import { readBody } from '#core/http/server/body.ts'
import { HttpProblem, languageOf } from '#core/http/server/problem.ts'
import { invalid } from '#core/http/server/validation.ts'
import type { Station } from '#core/station/server/module.ts'
import { layerDoc } from '../layerIds.ts'
import * as api from '../plot.api.ts'
import { bodyOf, strokesOf } from '../plot.features.ts'
import { plotSubject } from '../plot.facts.ts'
import { layersOf, titleOf } from '../plot.state.ts'
import type { StrokeBody } from '../stroke.ts'
import { editAll } from './editing.ts'
import { exportGeoJson, exportGeoPackage, exportKml, importStrokes, maxImportBytes, mediaTypes, type ExportItem, type ImportedStroke } from './exchange.ts'
import { loadLayer, loadPlot, valuesOf } from './plot.reading.ts'

const tags = ['plot']
const readingMs = 5 * 60_000
/** A file's areas and lines may fall into many parts, and each would be a stroke. */
const mostStrokes = 20_000

/** Plots as files of other programs, and back. */
export function importExportRoutes(app: App, station: Station): void {
  app.get('/api/plots/:id/export', {
    schema: { tags, summary: '导出 GeoJSON、KML、GeoPackage · The plot, or some of its layers, as a file', params: api.plotParams, querystring: api.exportQuery },
    config: { permission: 'plot.read' },
  }, async (request, reply) => {
    const [{ id }, { format, layers, at }] = [request.params, request.query]
    const items = await itemsOf(station, id, layers?.split(','), at)
    // The mode belongs to the name too: a file is passed on without its page.
    const name = `${{ actual: '', exercise: '【演练】', test: '【测试】' }[modeOfSubject(plotSubject(id))]}标绘-${id}.${format}`
    const bytes = format === 'gpkg' ? Buffer.from(exportGeoPackage(items)) : format === 'kml' ? exportKml(items) : exportGeoJson(items, '标绘')
    return reply
      .header('content-type', mediaTypes[format])
      .header('content-disposition', `attachment; filename="plot.${format}"; filename*=UTF-8''${encodeURIComponent(name)}`)
      .header('cache-control', 'private, no-store')
      .send(bytes)
  })

  // The body is the file, whatever its type says, so these parsers must not leave this route.
  void app.register(async (uploads: App) => {
    uploads.removeAllContentTypeParsers()
    uploads.addContentTypeParser('*', async (_request: unknown, payload: RawRequestDefaultExpression) => payload)
    uploads.post('/api/layers/:id/import', {
      bodyLimit: maxImportBytes,
      schema: { tags, summary: '导入：请求正文为文件字节 · Draws what is in a file: GeoJSON, KML or GeoPackage as the body', params: api.layerParams, response: { 201: api.importAnswer } },
      config: { permission: 'plot.draw' },
    }, async (request, reply) => {
      const { doc } = await loadLayer(station, request.params.id)
      if (!(request.body instanceof Readable)) throw new HttpProblem(400, 'file.empty', '没有内容；请以文件字节作为请求正文', 'There is nothing in it; send the bytes of the file as the body')
      const gone = new AbortController()
      // The answer's end, not the request's: that one is over as soon as the body is read.
      reply.raw.once('close', () => { if (!reply.raw.writableFinished) gone.abort() })
      const { strokes, ...read } = await importStrokes(await readBody(request.body, maxImportBytes, readingMs), gone.signal)
      if (strokes.length > mostStrokes) throw refuse('plot.import-too-many', `一次至多导入 ${mostStrokes} 个图元`, `At most ${mostStrokes} strokes in one import`)
      const present = new Map(strokesOf(await valuesOf(station, doc)).map(([key, stroke]) => [key, bodyOf(stroke)]))
      const changes = strokes.flatMap((stroke) => changeOf(stroke, present, station.clock.now()))
      await editAll(station.live, doc, request.person, changes)
      const language = languageOf(request.headers['accept-language'])
      return reply.status(201).send({
        ...read, imported: changes.length, ids: changes.map(({ key }) => key), unchanged: strokes.length - changes.length,
        faults: read.faults.map(({ feature, reason }: { feature: number; reason: Sentence }) => ({ feature, reason: reason[language] })),
      })
    })
  })
}

async function itemsOf(station: Station, plotId: string, wanted: string[] | undefined, at: number | undefined): Promise<ExportItem[]> {
  const { ledger } = station
  const layers = layersOf(await loadPlot(ledger, plotId), ledger.directory)
  const unknown = wanted?.find((id) => !layers.some((layer) => layer.id === id))
  if (unknown !== undefined) throw invalid([{ field: 'layers', message: { zh: `没有图层 ${unknown.slice(0, 80)}`, en: `there is no layer ${unknown.slice(0, 80)}` } }])
  const items: ExportItem[] = []
  for (const layer of layers.filter(({ id }) => !wanted || wanted.includes(id))) {
    const layerName = titleOf(layer, ledger.directory)
    for (const [key, stroke] of strokesOf(await valuesOf(station, layerDoc(layer.id), at))) items.push({ key, layer: layer.id, layerName, stroke })
  }
  return items
}

/** An import never changes what is drawn: what stands there just so is left, and what differs from it is drawn beside it. */
function changeOf({ key, body }: ImportedStroke, present: Map<string, StrokeBody>, now: number): { key: string; value: Record<string, unknown> }[] {
  const standing = key === null ? undefined : present.get(key)
  if (standing && isSame(standing, body)) return []
  const own = key !== null && keyPattern.test(key) && !standing ? key : newId(now)
  present.set(own, body)
  return [{ key: own, value: body }]
}

function isSame(a: StrokeBody, b: StrokeBody): boolean {
  return (Object.keys(b) as (keyof StrokeBody)[]).every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]))
}
