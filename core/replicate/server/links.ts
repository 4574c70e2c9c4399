import { performance } from 'node:perf_hooks'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import { parentOf, type Address, type Clock, type Sentence } from '#core/kernel/index.ts'
import { compareFacts, directoryKind, inspect, kindOfSubject, type Signer, type WireFact } from '#core/ledger/index.ts'
import type { Ledger } from '#core/ledger/server/ledger.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import type { Files } from '#core/files/server/files.ts'
import type { Database } from '#core/sql/server/database.ts'
import { decodeFrame, encodeFrame, maxFrameLength, maxProofs, type Hello } from '../frames.ts'
import { judgeHello, judgeKey, protocol as ourProtocol, type ProtocolRange } from '../handshake.ts'
import { explain, type StopCode } from '../reasons.ts'
import { defaultTiming, type LinkTiming } from '../state.ts'
import { defaultFileTiming, FilePlane, type FileTiming } from './filePlane.ts'
import type { ReceiptRow } from './link.tables.ts'
import { nodeLinkCrypto, randomNonce } from './linkCrypto.ts'
import { linkStore, memoryOf } from './linkStore.ts'
import type { LinkOutbox } from './outbox.ts'
import { PeerLink } from './peerLink.ts'

export const linkPath = '/link'

/** Sockets that have not said hello yet, and how long they may take. */
const maxSilent = 200
const helloWithinMs = 10_000
/** Longer facts prove no key. */
const maxProofLength = 4096

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
  recovering: boolean
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
}

export async function createLinks(options: LinksOptions): Promise<Links> {
  const { ledger, outbox, database, clock, signer } = options
  const { self, directory } = ledger
  const store = linkStore(database.dialect)
  const timing = { ...defaultTiming, ...defaultFileTiming, ...options.timing }
  const protocol = options.protocol ?? ourProtocol
  const onFault = options.onFault ?? (() => undefined)
  const boot = randomNonce()
  const peers = new Map<Address, PeerLink>()
  const listeners = new Set<() => void>()
  const sockets = new WebSocketServer({ noServer: true, ...wsOptions })
  const silent = new Set<WebSocket>()
  let running = false
  let isSettling = false
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

  /** What the directory says of ourselves, newest last: shown to a peer who may have missed it. */
  async function readProofs(): Promise<void> {
    const facts = await ledger.factsOf(`${directoryKind}/${self}`)
    proofs = facts.sort(compareFacts).filter((fact) => fact.text.length <= maxProofLength).slice(-maxProofs).map(({ text, sig }) => ({ text, sig }))
  }

  /** A key we do not know: its facts are taken one by one, for each may rest on the one before. They prove themselves or are left. */
  function learn(hello: Hello): Promise<void> | null {
    const { from, publicKey, proofs: shown } = hello
    if (!shown || !directory.station(from) || judgeKey(from, publicKey, { station: (address) => directory.station(address) }) === null) return null
    return (async () => {
      for (const wire of shown) {
        const seen = await inspect(wire, directory, clock.now(), nodeCrypto)
        if (seen.verdict === 'sound' && seen.fact.subject === `${directoryKind}/${from}` && !(await ledger.fact(seen.fact.id))) await ledger.accept([wire], from)
      }
    })()
  }

  async function open(peer: Address, direction: 'up' | 'down'): Promise<void> {
    const row = await store.peer(database.read, peer)
    if (!row || peers.has(peer)) return
    const newest = (await store.receipts(database.read, peer, 1))[0]
    const link = new PeerLink(
      { self, peer, direction, protocol, boot, signer, crypto: nodeLinkCrypto, station: (address) => directory.station(address),
        random: options.random ?? Math.random, nonce: randomNonce, wall: () => clock.now(), timing, proofs: () => proofs },
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
        learn,
        onChange: changed, onRecovered: settle, onFault,
        whole: () => (isWhole || !running ? Promise.resolve() : new Promise((done) => { untilWhole.push(done) })),
        // The promise is the ledger's own queue; nothing here waits for it.
        onOwnFuture: () => {
          isWhole = false
          ledger.setAuthoring(false).catch((fault: unknown) => onFault(peer, fault))
        },
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
            if (isRecovering()) await store.askRecovery(tx, peer)
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

  function isRecovering(): boolean {
    return [...peers.values()].some((link) => link.memory.recovery !== null)
  }

  /** Authoring goes on when no neighbour's backfill is missing any more, nor that of one we have just learned of again. */
  function settle(): void {
    if (isRecovering() || isSettling) return
    isSettling = true
    meetNeighbours().then(async () => {
      isSettling = false
      if (isRecovering()) return
      await ledger.setAuthoring(true)
      becomeWhole()
      changed()
    }).catch((fault: unknown) => {
      isSettling = false
      onFault(self, fault)
    })
  }

  function onSocket(socket: WebSocket): void {
    // The oldest goes, not the newcomer: a true child says hello at once, so silence in numbers keeps nobody out.
    if (silent.size >= maxSilent) for (const oldest of silent) { oldest.terminate(); silent.delete(oldest); break }
    silent.add(socket)
    const timer = setTimeout(() => socket.terminate(), helloWithinMs)
    const heard = () => { clearTimeout(timer); silent.delete(socket) }
    socket.on('error', () => undefined)
    socket.once('close', heard)
    socket.once('message', (data: Buffer, isBinary) => {
      heard()
      greet(socket, isBinary ? '' : data.toString('utf8')).catch((fault: unknown) => { onFault('link', fault); socket.terminate() })
    })
  }

  async function greet(socket: WebSocket, text: string): Promise<void> {
    const decoded = decodeFrame(text)
    const refuse = (code: StopCode, who: Address) => {
      socket.send(encodeFrame({ k: 'stop', code, who }))
      socket.close(1008)
    }
    if (!('frame' in decoded) || decoded.frame.k !== 'hello') return refuse('malformed', self)
    const hello = decoded.frame
    await learn(hello)
    const verdict = judgeHello(hello, { self, protocol, expected: null, station: (address) => directory.station(address) })
    // A child the directory has just learned of.
    if (!peers.has(hello.from) && verdict === null) await meetNeighbours()
    const link = peers.get(hello.from)
    if (!running) return refuse('stopping', self)
    if (!link || link.plan.direction !== 'down' || hello.to !== self) return refuse(verdict?.code ?? 'unknown-station', verdict?.who ?? hello.from)
    link.takeIn(socket, hello)
  }

  const takeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => sockets.handleUpgrade(request, socket, head, onSocket)
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (new URL(request.url ?? '/', 'http://station').pathname === linkPath) takeUpgrade(request, socket, head)
  }

  const unsubscribe = ledger.onNews((news) => {
    if (news.facts.some((fact) => kindOfSubject(fact.subject) === directoryKind)) {
      readProofs().catch((fault: unknown) => onFault(self, fault))
      meetNeighbours().then(() => { for (const link of peers.values()) link.input({ kind: 'tick' }) }).catch((fault: unknown) => onFault(self, fault))
    }
    wake().catch((fault: unknown) => onFault(self, fault))
    if (outbox.takeNamed()) files.pump()
  })

  await readProofs()
  await meetNeighbours()
  if (isRecovering()) {
    isWhole = false
    await ledger.setAuthoring(false)
  }

  const tell = (peer: Address, kind: 'cut' | 'heal' | 'retry' | 'abandon-recovery') => {
    const link = peers.get(peer)
    link?.input({ kind })
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
      for (const socket of silent) socket.terminate()
      sockets.close()
    },
    list: () => Promise.all([...peers].map(async ([peer, link]) => {
      const { status, memory, plan } = link
      // From the table, not from what the link was last told: what was just committed counts.
      const row = await store.peer(database.read, peer)
      const queued = row ? row.n - (memory.acked.epoch === row.epoch ? memory.acked.n : 0) : 0
      const oldest = row && queued > 0 ? await store.queuedAt(database.read, peer, row.epoch, row.n - queued + 1) : undefined
      const why = status.stop && explain(status.stop.code, peer, status.stop.who)
      return {
        peer, direction: plan.direction, state: status.state, queued, lastExchangeAt: status.lastExchangeAt,
        lagMs: oldest === undefined ? 0 : Math.max(0, clock.now() - oldest), code: status.stop?.code ?? null,
        reason: why?.reason ?? null, wayOut: why?.wayOut ?? null, recovering: memory.recovery !== null,
      }
    })),
    cut: (peer) => tell(peer, 'cut'),
    heal: (peer) => tell(peer, 'heal'),
    retry: (peer) => tell(peer, 'retry'),
    abandonRecovery: (peer) => {
      const known = tell(peer, 'abandon-recovery')
      if (known) settle()
      return known
    },
    recover: async () => {
      isWhole = false
      await ledger.setAuthoring(false)
      await database.write((tx) => store.askRecovery(tx))
      for (const link of peers.values()) link.input({ kind: 'recover' })
      // With no neighbour there is nobody to ask.
      settle()
    },
    recovering: () => [...peers].filter(([, link]) => link.memory.recovery !== null).map(([peer]) => peer),
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
