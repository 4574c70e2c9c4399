import { hash } from 'node:crypto'
import { isRefusal, parentOf, type Address } from '#core/kernel/index.ts'
import { leavesSubtree, touchesSubtree } from '#core/ledger/index.ts'
import type { DocCard, Limit } from '#core/live/card.ts'
import { seeded, type Random } from '#lab/simulation/random.ts'
import { createWorld, type World } from '#lab/simulation/world.ts'
import { createDisk, type Disk } from './memoryStore.ts'
import { SimStation } from './simStation.ts'

/** Region, prefectures, counties, scenes: enough hops for everything that can go wrong between two of them. */
const addresses: Address[] = ['65', '65/a', '65/a/k', '65/a/k/s1', '65/a/m', '65/b', '65/b/n']

export interface LiveRun { seed: number; faults: string[]; edits: number; refused: number; restarts: number; cuts: number; packed: number; messages: number }

interface Grant { doc: string; station: Address; at: number; withdrawn?: Limit }

/** Everyone's documents under cuts, loss, repeats, restarts, packing, old clients and grants that come and go; then all heals and all must be equal. */
export async function simulateLive(seed: number, edits = 60): Promise<LiveRun> {
  const random = seeded(seed)
  const world = createWorld()
  const run: LiveRun = { seed, faults: [], edits: 0, refused: 0, restarts: 0, cuts: 0, packed: 0, messages: 0 }
  const docs = ['65', '65/a', '65/a/k', '65/a/k/s1'].map((owner) => `layer/p~${owner.replaceAll('/', '.')}`)
  const ownerOf = (doc: string) => doc.slice('layer/p~'.length).replaceAll('.', '/')
  const grants: Grant[] = []
  const sealedAt = new Map<string, { at: number; limits: Record<Address, Limit> }>()
  const horizon = edits * 400

  /** What the ledger says of a document at a station whose facts are `lag` behind. */
  const cardAt = (doc: string, lag: number): DocCard => {
    const owner = ownerOf(doc)
    const seen = (at: number) => at + lag <= world.now()
    const writers: Record<Address, Limit | null> = { [owner]: null }
    for (const grant of grants) if (grant.doc === doc && seen(grant.at)) writers[grant.station] = grant.withdrawn && seen(grant.withdrawn.at ?? Infinity) ? withoutAt(grant.withdrawn) : null
    const seal = sealedAt.get(doc)
    if (seal && seen(seal.at)) for (const [who, limit] of Object.entries(seal.limits)) if (who in writers) writers[who] = limit
    return { owner, writers, reach: ['**'], sealed: seal !== undefined && seen(seal.at) }
  }

  const disks = new Map<Address, Disk>(addresses.map((a) => [a, createDisk(world, random)]))
  const stations = new Map<Address, SimStation>()
  const lags = new Map(addresses.map((a) => [a, random.between(0, 3_000)]))
  const start = (address: Address, isOld = false) => {
    const lag = lags.get(address)!
    stations.set(address, new SimStation({
      self: address, run: hash('sha256', `${seed} ${address} ${world.now()} ${run.restarts}`, 'hex').slice(0, 12), world, random, disk: disks.get(address)!, isOld, docs,
      card: (doc) => (docs.includes(doc) ? cardAt(doc, lag) : undefined),
      concerns: (card, peer) => (parentOf(peer) === address ? touchesSubtree(card.reach, peer) : leavesSubtree(card.reach, address)),
      fault: (text) => run.faults.push(text), count: () => { run.messages++ },
    }))
  }
  for (const address of addresses) start(address, random.chance(0.1))
  const wires = addresses.filter((a) => parentOf(a) !== null).map((child) => new Wire(world, random, child, (a) => stations.get(a), () => world.now() > horizon))
  for (const wire of wires) wire.connect()

  // What people and misfortune do.
  const spread = (n: number, what: (i: number) => void | Promise<void>) => { for (let i = 0; i < n; i++) world.after(random.next() * horizon, () => { Promise.resolve(what(i)).catch((fault: unknown) => { if (!String(fault).includes('the power went')) run.faults.push(String(fault)) }) }) }
  const changed = (doc: string) => { for (const [address, lag] of lags) world.after(lag + 1, () => stations.get(address)?.cardsChanged([doc])) }
  const acknowledged: { doc: string; key: string; station: Address; label: string }[] = []
  spread(edits, async (i) => {
    const station = stations.get(random.pick(addresses))!
    const doc = random.chance(0.6) ? `layer/p~${station.self.replaceAll('/', '.')}` : random.pick(docs)
    if (!docs.includes(doc)) return
    const key = `k${random.between(0, 8)}`
    run.edits++
    const label = random.chance(0.15) ? null : `e${i}`
    station.edit(doc, key, label).then(
      () => { if (label !== null) acknowledged.push({ doc, key, station: station.self, label }) },
      (no: unknown) => { if (isRefusal(no)) run.refused++; else if (!(no instanceof Error && no.message === 'the power went')) run.faults.push(String(no)) },
    )
  })
  spread(6, () => {
    const doc = random.pick(docs)
    const station = random.pick(addresses)
    if (station === ownerOf(doc) || sealedAt.has(doc) || grants.some((g) => g.doc === doc && g.station === station)) return
    grants.push({ doc, station, at: world.now() })
    changed(doc)
  })
  spread(2, async () => {
    const grant = grants[random.between(0, 20)]
    const owner = grant && stations.get(ownerOf(grant.doc))
    if (!grant || !owner || owner.isOld || grant.withdrawn || sealedAt.has(grant.doc)) return
    const limit = await owner.limitOf(grant.doc, grant.station)
    grant.withdrawn = { ...limit, at: world.now() }
    changed(grant.doc)
  })
  if (random.chance(0.3)) spread(1, async () => {
    const doc = random.pick(docs)
    const owner = stations.get(ownerOf(doc))
    if (!owner || owner.isOld || sealedAt.has(doc)) return
    const limits = Object.fromEntries(await Promise.all(addresses.map(async (a) => [a, await owner.limitOf(doc, a)] as const)))
    sealedAt.set(doc, { at: world.now(), limits })
    changed(doc)
  })
  spread(random.between(1, 6), () => {
    run.cuts++
    random.pick(wires).cut(random.between(500, 8_000))
  })
  spread(random.between(0, 4), () => {
    const address = random.pick(addresses)
    if (stations.get(address)!.isOld || !stations.get(address)!.isOn) return
    run.restarts++
    stations.get(address)!.kill()
    for (const wire of wires) wire.stationDied(address)
    world.after(random.between(100, 3_000), () => {
      start(address)
      for (const wire of wires) wire.stationStarted(address)
    })
  })
  spread(8, async () => {
    const station = stations.get(random.pick(addresses))!
    run.packed += await station.pack(random.pick(docs))
  })
  const ticking = () => {
    for (const station of stations.values()) station.tick()
    if (world.now() < horizon + 400_000) world.after(2_000, ticking)
  }
  ticking()
  // Old clients are brought up to date, cuts heal; then there is only time.
  world.after(horizon, () => {
    for (const [address, station] of stations) {
      if (!station.isOld) continue
      station.kill()
      for (const wire of wires) wire.stationDied(address)
      start(address)
      for (const wire of wires) wire.stationStarted(address)
    }
    for (const wire of wires) wire.heal()
  })

  await settle(world, horizon + 400_000)
  await verdict(run, docs, stations, acknowledged, cardAt)
  return run
}

async function settle(world: World, until: number): Promise<void> {
  // After each event everything that rests on it runs, as between two turns of a real loop.
  for (let at = world.now(); at < until; at += 50) {
    await world.run(at + 50)
    await new Promise((done) => { setImmediate(done) })
  }
}

async function verdict(run: LiveRun, docs: string[], stations: Map<Address, SimStation>, acknowledged: { doc: string; key: string; station: Address; label: string }[], cardAt: (doc: string, lag: number) => DocCard): Promise<void> {
  for (const doc of docs) {
    const texts = await Promise.all([...stations].map(async ([address, station]) => ({ address, text: await station.canonical(doc) })))
    for (const { address, text } of texts) if (text !== texts[0]!.text) run.faults.push(`${address} does not hold ${doc} as 65 does: ${await stations.get(address)!.vectorText(doc)} instead of ${await stations.get('65')!.vectorText(doc)}`)
    const history = texts[0]!.text
    const { writers } = cardAt(doc, 0)
    for (const done of acknowledged) {
      // A limit may cut off what was acknowledged after it was taken; nothing else may.
      if (done.doc === doc && writers[done.station] === null && !history.includes(`"label":"${done.label}"`)) run.faults.push(`edit ${done.label} of ${done.station} on ${doc} was acknowledged and is lost`)
    }
  }
}

function withoutAt(limit: Limit): Limit {
  return Object.fromEntries(Object.entries(limit).filter(([run]) => run !== 'at'))
}

/** One link: sessions that break, stall, lose and repeat messages. */
class Wire {
  readonly #world: World
  readonly #random: Random
  readonly child: Address
  readonly parent: Address
  readonly #at: (address: Address) => SimStation | undefined
  readonly #isCalm: () => boolean
  #session = 0
  #isUp = false
  #isCut = false
  readonly #dead = new Set<Address>()
  #lastArrival = [0, 0]

  constructor(world: World, random: Random, child: Address, at: (address: Address) => SimStation | undefined, isCalm: () => boolean) {
    this.#world = world
    this.#random = random
    this.child = child
    this.parent = parentOf(child)!
    this.#at = at
    this.#isCalm = isCalm
  }

  connect(): void {
    const [child, parent] = [this.#at(this.child), this.#at(this.parent)]
    if (this.#isUp || this.#isCut || this.#dead.size > 0 || !child || !parent || child.isOld || parent.isOld) return
    this.#isUp = true
    const session = ++this.#session
    this.#lastArrival = [0, 0]
    for (const [i, [from, to]] of ([[child, parent], [parent, child]] as const).entries()) from.joined(to.self, (bytes) => this.#carry(session, i, to, from.self, bytes))
  }

  #carry(session: number, way: number, to: SimStation, from: Address, bytes: Uint8Array): boolean {
    if (!this.#isUp || session !== this.#session) return false
    const chance = this.#random.next()
    const calm = this.#isCalm()
    if (!calm && chance < 0.01) {
      this.#world.after(1, () => { if (session === this.#session) this.#drop() })
      return true
    }
    if (!calm && chance < 0.03) return true
    this.#lastArrival[way] = Math.max(this.#lastArrival[way]!, this.#world.now() + 5 + this.#random.next() * 80)
    const deliver = () => { if (this.#isUp && session === this.#session) to.receive(from, bytes) }
    this.#world.after(this.#lastArrival[way] - this.#world.now(), deliver)
    if (!calm && chance > 0.97) this.#world.after(this.#lastArrival[way] - this.#world.now() + 1, deliver)
    return true
  }

  #drop(again = 200): void {
    if (!this.#isUp) return
    this.#isUp = false
    this.#at(this.child)?.gone(this.parent)
    this.#at(this.parent)?.gone(this.child)
    this.#world.after(again + this.#random.next() * 500, () => this.connect())
  }

  cut(ms: number): void {
    this.#isCut = true
    this.#drop()
    this.#world.after(ms, () => this.heal())
  }

  heal(): void {
    this.#isCut = false
    this.connect()
  }

  stationDied(address: Address): void {
    if (address !== this.child && address !== this.parent) return
    this.#dead.add(address)
    this.#drop()
  }

  stationStarted(address: Address): void {
    this.#dead.delete(address)
    this.connect()
  }
}

