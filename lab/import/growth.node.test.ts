import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { growthOf, writePoints } from './growth.ts'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'fengsui-growth-')) })
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a hundred thousand points come in with memory bounded; a million: lab/import/huge.ts', async () => {
  const file = join(folder, 'points.geojson')
  await writePoints(file, 100_000)
  const growth = await growthOf(file, join(folder, 'points.db'))
  expect(growth.points).toBe(100_000)
  expect(growth.growthMB).toBeLessThan(200)
}, 120_000)
