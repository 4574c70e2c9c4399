import { z } from 'zod'
import type { App } from '#core/http/server/app.ts'
import type { Station } from './module.ts'

const refusalSchema = z.object({ at: z.int(), from: z.string(), doc: z.string(), code: z.string(), detail: z.string() })

/** What the live plane has turned away, for the auditor; the documents themselves go over `WS /api/live`. */
export function liveRoutes(app: App, station: Station): void {
  app.get('/api/live/refusals', {
    schema: {
      tags: ['live'], summary: 'Updates of live documents that were turned away, newest first, with the reason',
      querystring: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
      response: { 200: z.object({ items: z.array(refusalSchema) }) },
    },
    config: { permission: 'audit.read' },
  }, async (request) => ({ items: await station.live.refusals(request.query.limit) }))
}
