import { performance } from 'node:perf_hooks'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { parentOf, type Address, type Clock, type Sentence } from '#core/kernel/index.ts'
import { compareFacts, directoryKind, kindOfSubject, type Signer, type WireFact } from '#core/ledger/index.ts'
import type { Ledger } from '#core/ledger/server/ledger.ts'
import type { Files } from '#core/files/server/files.ts'
import type { Database } from '#core/sql/server/database.ts'
import { maxFrameLength, maxProofs, type Waits } from '../frames.ts'
import { protocol as ourProtocol, type ProtocolRange } from '../handshake.ts'
import { explain, type StopCode } from '../reasons.ts'
import { defaultTiming, type LinkTiming } from '../state.ts'
import { doorwayLimits, type DoorwayLimits } from './doorway.ts'
import { defaultFileTiming, FilePlane, type FileTiming } from './filePlane.ts'
import type { ReceiptRow } from './link.tables.ts'
import { nodeLinkCrypto, randomNonce } from './linkCrypto.ts'
import { linkStore, memoryOf } from './linkStore.ts'
import type { LinkOutbox } from './outbox.ts'
import { PeerLink } from './peerLink.ts'
import { createReception, provesKeys, type TurnedAtDoor } from './reception.ts'

export const linkPath = '/link'

/** More unproven connections than one source has places at the door: it cannot push out another's. */
const spareUnproven = 64
/** Longer facts prove no key, and a hello has room for so many bytes of them. */
const maxProofLength = 4096
const maxProofBytes = 48 * 1024

const wsOptions = { maxPayload: 3 * maxFrameLength, perMessageDeflate: { threshold: 1024, concurrencyLimit: 4 } }

/** One line of the links page. */
export interface LinkLine {
  peer: Address
  direction: 'up' | 'down'
  state: 'online' | 'offline'
  queued: number
  /** When the last batch or cursor was agreed, in the station's own clock. */
  lastExchangeAt: number | null
  /** Age of the oldest fact that the peer has not signed for; 0 when there is none. */
  lagMs: number
  code: StopCode | null
  reason: Sentence | null
  wayOut: Sentence | null
  /** The peer whose word the reason is; null: this station has seen it itself. */
  saidBy: Address | null
  recovering: boolean
  /** Facts that we sent and that wait at the peer, as it says (SPEC R-26). */
  waitingThere: Waits | null
  /** How far the clock of the link's lower end is ahead of the upper end's; null before they have spoken (SPEC R-27). */
  clockAheadMs: number | null
}

/** The live plane as a link sees it: `core/live` gives one (SPEC R-23). */
export interface LiveTraffic {
  joined(peer: Address): void
  gone(peer: Address): void
  receive(peer: Address, bytes: Uint8Array): void
}

export interface Links {
  /** Hands live messages of every link to `traffic`; once, before `start`. */
  carryLive(traffic: LiveTraffic): void
  /** False when there is no session, or the peer speaks no live documents. */
  sendLive(peer: Address, bytes: Uint8Array): boolean
  /** Bytes waiting in the peer's socket; Infinity when there is none. */
  liveWaiting(peer: Address): number
  /** Ends the session: the peer does not keep to the protocol. */
  refuseLive(peer: Address): void
  /** Dials the parent; takes in children on `server`'s upgrade requests for {@link linkPath}, unless `takeUpgrade` is called by a router. */
  start(server?: Server): Promise<void>
  /** One upgrade request for {@link linkPath}. */
  takeUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  stop(): Promise<void>
  list(): Promise<LinkLine[]>
  /** Demo and test: stays down, restarts included, until healed. False when there is no such peer. */
  cut(peer: Address): boolean
  heal(peer: Address): boolean
  /** Tries again at once, also after a stop that waits for an operator. */
  retry(peer: Address): boolean
  /** This station was restored from a backup: states nothing until every neighbour has sent back what it holds. */
  recover(): Promise<void>
  /** Peers whose backfill is still missing while recovering. */
  recovering(): Address[]
  /** Goes on without what only this peer could send back. */
  abandonRecovery(peer: Address): boolean
  /** Files that facts name and that are not here, the longest wanted first; or one of them. `size` is the smallest declared. */
  wantedFiles(limit: number, sha256?: string): Promise<{ sha256: string; size: number | null; wanted_at: number; total?: number }[]>
  /** Newest first. */
  receipts(peer: Address, limit?: number): Promise<ReceiptRow[]>
  /** The first signed receipt of a neighbour that covers a fact. */
  receiptFor(peer: Address, factId: string): Promise<ReceiptRow | undefined>
  onChange(listener: () => void): () => void
}

export interface LinksOptions {
  ledger: Ledger
  outbox: LinkOutbox
  database: Database
  files: Files
  clock: Clock
  signer: Signer
  /** `http(s)://host:port` of the parent; null at the root. */
  parentUrl: string | null
  timing?: Partial<LinkTiming & FileTiming>
  /** Files over so many bytes are not pulled. */
  uploadLimit?: number
  protocol?: ProtocolRange
  /** 0 ≤ x < 1, for the jitter of back-off. */
  random?: () => number
  /** Told of what went wrong inside; a link that fails says so by itself. */
  onFault?: (peer: string, fault: unknown) => void
  /** Told of connections that were not let in, at most once a minute for each source and reason. */
  onTurnedAway?: (who: TurnedAtDoor) => void
  /** Told at each word of the parent how far our clock is ahead of its, at most; null when what it said is of the past. */
  onParentClock?: (aheadMs: number | null) => void
  /** What counts as one source of connections; otherwise the address they come from. */
  sourceOf?: (request: IncomingMessage) => string
  doorway?: DoorwayLimits
}

export async function createLinks(options: LinksOptions): Promise<Links> {
  const { ledger, outbox, database, clock, signer } = options
  const { self, directory } = ledger
  const store = linkStore(database.dialect)
  const timing = { ...defaultTiming, ...defaultFileTiming, ...options.timing }
  const protocol = options.protocol ?? ourProtocol
  const onFault = options.onFault ?? (() => undefined)
  const doorway = options.doorway ?? doorwayLimits
  const boot = randomNonce()
  const peers = new Map<Address, PeerLink>()
  const listeners = new Set<() => void>()
  const sockets = new WebSocketServer({ noServer: true, ...wsOptions })
  let running = false
  let isSettling = false
  /** From asking the neighbours for what we lost until it is back. */
  let isRecovering = false
  /** False from the moment we know that we have lost facts until they are back: what we could give a child meanwhile would not be all. */
  let isWhole = true
  let live: LiveTraffic | null = null
  const liveJoined = new Set<Address>()
  const untilWhole: (() => void)[] = []
  function becomeWhole(): void {
    isWhole = true
    for (const done of untilWhole.splice(0)) done()
  }
  let proofs: WireFact[] = []
  let server: Server | undefined
  let making: Promise<void> = Promise.resolve()

  const files = new FilePlane({
    self, files: options.files, database, clock, limit: options.uploadLimit, timing, onFault,
    peers: () => new Map([...peers].map(([name, link]) => [name, {
      isOnline: link.status.state === 'online', isLedgerBusy: link.isLedgerBusy, lastExchangeAt: link.status.lastExchangeAt, send: (frame) => link.sendFile(frame),
    }])),
  })

  function changed(): void {
    for (const [name, link] of peers) {
      if (link.status.state === 'offline') files.left(name)
      else files.joined(name)
      if (link.liveWaiting === Infinity && liveJoined.delete(name)) live?.gone(name)
    }
    for (const listener of listeners) listener()
  }

  /** How our key came to be ours, newest last: shown to a peer who may have missed it. */
  async function readProofs(): Promise<void> {
    const facts = await ledger.factsOf(`${directoryKind}/${self}`)
    let bytes = 0
    // Whatever else is said of us, by whomever, must not push them out.
    proofs = facts.filter((fact) => fact.status !== 'refused' && provesKeys.has(fact.type) && fact.text.length <= maxProofLength).sort(compareFacts).map(({ text, sig }) => ({ text, sig }))
      .reverse().filter((wire) => (bytes += Buffer.byteLength(JSON.stringify(wire))) <= maxProofBytes).slice(0, maxProofs).reverse()
  }

  async function open(peer: Address, direction: 'up' | 'down'): Promise<void> {
    const row = await store.peer(database.read, peer)
    if (!row || peers.has(peer)) return
    const newest = (await store.receipts(database.read, peer, 1))[0]
    const link = new PeerLink(
      { self, peer, direction, protocol, boot, signer, crypto: nodeLinkCrypto, station: (address) => directory.station(address),
        random: options.random ?? Math.random, nonce: randomNonce, wall: () => clock.now(), timing, proofs: () => proofs, maxUnproven: doorway.perSource + spareUnproven },
      memoryOf(row, newest ?? { epoch: row.epoch, n: 0 }),
      {
        database, ledger, store, outbox, elapsed: () => performance.now(), dial: () => new WebSocket(linkUrl(options.parentUrl!), { ...wsOptions, handshakeTimeout: timing.handshake }),
        onFiles: (name, frame) => files.receive(name, frame),
        onJoined: (name) => {
          files.left(name)
          if (liveJoined.delete(name)) live?.gone(name)
          if (!live || peers.get(name)?.liveWaiting === Infinity) return
          liveJoined.add(name)
          live.joined(name)
        },
        onLive: (name, bytes) => live?.receive(name, bytes),
        learn: (hello) => reception.learn(hello),
        onChange: changed, onRecovered: settle, onFault,
        whole: () => (isWhole || !running ? Promise.resolve() : new Promise((done) => { untilWhole.push(done) })),
        // The promise is the ledger's own queue; nothing here waits for it.
        onOwnFuture: () => {
          isWhole = false
          ledger.setAuthoring(false).catch((fault: unknown) => onFault(peer, fault))
        },
        onParentClock: (aheadMs) => options.onParentClock?.(aheadMs),
        isWhole: () => isWhole,
        isRecovering: () => isRecovering,
      },
    )
    peers.set(peer, link)
    if (running) link.input({ kind: 'start' })
  }

  /** One queue and one link machine for the parent and for every child the directory knows. */
  function meetNeighbours(): Promise<void> {
    making = making.catch(() => undefined).then(async () => {
      const parent = parentOf(self)
      const wanted: [Address, 'up' | 'down'][] = directory.stations()
        .filter((card) => parentOf(card.address) === self && card.state === 'active').map((card) => [card.address, 'down'])
      if (parent !== null && options.parentUrl !== null) wanted.push([parent, 'up'])
      for (const [peer, direction] of wanted) {
        if (peers.has(peer)) continue
        if (!(await store.peer(database.read, peer))) {
          await database.write(async (tx) => {
            await outbox.addPeer(tx, peer, direction)
            // Learned of again while recovering: it may hold what we stated after its enrolment.
            if (isRecovering) await store.askRecovery(tx, peer)
          })
        }
        await open(peer, direction)
      }
      outbox.takeTouched()
    })
    return making
  }

  /** After every commit: tell the links how far their queues have grown. */
  async function wake(): Promise<void> {
    for (const peer of outbox.takeTouched()) {
      const row = await store.peer(database.read, peer)
      if (row) peers.get(peer)?.input({ kind: 'queued', epoch: row.epoch, n: row.n })
    }
  }

  /** Whose backfill is missing: not of one that is revoked, or that was cut by hand, for nothing will come from there. */
  function awaited(): Address[] {
    return [...peers].filter(([peer, { memory }]) => memory.recovery !== null && !memory.cut && directory.station(peer)?.state !== 'revoked').map(([peer]) => peer)
  }

  async function beginRecovering(): Promise<void> {
    isWhole = false
    isRecovering = true
    await ledger.setAuthoring(false)
  }

  /** Authoring goes on when no neighbour's backfill is missing any more, nor that of one we have just learned of again. */
  function settle(): void {
    if (!isRecovering || awaited().length > 0 || isSettling) return
    isSettling = true
    meetNeighbours().then(async () => {
      isSettling = false
      if (awaited().length > 0) return
      isRecovering = false
      await ledger.setAuthoring(true)
      becomeWhole()
      changed()
    }).catch((fault: unknown) => {
      isSettling = false
      onFault(self, fault)
    })
  }

  const reception = createReception({
    ledger, clock, protocol, sockets, limits: doorway, random: options.random ?? Math.random, elapsed: () => performance.now(),
    sourceOf: options.sourceOf ?? ((request) => request.socket.remoteAddress ?? ''), isRunning: () => running,
    linkOf: (child) => peers.get(child), meetNeighbours, onTurnedAway: options.onTurnedAway ?? (() => undefined), onFault,
  })
  const { takeUpgrade } = reception
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (new URL(request.url ?? '/', 'http://station').pathname === linkPath) takeUpgrade(request, socket, head)
  }

  const unsubscribe = ledger.onNews((news) => {
    if (news.facts.some((fact) => kindOfSubject(fact.subject) === directoryKind)) {
      readProofs().catch((fault: unknown) => onFault(self, fault))
      meetNeighbours().then(() => {
        for (const link of peers.values()) link.input({ kind: 'tick' })
        // One that was waited for may have been revoked.
        settle()
      }).catch((fault: unknown) => onFault(self, fault))
    }
    wake().catch((fault: unknown) => onFault(self, fault))
    for (const link of peers.values()) link.lookAtWaits()
    if (outbox.takeNamed()) files.pump()
  })

  await readProofs()
  await meetNeighbours()
  if (awaited().length > 0) {
    await ledger.setDamagedAside()
    await beginRecovering()
  }

  const tell = (peer: Address, kind: 'cut' | 'heal' | 'retry' | 'abandon-recovery') => {
    const link = peers.get(peer)
    link?.input({ kind })
    // A link that is healed in the middle of a recovery is waited for again; one that is cut no longer.
    if (kind === 'heal' && awaited().includes(peer)) beginRecovering().catch((fault: unknown) => onFault(peer, fault))
    settle()
    changed()
    return link !== undefined
  }

  return {
    takeUpgrade,
    carryLive: (traffic) => { live = traffic },
    sendLive: (peer, bytes) => peers.get(peer)?.sendLive(bytes) ?? false,
    liveWaiting: (peer) => peers.get(peer)?.liveWaiting ?? Infinity,
    refuseLive: (peer) => peers.get(peer)?.refuseLive(),
    start: async (on) => {
      running = true
      server = on
      on?.on('upgrade', onUpgrade)
      for (const link of peers.values()) link.input({ kind: 'start' })
      files.start()
    },
    stop: async () => {
      running = false
      unsubscribe()
      server?.off('upgrade', onUpgrade)
      files.stop()
      for (const done of untilWhole.splice(0)) done()
      await making.catch(() => undefined)
      await Promise.all([...peers.values()].map((link) => link.stop()))
      reception.stop()
      sockets.close()
    },
    list: () => Promise.all([...peers].map(async ([peer, link]) => {
      const { status, memory, plan } = link
      // From the table, not from what the link was last told: what was just committed counts.
      const row = await store.peer(database.read, peer)
      const queued = row ? row.n - (memory.acked.epoch === row.epoch ? memory.acked.n : 0) : 0
      const oldest = row && queued > 0 ? await store.queuedAt(database.read, peer, row.epoch, row.n - queued + 1) : undefined
      const why = status.stop && explain(peer, status.stop, status.told)
      return {
        peer, direction: plan.direction, state: status.state, queued, lastExchangeAt: status.lastExchangeAt,
        lagMs: oldest === undefined ? 0 : Math.max(0, clock.now() - oldest), code: status.stop?.code ?? null,
        reason: why?.reason ?? null, wayOut: why?.wayOut ?? null, saidBy: status.told.saidBy ?? null, recovering: awaited().includes(peer),
        waitingThere: status.waitsThere.n > 0 ? status.waitsThere : null, clockAheadMs: status.clockAheadMs,
      }
    })),
    cut: (peer) => tell(peer, 'cut'),
    heal: (peer) => tell(peer, 'heal'),
    retry: (peer) => tell(peer, 'retry'),
    abandonRecovery: (peer) => tell(peer, 'abandon-recovery'),
    recover: async () => {
      // What is damaged here is asked for too.
      await ledger.setDamagedAside()
      await beginRecovering()
      await database.write((tx) => store.askRecovery(tx))
      for (const link of peers.values()) link.input({ kind: 'recover' })
      // With no neighbour there is nobody to ask.
      settle()
    },
    recovering: awaited,
    wantedFiles: (limit, sha256) => files.wanted(limit, sha256),
    receipts: (peer, limit = 20) => store.receipts(database.read, peer, limit),
    receiptFor: (peer, factId) => store.receiptFor(database.read, peer, factId),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function linkUrl(parentUrl: string): string {
  const url = new URL(parentUrl)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.pathname = linkPath
  return url.href
}
