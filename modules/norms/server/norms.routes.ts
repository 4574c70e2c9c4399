import { z } from 'zod'
import { isRefusal, refuse, type Refusal } from '#core/kernel/index.ts'
import { divisionsFor } from '#core/geo/server/divisions.ts'
import { actorOf, type App } from '#core/http/server/app.ts'
import type { Station } from '#core/station/server/module.ts'
import { codeScheme } from '../codes.data.ts'
import {
  codeDetailResponse, codesQuery, codesResponse, divisionsQuery, divisionsResponse, gradeRequest, gradeResponse, normsQuery, normsResponse,
  previewResponse, publishRequest, versionSchema, versionsResponse, type NormItem,
} from '../norms.api.ts'
import { effectiveNorms, type Norms, type Publication } from '../norms.effective.ts'
import { normsSubject } from '../norms.facts.ts'
import { gradeIncident, measuresFor } from '../norms.grading.ts'
import { eventCode } from '../norms.observation.ts'
import { audienceFor, findCode, searchCodes, type CodeEntry } from '../norms.lookup.ts'
import { normsType, publishNorms, type NormsState } from '../norms.rules.ts'
import { groupOf } from '../norms.values.ts'

const tags = ['norms']

export function normsRoutes(app: App, station: Station): void {
  const subject = normsSubject(station.self)
  const stateNow = (): Promise<NormsState> => station.ledger.state(normsType, subject)
  const normsAt = async (at: number): Promise<Norms> => effectiveNorms((await stateNow()).publications, station.self, at)

  app.get('/api/norms', {
    schema: { tags, summary: 'The norms in force here, with who set each value', querystring: normsQuery, response: { 200: normsResponse } },
    config: { permission: 'norms.read' },
  }, async (request) => {
    const at = request.query.at ?? station.clock.now()
    const norms = await normsAt(at)
    const items = Object.keys(norms.values).filter((key) => !request.query.group || groupOf(key) === request.query.group).sort().map((key) => itemOf(norms, key))
    return { station: station.self, at, stamp: norms.stamp, items, total: items.length }
  })

  app.get('/api/norms/codes', {
    schema: { tags, summary: 'Event codes, by code or by words', querystring: codesQuery, response: { 200: codesResponse } },
    config: { permission: 'norms.read' },
  }, async (request) => {
    const norms = await normsAt(station.clock.now())
    const found = searchCodes(norms, request.query.q, Infinity)
    return { scheme: codeScheme, items: found.slice(0, request.query.size).map((entry) => codeItem(norms, entry)), total: found.length }
  })

  app.get('/api/norms/codes/:code', {
    schema: { tags, summary: 'One event code and the measures its grading rules read', params: z.object({ code: eventCode }), response: { 200: codeDetailResponse } },
    config: { permission: 'norms.read' },
  }, async (request) => {
    const norms = await normsAt(station.clock.now())
    const entry = findCode(norms, request.params.code)
    if (!entry) throw refuse('norms.code.not-found', '没有这个事件代码', 'There is no such event code')
    const measures = measuresFor(norms, entry.code).flatMap((name) => {
      const measure = norms.get('measure', `measure/${name}`)
      return measure ? [{ name, ...measure }] : []
    })
    return { ...codeItem(norms, entry), measures }
  })

  app.post('/api/norms/grade', {
    schema: { tags, summary: 'What the grading rules say of an observation; states nothing', body: gradeRequest, response: { 200: gradeResponse } },
    config: { permission: 'norms.read' },
  }, async (request) => {
    const norms = await normsAt(station.clock.now())
    const { grade, reportingGrade, ...rest } = gradeIncident(norms, request.body)
    return { level: grade, reportingLevel: reportingGrade, ...rest, audience: audienceFor(norms, station.self, reportingGrade ?? 'IV') }
  })

  app.get('/api/norms/versions', {
    schema: { tags, summary: 'Every publication that binds this station or stands below it', response: { 200: versionsResponse } },
    config: { permission: 'norms.read' },
  }, async () => {
    const items = (await stateNow()).publications.map(versionOf).toReversed()
    return { items, total: items.length }
  })

  app.post('/api/norms', {
    schema: { tags, summary: 'Publishes this station\'s norms: everything it sets, in place of its earlier publication', body: publishRequest, response: { 201: versionSchema } },
    config: { permission: 'norms.publish' },
  }, async (request, reply) => {
    const published = await station.ledger.write(actorOf(request), async (w) => {
      const draft = publishNorms(await w.state(normsType, subject), station.self, request.body, w.now)
      if (isRefusal(draft)) throw draft
      const fact = await w.append(draft)
      return (await w.state(normsType, subject)).publications.find((p) => p.fact === fact.id) as Publication
    })
    return reply.status(201).send(versionOf(published))
  })

  app.post('/api/norms/preview', {
    schema: { tags, summary: 'What a publication would change here and what would be refused; states nothing', body: publishRequest, response: { 200: previewResponse } },
    config: { permission: 'norms.publish' },
  }, async (request) => preview(await stateNow(), station.self, request.body, station.clock.now()))

  app.get('/api/divisions', {
    schema: { tags, summary: 'Administrative divisions, by code, name or pinyin initials', querystring: divisionsQuery, response: { 200: divisionsResponse } },
    config: { permission: 'norms.read' },
  }, async (request) => (await divisionsFor(station.self)).search(request.query))
}

function itemOf(norms: Norms, key: string): NormItem {
  const origin = norms.origin[key]
  return {
    key, group: groupOf(key) ?? '', value: norms.values[key] as NormItem['value'],
    setBy: origin?.station ?? null, version: origin?.version ?? 0, mark: origin?.mark ?? '?', source: origin?.source ?? '', clamped: origin?.clamped ?? [],
  }
}

function codeItem(norms: Norms, entry: CodeEntry): z.infer<typeof codesResponse>['items'][number] {
  return { ...entry, klassName: findCode(norms, `${entry.klass}00`)?.zh ?? null }
}

function versionOf(publication: Publication): z.infer<typeof versionSchema> {
  return { ...publication, sets: publication.sets as z.infer<typeof versionSchema>['sets'] }
}

/** The refused values by name, and what the others would change at this station once in force. */
function preview(state: NormsState, self: string, command: z.infer<typeof publishRequest>, now: number): z.infer<typeof previewResponse> {
  const at = Math.max(command.effectiveFrom ?? now, now)
  const draft = publishNorms(state, self, command, now)
  const refused = isRefusal(draft) ? faultsByKey(draft) : []
  const bad = new Set(refused.map((r) => r.key))
  const sets = Object.fromEntries(Object.entries(command.sets).filter(([key]) => !bad.has(key)))
  const mine: Publication = { station: self, version: 0, effectiveFrom: at, note: command.note, sets, fact: '', at: now, by: '' }
  const before = effectiveNorms(state.publications, self, at)
  const after = effectiveNorms([...state.publications.filter((p) => p.station !== self), mine], self, at)
  const keys = [...new Set([...Object.keys(before.values), ...Object.keys(after.values)])].sort()
  const changes = keys.flatMap((key) => {
    const [was, is] = [before.values[key] ?? null, after.values[key] ?? null] as NormItem['value'][]
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ key, before: was ?? null, after: is ?? null }]
  })
  return { changes, refused }
}

function faultsByKey(refusal: Refusal): z.infer<typeof previewResponse>['refused'] {
  return refusal.fields.map(({ field, message }) => ({ key: field.slice('sets.'.length), ...message }))
}
