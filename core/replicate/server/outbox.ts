import { setImmediate } from 'node:timers/promises'
import type { Address, Clock } from '#core/kernel/index.ts'
import { reachOf, type Statement } from '#core/ledger/index.ts'
import type { Outbox } from '#core/ledger/server/ledger.ts'
import type { Db, Dialect } from '#core/sql/server/database.ts'
import { leadsTo, sideOf } from '../sides.ts'
import { nextHead } from '../taking.ts'
import { fileStore } from './fileStore.ts'
import { linkStore, type PeerLine } from './linkStore.ts'

const fillPage = 1000

export interface LinkOutbox extends Outbox {
  /** Peers queued to since last asked; the links look after each commit. */
  takeTouched(): Address[]
  /** Whether a file has been named since last asked that is to be pulled. */
  takeNamed(): boolean
  /** Makes a new neighbour's queue and fills it with everything in scope. */
  addPeer(tx: Db, peer: Address, direction: 'up' | 'down'): Promise<void>
  /** Begins a peer's queue anew with everything in scope, what came from the peer included. */
  openEpoch(tx: Db, peer: Address, epoch: number): Promise<void>
}

type Item = Parameters<Outbox['enqueue']>[1][number]

/** The queues to the neighbours: filled in the very transaction that stores a fact (SPEC ). */
export function createOutbox(options: { self: Address; dialect: Dialect; clock: Clock; sha256(text: string): string }): LinkOutbox {
  const { self, clock } = options
  const store = linkStore(options.dialect)
  const files = fileStore(options.dialect)
  const touched = new Set<Address>()
  let named = false
  /** The neighbours with the ends of their queues, as the last write left them (`forget`): looking them up costs more than an entry. */
  let lines: PeerLine[] | undefined

  /** Notes which files the new facts name; those that arrived name what is to be pulled (SPEC R-21). */
  async function noteFiles(tx: Db, items: Item[]): Promise<void> {
    // Most facts name none: they cost no look.
    const naming = items.filter(({ earlier, text }) => !earlier && text.includes('"attachments"'))
    const origin = new Map(naming.map(({ position, from }) => [position, from]))
    for (const file of await files.note(tx, naming)) {
      if (origin.get(file.position) === null) continue
      await files.want(tx, file, sideOf(self, file.station) ?? '', clock.now())
      named = true
    }
  }

  async function append(tx: Db, peer: PeerLine, items: { position: number; id: string }[]): Promise<void> {
    if (items.length === 0) return
    let { n, head } = peer
    const now = clock.now()
    await store.append(tx, items.map(({ position, id }) => {
      n += 1
      head = nextHead(head, id, options)
      return { peer: peer.peer, epoch: peer.epoch, n, fact_id: id, position, head, queued_at: now }
    }))
    Object.assign(peer, { n, head })
    touched.add(peer.peer)
  }

  async function fill(tx: Db, name: Address, back: boolean): Promise<void> {
    const peer = await store.peer(tx, name)
    if (!peer) return
    for (const directory of [true, false]) {
      for (let after = 0; ;) {
        const page = await store.factsForFill(tx, name, directory, after, fillPage)
        const inScope: typeof page = []
        // One subject's reach at a time in memory, and each looked up once: it may be long.
        const leads = new Map<string, { subject: boolean; isEmpty: boolean }>()
        for (const row of page) {
          if (!back && row.from_peer === name) continue
          let to = leads.get(row.subject)
          if (!to) {
            const reach = await store.reachOf(tx, row.subject)
            leads.set(row.subject, to = { subject: leadsTo(self, name, reach), isEmpty: reach.length === 0 })
          }
          // A refused fact travels where it asks to, like any other, but has not widened its subject. An unread one goes with its subject.
          const asks = row.status !== 'admitted' && (row.status !== 'unread' || to.isEmpty)
          if (to.subject || (asks && leadsTo(self, name, reachOf(row.station, (JSON.parse(await store.textAt(tx, row.position)) as Statement).to)))) inScope.push(row)
        }
        await append(tx, peer, inScope)
        if (page.length < fillPage) break
        // A long queue takes its time: pings are answered meanwhile.
        await setImmediate()
        after = page.at(-1)!.position
      }
    }
  }

  return {
    takeTouched: () => {
      const peers = [...touched]
      touched.clear()
      return peers
    },

    takeNamed: () => {
      const was = named
      named = false
      return was
    },

    enqueue: async (tx: Db, items: Item[]) => {
      if (items.length === 0) return
      await noteFiles(tx, items)
      for (const peer of lines ??= await store.peers(tx)) {
        const byPosition = new Map(items.filter((i) => i.from !== peer.peer && leadsTo(self, peer.peer, i.reach)).map((i) => [i.position, i]))
        if (byPosition.size === 0) continue
        const earlier = [...byPosition.values()].filter((i) => i.earlier || i.letIn).map((i) => i.position)
        const known = await store.queued(tx, peer.peer, peer.epoch, earlier)
        await append(tx, peer, [...byPosition.values()].filter((i) => !known.has(i.position)))
      }
    },

    addPeer: async (tx, peer, direction) => {
      await store.addPeer(tx, peer, direction)
      await fill(tx, peer, false)
      lines = undefined
    },

    forget: () => { lines = undefined },

    opensLink: async (tx, before, after) => (await store.peers(tx)).some(({ peer }) => !leadsTo(self, peer, before) && leadsTo(self, peer, after)),

    openEpoch: async (tx, peer, epoch) => {
      await store.openEpoch(tx, peer, epoch)
      await fill(tx, peer, true)
      lines = undefined
    },
  }
}
