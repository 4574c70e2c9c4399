import { writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { newPrivateKey, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { child, parent } from './benchStation.ts'
import { catchUp } from './catchUp.ts'
import { delivery } from './delivery.ts'
import { idle } from './idle.ts'
import { linkCatchUp } from './linkCatchUp.ts'
import { mapBenches, mapRows } from './mapRows.ts'
import type { Alone, Compared } from './measure.ts'
import { threeStations } from './stations.ts'
import { printHeader, printRow, type Row } from './table.ts'
import { writes } from './writes.ts'

/**
 * `npm run bench -- [--quick] [--only writes,catch-up,link,delivery,idle,stroke,plot-load,wire,tiles,base-map] [--save]`: how fast and
 * how small, as ratios to named baselines measured in turns in the same run, so that a slow or busy machine moves both. `--save` writes `baseline.json`.
 */
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, save: { type: 'boolean', default: false } } })
const only = values.only?.split(',')
const wanted = (name: string) => only === undefined || only.includes(name)
const rounds = values.quick ? 3 : 9
const size = <T>(quick: T, full: T) => (values.quick ? quick : full)

const pems = new Map([parent, child].map((address) => [address, newPrivateKey()]))
const keys = new Map([...pems].map(([address, pem]) => [address, nodeSigner(pem)]))
const rows: Row[] = []
const add = (row: Omit<Row, 'compared'>, compared: Compared | Alone) => {
  rows.push({ ...row, compared })
  printRow(rows.at(-1)!)
}

/** Others' work on the machine makes fsync and wake-ups dear, ours more than the baselines': a reader must know of it. */
const machine = { cores: availableParallelism(), loadBefore: loadavg()[0] ?? 0, node: process.version }
console.log(`${machine.cores} cores, load ${machine.loadBefore.toFixed(1)} before, Node ${machine.node}`)
printHeader()
if (wanted('writes')) {
  const { notice, note } = await writes(keys, { rounds, facts: size(150, 400) })
  add({ name: 'durable facts, one at a time', unit: '/s', baseline: 'bare node:sqlite inserts', aim: { atLeast: 0.5 } }, notice)
  add({ name: '… without a projection', unit: '/s', baseline: 'bare node:sqlite inserts' }, note)
}
if (wanted('catch-up')) {
  add({ name: 'catch-up facts', unit: '/s', baseline: 'bare Ed25519 verify, one core', aim: { atLeast: 0.6 } }, await catchUp(keys, { rounds, facts: size(1000, 2000) }))
}
if (wanted('link')) {
  add({ name: '… over a real link', unit: '/s', baseline: 'bare Ed25519 verify, one core', aim: { atLeast: 0.6 } }, await linkCatchUp(pems, { rounds, facts: size(2000, 4000) }))
}
if (wanted('delivery') || wanted('idle')) {
  const stations = await threeStations()
  try {
    if (wanted('delivery')) {
      const { report, feedback } = await delivery(stations, { rounds: size(2, 6), samples: size(10, 20) })
      for (const [name, { p50, p95 }] of [['one fact', feedback], ['signed report', report]] as const) {
        add({ name: `county → region, ${name}, p50`, unit: 'ms', baseline: 'bare ws relay, three commits', aim: { atMost: 3 } }, p50)
        add({ name: `county → region, ${name}, p95`, unit: 'ms', baseline: 'bare ws relay, three commits', aim: { atMost: 3 } }, p95)
      }
    }
    if (wanted('idle')) {
      const { resident, start } = await idle(stations, size(2, 5))
      add({ name: 'idle memory of a station', unit: 'MB', baseline: 'bare Node, http and sqlite', aim: { oursAtMost: 150 } }, resident)
      add({ name: 'start until it answers', unit: 'ms', baseline: 'bare Node, http and sqlite' }, start)
    }
  } finally {
    await stations.close()
  }
}
if (mapBenches.some(wanted)) await mapRows({ wanted, size, add })
if (values.save) {
  const saved = rows.map(({ name, unit, baseline, aim, compared }) => ({ name, unit, baseline, aim, ...compared }))
  writeFileSync(fileURLToPath(new URL('baseline.json', import.meta.url)), `${JSON.stringify({ machine, rows: saved }, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value), 2)}\n`)
}
