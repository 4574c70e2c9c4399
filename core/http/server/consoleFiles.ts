import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App } from './app.ts'
import { HttpProblem } from './problem.ts'

/** Serves the built console, its page for every address of its own router, and a 404 problem for everything else. */
export async function serveConsole(app: App, folder: string | undefined): Promise<void> {
  const notFound = () => new HttpProblem(404, 'route.not-found', '没有这个地址', 'There is no such address')
  if (!folder) {
    app.setNotFoundHandler(() => {
      throw notFound()
    })
    return
  }
  await app.register(fastifyStatic, { root: folder, serve: false, cacheControl: false })
  app.get('/assets/*', { schema: { hide: true, params: z.object({ '*': z.string() }) }, config: { public: true } }, (request, reply) => {
    // Built names carry a hash of the content.
    void reply.header('cache-control', 'public, max-age=31536000, immutable')
    return reply.sendFile(`assets/${request.params['*']}`)
  })
  for (const name of ['favicon.svg', 'manifest.webmanifest']) {
    app.get(`/${name}`, { schema: { hide: true }, config: { public: true } }, (_request, reply) => reply.sendFile(name))
  }
  const page = (_request: FastifyRequest, reply: FastifyReply) => reply.header('cache-control', 'no-cache').sendFile('index.html')
  app.get('/', { schema: { hide: true }, config: { public: true } }, page)
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === 'GET' && !/^\/(api|assets|metrics|link)(\/|$|\?)/.test(request.url) && (request.headers.accept ?? '').includes('text/html')
    if (!isPage) throw notFound()
    return page(request, reply)
  })
}
