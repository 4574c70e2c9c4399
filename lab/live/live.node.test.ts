import { describe, expect, test } from 'vitest'
import { simulateLive } from './simulate.ts'

describe('V-7 V-8 V-9 the real plane and the real talk between neighbours, from a seed', () => {
  test('the same seed gives the same run', async () => {
    const { messages, ...one } = await simulateLive(7)
    const { messages: again, ...other } = await simulateLive(7)
    expect(other).toEqual(one)
    expect([messages, again].every((n) => n > 100)).toBe(true)
  })

  test('seeds 1 to 1000: cuts, loss, repeats, restarts, packing at any moment, old clients, grants given and withdrawn, seals: all stations hold the same, and nothing acknowledged is lost', async () => {
    const total = { restarts: 0, cuts: 0, packed: 0 }
    const failed: string[] = []
    for (let seed = 1; seed <= 1000; seed++) {
      const run = await simulateLive(seed)
      for (const fault of run.faults) failed.push(`seed ${seed}: ${fault}`)
      total.restarts += run.restarts
      total.cuts += run.cuts
      total.packed += run.packed
    }
    expect(failed).toEqual([])
    // The seeds do what their name says.
    expect(total.restarts).toBeGreaterThan(500)
    expect(total.cuts).toBeGreaterThan(1000)
    expect(total.packed).toBeGreaterThan(100)
  }, 300_000)

  test('seed 604: of entries packed together before a seal, the part that counts is taken', async () => {
    expect((await simulateLive(604)).faults).toEqual([])
  })

  test('seed 18: what came while a neighbour had not yet said what it holds is sent once it has', async () => {
    expect((await simulateLive(18)).faults).toEqual([])
  })
})
