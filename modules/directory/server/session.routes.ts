import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { refuse } from '#core/kernel/index.ts'
import type { Role } from '#core/http/roles.ts'
import type { App } from '#core/http/server/app.ts'
import { callerOf } from '#core/http/server/caller.ts'
import { HttpProblem, languageOf } from '#core/http/server/problem.ts'
import { cookieNameOf, credentialOf } from '#core/http/server/gate.ts'
import type { Station } from '#core/station/server/module.ts'
import { newTokenBody, passwordChange, personSchema, setupBody, signedInSchema, signInBody, tokenRowSchema } from '../people.api.ts'
import type { People } from './people.ts'
import type { PeopleTables } from './people.tables.ts'
import { ifStored, sessionMs, type Sessions } from './sessions.ts'

const tags = ['session']

/** Signing in and out, one's own password and API tokens, and the first start of a production station. */
export function sessionRoutes(app: App, station: Station, sessions: Sessions, people: People): void {
  const cookieName = cookieNameOf(station.self)
  const strict = { rateLimit: { max: station.mode === 'production' ? 20 : 100_000, timeWindow: 60_000 } }
  const setCookie = (reply: FastifyReply, token: string) =>
    reply.setCookie(cookieName, token, { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto', maxAge: sessionMs / 1000 })

  app.post('/api/session', { schema: { tags, summary: 'Sign in', body: signInBody, response: { 200: signedInSchema } }, config: { public: true } }, async (request, reply) => {
    const { account, password } = request.body
    const { token, person, trouble } = await sessions.signIn(account, password, callerOf(request.ip)).catch((no: unknown) => {
      if (no instanceof HttpProblem) app.warnSparsely(`sign-in refused: ${no.code}`, { from: request.ip, account })
      throw no
    })
    const untold = await ifStored(people.note(person, 'session.opened', request.ip))
    if (untold) app.warnSparsely('sign-in on a disk that takes nothing', { from: request.ip, account })
    const notice = trouble?.sentence[languageOf(request.headers['accept-language'])]
    return setCookie(reply, token).send({ token, person, ...(notice ? { notice } : {}) })
  })

  // Asking without any credential is no fault: the sign-in page does it on every visit.
  app.get('/api/session', { schema: { tags, summary: 'Who is signed in; null for a caller without credentials', response: { 200: z.object({ person: personSchema.nullable() }) } }, config: { public: true } }, async (request) => {
    const credential = credentialOf(request.raw, cookieName)
    if (!credential) return { person: null }
    const person = await app.personOf(credential.token)
    if (!person) throw new HttpProblem(401, 'session.required', '请先登录', 'Please sign in first')
    return { person }
  })

  app.delete('/api/session', { schema: { tags, summary: 'Sign out', response: { 204: z.undefined() } }, config: { permission: 'session.own' } }, async (request, reply) => {
    const credential = credentialOf(request.raw, cookieName)
    if (credential) await sessions.signOut(credential.token)
    app.rightsChanged(request.person.id)
    return reply.clearCookie(cookieName, { path: '/' }).status(204).send()
  })

  app.post('/api/session/password', { schema: { tags, summary: 'Change one’s own password; ends one’s other sessions', body: passwordChange, response: { 204: z.undefined() } }, config: { permission: 'session.own', ...strict } }, async (request, reply) => {
    await people.changePassword(request.person, request.body.current, request.body.password)
    await sessions.endAll(request.person.id, credentialOf(request.raw, cookieName)?.token)
    app.rightsChanged(request.person.id)
    return reply.status(204).send()
  })

  app.post('/api/session/tokens', { schema: { tags, summary: 'An API token for a machine, shown once', body: newTokenBody, response: { 201: z.object({ id: z.string(), token: z.string() }) } }, config: { permission: 'session.own', ...strict } }, async (request, reply) => {
    const { name, roles, expiresInDays } = request.body
    const made = await sessions.newApiToken(request.person, name, roles, expiresInDays)
    await people.note(request.person, 'token.created', name)
    return reply.status(201).send(made)
  })

  app.get('/api/session/tokens', { schema: { tags, summary: 'One’s own API tokens', response: { 200: z.object({ items: z.array(tokenRowSchema), total: z.int() }) } }, config: { permission: 'session.own' } }, async (request) => {
    const rows = await station.database.read.withTables<PeopleTables>().selectFrom('token').selectAll().where('person', '=', request.person.id).where('kind', '=', 'api').orderBy('id').execute()
    const items = rows.map((row) => ({ id: row.id, name: row.name, roles: JSON.parse(row.roles ?? '[]') as Role[], createdAt: row.created_at, seenAt: row.seen_at, expiresAt: row.expires_at }))
    return { items, total: items.length }
  })

  app.delete('/api/session/tokens/:id', { schema: { tags, summary: 'Withdraw an API token', params: z.object({ id: z.string().max(40) }), response: { 204: z.undefined() } }, config: { permission: 'session.own' } }, async (request, reply) => {
    const gone = await station.database.write((tx) => tx.withTables<PeopleTables>().deleteFrom('token').where('person', '=', request.person.id).where('kind', '=', 'api').where('id', '=', request.params.id).executeTakeFirst())
    if (Number(gone.numDeletedRows) === 0) throw refuse('token.not-found', '没有这个令牌', 'There is no such token')
    app.rightsChanged(request.person.id)
    await people.note(request.person, 'token.withdrawn', request.params.id)
    return reply.status(204).send()
  })

  app.post('/api/setup', { schema: { tags, summary: 'First start: make the security administrator', body: setupBody, response: { 201: signedInSchema } }, config: { public: true, ...strict } }, async (request, reply) => {
    const { token, ...person } = request.body
    const first = await people.setUp(token, person)
    const { token: session } = await sessions.open(first)
    return setCookie(reply, session).status(201).send({ token: session, person: first })
  })
}
