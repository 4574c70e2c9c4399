import { randomBytes } from 'node:crypto'
import { isRefusal, parentOf, refuse, type Address, type Clock } from '#core/kernel/index.ts'
import { idOfSubject, kindOfSubject, leavesSubtree, reaches, touchesSubtree, type Reach, type Signer } from '#core/ledger/index.ts'
import type { Ledger } from '#core/ledger/server/ledger.ts'
import { nodeCrypto, sha256Bytes } from '#core/ledger/server/nodeCrypto.ts'
import { maxLiveBytes } from '#core/replicate/frames.ts'
import type { Links } from '#core/replicate/server/links.ts'
import type { Database } from '#core/sql/server/database.ts'
import { countsUpTo, type DocCard, type Limit } from '../card.ts'
import { partsOfChain } from '../entry.ts'
import { countingVector } from '../held.ts'
import { decodeMessage, encodeMessage, maxDocLength, type Message } from '../messages.ts'
import { Peers } from '../peers.ts'
import { LivePlane } from '../plane.ts'
import { unknownDocument } from '../refusals.ts'
import { databaseStore } from './databaseStore.ts'
import type { DocChange, Live, LiveKind, RoomKind } from './live.ts'
import { refusalLog } from './refusalLog.ts'
import { Rooms } from './rooms.ts'
import { Screens } from './screens.ts'

/** Bytes waiting in a peer's socket below which documents may be sent. */
const roomyBytes = 256 * 1024
const keepHouseMs = 2_000

export interface OpenLiveOptions {
  ledger: Ledger
  links: Links
  database: Database
  clock: Clock
  signer: Signer
  docs: readonly LiveKind[]
  rooms: readonly RoomKind[]
  onFault?: (fault: unknown) => void
}

/** Ties the live plane of one station to its database, links and screens. */
export function openLive(options: OpenLiveOptions): Live {
  const { ledger, links, database, clock, signer } = options
  const { self, directory } = ledger
  const onFault = options.onFault ?? (() => undefined)
  const now = () => clock.now()
  const kinds = new Map(options.docs.map((kind) => [kind.kind, kind]))
  const roomKinds = new Map(options.rooms.map((kind) => [kind.kind, kind]))
  const store = databaseStore(database)
  const log = refusalLog(database, now, onFault)
  const crypto = { hash: sha256Bytes, verify: nodeCrypto.verifyHere }
  const listeners = new Set<(change: DocChange) => void>()
  const timers = new Set<NodeJS.Timeout>()
  let stopped = false

  // Documents and rooms are named as subjects are.
  const kindOf = (doc: string) => kinds.get(kindOfSubject(doc))
  const card = (doc: string): DocCard | undefined => kindOf(doc)?.card(idOfSubject(doc))
  const roomOf = (room: string) => roomKinds.get(kindOfSubject(room))
  const reachOfRoom = (room: string): Reach | undefined => roomOf(room)?.reach(idOfSubject(room))
  const isChild = (peer: Address) => parentOf(peer) === self
  const crosses = (reach: Reach, peer: Address) => (isChild(peer) ? touchesSubtree(reach, peer) : leavesSubtree(reach, self))
  const onRefusal = (from: string, doc: string, code: string, detail: string) => log.add({ from, doc, code, detail })
  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (!stopped) work()
    }, ms)
    timers.add(timer)
  }

  const plane: LivePlane = new LivePlane({
    self, run: randomBytes(8).toString('hex'), now, crypto, card, store, onFault,
    sign: (text) => signer.sign(text),
    station: (address) => directory.station(address),
    judgeValue: (doc, value) => {
      const kind = kindOf(doc)
      const parsed = kind?.value.safeParse(value)
      if (parsed?.success) return null
      const fields = parsed?.error.issues.slice(0, 5).map((issue) => ({ field: issue.path.join('.') || '(value)', message: { zh: issue.message, en: issue.message } })) ?? []
      return refuse('live.bad-value', `图元内容不符合规范：${fields.map((f) => f.field).join('、')}`, `A value does not have the right form: ${fields.map((f) => f.field).join(', ')}`, fields)
    },
    onEntry: (entry, from) => peers.stream(entry, from),
    onUpdates: (doc, updates, by) => screens.update(doc, updates, by),
    onKeys: (doc, keys) => { for (const listener of listeners) listener({ doc, keys }) },
    onRights: (doc) => screens.rights(doc),
    onReset: (doc) => screens.reset(doc),
    onDurable: (entry, from) => peers.durable(entry, from),
  })
  /** What a peer would not read is not sent: it would end the whole link, facts and all, and blame us. */
  function tell(peer: Address, message: Message): boolean {
    const told = message.k === 'have' ? { ...message, docs: message.docs.filter(({ doc }) => doc.length <= maxDocLength) } : message
    const bytes = encodeMessage(told)
    const read = bytes.length > maxLiveBytes ? { fault: `${bytes.length} bytes` } : decodeMessage(bytes)
    if (!('fault' in read)) return links.sendLive(peer, bytes)
    onFault(new Error(`${message.k} not told to ${peer}, which would not read it: ${read.fault}`))
    return false
  }
  // Intervals are counted on a clock that never jumps.
  const elapsed = () => performance.now()
  const peers = new Peers({
    plane, store, crypto, now: elapsed, card, later, onFault, onRefusal,
    concerns: (known, peer) => crosses(known.reach, peer),
    send: tell,
    isRoomy: (peer) => links.liveWaiting(peer) < roomyBytes,
    onFlood: (peer) => {
      onRefusal(peer, '', 'live.flood', 'more messages than can be taken')
      links.refuseLive(peer)
    },
  })
  const rooms = new Rooms({
    self, now: elapsed, reach: reachOfRoom, concerns: crosses, onRefusal,
    send: tell,
    waiting: (peer) => links.liveWaiting(peer),
  })
  const screens = new Screens({
    self, plane, rooms, now, onFault, onRefusal,
    rolesOf: kindOf,
    roomReaders: (room) => { const reach = reachOfRoom(room); return reach && reaches(reach, self) ? roomOf(room)?.readers : undefined },
    mayWriteHere: (doc) => { const known = card(doc); return known !== undefined && !known.sealed && countsUpTo(known, self, '') === Infinity },
  })

  links.carryLive({
    joined: (peer) => { peers.joined(peer); rooms.joined(peer) },
    gone: (peer) => { peers.gone(peer); rooms.gone(peer) },
    receive: (peer, bytes) => {
      const decoded = decodeMessage(bytes)
      if ('fault' in decoded) {
        onRefusal(peer, '', 'live.malformed', decoded.fault)
        return links.refuseLive(peer)
      }
      const { message } = decoded
      if (!message) return
      if (message.k === 'presence') rooms.receive(peer, message)
      else peers.receive(peer, message).catch(onFault)
    },
  })

  let house: Promise<void> = Promise.resolve()
  const keeping = setInterval(() => {
    peers.tick()
    house = house.then(async () => {
      for (const doc of plane.packable()) for (const entry of await plane.pack(doc)) peers.repack(entry)
      await plane.letGo((doc) => screens.isOpen(doc))
    }).catch(onFault)
  }, keepHouseMs)
  keeping.unref()

  return {
    openScreen: (screen) => screens.open(screen),
    values: async (doc) => (await plane.open(doc))?.document.values(),
    history: async (doc) => (await plane.open(doc))?.document.history(),
    edit: (doc, person, changes) => plane.edit(doc, { id: person.id, name: person.name }, changes).catch((fault: unknown) => {
      if (isRefusal(fault)) onRefusal(`person:${person.id}`, doc, fault.code, '')
      throw fault
    }),
    async limits(doc, stations) {
      const known = card(doc)
      if (!known) throw unknownDocument()
      const limits: Record<Address, Record<string, number>> = Object.fromEntries(stations.map((s) => [s, {}]))
      await plane.open(doc)
      await plane.settled()
      for (const [chain, seq] of countingVector(known, await plane.vectorOf(doc))) {
        const { station, run } = partsOfChain(chain)
        if (limits[station]) limits[station][run] = seq
      }
      return limits as Record<Address, Limit>
    },
    cardsChanged: (docs) => {
      house = house.then(async () => {
        for (const doc of docs) await plane.reconsider(doc)
        await peers.cardsChanged(docs)
      }).catch(onFault)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refusals: (limit) => log.list(limit),
    behind: (peer) => peers.behind(peer),
    stop: async () => {
      stopped = true
      clearInterval(keeping)
      rooms.stop()
      for (const timer of timers) clearTimeout(timer)
      await house
      await plane.settled()
      await log.stop()
    },
  }
}
