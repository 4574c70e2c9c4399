import { simulateLive } from './simulate.ts'

// node lab/live/run.ts --seeds 1000 --from 1 --edits 60
const option = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}
const from = option('from', 1)
const seeds = option('seeds', 1000)
const failing: number[] = []
const total = { edits: 0, refused: 0, restarts: 0, cuts: 0, packed: 0, messages: 0 }
for (let seed = from; seed < from + seeds; seed++) {
  const run = await simulateLive(seed, option('edits', 60))
  for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += run[key]
  if (run.faults.length === 0) continue
  failing.push(seed)
  console.log(`seed ${seed} FAILED`)
  for (const fault of run.faults.slice(0, 6)) console.log(`    ${fault}`)
}
console.log(`${seeds - failing.length} of ${seeds} seeds passed; ${JSON.stringify(total)}${failing.length > 0 ? `; failing: ${failing.slice(0, 40).join(' ')}` : ''}`)
process.exitCode = failing.length > 0 ? 1 : 0
