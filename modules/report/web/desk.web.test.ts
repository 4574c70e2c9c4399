import { describe, expect, test } from 'vitest'
import { clockOffset } from '#core/ui/web/links.ts'
import { casualtiesOf, edgeOf, isNarrowed, readFilter, unsentLinks, waitsHere, writeFilter } from './deskView.ts'

const now = Date.UTC(2024, 0, 22, 18, 9)
const minute = 60_000
const row = { status: 'accepted' as const, late: false, nextDue: null, acceptedAt: null, station: '65/6529/652928' }

describe('the address of the desk', () => {
  test('round-trips what differs from a fresh desk and nothing else', () => {
    const filter = readFilter({ box: 'out', q: '地震', level: 'I', page: 3 })
    expect(writeFilter(filter)).toEqual({ box: 'out', q: '地震', level: 'I', page: 3 })
    expect(readFilter(writeFilter(filter))).toEqual(filter)
    expect(writeFilter(readFilter({}))).toEqual({})
  })

  test('survives nonsense', () => {
    expect(readFilter({ box: 'x', page: -2, size: 7, q: '', sort: null, level: ['I'] })).toEqual(readFilter({}))
    expect(readFilter({ q: 7.1 }).q).toBe('7.1')
  })

  test('knows whether anything is filtered out', () => {
    expect([isNarrowed(readFilter({ box: 'out', page: 2 })), isNarrowed(readFilter({ need: 'overdue' }))]).toEqual([false, true])
  })
})

describe('the edge of a row', () => {
  test.each([
    ['an unmet deadline in the past is an alarm', { ...row, nextDue: now - 1 }, 'alarm'],
    ['ten minutes left warns', { ...row, nextDue: now + 10 * minute }, 'warn'],
    ['not accepted here is marked', row, 'blue'],
    ['an hour left on an accepted one is plain', { ...row, acceptedAt: now, nextDue: now + 60 * minute }, 'plain'],
  ])('%s', (_, given, tone) => {
    expect(edgeOf(given, '65/6529', now)).toBe(tone)
  })

  test('what was returned, merged or closed waits for nobody', () => {
    expect((['returned', 'merged', 'closed'] as const).map((status) => waitsHere({ ...row, status }, '65/6529'))).toEqual([false, false, false])
    expect(waitsHere(row, '65/6529')).toBe(true)
  })

  test('our own report never waits for our acceptance', () => {
    expect(edgeOf(row, row.station, now)).toBe('plain')
  })
})

describe('casualties', () => {
  test('show what is above zero', () => {
    expect(casualtiesOf({ deaths: 3, missing: 0, seriousInjuries: null, lightInjuries: 5 })).toEqual([{ name: 'deaths', n: 3 }, { name: 'lightInjuries', n: 5 }])
  })
  test('tell none from unknown', () => {
    expect([casualtiesOf({ deaths: 0, missing: 0 }), casualtiesOf({ deaths: null, missing: 0 }), casualtiesOf({})]).toEqual(['none', 'unknown', 'unknown'])
  })
})

test('the desk speaks of links that hold something back or are cut upward', () => {
  const link = { peer: 'a', direction: 'up' as const, state: 'online' as const, queued: 0, lastExchangeAt: null, lagMs: null, reason: null }
  const cut = { ...link, peer: 'b', state: 'offline' as const }
  const below = { ...cut, peer: 'c', direction: 'down' as const }
  const busy = { ...below, peer: 'd', queued: 2 }
  expect(unsentLinks([link, cut, below, busy]).map((l) => l.peer)).toEqual(['b', 'd'])
})

test('C5 R-26 R-27 the desk speaks of what waits at the other end; a difference of clocks beyond 5 s is named with its side', () => {
  const link = { peer: 'a', direction: 'up' as const, state: 'online' as const, queued: 0, lastExchangeAt: null, lagMs: null, reason: null }
  expect(unsentLinks([link, { ...link, peer: 'b', waitingThere: { n: 2, why: 'future-clock' } }]).map((l) => l.peer)).toEqual(['b'])
  expect([null, 4_999, 60_000, -60_000].map((clockAheadMs) => clockOffset({ ...link, clockAheadMs }))).toEqual([null, null, { ahead: true, ms: 60_000 }, { ahead: false, ms: 60_000 }])
})
