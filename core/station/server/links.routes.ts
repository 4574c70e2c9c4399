import { z } from 'zod'
import { isAddress, refuse } from '#core/kernel/index.ts'
import type { App } from '#core/http/server/app.ts'
import { waitReasons } from '#core/ledger/index.ts'
import { languageOf } from '#core/http/server/problem.ts'
import type { Station } from './module.ts'

const tags = ['links']
const linkLine = z.object({
  peer: z.string(), name: z.string(), direction: z.enum(['up', 'down']), state: z.enum(['online', 'offline']), queued: z.int(),
  lastExchangeAt: z.int().nullable(), lagMs: z.number().nullable(), code: z.string().nullable(), reason: z.string().nullable(), wayOut: z.string().nullable(), recovering: z.boolean(),
  /** The peer whose word the reason is; null: this station has seen it itself. */
  saidBy: z.string().nullable(),
  /** Facts sent that wait at the peer, as it says, and why. */
  waitingThere: z.object({ n: z.int(), why: z.enum(waitReasons).nullable() }).nullable(),
  /** How far the lower end's clock is ahead of the upper end's. */
  clockAheadMs: z.number().nullable(),
  /** Edits of live documents that the peer has not yet said to be on its disk; null before it was ever here. */
  liveBehind: z.int().nullable(),
})
const peerParams = z.object({ peer: z.string().refine(isAddress, '不是平台地址|not a station address') })

/** The links of this station, and cutting them where that is play. */
export function linkRoutes(app: App, station: Station): void {
  const { links } = station
  const nameOf = (peer: string) => station.ledger.directory.station(peer)?.name ?? peer
  const known = (did: boolean, peer: string) => {
    if (!did) throw refuse('link.not-found', `没有通往 ${peer} 的通道`, `There is no link to ${peer}`)
  }

  app.get('/api/links', { schema: { tags, summary: 'Links up and down, and why one is down', response: { 200: z.object({ items: z.array(linkLine), total: z.int() }) } }, config: { permission: 'link.read' } }, async (request) => {
    const language = languageOf(request.headers['accept-language'])
    const items = (await links.list()).map((line) => ({ ...line, name: nameOf(line.peer), liveBehind: station.live.behind(line.peer), reason: line.reason?.[language] ?? null, wayOut: line.wayOut?.[language] ?? null }))
    return { items, total: items.length }
  })

  if (station.mode !== 'production') {
    for (const verb of ['cut', 'heal'] as const) {
      app.post(`/api/links/:peer/${verb}`, { schema: { tags, summary: `${verb} a link (demo and test only)`, params: peerParams, response: { 200: z.object({ ok: z.boolean() }) } }, config: { permission: 'link.cut' } }, async (request) => {
        const { peer } = request.params
        known(verb === 'cut' ? links.cut(peer) : links.heal(peer), peer)
        return { ok: true }
      })
    }
  }

  app.post('/api/links/:peer/retry', { schema: { tags, summary: 'Try again at once', params: peerParams, response: { 200: z.object({ ok: z.boolean() }) } }, config: { permission: 'link.retry' } }, async (request) => {
    known(links.retry(request.params.peer), request.params.peer)
    return { ok: true }
  })

  app.post('/api/links/recover', { schema: { tags, summary: 'After a restored backup: fetch back from every neighbour what this station had stated', response: { 200: z.object({ ok: z.boolean() }) } }, config: { permission: 'link.recover' } }, async () => {
    await links.recover()
    return { ok: true }
  })

  app.post('/api/links/:peer/abandon-recovery', { schema: { tags, summary: 'Go on without what only this neighbour could send back', params: peerParams, response: { 200: z.object({ ok: z.boolean() }) } }, config: { permission: 'link.recover' } }, async (request) => {
    known(links.abandonRecovery(request.params.peer), request.params.peer)
    return { ok: true }
  })
}
