import { z } from 'zod'
import { refuse } from '#core/kernel/index.ts'
import { maxOwnAheadMs } from '#core/ledger/index.ts'
import type { App } from '#core/http/server/app.ts'
import type { Station } from './module.ts'

const clockAnswer = z.object({
  now: z.int(), aheadMs: z.int(), isSilent: z.boolean(), slowedMs: z.int(),
  /** How far this machine's clock is ahead of the parent's; null before that was heard. */
  aheadOfParentMs: z.int().nullable(),
})
const faultLine = z.object({
  subject: z.string(), fact: z.string(), station: z.string(), from: z.string().nullable(), stage: z.enum(['fold', 'projection', 'reaction']), reason: z.string(), at: z.int(), version: z.string(),
})

/** What keeps this station, or one of its records, from going on; and the ways out that need no SQL. */
export function standingRoutes(app: App, station: Station): void {
  const { ledger, clock } = station
  const clockNow = () => {
    const { aheadMs, isSilent, slowedMs, aheadOfParentMs } = ledger.clock()
    return { now: clock.now(), aheadMs: Math.round(aheadMs), isSilent, slowedMs: Math.round(slowedMs), aheadOfParentMs: aheadOfParentMs === null ? null : Math.round(aheadOfParentMs) }
  }

  app.get('/api/clock', { schema: { tags: ['station'], summary: 'How this station\'s clocks stand to each other and to the parent\'s', response: { 200: clockAnswer } }, config: { permission: 'clock.read' } }, async () => clockNow())

  app.post('/api/clock/mend', {
    schema: {
      tags: ['station'], summary: 'After the machine\'s clock was put right: takes facts of the wrong clock back into the present. `sure`: a person has looked at the clock; asked where the parent cannot be',
      body: z.object({ sure: z.boolean().default(false) }), response: { 200: clockAnswer },
    },
    config: { permission: 'clock.mend' },
  }, async (request) => {
    const apart = ledger.clock().aheadOfParentMs
    const up = apart === null ? (await station.links.list()).find((line) => line.direction === 'up') : undefined
    // Mended while the clock is behind, good facts would move into the past, and others would turn away what comes after.
    if (up?.state === 'online') throw refuse('clock.not-compared', '正在与上级核对时钟，请半分钟后再试', 'The clock is being compared with the parent\'s; try again in half a minute')
    if (up && !request.body.sure) throw refuse('clock.not-sure', '现在联系不上上级，无法核对时钟；请确认本机时间准确后再修正', 'The parent cannot be reached to compare clocks; make sure that this machine\'s time is right first')
    if (apart !== null && Math.abs(apart) > maxOwnAheadMs) {
      const seconds = Math.round(Math.abs(apart) / 1000)
      throw refuse('clock.not-right', `本机时钟与上级仍相差 ${seconds} 秒，请先校准本机时钟`, `This machine's clock still differs from the parent's by ${seconds} s; set it right first`)
    }
    await ledger.mendClock({ id: request.person.id, name: request.person.name })
    return clockNow()
  })

  app.get('/api/ledger/faults', {
    schema: { tags: ['ledger'], summary: 'Frozen records and failed reactions, with the fact that caused each', response: { 200: z.object({ items: z.array(faultLine), total: z.int() }) } }, config: { permission: 'audit.read' },
  }, async () => {
    const items = (await ledger.faults()).map((fault) => ({ ...fault, from: fault.from_peer }))
    return { items, total: items.length }
  })

  app.post('/api/ledger/faults/retry', {
    schema: { tags: ['ledger'], summary: 'Tries a frozen record, or its failed reactions, again', body: z.object({ subject: z.string().max(200) }), response: { 200: z.object({ mended: z.boolean() }) } }, config: { permission: 'ledger.retry' },
  }, async (request) => ({ mended: await ledger.retry(request.body.subject) }))
}
