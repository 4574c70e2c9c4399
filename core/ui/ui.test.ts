import { describe, expect, test } from 'vitest'
import { beijingMinute, beijingShort, readBeijing } from './beijingTime.ts'
import { contrast } from './contrast.ts'
import { clockDigits, countdown } from './countdown.ts'
import { palettes } from './palette.ts'
import { pauseBefore } from './pause.ts'
import { faultsByField, mayRetry, plainFault, readProblem } from './problem.ts'

const wushi = Date.UTC(2024, 0, 22, 18, 9)
const minute = 60_000

describe('countdown', () => {
  test.each([
    [20 * minute, 'calm', '20:00'],
    [14 * minute, 'soon', '14:00'],
    [4 * minute + 9000, 'urgent', '4:09'],
    [0, 'urgent', '0:00'],
    [-65 * minute, 'late', '1:05:00'],
  ])('%i ms before the deadline', (left, urgency, digits) => {
    expect(countdown(wushi + left, wushi)).toEqual({ urgency, digits })
  })

  test('stops when the deadline is met, and stays late when it was met late', () => {
    expect(countdown(wushi, wushi + 99 * minute, wushi - minute)).toEqual({ urgency: 'met', digits: '1:00' })
    expect(countdown(wushi, wushi + 99 * minute, wushi + 2 * minute)).toEqual({ urgency: 'late', digits: '2:00' })
  })

  test('shows days beyond a day', () => {
    expect(clockDigits(51 * 3_600_000 + 10 * minute)).toBe('2d 03:10')
  })
})

describe('Beijing time', () => {
  test('is eight hours ahead of UTC on every browser', () => {
    expect(beijingMinute(wushi)).toBe('2024-01-23 02:09')
  })

  test('leaves out the day today and the year this year', () => {
    expect(beijingShort(wushi, wushi + 60 * minute)).toBe('02:09')
    expect(beijingShort(wushi, wushi + 48 * 60 * minute)).toBe('01-23 02:09')
    expect(beijingShort(wushi, wushi + 400 * 86_400_000)).toBe('2024-01-23 02:09')
  })

  test('reads what it writes and refuses days that do not exist', () => {
    expect(readBeijing('2024-01-23 02:09')).toBe(wushi)
    expect(readBeijing('2024-02-30 02:09')).toBeNull()
    expect(readBeijing('yesterday')).toBeNull()
  })
})

describe('problem', () => {
  test('keeps the field and the mend, whatever way the field is written', () => {
    const problem = readProblem(400, { code: 'request.invalid', title: 'x', detail: 'y', errors: [{ field: '/figures/deaths', message: 'whole number' }, { field: 'body.title', message: 'missing' }] })
    expect(problem.errors).toEqual([{ field: 'figures.deaths', message: 'whole number' }, { field: 'title', message: 'missing' }])
  })

  test('reads an answer that is not a problem at all', () => {
    expect(readProblem(502, '<html>')).toEqual({ status: 502, code: '', title: '', detail: '', errors: [] })
    expect(plainFault(502)).toBe('fault.server')
    expect(plainFault(0)).toBe('fault.offline')
  })

  test('puts faults at their fields and the rest above the form', () => {
    const problem = readProblem(409, { errors: [{ field: 'place.division', message: 'a' }, { field: 'figures', message: 'b' }, { field: 'signedBy', message: 'c' }] })
    expect(faultsByField(problem, ['place', 'figures.deaths'])).toEqual({ byField: { place: ['a'], 'figures.deaths': ['b'] }, rest: ['c'] })
  })

  test('repeats only what did not reach the station, twice at most', () => {
    expect([mayRetry(0, 0), mayRetry(503, 1), mayRetry(0, 2), mayRetry(409, 0), mayRetry(500, 0)]).toEqual([true, true, false, false, false])
  })
})

test('the pause grows to its limit and never beyond it', () => {
  expect(pauseBefore(0, 0.5)).toBe(500)
  expect(pauseBefore(3, 0.5)).toBe(4000)
  expect(pauseBefore(500, 1)).toBe(18_750)
})

describe.each(Object.entries(palettes))('palette %s', (_, p) => {
  const grounds = [p.ground, p.panel, p.raised]
  test.each(['ink', 'inkSoft', 'accent', 'good', 'notice', 'warn', 'alarm'] as const)('%s reads on every ground', (name) => {
    for (const ground of grounds) expect(contrast(p[name], ground)).toBeGreaterThanOrEqual(4.5)
  })
  test.each(['good', 'notice', 'warn', 'alarm'] as const)('%s reads on its own ground, and so does plain ink', (name) => {
    expect(contrast(p[name], p[`${name}Ground`])).toBeGreaterThanOrEqual(4.5)
    expect(contrast(p.ink, p[`${name}Ground`])).toBeGreaterThanOrEqual(4.5)
  })
  test('links read on every ground of a note', () => {
    for (const ground of [p.goodGround, p.warnGround, p.alarmGround, p.raised]) expect(contrast(p.accent, ground)).toBeGreaterThanOrEqual(4.5)
  })
  test('white reads on filled buttons', () => {
    expect(contrast('#ffffff', p.fill)).toBeGreaterThanOrEqual(4.5)
  })
})
