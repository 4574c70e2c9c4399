import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { growthOf, writePoints } from './growth.ts'

// node scripts/node24.mjs lab/import/huge.ts [--points 1000000]: imports files of a million points, in both forms, and
// fails where memory grows by more than it may.

const mostMB = 300
const { values } = parseArgs({ options: { points: { type: 'string', default: '1000000' } } })
const points = Number(values.points)
// The grid of places ends at the North Pole.
if (!(points > 0 && points <= 2_300_000)) throw new Error('--points: 1 to 2300000')
const folder = await mkdtemp(join(tmpdir(), 'fengsui-huge-'))
try {
  for (const form of ['collection', 'lines'] as const) {
    const file = join(folder, `${form}.geojson`)
    await writePoints(file, points, form)
    const size = Math.round((await stat(file)).size / 1024 ** 2)
    const growth = await growthOf(file, join(folder, `${form}.db`))
    console.log(`${form}: ${growth.points} points, ${size} MB, ${growth.seconds} s (${Math.round(growth.points / growth.seconds)} a second), memory ${growth.startMB} → ${growth.peakMB} MB (+${growth.growthMB})`)
    if (growth.points !== points || growth.growthMB > mostMB) process.exitCode = 1
    await rm(file)
    await rm(join(folder, `${form}.db`))
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
