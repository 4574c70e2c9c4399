import { existsSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastify, { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest, type RawRequestDefaultExpression } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { isRefusal } from '#core/kernel/index.ts'
import { holds, type Person } from '../roles.ts'
import type { App } from './app.ts'
import { faultsOfValue, parseJson, readBody } from './body.ts'
import { callerOf } from './caller.ts'
import { isLoopback, limitConnections } from './connections.ts'
import { serveConsole } from './consoleFiles.ts'
import { cookieNameOf, demand, gate, type Access, type PersonOf } from './gate.ts'
import { serveMetrics } from './metrics.ts'
import { serveOpenApi } from './openapi.ts'
import { HttpProblem, languageOf, problemOf, problemOfFault } from './problem.ts'
import { sparseLog } from './sparseLog.ts'
import { routeUpgrades } from './upgrades.ts'
import { invalid, validatorCompiler } from './validation.ts'

export interface HttpLimits {
  /** Bytes of an ordinary request body; files have their own limit. */
  body: number
  /** How long an ordinary body may take to arrive. */
  bodyMs: number
  headersMs: number
  /** Requests per minute and address; a whole office may sit behind one. */
  perMinute: number
  connections: number
  /** Of those, open at a time from one address: behind one may be an office of fifty screens with six each. */
  perAddress: number
}

export const productionLimits: HttpLimits = { body: 1024 * 1024, bodyMs: 20_000, headersMs: 10_000, perMinute: 6_000, connections: 4_000, perAddress: 768 }

export interface AppOptions {
  /** The station's address: names its cookie. */
  self: string
  mode: 'demo' | 'test' | 'production'
  version: string
  personOf: PersonOf
  /** All modules' `access` in one record. */
  access: Access
  logger?: FastifyBaseLogger
  limits?: Partial<HttpLimits>
  /** The built console (`apps/console/dist`); served when it exists. */
  consoleFolder?: string
  /** Set when a reverse proxy stands in front, so addresses and https are taken from its headers. */
  trustProxy?: boolean | string | string[]
}

/** The HTTP face of one station, ready for modules to declare their routes on. */
export async function createApp(options: AppOptions): Promise<App> {
  const limits = { ...productionLimits, ...(options.mode === 'production' ? {} : { perMinute: 1_000_000, perAddress: 1_000_000 }), ...options.limits }
  const app: App = fastify({
    ...(options.logger ? { loggerInstance: options.logger } : { logger: false }),
    // Our own line per request says less: no headers, no query (a set-up link carries its token there).
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy ?? false,
    bodyLimit: limits.body,
    genReqId: () => randomUUID(),
    forceCloseConnections: true,
    connectionTimeout: 120_000,
    keepAliveTimeout: 30_000,
    // Bodies are timed where they are read: one limit for all would cut a long upload over a satellite link.
    requestTimeout: 0,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: 2_000, maxHeaderSize: 16_384 },
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, request, reply) => answer(error, request as FastifyRequest, reply as FastifyReply),
  }).withTypeProvider<ZodTypeProvider>()
  app.server.maxConnections = limits.connections
  const warnSparsely = sparseLog(app.log)
  app.decorate('warnSparsely', warnSparsely)
  limitConnections(app.server, { perAddress: limits.perAddress, exempt: options.trustProxy ? isLoopback : () => false, onRefused: (from) => warnSparsely('too many connections from one address', { from }) })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(answer)
  app.decorateRequest('person')
  app.addHook('onRoute', (route) => {
    const permission = route.config?.permission
    if (!permission && !route.config?.public) throw new Error(`route ${String(route.method)} ${route.url} declares neither permission nor public`)
    if (permission && !options.access[permission]) throw new Error(`route ${String(route.method)} ${route.url} names an unknown permission ${permission}`)
  })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(['application/json', 'application/*+json'], async (_request: FastifyRequest, payload: RawRequestDefaultExpression) =>
    parseJson(await readBody(payload, limits.body, limits.bodyMs)))
  app.addHook('preValidation', async (request) => {
    const faults = [...faultsOfValue(request.params), ...faultsOfValue(request.query)]
    if (faults.length > 0) throw invalid(faults)
  })

  await app.register(cookie)
  await app.register(helmet, securityHeaders(options))
  await app.register(rateLimit, {
    max: limits.perMinute,
    timeWindow: 60_000,
    keyGenerator: (request: FastifyRequest) => callerOf(request.ip),
    onExceeded: (request: FastifyRequest, from: string) => warnSparsely('too many requests from one address', { from, route: request.routeOptions.url }),
    errorResponseBuilder: (_request, context) => new HttpProblem(429, 'rate.exceeded', `请求过于频繁，请 ${Math.ceil(context.ttl / 1000)} 秒后再试`, `Too many requests; try again in ${Math.ceil(context.ttl / 1000)} seconds`),
  })
  if (options.mode === 'demo') app.addHook('onRequest', async (request) => loopbackOnly(request))
  app.addHook('onRequest', gate(options.personOf, options.access, cookieNameOf(options.self)))
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug({ method: request.method, route: request.routeOptions.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request')
  })
  app.decorate('personOf', options.personOf)
  const concerned = new Set<(person: string) => void>()
  app.decorate('onRightsChange', (listener: (person: string) => void) => { concerned.add(listener) })
  app.decorate('rightsChanged', (person: string) => { for (const listener of concerned) listener(person) })
  app.decorate('may', (person: Person, permission: string) => holds(person, options.access[permission] ?? []))
  app.decorate('demand', (person: Person, permission: string) => demand(person, permission, options.access))
  routeUpgrades(app)
  serveMetrics(app, options)
  await serveOpenApi(app, options.version)
  const folder = options.consoleFolder
  await serveConsole(app, folder && existsSync(folder) ? folder : undefined)
  return app
}

/** The one mapper from every kind of *no* to `application/problem+json`. A fault keeps its details for the log. */
function answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const language = languageOf(request.headers['accept-language'])
  const known = error instanceof HttpProblem || isRefusal(error) ? error : problemOfFault(error)
  const incident = known ? undefined : randomUUID()
  if (incident) request.log.error({ err: error, incident, route: request.routeOptions?.url }, 'fault')
  else if (known instanceof HttpProblem && known.code.startsWith('storage.')) request.server.warnSparsely(known.code, { err: error, route: request.routeOptions?.url })
  else if (known instanceof HttpProblem && known.code === 'csrf.refused') request.server.warnSparsely(known.code, { from: request.ip, origin: request.headers.origin, host: request.headers.host })
  const problem = problemOf(known ?? new HttpProblem(500, 'server.fault', `程序出错，已记录，编号 ${incident}`, `Something broke; it is recorded as ${incident}`), language)
  if (problem.status === 413 || problem.status === 408) void reply.header('connection', 'close')
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer')
  void reply
    .status(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('content-language', language)
    .header('cache-control', 'no-store')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(incident ? { ...problem, incident } : problem)
}

/** Demo passwords are known to all, so a web page that points its own name at this machine must not reach a demo station. */
function loopbackOnly(request: FastifyRequest): void {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '')) {
    throw new HttpProblem(403, 'demo.loopback', '演示平台只接受本机访问（localhost 或 127.0.0.1）', 'A demo station answers only to localhost or 127.0.0.1')
  }
}

/** CSP for the console: no inline script; inline styles because Ant Design injects its style sheets. */
function securityHeaders(options: AppOptions) {
  // The demo's wall page shows the consoles of all stations in frames.
  const frames = options.mode === 'demo' ? ["'self'", 'http://127.0.0.1:*', 'http://localhost:*'] : ["'self'"]
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: frames,
      },
    },
    frameguard: options.mode === 'demo' ? false : ({ action: 'sameorigin' } as const),
    // These two only make browsers complain on a station served over plain http in an office network.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'same-origin' as const },
  }
}
