import { simulate } from './simulate.ts'

// node lab/simulation/run.ts --seeds 1000 --from 1 --stations 150 --facts 10000 [--trace]
const option = (name: string, otherwise: number) => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? otherwise : Number(process.argv[at + 1])
}

const from = option('from', 1)
const seeds = option('seeds', 1000)
const stations = option('stations', 150)
const facts = option('facts', 10_000)
const trace = process.argv.includes('--trace') ? (line: string) => { console.log(line) } : undefined
const failing: number[] = []
const started = performance.now()

for (let seed = from; seed < from + seeds; seed++) {
  const began = performance.now()
  const result = await simulate({ seed, stations, facts, trace }).catch((fault: unknown) => ({ seed, faults: [fault instanceof Error ? fault.stack ?? fault.message : String(fault)], facts: 0, deliveries: 0, steps: 0, restored: 0, virtualSeconds: 0 }))
  const took = ((performance.now() - began) / 1000).toFixed(1)
  console.log(`seed ${seed}: ${result.faults.length === 0 ? 'ok' : `FAILED (${result.faults.length})`}  ${result.facts} facts, ${result.deliveries} held, ${result.restored} restored, ${result.steps} steps, ${result.virtualSeconds} s in ${took} s`)
  if (result.faults.length > 0) {
    failing.push(seed)
    for (const fault of result.faults.slice(0, 8)) console.log(`    ${fault}`)
  }
}
const each = (performance.now() - started) / 1000 / seeds
console.log(`${seeds - failing.length} of ${seeds} seeds passed, ${each.toFixed(2)} s each${failing.length > 0 ? `; failing: ${failing.join(' ')}` : ''}`)
process.exitCode = failing.length > 0 ? 1 : 0
