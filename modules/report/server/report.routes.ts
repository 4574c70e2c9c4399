import { z } from 'zod'
import { actorOf, type App } from '#core/http/server/app.ts'
import type { Station } from '#core/station/server/module.ts'
import * as api from '../report.api.ts'
import { statusOf } from '../report.state.ts'
import { reportCommands, type Command } from './report.commands.ts'
import { reportDocuments } from './report.documents.ts'
import { countReports } from './report.queries.ts'
import { loadReport, previewReport, readList, readReport, wordsOf } from './report.reading.ts'
import { appendAll, draftReport, knownFiles, redraftReport } from './report.writing.ts'

/** The routes of `/api/reports`: reading, writing, and one route for each of `reportCommands`. */
export function reportRoutes(app: App, station: Station): void {
  readingRoutes(app, station)
  writingRoutes(app, station)
  for (const [name, command] of Object.entries<Command>(reportCommands)) commandRoute(app, station, name, command)
}

const tags = ['report']
const params = api.reportParams

function readingRoutes(app: App, station: Station): void {
  const { database, clock } = station
  const config = { permission: 'report.read' }

  app.get('/api/reports', { config, schema: { tags, summary: '信息列表', querystring: api.listQuery, response: { 200: api.listAnswer } } },
    (request) => readList(station, request.log, request.query))

  app.get('/api/reports/counts', { config, schema: { tags, summary: '待办数', response: { 200: api.countsAnswer } } },
    () => countReports(database.read, station.self, clock.now()))

  app.get('/api/reports/:id', { config, schema: { tags, summary: '一份报告', params, response: { 200: api.reportAnswer } } },
    (request) => readReport(station, request.params.id))

  app.get('/api/reports/:id/preview', { config, schema: { tags, summary: '签批前预览：缺项、接收单位、时限', params, response: { 200: api.previewAnswer } } },
    (request) => previewReport(station, request.params.id))

  reportDocuments(app, {
    read: (_, id) => readReport(station, id),
    list: (request, query) => readList(station, request.log, query),
    words: () => wordsOf(station),
    now: () => clock.now(),
  })
}

function writingRoutes(app: App, station: Station): void {
  const { ledger, files } = station
  const config = { permission: 'report.draft' }

  app.post('/api/reports', {
    config,
    schema: {
      tags, summary: '拟稿', body: api.newReportBody, response: { 201: api.createdAnswer },
      description: 'Without incidentId it opens an incident. A retry with the same Idempotency-Key by the same person gets the same report and makes no second one, whatever its body.',
      headers: z.looseObject({ 'idempotency-key': z.string().min(1).max(120).optional() }),
    },
  }, async (request, reply) => {
    const { mode, incidentId, attachments, ...writing } = request.body
    const key = request.headers['idempotency-key']
    const report = {
      writing, incidentId, mode, attachments: await knownFiles(files, attachments),
      requestKey: key === undefined ? undefined : `${request.person.id}:${key}`,
    }
    const state = await ledger.write(actorOf(request), (writer) => draftReport(writer, report))
    return reply.status(201).send({ id: state.id, incidentId: state.content?.incidentId ?? '', status: statusOf(state) })
  })

  app.put('/api/reports/:id', { config, schema: { tags, summary: '修改草稿', params, body: api.editReportBody, response: { 200: api.reportAnswer } } }, async (request) => {
    const { incidentId: _, attachments, basedOn, ...writing } = request.body
    const known = await knownFiles(files, attachments)
    await ledger.write(actorOf(request), async (writer) => redraftReport(writer, await loadReport(writer, request.params.id), writing, known, basedOn))
    return readReport(station, request.params.id)
  })
}

function commandRoute(app: App, station: Station, name: string, { summary, permission, body, decide }: Command): void {
  app.post(`/api/reports/:id/${name}`, { config: { permission }, schema: { tags, summary, params, body, response: { 200: api.reportAnswer } } }, async (request) => {
    const { id } = request.params
    await station.ledger.write(actorOf(request), async (writer) => {
      const state = await loadReport(writer, id)
      await appendAll(writer, await decide(request.body, { writer, station, state }))
    })
    return readReport(station, id)
  })
}
