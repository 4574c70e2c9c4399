import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isRefusal, recordId, refuse, type Refusal } from '#core/kernel/index.ts'
import type { FactDraft } from '#core/ledger/index.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import { actorOf, type App } from '#core/http/server/app.ts'
import type { Station } from '#core/station/server/module.ts'
import { effectiveNorms, findCode, normsSubject, normsType, type Norms } from '#modules/norms/index.ts'
import { closeRequest, confirmRequest, declineRequest, handoverRequest, incidentSchema, incidentsQuery, incidentsResponse, mergeRequest, type IncidentDetail } from '../incident.api.ts'
import { acceptHandover, closeIncident, confirmIncident, declineHandover, mergeIncident, offerHandover, type IncidentContext } from '../incident.commands.ts'
import { incidentSubject } from '../incident.facts.ts'
import { incidentType } from '../incident.rules.ts'
import type { IncidentState } from '../incident.state.ts'
import { incidentDetail, isParty } from '../incident.view.ts'
import { listIncidents } from './incident.queries.ts'

const tags = ['incident']
const params = z.object({ id: recordId })
const answer = { response: { 200: incidentSchema } }

type Reader = Pick<Writer, 'state' | 'self'>

export function incidentRoutes(app: App, station: Station): void {
  app.get('/api/incidents', {
    schema: { tags, summary: 'Incidents this station has part in, newest first', querystring: incidentsQuery, response: { 200: incidentsResponse } },
    config: { permission: 'incident.read' },
  }, async (request) => {
    const norms = await normsOf(station.ledger, station.clock.now())
    return listIncidents(station.database.read, { log: request.log, codeName: (code) => findCode(norms, code)?.zh ?? null }, request.query)
  })

  app.get('/api/incidents/:id', {
    schema: { tags, summary: 'One incident with the history of its figures, level and lead', params, ...answer },
    config: { permission: 'incident.read' },
  }, (request) => read(station, request.params.id))

  app.post('/api/incidents/:id/confirm', {
    schema: { tags, summary: 'Confirms the level 认定; also resolves two that differ', params, body: confirmRequest, ...answer },
    config: { permission: 'incident.confirm' },
  }, (request) => command(station, request, request.params.id, (state, context) => confirmIncident(state, request.body, context)))

  app.post('/api/incidents/:id/merge', {
    schema: { tags, summary: 'Merges this incident into another; `into: null` takes it out again', params, body: mergeRequest, ...answer },
    config: { permission: 'incident.merge' },
  }, (request) => command(station, request, request.params.id, async (state, context, writer) => {
    const { into, reason } = request.body
    const target = into === null ? null : await writer.state(incidentType, incidentSubject(into))
    if (target && !isParty(target, station.self)) throw refuse('incident.cannot-merge', '没有要并入的事件', 'There is no such incident to merge into', [{ field: 'into', message: { zh: '请从列表中选择', en: 'Choose one from the list' } }])
    return mergeIncident(state, target, reason, context)
  }))

  app.post('/api/incidents/:id/handover', {
    schema: { tags, summary: 'Offers the lead to another station; it changes when that one accepts', params, body: handoverRequest, ...answer },
    config: { permission: 'incident.handover' },
  }, (request) => command(station, request, request.params.id, (state, context, writer) => offerHandover(state, request.body, context, writer.directory)))

  app.post('/api/incidents/:id/handover/accept', {
    schema: { tags, summary: 'Takes the lead that was offered', params, ...answer },
    config: { permission: 'incident.handover' },
  }, (request) => command(station, request, request.params.id, (state, context) => acceptHandover(state, context)))

  app.post('/api/incidents/:id/handover/decline', {
    schema: { tags, summary: 'Declines the lead that was offered', params, body: declineRequest, ...answer },
    config: { permission: 'incident.handover' },
  }, (request) => command(station, request, request.params.id, (state, context) => declineHandover(state, request.body.reason, context)))

  app.post('/api/incidents/:id/close', {
    schema: { tags, summary: 'Closes the incident', params, body: closeRequest, ...answer },
    config: { permission: 'incident.close' },
  }, (request) => command(station, request, request.params.id, (state, context) => closeIncident(state, request.body.outcome, context)))
}

async function normsOf(reader: Reader, now: number): Promise<Norms> {
  return effectiveNorms((await reader.state(normsType, normsSubject(reader.self))).publications, reader.self, now)
}

/** The incident, if it is this station's business. */
async function load(reader: Reader, id: string): Promise<IncidentState> {
  const state = await reader.state(incidentType, incidentSubject(id))
  if (!isParty(state, reader.self)) throw refuse('incident.not-found', '没有这个事件', 'There is no such incident')
  return state
}

async function read({ ledger, clock, self }: Station, id: string): Promise<IncidentDetail> {
  const state = await load(ledger, id)
  const facts = (await ledger.factsOf(incidentSubject(id))).filter((fact) => fact.status === 'admitted').map((fact) => fact.id)
  const detail = incidentDetail(state, facts, { self, norms: await normsOf(ledger, clock.now()) })
  if (!detail) throw refuse('incident.not-found', '没有这个事件', 'There is no such incident')
  return detail
}

type Decide = (state: IncidentState, context: IncidentContext, writer: Writer) => FactDraft[] | Refusal | Promise<FactDraft[] | Refusal>

/** Every command goes the same way: state, decision, facts; then the incident as it has become. */
async function command(station: Station, request: FastifyRequest, id: string, decide: Decide): Promise<IncidentDetail> {
  await station.ledger.write(actorOf(request), async (writer) => {
    const state = await load(writer, id)
    const decision = await decide(state, { self: writer.self, norms: await normsOf(writer, writer.now) }, writer)
    if (isRefusal(decision)) throw decision
    for (const draft of decision) await writer.append(draft)
  })
  return read(station, id)
}
