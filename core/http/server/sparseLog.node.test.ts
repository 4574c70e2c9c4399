import { expect, it } from 'vitest'
import { sparseLog } from './sparseLog.ts'

it('each kind once a minute, with its culprit, and how often it was meanwhile', () => {
  const lines: unknown[] = []
  let now = 0
  const say = sparseLog({ warn: (...line: unknown[]) => { lines.push(line) } } as never, () => now)
  for (let i = 0; i < 100; i++) say('flood', { from: `10.0.0.${i}` })
  say('other', {})
  now = 60_000
  say('flood', { from: '10.0.0.200' })
  expect(lines).toEqual([[{ from: '10.0.0.0' }, 'flood'], [{}, 'other'], [{ from: '10.0.0.200', meanwhile: 99 }, 'flood']])
})
