import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isRefusal, newId, refuse, type Refusal } from '#core/kernel/index.ts'
import { idOfSubject, modeOfSubject, type FactDraft } from '#core/ledger/index.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import { actorOf, type App } from '#core/http/server/app.ts'
import { invalid } from '#core/http/server/validation.ts'
import type { Station } from '#core/station/server/module.ts'
import { incidentSubject, incidentType, openIncident, type IncidentState } from '#modules/incident/index.ts'
import { findCode } from '#modules/norms/index.ts'
import * as api from '../report.api.ts'
import * as decide from '../report.decide.ts'
import type { Attachment, Content } from '../report.facts.ts'
import { newReportSubject } from '../report.id.ts'
import { reportType } from '../report.rules.ts'
import { isParty, statusOf, type ReportState } from '../report.state.ts'
import { countReports, listReports, reportByRequest, sentReportsOf } from './report.queries.ts'
import { previewReport, readReport, situationOf } from './report.reading.ts'

/** The routes of `/api/reports`: read, then one command each. A command loads, decides, appends; `report.decide.ts` says what. */
export function reportRoutes(app: App, station: Station): void {
  const { ledger, database, clock } = station
  const tags = ['report']

  app.get('/api/reports', { schema: { tags, summary: '信息列表', querystring: api.listQuery, response: { 200: api.listAnswer } }, config: { permission: 'report.read' } }, async (request) => {
    const { rows, total } = await listReports(database.read, station.self, request.query, clock.now())
    return { items: rows.map((row) => ({ ...row, stationName: ledger.directory.station(row.station)?.name ?? row.station })), total }
  })

  app.get('/api/reports/counts', { schema: { tags, summary: '待办数', response: { 200: api.countsAnswer } }, config: { permission: 'report.read' } },
    () => countReports(database.read, station.self, clock.now()))

  app.get('/api/reports/:id', { schema: { tags, summary: '一份报告', params: api.reportParams, response: { 200: api.reportAnswer } }, config: { permission: 'report.read' } },
    (request) => readReport(station, request.params.id))

  app.get('/api/reports/:id/preview', { schema: { tags, summary: '签批前预览：缺项、接收单位、时限', params: api.reportParams, response: { 200: api.previewAnswer } }, config: { permission: 'report.read' } },
    (request) => previewReport(station, request.params.id))

  app.post('/api/reports', {
    schema: {
      tags, summary: '拟稿',
      description: 'Without incidentId it opens an incident. A retry with the same Idempotency-Key by the same person gets the same report and makes no second one, whatever its body.',
      headers: z.looseObject({ 'idempotency-key': z.string().min(1).max(120).optional() }),
      body: api.newReportBody, response: { 201: api.createdAnswer },
    },
    config: { permission: 'report.draft' },
  }, async (request, reply) => {
    const { mode: wanted, incidentId, attachments = [], ...writing } = request.body
    const key = request.headers['idempotency-key']
    const requestKey = key === undefined ? undefined : `${request.person.id}:${key}`
    const files = await knownFiles(station, attachments)
    const state = await ledger.write(actorOf(request), async (writer) => {
      const before = requestKey === undefined ? undefined : await reportByRequest(writer.tx, requestKey)
      if (before !== undefined) return writer.state(reportType, before)
      const { norms } = await situationOf(writer)
      checkWriting(writing, norms, writer.now)
      const mode = incidentId === undefined ? (wanted ?? 'actual') : modeOfSubject(incidentSubject(incidentId))
      if (wanted !== undefined && wanted !== mode) throw refuse('report.mode-mismatch', '报告与事件的模式（实战、演练、测试）须一致', 'A report has the mode of its incident', [{ field: 'mode', message: { zh: `该事件为 ${mode}`, en: `the incident is ${mode}` } }])
      const newIncident = incidentId === undefined ? openIncident({ ...writing, id: newId(writer.now), mode, title: writing.title.slice(0, 120) }, { self: writer.self, norms }) : []
      for (const draft of newIncident) await writer.append(draft)
      const incident = incidentId === undefined ? idOfSubject(newIncident[0]?.subject ?? '') : (await knownIncident(writer, incidentId)).id
      const subject = newReportSubject(writer.self, mode, writer.now)
      const empty = await writer.state(reportType, subject)
      await state_(writer, decide.draft(empty, { content: { ...writing, incidentId: incident }, attachments: files, requestKey }))
      return writer.state(reportType, subject)
    })
    return reply.status(201).send({ id: state.id, incidentId: state.content?.incidentId ?? '', status: statusOf(state) })
  })
}
