import { describe, expect, test } from 'vitest'
import { seeded } from './random.ts'
import { simulate } from './simulate.ts'
import { treeOf } from './tree.ts'

const minutes = 5 * 60_000

describe('the real link machine and ledger rules on a whole tree, from a seed', () => {
  test('the tree has four levels and as many stations as asked', () => {
    const addresses = treeOf(150, seeded(1))
    expect(new Set(addresses).size).toBe(150)
    expect(Math.max(...addresses.map((a) => a.split('/').length))).toBeGreaterThanOrEqual(4)
  })

  test('the same seed gives the same run', async () => {
    const [one, other] = [await simulate({ seed: 5, stations: 12, facts: 150 }), await simulate({ seed: 5, stations: 12, facts: 150 })]
    expect(other).toEqual(one)
    expect(one.facts).toBeGreaterThanOrEqual(150)
  })

  test.each([1, 2, 3, 4, 5, 6])('R-5 R-6 L-11 L-14 small tree, seed %i: all heals, nothing lost, nothing doubled', async (seed) => {
    const result = await simulate({ seed, stations: 25, facts: 800 })
    expect(result.faults).toEqual([])
    expect(result.restored).toBeGreaterThan(0)
  }, minutes)

  test('R-5 R-6 L-11 L-14 150 stations, 10,000 facts, seed 1', async () => {
    const result = await simulate({ seed: 1, stations: 150, facts: 10_000 })
    expect(result.faults).toEqual([])
    expect(result.facts).toBeGreaterThanOrEqual(10_000)
  }, minutes)

  test('R-14 seed 1 of 20 stations: a fact that still waits for a clock at the parent comes back to its restored author', async () => {
    expect((await simulate({ seed: 1, stations: 20, facts: 500 })).faults).toEqual([])
  }, minutes)

  test('R-12 R-14 seed 149: a restored station whose queue grew again in another order before it met its parent recovers', async () => {
    expect((await simulate({ seed: 149, stations: 150, facts: 10_000 })).faults).toEqual([])
  }, minutes)

  test('seed 235: a restored station that somebody else started first is staffed again', async () => {
    expect((await simulate({ seed: 235, stations: 150, facts: 10_000 })).faults).toEqual([])
  }, minutes)

  test('seed 291: time goes on when a timer\'s end rounds to just before it', async () => {
    expect((await simulate({ seed: 291, stations: 150, facts: 10_000 })).faults).toEqual([])
  }, minutes)
})
