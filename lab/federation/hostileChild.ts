import { randomBytes } from 'node:crypto'
import { WebSocket } from 'ws'
import type { Address } from '#core/kernel/index.ts'
import { encode, modeOfSubject, type HybridTime, type Signer, type Statement, type WireFact } from '#core/ledger/index.ts'
import { newPrivateKey, nodeCrypto, nodeSigner } from '#core/ledger/server/nodeCrypto.ts'
import { decodeFrame, encodeFrame, type Cursor, type Frame, type FrameOf, type Hello } from '#core/replicate/frames.ts'
import { nextHead, startCursor, transcript } from '#core/replicate/index.ts'
import type { Member } from './federation.ts'

/** A parent that does not give up on a hostile child because a busy machine made it slow to answer: its connection stands from test to test. */
export const patientLinks = { ping: 30_000, dead: 120_000 }

/** What a {@link HostileChild} says, as it likes. */
export type Saying = Partial<Statement> & Pick<Statement, 'type' | 'subject'>

/** A station that is truly enrolled, speaks the link protocol with its true key, and sends whatever it wants. */
export interface HostileChild {
  readonly address: Address
  readonly signer: Signer
  /** A fact signed with its own key, next in its chain unless it says otherwise. */
  say(saying: Saying): WireFact & { id: string }
  /** Sends facts over a link of its own and waits for the parent's signed receipt for all of them. */
  send(wires: readonly WireFact[]): Promise<void>
  /** The connection that `send` uses, for any other frame. */
  line(): Promise<Line>
  /** The code of the `stop` that a connection is answered with, or null when it was let in. */
  knock(): Promise<string | null>
  close(): void
}

/** Enrols below a running parent by a real token. `heard` is shown what the parent says. */
export async function hostileChild(parent: Member, address: Address, heard?: (frame: Frame, line: Line) => void): Promise<HostileChild> {
  const signer = nodeSigner(newPrivateKey())
  const admin = await parent.as('admin')
  const { token } = await admin.post<{ token: string }>('/api/enrolment/tokens', { address, name: address, kind: address.includes('@') ? 'department' : 'government', expiresInHours: 1 })
  await admin.post('/api/enrolment', { token, publicKey: signer.publicKey })

  const queue: { id: string; head: string }[] = []
  let chain = { seq: 0, id: '', at: 0 }
  let line: Line | undefined

  const connected = async () => (line ??= await dial(parent, address, signer, undefined, heard))

  return {
    address, signer, line: connected,
    say: (saying) => {
      const at: HybridTime = [Math.max(Date.now(), chain.at + 1), 0]
      const statement: Statement = {
        station: address, seq: chain.seq + 1, prev: chain.id, at, actor: { id: 'x', name: '某人' }, to: ['ancestors'], mode: modeOfSubject(saying.subject), body: {}, ...saying,
      }
      const text = encode(statement)
      const id = nodeCrypto.sha256(text)
      // Only what others will hold is gone on from: a fact turned away leaves its number free.
      if (!saying.seq && !saying.station) chain = { seq: statement.seq, id, at: saying.at ? chain.at : at[0] }
      return { text, sig: signer.sign(text), id }
    },
    send: async (wires) => {
      const line = await connected()
      if (line.stopped) throw new Error(`the parent stopped: ${line.stopped}`)
      if (line.taken.epoch === 0) line.send({ k: 'epoch', epoch: 1, until: 0 })
      const first = queue.length + 1
      for (const { text } of wires) {
        const id = nodeCrypto.sha256(text)
        queue.push({ id, head: nextHead(queue.at(-1)?.head ?? '', id, nodeCrypto) })
      }
      line.send({ k: 'facts', epoch: 1, first, facts: wires.map(({ text, sig }) => ({ text, sig })) })
      line.taken = { epoch: 1, n: queue.length, head: queue.at(-1)?.head ?? '' }
      await line.receiptFor(queue.length)
    },
    knock: async () => {
      const knocking = await dial(parent, address, signer)
      knocking.close()
      return knocking.stopped
    },
    close: () => line?.close(),
  }
}

export interface Line {
  /** What the parent has taken of our queue. */
  taken: Cursor
  stopped: string | null
  send(frame: Frame): void
  /** Any message at all. */
  sendRaw(message: string | Buffer): void
  readonly isOpen: boolean
  readonly closed: Promise<void>
  receiptFor(n: number): Promise<void>
  close(): void
}

/** Shakes hands as a child does; resolves when the cursors are exchanged, or when the parent has said stop. With `onLive` it speaks live documents too; `claim` is what it says it took. */
export function dial(parent: Member, self: Address, signer: Signer, onLive?: (bytes: Buffer) => void, heard?: (frame: Frame, line: Line) => void, claim: Cursor = startCursor): Promise<Line> {
  const nonce = () => randomBytes(16).toString('hex')
  const mine: Hello = { k: 'hello', protocol: { min: 1, max: onLive ? 2 : 1 }, from: self, to: parent.address, publicKey: signer.publicKey, nonce: nonce(), boot: nonce() }
  const socket = new WebSocket(`${parent.url.replace('http', 'ws')}/link`)
  let theirs: Hello | undefined
  let signedFor = 0
  const waiting: { n: number; done: () => void; failed: (why: Error) => void }[] = []
  return new Promise((resolve, reject) => {
    const line: Line = {
      taken: { epoch: 0, n: 0, head: '' }, stopped: null,
      send: (frame) => socket.send(encodeFrame(frame)),
      sendRaw: (message) => socket.send(message),
      get isOpen() { return socket.readyState === socket.OPEN },
      closed: new Promise((done) => { socket.on('close', () => done()) }),
      receiptFor: (n) => new Promise((done, failed) => {
        if (signedFor >= n) done()
        else waiting.push({ n, done, failed })
      }),
      close: () => socket.terminate(),
    }
    const onFrame: { [K in Frame['k']]?: (frame: FrameOf<K>) => void } = {
      hello: (frame) => { theirs = frame },
      proof: () => {
        line.send({ k: 'proof', sig: signer.sign(transcript('dialler', mine, theirs!)) })
        line.send({ k: 'resume', taken: claim, renew: false })
      },
      resume: (frame) => {
        line.taken = frame.taken
        resolve(line)
      },
      ping: (frame) => line.send({ k: 'pong', id: frame.id }),
      receipt: (frame) => {
        signedFor = (JSON.parse(frame.text) as { n: number }).n
        for (const one of waiting.filter((w) => w.n <= signedFor)) one.done()
      },
      stop: (frame) => {
        line.stopped = frame.code
        resolve(line)
      },
    }
    socket.on('open', () => line.send(mine))
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) return onLive?.(data)
      const decoded = decodeFrame(data.toString('utf8'))
      if (!('frame' in decoded)) return
      heard?.(decoded.frame, line)
      ;(onFrame[decoded.frame.k] as ((frame: Frame) => void) | undefined)?.(decoded.frame)
    })
    socket.on('close', () => {
      const why = new Error(`the link closed: ${line.stopped ?? 'without a word'}`)
      for (const one of waiting) one.failed(why)
      reject(why)
    })
    socket.on('error', reject)
  })
}
