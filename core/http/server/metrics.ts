import type { FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { App } from './app.ts'
import { cookieNameOf, credentialOf, demand, type Access, type PersonOf } from './gate.ts'
import { HttpProblem } from './problem.ts'

export const metricsPermission = 'station.metrics'

/** `GET /metrics` for Prometheus: from this machine itself, or with the permission. Returns the registry for gauges of one's own. */
export function serveMetrics(app: App, options: { self: string; personOf: PersonOf; access: Access }): Registry {
  const registry = new Registry()
  registry.setDefaultLabels({ station: options.self })
  const duration = new Histogram({ name: 'fengsui_http_seconds', help: 'Time to answer a request', labelNames: ['method', 'route', 'status'], buckets: [0.005, 0.02, 0.1, 0.5, 2, 10], registers: [registry] })
  let collecting = false
  app.addHook('onResponse', async (request, reply) => {
    // Patterns, not addresses: a label for each id would grow without end.
    duration.observe({ method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) }, reply.elapsedTime / 1000)
  })
  app.get('/metrics', { schema: { hide: true }, config: { public: true } }, async (request, reply) => {
    if (!isThisMachine(request)) {
      const credential = credentialOf(request.raw, cookieNameOf(options.self))
      const person = credential && (await options.personOf(credential.token))
      if (!person) throw new HttpProblem(401, 'session.required', '请先登录', 'Please sign in first')
      demand(person, metricsPermission, options.access)
    }
    if (!collecting) {
      // Its timers and observers cost memory, so they start with the first reader.
      collecting = true
      collectDefaultMetrics({ register: registry })
    }
    return reply.header('content-type', registry.contentType).send(await registry.metrics())
  })
  return registry
}

/** Through a reverse proxy everyone comes from loopback, so a forwarded request never counts. */
function isThisMachine(request: FastifyRequest): boolean {
  const forwarded = request.headers['x-forwarded-for'] ?? request.headers.forwarded ?? request.headers['x-real-ip']
  const from = request.socket.remoteAddress ?? ''
  return forwarded === undefined && (from === '127.0.0.1' || from === '::1' || from === '::ffff:127.0.0.1')
}
