import { z } from 'zod'
import { parentOf, refuse } from '#core/kernel/index.ts'
import type { StationCard } from '#core/ledger/index.ts'
import { actorOf, type App } from '#core/http/server/app.ts'
import type { FastifyRequest } from 'fastify'
import type { Station } from '#core/station/server/module.ts'
import { addressParams, enrolledSchema, enrolmentBody, newEnrolmentBody, offerSchema, rekeyBody, renameBody, revokeBody, stationCardSchema, stationFaceSchema, stationQuery, type StationRow } from '../directory.api.ts'
import { orThrow, rename, revoke, rotate, stationSubjectOf } from '../directory.rules.ts'
import { enrolments, lastSeqOf, nameIsFree, offerOf } from './enrolments.ts'
import type { LiveDirectory } from './liveDirectory.ts'
import type { People } from './people.ts'

const tags = ['directory']

/** Stations: who they are, how they join, how their keys change and end. */
export function stationRoutes(app: App, station: Station, directory: LiveDirectory, people: People): void {
  const { offer, redeem, type } = enrolments(station, directory)
  const strict = station.mode === 'production' ? { rateLimit: { max: 10, timeWindow: 60_000 } } : {}
  const cardOf = (address: string): StationRow => {
    const card = directory.station(address)
    if (!card) throw refuse('station.not-found', `没有平台 ${address}`, `There is no station ${address}`)
    return toRow(card)
  }

  app.get('/api/station', { schema: { tags, summary: 'This station', response: { 200: stationFaceSchema } }, config: { public: true } }, async () => {
    const card = cardOf(station.self)
    return {
      address: card.address, name: card.name, level: card.level, kind: card.kind, mode: station.mode, version: station.version,
      parent: station.self === directory.root.address ? null : parentOf(station.self), root: { address: directory.root.address, publicKey: directory.root.publicKey },
    }
  })

  app.get('/api/stations', {
    schema: { tags, summary: 'Stations known here', querystring: stationQuery, response: { 200: z.object({ items: z.array(stationCardSchema), total: z.int() }) } },
    config: { permission: 'directory.read' },
  }, async (request) => {
    const { q, page, size } = request.query
    const found = directory.stations().filter((card) => !q || card.name.includes(q) || card.address.includes(q))
    return { items: found.slice((page - 1) * size, page * size).map(toRow), total: found.length }
  })

  app.get('/api/stations/:address', { schema: { tags, summary: 'One station', params: addressParams, response: { 200: stationCardSchema } }, config: { permission: 'directory.read' } },
    async (request) => cardOf(request.params.address))

  app.post('/api/enrolment/tokens', {
    schema: { tags, summary: 'A one-time token for a new child station', body: newEnrolmentBody, response: { 201: offerSchema } },
    config: { permission: 'directory.enrol' },
  }, async (request, reply) => {
    const { expiresInHours, url } = request.body
    const made = await offer(request.person, offerOf(request.body), expiresInHours, url ?? ownUrl(request))
    await people.note(request.person, 'station.token', made.address)
    return reply.status(201).send(made)
  })

  app.post('/api/enrolment', {
    schema: { tags, summary: 'Join with a token; answers all directory facts', body: enrolmentBody, response: { 201: enrolledSchema } },
    config: { public: true, ...strict },
  }, async (request, reply) => {
    const { address, facts } = await redeem(request.body.token, request.body.publicKey)
    return reply.status(201).send({ station: cardOf(address), parent: station.self, facts })
  })

  app.post('/api/stations/:address/revoke', {
    schema: { tags, summary: 'End trust in a station below', params: addressParams, body: revokeBody, response: { 200: stationCardSchema } },
    config: { permission: 'directory.revoke' },
  }, async (request) => {
    const { address } = request.params
    await station.ledger.write(actorOf(request), async (w) => {
      const untilSeq = request.body.untilSeq ?? await lastSeqOf(w.tx, address)
      await w.append(orThrow(revoke(await w.state(type, stationSubjectOf(address)), w.self, address, { reason: request.body.reason, untilSeq })))
    })
    await people.note(request.person, 'station.revoked', address)
    return cardOf(address)
  })

  app.post('/api/stations/:address/rekey', {
    schema: { tags, summary: 'A one-time token for a station that lost its key', params: addressParams, body: rekeyBody, response: { 201: offerSchema } },
    config: { permission: 'directory.enrol' },
  }, async (request, reply) => {
    const card = cardOf(request.params.address)
    const { address, name, kind, level } = card
    const made = await offer(request.person, { purpose: 'rekey', address, name, kind, level }, request.body.expiresInHours, request.body.url ?? ownUrl(request))
    await people.note(request.person, 'station.rekey-token', address)
    return reply.status(201).send(made)
  })

  app.patch('/api/stations/:address', {
    schema: { tags, summary: 'Rename a station', params: addressParams, body: renameBody, response: { 200: stationCardSchema } },
    config: { permission: 'directory.enrol' },
  }, async (request) => {
    const { address } = request.params
    orThrow(nameIsFree(directory, address, request.body.name))
    await station.ledger.write(actorOf(request), async (w) => {
      await w.append(orThrow(rename(await w.state(type, stationSubjectOf(address)), w.self, address, request.body.name)))
    })
    return cardOf(address)
  })

  app.post('/api/station/rotate-key', {
    schema: { tags, summary: 'Replace this station’s own key', response: { 200: stationCardSchema } },
    config: { permission: 'directory.keys' },
  }, async (request) => {
    const { keyRing } = station
    if (!keyRing) throw refuse('station.key-fixed', '本平台的密钥不在本机管理，不能在此更换', 'This station’s key is not kept here and cannot be rotated from here')
    const next = await keyRing.prepare()
    await station.ledger.write(actorOf(request), async (w) => {
      await w.append(orThrow(rotate(await w.state(type, stationSubjectOf(w.self)), w.self, next.publicKey)))
    })
    await next.promote()
    await people.note(request.person, 'station.key-rotated', station.self)
    return cardOf(station.self)
  })
}

function toRow(card: StationCard): StationRow {
  return { ...card, parent: parentOf(card.address) }
}

function ownUrl(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`
}
