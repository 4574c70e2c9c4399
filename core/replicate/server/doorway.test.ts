import { expect, test } from 'vitest'
import { Doorway, doorwayLimits } from './doorway.ts'

/** Numbers that repeat: Park and Miller's generator. */
function seeded(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

/** A child whose hello takes `slow` ms, dialling every 1–3 s, while `perSecond` silent connections come from `flood`. How many of its dials got in. */
function siege({ perSecond, slow, child, flood, seconds }: { perSecond: number; slow: number; child: string; flood: (n: number) => string; seconds: number }) {
  const random = seeded(7)
  const doorway = new Doorway<string>(doorwayLimits, random)
  const gone = new Set<string>()
  const timers: { at: number; run: () => void }[] = []
  const come = (source: string, name: string) => {
    if (!doorway.admit(source, (guest) => { gone.add(guest) })) return false
    doorway.enter(source, name)
    return true
  }
  let dials = 0
  let letIn = 0
  for (let ms = 0, n = 0; ms < seconds * 1000; ms++) {
    for (const timer of timers.filter((t) => t.at === ms)) timer.run()
    while (n < ms * perSecond / 1000) {
      const name = `flood ${n}`
      const source = flood(n++)
      if (come(source, name)) timers.push({ at: ms + 10_000, run: () => doorway.leave(source, name) })
    }
    if (ms % 2000 === 1999 && ms + slow < seconds * 1000) {
      const name = `child ${++dials}`
      if (come(child, name)) timers.push({ at: ms + slow, run: () => { if (!gone.has(name)) { letIn++; doorway.leave(child, name) } } })
    }
  }
  return { dials, letIn }
}

test('M6 R-18 a satellite child behind the flooder’s own address gets in within a few dials', () => {
  const { dials, letIn } = siege({ perSecond: 300, slow: 1400, child: 'nat', flood: () => 'nat', seconds: 60 })
  expect(letIn / dials).toBeGreaterThan(0.1)
})

test('M6 R-18 one that comes from elsewhere gets in at every dial, also while many sources flood together', () => {
  for (const flood of [() => 'stranger', (n: number) => `stranger ${n % 20}`]) {
    const { dials, letIn } = siege({ perSecond: 500, slow: 1400, child: 'child', flood, seconds: 30 })
    expect(letIn).toBe(dials)
  }
})

test('R-18 places are given back, and never more are taken than there are', () => {
  const doorway = new Doorway<number>({ perSource: 3, total: 5 }, seeded(1))
  for (let i = 0; i < 100; i++) {
    const source = `s${i % 3}`
    if (doorway.admit(source, () => undefined)) doorway.enter(source, i)
    expect(doorway.all().length).toBeLessThanOrEqual(5)
  }
  for (const guest of doorway.all()) for (const source of ['s0', 's1', 's2']) doorway.leave(source, guest)
  expect(doorway.all()).toEqual([])
  expect(doorway.admit('s0', () => { throw new Error('nobody need leave') })).toBe(true)
})
