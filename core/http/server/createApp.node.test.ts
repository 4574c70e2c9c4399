import { connect } from 'node:net'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { refuse } from '#core/kernel/index.ts'
import type { Person } from '../roles.ts'
import type { App } from './app.ts'
import { createApp, type AppOptions } from './createApp.ts'

const duty: Person = { id: 'p1', account: 'duty', name: '值班员', roles: ['duty'] }
const open: App[] = []
afterEach(async () => { for (const app of open.splice(0)) await app.close() })

async function testApp(options: Partial<AppOptions> = {}, declare: (app: App) => void = () => {}): Promise<App> {
  const app = await createApp({
    self: '65/6529', mode: 'test', version: '0.0.1',
    access: { 'thing.write': ['duty'], 'thing.rule': ['leader'] },
    personOf: async (token) => (token === 'good' ? duty : undefined),
    ...options,
  })
  open.push(app)
  app.post('/things', {
    schema: { summary: 'make', body: z.strictObject({ name: z.string().min(1).max(10), count: z.int().nullable(), level: z.enum(['I', 'II']).optional(), place: z.object({ lon: z.number() }).optional() }), response: { 201: z.object({ by: z.string(), name: z.string() }) } },
    config: { permission: 'thing.write' },
  }, async (request, reply) => reply.status(201).send({ by: request.person.name, name: request.body.name }))
  app.get('/things/:id', { schema: { params: z.object({ id: z.string() }), querystring: z.object({ page: z.coerce.number().int().min(1).default(1) }) }, config: { permission: 'thing.write' } }, async (request) => ({ id: request.params.id, page: request.query.page }))
  app.post('/rule', { config: { permission: 'thing.rule' } }, async () => ({}))
  app.post('/no', { config: { public: true } }, async () => { throw refuse('thing.closed', '已关闭', 'It is closed', [{ field: 'name', message: { zh: '改名', en: 'rename' } }]) })
  app.get('/gone', { config: { public: true } }, async () => { throw refuse('thing.not-found', '没有', 'none') })
  app.get('/broken', { config: { public: true } }, async () => { throw new Error('password=hunter2') })
  declare(app)
  await app.ready()
  return app
}

const bearer = { authorization: 'Bearer good' }
const cookie = { cookie: 'fengsui.65.6529=good' }
const thing = { name: '帐篷', count: 3 }

describe('permissions', () => {
  it('a route without permission or public fails at start-up', async () => {
    const app = await testApp()
    const fresh = await createApp({ self: '65', mode: 'test', version: '0', access: {}, personOf: async () => undefined })
    open.push(fresh)
    expect(() => fresh.get('/naked', async () => ({}))).toThrow('declares neither permission nor public')
    expect(() => fresh.get('/unknown', { config: { permission: 'no.such' } }, async () => ({}))).toThrow('unknown permission no.such')
    expect(app.hasRoute({ method: 'POST', url: '/things' })).toBe(true)
  })

  it('401 without sign-in, 403 naming the permission and its roles', async () => {
    const app = await testApp()
    const anonymous = await app.inject({ method: 'POST', url: '/things', payload: thing })
    expect(anonymous.statusCode).toBe(401)
    expect(anonymous.json()).toMatchObject({ code: 'session.required', status: 401 })
    const refused = await app.inject({ method: 'POST', url: '/rule', headers: bearer })
    expect(refused.statusCode).toBe(403)
    expect(refused.headers['content-type']).toContain('application/problem+json')
    expect(refused.json().code).toBe('permission.refused')
    expect(refused.json().detail).toContain('thing.rule')
    expect(refused.json().detail).toContain('leader')
  })

  it('CSRF refused: a cookie works only from our own pages', async () => {
    const app = await testApp()
    const post = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/things', payload: thing, headers: { ...cookie, host: 'station:7001', ...headers } })
    expect((await post({})).json().code).toBe('csrf.refused')
    expect((await post({ origin: 'http://evil.example' })).statusCode).toBe(403)
    expect((await post({ origin: 'http://station:7002' })).statusCode).toBe(403)
    expect((await post({ origin: 'null' })).statusCode).toBe(403)
    expect((await post({ 'sec-fetch-site': 'same-site', origin: 'http://station:7001' })).statusCode).toBe(403)
    expect((await post({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(201)
    expect((await post({ origin: 'http://station:7001' })).statusCode).toBe(201)
    expect((await app.inject({ url: '/things/1', headers: cookie })).statusCode).toBe(200)
    expect((await app.inject({ method: 'POST', url: '/things', payload: thing, headers: bearer })).statusCode).toBe(201)
    expect((await app.inject({ method: 'POST', url: '/no', headers: { 'sec-fetch-site': 'cross-site' } })).json().code).toBe('csrf.refused')
  })

  it('a cookie of another station on the same host is not ours', async () => {
    const app = await testApp()
    expect((await app.inject({ url: '/things/1', headers: { cookie: 'fengsui.65=good' } })).statusCode).toBe(401)
  })
})

describe('every no is a problem', () => {
  it('a Refusal is 409 in the caller’s language, .not-found is 404', async () => {
    const app = await testApp()
    const zh = await app.inject({ method: 'POST', url: '/no' })
    expect(zh.statusCode).toBe(409)
    expect(zh.json()).toEqual({ type: 'urn:fengsui:problem:thing.closed', title: '不能执行', status: 409, code: 'thing.closed', detail: '已关闭', errors: [{ field: 'name', message: '改名' }] })
    const en = await app.inject({ method: 'POST', url: '/no', headers: { 'accept-language': 'en-GB,zh;q=0.5' } })
    expect(en.json().detail).toBe('It is closed')
    expect((await app.inject({ url: '/gone' })).statusCode).toBe(404)
  })

  it('validation names each field and how to mend it', async () => {
    const app = await testApp()
    const answer = await app.inject({ method: 'POST', url: '/things', headers: { ...bearer, 'accept-language': 'en' }, payload: { name: '', count: 1.5, level: 'V', extra: 1, place: { lon: 'x' } } })
    expect(answer.statusCode).toBe(400)
    const byField = Object.fromEntries(answer.json().errors.map((e: { field: string; message: string }) => [e.field, e.message]))
    expect(byField).toEqual({
      name: 'at least 1 characters', count: 'must be an integer', level: 'must be one of: I, II',
      'place.lon': 'must be a number', extra: 'there is no such field; remove it',
    })
    const missing = await app.inject({ method: 'POST', url: '/things', headers: bearer, payload: {} })
    expect(missing.json().errors[0]).toEqual({ field: 'name', message: '必填，应为文字' })
  })

  it('a fault is 500 with an incident number and no details', async () => {
    const app = await testApp()
    const answer = await app.inject({ url: '/broken' })
    expect(answer.statusCode).toBe(500)
    expect(answer.json().incident).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.body).not.toContain('hunter2')
  })

  it('429 when one caller asks too often', async () => {
    const app = await testApp({ limits: { perMinute: 2 } })
    for (const expected of [404, 404, 429]) expect((await app.inject({ url: '/gone' })).statusCode).toBe(expected)
    expect((await app.inject({ url: '/gone' })).json().code).toBe('rate.exceeded')
  })
})

describe('bad input is never a 500', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
  const bodies: [string, string | Buffer, string, number][] = [
    ['malformed JSON', '{"name":', 'application/json', 400],
    ['deep JSON', `{"name":"x","count":${deep}}`, 'application/json', 400],
    ['a NUL in a string', '{"name":"a\\u0000b","count":1}', 'application/json', 400],
    ['a lone surrogate', '{"name":"\\ud800","count":1}', 'application/json', 400],
    ['a prototype key', '{"name":"x","count":1,"__proto__":{"a":1}}', 'application/json', 400],
    ['a huge number', '{"name":"x","count":1e999}', 'application/json', 400],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'application/json', 400],
    ['no body', '', 'application/json', 400],
    ['null', 'null', 'application/json', 400],
    ['another content type', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['a nonsense content type', 'x', ';;;', 415],
    ['an oversized body', JSON.stringify({ name: 'x'.repeat(2_000_000) }), 'application/json', 413],
  ]
  it.each(bodies)('%s', async (_name, payload, contentType, status) => {
    const app = await testApp()
    const answer = await app.inject({ method: 'POST', url: '/things', headers: { ...bearer, 'content-type': contentType }, payload })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, 'application/problem+json; charset=utf-8'])
    expect(answer.json().code).toMatch(/^request\./)
  })

  it.each([['/things/%zz', 400], ['/things/a%00b', 400], ['/things/%ff', 400], ['/things/1?page=0', 400], ['/things/1?page=1e400', 400], ['/things/1?page=%00', 400], ['/things/1?__proto__=1', 400], ['/things/1?x[]=2&y=&&=', 200], [`/things/${'x'.repeat(400)}`, 414], ['/none', 404]])('%s', async (url, status) => {
    const app = await testApp()
    const answer = await app.inject({ url, headers: bearer })
    expect(answer.statusCode).toBe(status)
    if (status !== 200) expect(answer.headers['content-type']).toContain('problem+json')
  })

  it('an unknown method is 404', async () => {
    const app = await testApp()
    expect((await app.inject({ method: 'PATCH', url: '/things', headers: bearer })).statusCode).toBe(404)
  })
})

describe('on a real socket', () => {
  async function speak(app: App, lines: string): Promise<string> {
    const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
    return new Promise((resolve, reject) => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(lines))
      socket.on('data', (d) => { text += String(d) }).on('close', () => resolve(text)).on('error', reject)
    })
  }

  it('a slow body is given up with 408', async () => {
    const app = await testApp({ limits: { bodyMs: 150 } })
    const text = await speak(app, 'POST /things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"na')
    expect(text).toContain('408')
  })

  it('slow headers are cut', async () => {
    const app = await testApp({ limits: { headersMs: 200 } })
    expect(await speak(app, 'POST /things HTTP/1.1\r\nHost: x\r\nX-Slow: ')).toMatch(/408|^$/)
  })

  it('garbage that is not HTTP gets a 400', async () => {
    const app = await testApp()
    expect(await speak(app, '\x16\x03\x01 not http\r\n\r\n')).toContain('400')
  })

  it('an upgrade to an unknown path is refused', async () => {
    const app = await testApp()
    expect(await speak(app, 'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n')).toContain('404')
  })
})

it('OpenAPI 3.1 is public, valid, and knows the problems', async () => {
  const app = await testApp()
  const answer = await app.inject({ url: '/api/openapi.json' })
  expect(answer.statusCode).toBe(200)
  const document = answer.json()
  expect(document.openapi).toBe('3.1.0')
  expect((await new Validator().validate(document)).valid).toBe(true)
  expect(document.paths['/things'].post.responses.default.content['application/problem+json']).toBeDefined()
})

it('a demo station answers only to this machine’s own names', async () => {
  const app = await testApp({ mode: 'demo' })
  const status = async (host: string) => (await app.inject({ url: '/api/openapi.json', headers: { host } })).statusCode
  expect([await status('127.0.0.1:7001'), await status('localhost:7001'), await status('evil.example'), await status('127.0.0.1.evil.example')]).toEqual([200, 200, 403, 403])
})

it('security headers: no inline script, no framing by others', async () => {
  const app = await testApp()
  const policy = String((await app.inject({ url: '/gone' })).headers['content-security-policy'])
  expect(policy).toContain("script-src 'self'")
  expect(policy).toContain("frame-ancestors 'self'")
  expect(policy).toContain("connect-src 'self' ws: wss:")
})
