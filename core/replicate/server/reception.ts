import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import type { Address, Clock } from '#core/kernel/index.ts'
import { directoryKind, judge, keyFor, readWire } from '#core/ledger/index.ts'
import type { Ledger } from '#core/ledger/server/ledger.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import { decodeFrame, encodeFrame, maxUnprovenLength, type Hello } from '../frames.ts'
import { judgeHello, judgeKey, type ProtocolRange } from '../handshake.ts'
import type { StopCode } from '../reasons.ts'
import { Doorway, guardFirstMessage, type DoorwayLimits } from './doorway.ts'
import type { PeerLink } from './peerLink.ts'

const helloWithinMs = 10_000
/** One line of the log for each source and reason in this time: a flood must not become a flood of lines. */
const tellEveryMs = 60_000
const maxTold = 1000

/** Who was not let in, and who it says it is. `times`: since it was last told. */
export interface TurnedAtDoor { source: string; claims: Address | null; code: StopCode | 'crowded'; times: number }

interface ReceptionParts {
  ledger: Ledger
  clock: Clock
  protocol: ProtocolRange
  sockets: WebSocketServer
  limits: DoorwayLimits
  random(): number
  elapsed(): number
  /** What counts as one source of connections: an address, or a network. */
  sourceOf(request: IncomingMessage): string
  isRunning(): boolean
  /** The link of a child, made now if the directory has only just learned of it. */
  linkOf(child: Address): PeerLink | undefined
  meetNeighbours(): Promise<void>
  onTurnedAway(who: TurnedAtDoor): void
  onFault(peer: string, fault: unknown): void
}

/** Facts by which a key follows another. */
export const provesKeys: ReadonlySet<string> = new Set([`${directoryKind}.keyRotated.v1`, `${directoryKind}.rekeyed.v1`])

/** Takes in children's connections, hands them to their links when they have said a hello, and counts them until they are proven. */
export function createReception(parts: ReceptionParts) {
  const { ledger, protocol } = parts
  const { self, directory } = ledger
  const station = (address: Address) => directory.station(address)
  const doorway = new Doorway<WebSocket>(parts.limits, parts.random)
  const learning = new Map<Address, Promise<void>>()
  const told = new Map<string, { at: number; times: number }>()

  function turnAway(source: string, claims: Address | null, code: TurnedAtDoor['code']): void {
    const now = parts.elapsed()
    const line = told.get(`${source} ${code}`) ?? { at: -Infinity, times: 0 }
    line.times++
    if (told.size >= maxTold && !told.has(`${source} ${code}`)) told.delete(told.keys().next().value!)
    told.set(`${source} ${code}`, line)
    if (now - line.at < tellEveryMs) return
    parts.onTurnedAway({ source, claims, code, times: line.times })
    Object.assign(line, { at: now, times: 0 })
  }

  function takeUpgrade(request: IncomingMessage, wire: Duplex, head: Buffer): void {
    const source = parts.sourceOf(request)
    if (!doorway.admit(source, (socket) => socket.terminate())) {
      turnAway(source, null, 'crowded')
      return void wire.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n')
    }
    parts.sockets.handleUpgrade(request, wire, head, (socket) => { hearOut(socket, wire, source) })
  }

  function hearOut(socket: WebSocket, wire: Duplex, source: string): void {
    doorway.enter(source, socket)
    const timer = setTimeout(() => socket.terminate(), helloWithinMs)
    const unguard = guardFirstMessage(wire, () => {
      turnAway(source, null, 'malformed')
      socket.terminate()
    })
    const heard = () => { clearTimeout(timer); unguard() }
    // A hello may be anybody's: the place is given back when the connection is proven, or ends.
    const leave = () => doorway.leave(source, socket)
    socket.on('error', () => undefined)
    socket.once('close', () => { heard(); leave() })
    socket.once('message', (data: Buffer) => {
      heard()
      greet(socket, data.toString('utf8'), source, leave).catch((fault: unknown) => {
        parts.onFault('link', fault)
        socket.terminate()
      })
    })
  }

  async function greet(socket: WebSocket, text: string, source: string, onProven: () => void): Promise<void> {
    const decoded = text.length > maxUnprovenLength ? { fault: 'too long' } : decodeFrame(text)
    const hello = 'frame' in decoded && decoded.frame.k === 'hello' ? decoded.frame : null
    const refuse = (code: StopCode, who: Address) => {
      turnAway(source, hello?.from ?? null, code)
      socket.send(encodeFrame({ k: 'stop', code, who }))
      socket.close(1008)
    }
    if (!hello) return refuse('malformed', self)
    await learn(hello)
    const verdict = judgeHello(hello, { self, protocol, expected: null, station })
    // A child the directory has just learned of.
    if (!parts.linkOf(hello.from) && verdict === null) await parts.meetNeighbours()
    const link = parts.linkOf(hello.from)
    if (!parts.isRunning()) return refuse('stopping', self)
    if (!link || link.plan.direction !== 'down' || hello.to !== self) return refuse(verdict?.code ?? 'unknown-station', verdict?.who ?? hello.from)
    if (verdict) turnAway(source, hello.from, verdict.code)
    link.takeIn(socket, hello, onProven)
  }

  /**
   * A key we do not know: its facts are taken one by one, for each may rest on the one before. They prove themselves or are
   * left. Nothing is proven yet, so only what is about a station we know and is new costs a signature, and one hello at a time.
   */
  function learn(hello: Hello): Promise<void> | null {
    const { from, publicKey, proofs } = hello
    if (!proofs || !station(from) || judgeKey(from, publicKey, { station }) === null) return null
    const turn = (learning.get(from) ?? Promise.resolve()).catch(() => undefined).then(async () => {
      for (const wire of proofs) {
        const read = readWire(wire, nodeCrypto)
        if ('verdict' in read || read.subject !== `${directoryKind}/${from}` || !provesKeys.has(read.type) || await ledger.fact(read.id)) continue
        // One that is out of use proves nothing more, and whoever stole it must not fill the gaps of a chain with it.
        const maker = station(read.station)
        if (!maker || keyFor(maker, read.seq)?.untilSeq !== null) continue
        const seen = await judge(read, directory, parts.clock.now(), nodeCrypto)
        if (seen.verdict === 'sound') await ledger.accept([wire], from)
      }
    }).finally(() => { if (learning.get(from) === turn) learning.delete(from) })
    learning.set(from, turn)
    return turn
  }

  return {
    takeUpgrade,
    learn,
    stop: () => { for (const socket of doorway.all()) socket.terminate() },
  }
}
