import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Person } from '../roles.ts'
import type { App } from './app.ts'
import { createApp } from './createApp.ts'
import { serveLive } from './live.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => { for (const close of closing.splice(0)) await close() })

async function open(options: { heartbeatMs?: number; maxWaiting?: number; maxOfOne?: number } = {}) {
  const gone = new Set<string>()
  const listeners = new Set<(news: object) => void>()
  const personOf = async (token: string): Promise<Person | undefined> => (token === 'good' && !gone.has(token) ? { id: 'p', account: 'duty', name: '值班员', roles: ['duty'] } : undefined)
  const app: App = await createApp({ self: '65', mode: 'test', version: '0', access: {}, personOf })
  serveLive(app, { self: '65', personOf, onNews: (listener: (news: object) => void) => { listeners.add(listener); return () => listeners.delete(listener) }, ...options })
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
  closing.push(() => app.close())
  const dial = (headers: Record<string, string> = {}, protocols: string[] = []) => new WebSocket(`ws://127.0.0.1:${port}/api/live`, protocols, { headers })
  const statusOf = async (socket: WebSocket) => {
    const [, response] = await once(socket, 'unexpected-response') as [unknown, { statusCode: number }]
    return response.statusCode
  }
  return { app, port, dial, statusOf, gone, listeners, tell: (news: object) => { for (const listener of listeners) listener(news) } }
}

it('sends news to a screen signed in by cookie from our own page, by header, or by subprotocol', async () => {
  const live = await open()
  const screens = [
    live.dial({ cookie: 'fengsui.65=good', origin: `http://127.0.0.1:${live.port}` }),
    live.dial({ authorization: 'Bearer good' }),
    live.dial({}, ['fengsui.live', 'bearer.good']),
  ]
  await Promise.all(screens.map((s) => once(s, 'open')))
  expect(screens[2]?.protocol).toBe('fengsui.live')
  const heard = Promise.all(screens.map((s) => once(s, 'message')))
  live.tell({ facts: [{ id: 'f1', type: 'report.sent.v1', subject: 'report/1', station: '65', mode: 'actual', arrived: true }] })
  for (const [data] of await heard) expect(JSON.parse(String(data))).toMatchObject({ kind: 'news', facts: [{ id: 'f1', arrived: true }] })
})

it('a cookie from another site’s page is refused, and so is nobody', async () => {
  const live = await open()
  expect(await live.statusOf(live.dial({ cookie: 'fengsui.65=good', origin: 'http://evil.example' }))).toBe(403)
  expect(await live.statusOf(live.dial({ cookie: 'fengsui.65=good' }))).toBe(403)
  expect(await live.statusOf(live.dial())).toBe(401)
  expect(await live.statusOf(live.dial({ authorization: 'Bearer bad' }))).toBe(401)
})

it('a screen whose session has ended is closed at the next beat', async () => {
  const live = await open({ heartbeatMs: 30 })
  const screen = live.dial({ authorization: 'Bearer good' })
  await once(screen, 'open')
  live.gone.add('good')
  const [code] = await once(screen, 'close') as [number]
  expect(code).toBe(4401)
})

it('a slow screen is dropped instead of filling memory; the others go on', async () => {
  const live = await open({ maxWaiting: 256 * 1024 })
  const [slow, quick] = [live.dial({ authorization: 'Bearer good' }), live.dial({ authorization: 'Bearer good' })]
  await Promise.all([once(slow, 'open'), once(quick, 'open')])
  slow.pause()
  let heard = 0
  quick.on('message', () => { heard++ })
  const facts = [{ id: 'x'.repeat(60_000) }]
  let dropped = false
  slow.on('close', () => { dropped = true })
  for (let i = 0; i < 1_000; i++) {
    live.tell({ facts })
    await new Promise((resolve) => { setImmediate(resolve) })
  }
  slow.resume()
  if (!dropped) await once(slow, 'close')
  expect(heard).toBeGreaterThan(0)
})

it('a screen that talks too much is closed, and the station stops with screens open', async () => {
  const live = await open()
  const [loud, quiet] = [live.dial({ authorization: 'Bearer good' }), live.dial({ authorization: 'Bearer good' })]
  await Promise.all([once(loud, 'open'), once(quiet, 'open')])
  loud.send('x'.repeat(10_000))
  const [code] = await once(loud, 'close') as [number]
  expect(code).toBe(1009)
  const closed = once(quiet, 'close')
  await live.app.close()
  await closed
  expect(live.listeners.size).toBe(0)
})

it('L1: whoever signs out hears and says nothing more, at once; others stay', async () => {
  const live = await open({ heartbeatMs: 3_600_000 })
  const screen = live.dial({ authorization: 'Bearer good' })
  await once(screen, 'open')
  live.app.rightsChanged('somebody else')
  const heard: unknown[] = []
  screen.on('message', (data) => heard.push(data))
  const closed = once(screen, 'close') as Promise<[number]>
  live.gone.add('good')
  live.app.rightsChanged('p')
  await new Promise((resolve) => { setImmediate(resolve) })
  live.tell({ facts: [{ id: 'late' }] })
  expect([(await closed)[0], heard]).toEqual([4401, []])
})

it('one person’s further screen takes the place of their oldest, and nobody else’s', async () => {
  const live = await open({ maxOfOne: 2 })
  const screens = []
  for (let i = 0; i < 2; i++) {
    screens.push(live.dial({ authorization: 'Bearer good' }))
    await once(screens[i]!, 'open')
  }
  const ended = once(screens[0]!, 'close')
  const third = live.dial({ authorization: 'Bearer good' })
  await Promise.all([ended, once(third, 'open')])
  expect([screens[1]!.readyState, third.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN])
})
