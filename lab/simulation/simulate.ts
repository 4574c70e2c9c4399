import { parentOf, type Address } from '#core/kernel/index.ts'
import { work, type Desk } from './commands.ts'
import { readOnce } from './crypto.ts'
import { lie } from './liar.ts'
import { emptyDisk, enrolledType } from './memoryLedger.ts'
import { createNetwork, type Weather } from './network.ts'
import { seeded, type Random } from './random.ts'
import { SimStation, type Surroundings } from './station.ts'
import { cardOf, isLeaf, treeOf } from './tree.ts'
import { judgeAll } from './verdict.ts'
import { createWorld } from './world.ts'

export interface SimulationOptions { seed: number; stations?: number; facts?: number; trace?: (line: string) => void }

export interface SimulationResult {
  seed: number
  faults: string[]
  facts: number
  deliveries: number
  steps: number
  restored: number
  virtualSeconds: number
}

const second = 1000
const day = 86_400 * second
const active = 600 * second
const settleWithin = 900 * second

/** One run of a whole tree through bad weather, from a seed; at the end everything heals and every promise is checked. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { seed, stations: count = 150, facts: wanted = 10_000, trace } = options
  const random = seeded(seed)
  const world = createWorld()
  const weather: Weather = { lose: 0.0005, repeat: 0.0005, swap: 0.0005, breakOff: 0.001, minDelay: random.between(1, 20), maxDelay: random.between(21, 300) }
  const stations = new Map<Address, SimStation>()
  const s: Surroundings = {
    world, random, network: createNetwork(world, random), read: readOnce(), stations, weather, wallOffset: { ms: 0 }, acknowledged: [], authored: { count: 0 }, lies: new Set(), trace,
  }
  const addresses = treeOf(count, random)
  const late = addresses.filter((a) => isLeaf(a, addresses)).slice(-Math.ceil(count / 30))
  const early = addresses.filter((a) => !late.includes(a))
  const cards = early.map(cardOf)
  const found = (self: Address) => new SimStation(s, {
    self, version: random.chance(0.3) ? 1 : 2, protocol: { min: 1, max: random.chance(0.3) ? 1 : 2 }, skew: skewOf(random), disk: emptyDisk(cards),
  })
  for (const self of early) stations.set(self, found(self))
  for (const station of stations.values()) station.start()

  const phase = { isOver: false }
  const liars = early.filter((a) => isLeaf(a, addresses)).slice(0, Math.ceil(count / 30))
  const honest = addresses.filter((a) => !liars.includes(a))
  for (const self of liars) stations.get(self)!.hostile = true
  for (const self of late) enrolLate(s, self, random.between(5 * second, active / 2), found)
  const restored = disturb(s, early.filter((a) => !liars.includes(a) && !late.some((l) => parentOf(l) === a)), () => phase.isOver)
  const desk: Desk = { cases: [], count: 1 }
  const toil = () => {
    if (s.authored.count >= wanted && world.now() >= active) {
      phase.isOver = true
      return
    }
    if (s.authored.count < wanted) stations.get(random.pick(honest))?.command(work(random, desk, addresses))
    if (random.chance(0.03)) stations.get(random.pick(liars))?.lie((ledger, now) => lie(random, desk, ledger, now))
    world.after(active / wanted / (s.authored.count < wanted ? 1 : 0.1), toil)
  }
  toil()
  for (const station of stations.values()) if (!station.hostile) mendNowAndThen(s, station, () => phase.isOver)
  for (const station of stations.values()) releaseNowAndThen(s, station, () => phase.isOver)
  while (!phase.isOver) await world.run(world.now() + 10 * second)

  const faults = await settle(s)
  if (faults.length === 0) faults.push(...judgeAll(stations, s.acknowledged, s.lies))
  let deliveries = 0
  for (const station of stations.values()) deliveries += station.ledger.disk.held.size
  return { seed, faults, facts: s.authored.count, deliveries, steps: world.steps, restored: restored.count, virtualSeconds: Math.round(world.now() / second) }
}

function skewOf(random: Random): number {
  if (random.chance(0.03)) return random.between(-10, 10) * 365 * day
  return random.chance(0.3) ? random.between(-day, day) : random.between(-2 * second, 2 * second)
}

/** A station that joins in the middle: its parent states so to all, it starts with what the parent knows. */
function enrolLate(s: Surroundings, self: Address, at: number, found: (self: Address) => SimStation): void {
  s.world.after(at, () => {
    const parent = s.stations.get(parentOf(self)!)!
    if (!parent.up || !parent.ledger.authoring || !parent.staffed) return enrolLate(s, self, second, found)
    const card = cardOf(self)
    parent.command((ledger) => [ledger.append({ type: enrolledType, subject: `station/${self}`, to: ['all'], body: { card: { ...card } } })])
    const station = found(self)
    for (const known of parent.ledger.disk.cards.values()) station.ledger.disk.cards.set(known.address, known)
    s.stations.set(self, station)
    parent.meet(card)
    station.start()
  })
}

/** Whoever works at a station that says its clock was ahead puts the clock right, and has it mended. */
function mendNowAndThen(s: Surroundings, station: SimStation, isOver: () => boolean): void {
  s.world.after(s.random.between(20 * second, 90 * second), () => {
    if (isOver()) return
    station.mend()
    mendNowAndThen(s, station, isOver)
  })
}

function releaseNowAndThen(s: Surroundings, station: SimStation, isOver: () => boolean): void {
  s.world.after(20 * second + s.random.between(0, 5 * second), async () => {
    if (isOver()) return
    await station.release()
    releaseNowAndThen(s, station, isOver)
  })
}

/** Schedules cuts, pulled cables, crashes, restored backups and clocks being set. */
function disturb(s: Surroundings, candidates: Address[], isOver: () => boolean): { count: number } {
  const { world, random, stations } = s
  const restored = { count: 0 }
  const sometime = () => random.between(0, active - 60 * second)
  for (const self of candidates) {
    const station = stations.get(self)!
    const parent = parentOf(self)
    if (parent && random.chance(0.4)) {
      // Either end may cut.
      const at = sometime()
      const [one, other] = random.chance(0.5) ? [self, parent] : [parent, self]
      world.after(at, () => stations.get(one)?.cut(other))
      world.after(at + random.between(second, 120 * second), () => stations.get(one)?.heal(other))
    }
    if (parent && random.chance(0.15)) {
      const until = sometime() + random.between(5 * second, 90 * second)
      world.after(until - 5 * second, () => { if (!isOver()) station.mutedUntil.set(parent, until) })
    }
    if (random.chance(0.1)) world.after(sometime(), () => { station.skew = skewOf(random) })
    if (random.chance(0.35)) {
      world.after(sometime(), () => {
        if (!station.up) return
        station.crash(random.chance(0.3))
        world.after(random.between(100, 40 * second), () => { if (!station.up) station.start() })
      })
    }
  }
  const lucky = new Set<Address>()
  while (lucky.size < Math.max(1, Math.floor(candidates.length / 60))) lucky.add(random.pick(candidates))
  for (const self of lucky) {
    const at = random.between(20 * second, active - 150 * second)
    world.after(at, () => { stations.get(self)!.takeBackup() })
    world.after(at + random.between(second, 60 * second), () => { restored.count += restore(s, stations.get(self)!) })
  }
  return restored
}

/** Comes back from its backup: half the time the operator says so (`recover`), otherwise the links find out. */
function restore(s: Surroundings, station: SimStation): number {
  const { world, random } = s
  if (!station.backup) return 0
  station.crash(random.chance(0.3))
  station.restore()
  station.ledger.authoring = false
  const told = random.chance(0.5)
  world.after(random.between(second, 20 * second), () => {
    // Whoever restarted it after an earlier crash may have been quicker; its links may even have told it all and recovered by now.
    if (station.staffed) return
    if (!station.up) {
      if (told) for (const peer of station.ledger.disk.peers.values()) peer.recovery = 'asking'
      station.start()
    }
    s.trace?.(`${station.self} restored, told ${told}`)
    // Nothing is stated before every neighbour has been met: either one of them tells of the lost future, or there was none.
    station.ledger.authoring = false
    world.after(second, function look() {
      if (station.staffed) return
      if (station.isConnected) {
        station.ledger.authoring = true
        station.staffed = true
      } else world.after(second, look)
    })
  })
  return 1
}

/** Heals everything and lets it come to rest; then lets the days pass that facts from fast clocks wait for. */
async function settle(s: Surroundings): Promise<string[]> {
  Object.assign(s.weather, { lose: 0, repeat: 0, swap: 0, breakOff: 0 })
  const { world, stations } = s
  const rest = async () => {
    const end = world.now() + settleWithin
    for (;;) {
      await world.run(world.now() + 3 * second)
      if ([...stations.values()].every((station) => station.isQuiet)) return true
      if (world.now() > end) return false
    }
  }
  await world.run(world.now() + 60 * second)
  for (const station of stations.values()) {
    if (!station.up) station.start()
    for (const peer of station.ledger.disk.peers.keys()) station.heal(peer)
    // Clocks that are off by years are put right; those off by hours are waited for.
    if (!station.hostile && Math.abs(station.skew) > 2 * day) station.skew = 0
  }
  await world.run(world.now() + 60 * second)
  for (const station of stations.values()) if (!station.hostile) station.mend()
  for (let round = 0; round < 20; round++) {
    if (!(await rest())) return ['did not come to rest', ...[...stations.values()].filter((station) => !station.isQuiet).map((station) => station.describe())]
    if ([...stations.values()].every((station) => station.hostile || [...station.ledger.disk.waiting.keys()].every((id) => s.lies.has(id)))) {
      for (const station of stations.values()) if (!station.hostile) station.mend()
      return (await rest()) ? [] : ['did not come to rest after the last mending']
    }
    s.wallOffset.ms += 3 * day
    for (const station of stations.values()) await station.release()
  }
  return []
}
