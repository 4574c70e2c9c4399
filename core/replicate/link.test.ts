import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address } from '#core/kernel/index.ts'
import { encode } from '#core/ledger/index.ts'
import { webCrypto, webSigner } from '#core/ledger/webCrypto.ts'
import { decodeFrame, encodeFrame, type Frame, type Shown } from './frames.ts'
import { madeBy } from './evidence.ts'
import { commonVersion, receiptText, transcript } from './handshake.ts'
import { startLink, statusOf, stepLink, wakeAt } from './link.ts'
import { explain, isPersistent, stopCodes } from './reasons.ts'
import { defaultTiming, type LinkInput, type LinkMemory, type LinkOutput, type LinkPlan, type LinkState } from './state.ts'
import { nextHead, startCursor } from './taking.ts'

const parent = '65'
const child = '65/6529'
const signerOf = (seed: number) => webSigner(new Uint8Array(32).fill(seed))
const keys: Record<Address, ReturnType<typeof signerOf>> = { [parent]: signerOf(1), [child]: signerOf(2) }
const fake = { sha256: webCrypto.sha256, verify: (text: string, sig: string, publicKey: string) => Object.values(keys).concat(signerOf(9)).some((k) => k.publicKey === publicKey && k.sign(text) === sig) }

let nonces = 0
function planOf(self: Address, change: Partial<LinkPlan> = {}): LinkPlan {
  const peer = self === parent ? child : parent
  return {
    self, peer, direction: self === parent ? 'down' : 'up', protocol: { min: 1, max: 1 }, boot: (self === parent ? 'a' : 'b').repeat(32), signer: keys[self]!, crypto: fake,
    station: (address) => (keys[address] ? { state: 'active', keys: [{ publicKey: keys[address].publicKey, fromSeq: 1, untilSeq: null }] } : undefined),
    random: () => 0.5, nonce: () => (++nonces).toString(16).padStart(32, '0'), wall: () => 1_700_000_000_000, timing: defaultTiming, ...change,
  }
}

const fresh: LinkMemory = { taken: startCursor, out: { epoch: 1, n: 0 }, acked: { epoch: 1, n: 0 }, cut: false, stuck: null, recovery: null, recoveredAt: 0 }

/** One end by hand: steps the machine and keeps what it asked for. */
function end(plan: LinkPlan, memory: Partial<LinkMemory> = {}, shown: Shown = {}) {
  let state: LinkState = startLink(plan, { ...fresh, ...memory })
  let asked: LinkOutput[] = []
  return {
    plan,
    get state() { return state },
    get status() { return statusOf(state) },
    give: (input: LinkInput, now = 0) => {
      const step = stepLink(plan, state, input, now)
      state = step.state
      asked = step.outputs
      const recall = asked.find((o) => o.kind === 'recall')
      if (recall) {
        const recalled = stepLink(plan, state, { kind: 'recalled', session: recall.session, shown, waits: { n: 0, why: null } }, now)
        state = recalled.state
        asked = [...asked, ...recalled.outputs]
      }
      return asked
    },
    frames: () => asked.flatMap((o) => (o.kind === 'send' ? [o.frame] : [])),
    asked: (kind: LinkOutput['kind']) => asked.find((o) => o.kind === kind),
  }
}

type End = ReturnType<typeof end>

const helloIn = (frames: Frame[]) => frames.find((f) => f.k === 'hello')!

/** Runs the handshake between two ends; gives every frame that crossed. */
function meet(low: End, top: End, now = 0): { toTop: Frame[]; toLow: Frame[]; low: number; top: number } {
  low.give({ kind: 'start' }, now)
  const session = (low.asked('dial') as { session: number }).session
  low.give({ kind: 'connected', session }, now)
  const hello = helloIn(low.frames()) as Extract<Frame, { k: 'hello' }>
  top.give({ kind: 'incoming', hello }, now)
  const topSession = (top.asked('taken-in') as { session: number }).session
  const toLow = top.frames()
  let toTop: Frame[] = []
  for (const frame of toLow) {
    low.give({ kind: 'frame', session, frame }, now)
    toTop = toTop.concat(low.frames())
  }
  for (const frame of toTop) {
    top.give({ kind: 'frame', session: topSession, frame }, now)
    toLow.push(...top.frames())
  }
  return { toTop: [hello, ...toTop], toLow, low: session, top: topSession }
}

function joined() {
  const low = end(planOf(child))
  const top = end(planOf(parent))
  const met = meet(low, top)
  low.give({ kind: 'frame', session: met.low, frame: { k: 'resume', taken: startCursor, renew: false } })
  low.give({ kind: 'checked', session: met.low, taken: startCursor, renew: false, out: { epoch: 1, n: 0 }, headAt: '', fate: null, isRecovering: false })
  top.give({ kind: 'checked', session: met.top, taken: startCursor, renew: false, out: { epoch: 1, n: 0 }, headAt: '', fate: null, isRecovering: false })
  return { low, top, met }
}

const fact = (n: number) => ({ text: `{"n":${n}}`, sig: 'AA==' })

describe('the link machine', () => {
  test('R-1 R-4 both ends prove their keys, then tell what they took', () => {
    const low = end(planOf(child))
    const top = end(planOf(parent))
    const { toTop, toLow } = meet(low, top)
    expect(toTop.map((f) => f.k)).toEqual(['hello', 'proof', 'resume'])
    expect(toLow.map((f) => f.k)).toEqual(['hello', 'proof', 'resume'])
  })

  test('R-4 a replayed session is refused: the proof does not fit the new nonce', () => {
    const low = end(planOf(child))
    const recorded = meet(low, end(planOf(parent))).toTop
    const top = end(planOf(parent))
    top.give({ kind: 'incoming', hello: recorded[0] as Extract<Frame, { k: 'hello' }> })
    const { session } = top.asked('taken-in') as { session: number }
    top.give({ kind: 'frame', session, frame: recorded[1]! })
    expect(top.frames()).toEqual([{ k: 'stop', code: 'unknown-station', who: child }])
    expect(top.status.state).toBe('offline')
  })

  test('R-4 a replayed hello alone changes nothing for the session that stands', () => {
    const { top, met } = joined()
    expect(top.status.state).toBe('online')
    for (let i = 0; i < 10; i++) top.give({ kind: 'incoming', hello: met.toTop[0] as Extract<Frame, { k: 'hello' }> })
    expect(top.status.state).toBe('online')
    expect(top.state.sessions.length).toBeLessThanOrEqual(5)
  })

  test('R-4 a proof is for one role: an acceptor’s cannot be handed back as a dialler’s', () => {
    const low = end(planOf(child))
    const { toTop, toLow } = meet(low, end(planOf(parent)))
    const [a, b] = [toTop[0], toLow[0]] as [Extract<Frame, { k: 'hello' }>, Extract<Frame, { k: 'hello' }>]
    expect(transcript('dialler', a, b)).not.toBe(transcript('acceptor', a, b))
    expect(transcript('dialler', a, b)).not.toBe(transcript('dialler', { ...a, nonce: b.nonce }, b))
  })

  test('R-3 a forged station: a key that the directory does not hold', () => {
    const top = end(planOf(parent))
    const forged = end(planOf(child, { signer: signerOf(9) }))
    meet(forged, top)
    expect(forged.status.stop).toEqual({ code: 'unknown-station', who: child })
    expect(top.status.stop).toEqual({ code: 'unknown-station', who: child })
  })

  test('R-3 R-4 a forged station: the right public key without its private half', () => {
    const top = end(planOf(parent))
    const forged = end(planOf(child, { signer: { publicKey: keys[child]!.publicKey, sign: signerOf(9).sign } }))
    expect(meet(forged, top).toLow.at(-1)).toEqual({ k: 'stop', code: 'unknown-station', who: child })
    expect(top.status.state).toBe('offline')
  })

  test('R-3 a revoked key: closed keys and revoked stations, at the door and in the middle of a session', () => {
    const publicKey = keys[child]!.publicKey
    for (const card of [
      { state: 'active' as const, keys: [{ publicKey, fromSeq: 1, untilSeq: 7 }, { publicKey: signerOf(9).publicKey, fromSeq: 8, untilSeq: null }] },
      { state: 'revoked' as const, keys: [{ publicKey, fromSeq: 1, untilSeq: null }] },
    ]) {
      const low = end(planOf(child))
      meet(low, end(planOf(parent, { station: () => card })))
      expect(low.status.stop).toEqual({ code: 'revoked-key', who: child })
    }
    let revoked = false
    const top = end(planOf(parent, { station: () => ({ state: revoked ? 'revoked' : 'active', keys: [{ publicKey, fromSeq: 1, untilSeq: null }] }) }))
    meet(end(planOf(child)), top)
    revoked = true
    top.give({ kind: 'tick' }, 1)
    expect(top.frames()).toEqual([{ k: 'stop', code: 'revoked-key', who: child }])
  })

  test('R-22 a key rotated in the middle of a session begins the session anew, at either end', () => {
    const old = { publicKey: keys[child]!.publicKey, fromSeq: 1, untilSeq: 4 }
    let rotated = false
    const top = end(planOf(parent, { station: () => ({ state: 'active', keys: rotated ? [old, { publicKey: 'x', fromSeq: 5, untilSeq: null }] : [{ ...old, untilSeq: null }] }) }))
    meet(end(planOf(child)), top)
    rotated = true
    top.give({ kind: 'tick' }, 1)
    expect(top.frames()).toEqual([{ k: 'stop', code: 'replaced', who: parent }])

    const ring = { ...keys[child]! }
    const low = end(planOf(child, { signer: ring }))
    const met = meet(low, end(planOf(parent)))
    low.give({ kind: 'frame', session: met.low, frame: { k: 'epoch', epoch: 1, until: 1 } })
    low.give({ kind: 'frame', session: met.low, frame: { k: 'facts', epoch: 1, first: 1, facts: [fact(1)] } })
    ring.publicKey = signerOf(9).publicKey
    low.give({ kind: 'accepted', taken: { epoch: 1, n: 1, head: 'a'.repeat(64) }, forked: false })
    expect(low.frames()).toEqual([{ k: 'stop', code: 'replaced', who: child }])
  })

  test('R-3 wrong parent: another address answers, or another key', () => {
    const low = end(planOf(child))
    low.give({ kind: 'start' })
    low.give({ kind: 'connected', session: 1 })
    const hello = helloIn(low.frames()) as Extract<Frame, { k: 'hello' }>
    low.give({ kind: 'frame', session: 1, frame: { ...hello, from: '66', to: child } })
    expect(low.status.stop).toEqual({ code: 'wrong-parent', who: '66' })
    const other = end(planOf(child))
    meet(other, end(planOf(parent, { signer: signerOf(9) })))
    expect(other.status.stop).toEqual({ code: 'wrong-parent', who: parent })
    const strayed = end(planOf(parent))
    strayed.give({ kind: 'incoming', hello: { ...hello, from: '65/6529/652928' } })
    expect(strayed.frames()).toEqual([{ k: 'stop', code: 'wrong-parent', who: parent }])
  })

  test('R-3 incompatible version: no common number; otherwise the highest', () => {
    expect(commonVersion({ min: 1, max: 2 }, { min: 1, max: 1 })).toBe(1)
    expect(commonVersion({ min: 1, max: 3 }, { min: 2, max: 5 })).toBe(3)
    expect(commonVersion({ min: 2, max: 3 }, { min: 1, max: 1 })).toBeNull()
    const low = end(planOf(child, { protocol: { min: 2, max: 2 } }))
    const top = end(planOf(parent))
    meet(low, top)
    expect(low.status.stop?.code).toBe('incompatible-version')
    expect(top.status.stop?.code).toBe('incompatible-version')
  })

  test('R-11 R-24 restored backup: the peer shows a fact, or a receipt, of ours that we do not hold', () => {
    const beyond = { taken: { epoch: 1, n: 9, head: 'f'.repeat(64) }, out: { epoch: 1, n: 3 }, headAt: null }
    const { low } = joinedChecking({ ...beyond, fate: 'lost' })
    expect(low.frames()).toEqual([{ k: 'stop', code: 'restored-backup', who: child }])
    expect(low.asked('own-future')).toBeDefined()
    for (const place of [{ epoch: 2, n: 1 }, { epoch: 1, n: 4 }]) {
      const shown = joinedChecking({ receipt: receiptOf(place) }, { taken: { epoch: 1, n: 3, head: 'a'.repeat(64) } })
      expect(shown.low.status.stop).toEqual({ code: 'restored-backup', who: child })
      expect(shown.low.asked('own-future')).toBeDefined()
    }
    // While it recovers, a station looks for no evidence: it is being brought what it lost.
    expect(joinedChecking({ ...beyond, fate: 'lost', isRecovering: true }).low.asked('own-future')).toBeUndefined()
    const top = end(planOf(parent))
    const met = meet(end(planOf(child)), top)
    top.give({ kind: 'frame', session: met.top, frame: { k: 'stop', code: 'restored-backup', who: child } })
    expect(top.status.stop).toEqual({ code: 'restored-backup', who: child })
    expect(top.asked('own-future')).toBeUndefined()
  })

  test('R-12 R-24 forked chain: the peer shows another fact for our number, or another history that we signed for', () => {
    expect(joinedChecking({ fate: 'forked' }).low.status.stop).toEqual({ code: 'forked', who: child })
    const { low } = joinedChecking({ receipt: receiptOf({ epoch: 1, n: 3, head: 'b'.repeat(64) }) }, { taken: { epoch: 1, n: 3, head: 'a'.repeat(64) } })
    expect(low.status.stop).toEqual({ code: 'forked', who: child })
    expect(low.asked('own-future')).toBeDefined()
  })

  test('C2 R-24 a peer’s word silences nobody: a stop that names us, a cursor beyond our queue, a receipt that does not fit', () => {
    for (const code of ['restored-backup', 'forked'] as const) {
      const { top, met } = joined()
      top.give({ kind: 'frame', session: met.top, frame: { k: 'stop', code, who: parent } })
      expect(top.asked('own-future')).toBeUndefined()
      expect(top.status.told).toEqual({ saidBy: child })
      expect(explain(child, top.status.stop!, top.status.told).reason.zh).toMatch(new RegExp(`^${child} 声称.*未出示 65 签过名的证据`))
    }
    for (const taken of [{ epoch: 99, n: 5, head: 'a'.repeat(64) }, { epoch: 1, n: 9, head: 'a'.repeat(64) }, { epoch: 1, n: 2, head: 'a'.repeat(64) }]) {
      const { low } = joinedChecking({ taken, out: { epoch: 1, n: 3 }, headAt: taken.n === 2 ? 'b'.repeat(64) : null })
      expect(low.asked('own-future')).toBeUndefined()
      expect(low.status.stop?.code).not.toBe('restored-backup')
      // what does not fit gets everything in scope anew.
      expect(low.asked('open-epoch')).toMatchObject({ epoch: taken.epoch + 1 })
    }
    const { low, met } = joined()
    low.give({ kind: 'queued', epoch: 1, n: 1 })
    low.give({ kind: 'loaded', session: met.low, epoch: 1, after: 0, facts: [fact(1)], head: 'a'.repeat(64) })
    low.give({ kind: 'frame', session: met.low, frame: { k: 'receipt', ...receiptOf({ epoch: 1, n: 1, head: 'b'.repeat(64) }, parent) } })
    expect([low.status.stop, low.asked('own-future')]).toEqual([{ code: 'malformed', who: parent }, undefined])
  })

  test('C2 R-24 evidence is what we signed: another’s receipt, one to another, one for what we hold, one under a former key are none', () => {
    const memory = { taken: { epoch: 1, n: 3, head: 'a'.repeat(64) } }
    const lies = [
      { ...receiptOf({ epoch: 1, n: 4 }), sig: keys[parent]!.sign('x') },
      receiptOf({ epoch: 1, n: 4 }, parent),
      receiptOf({ epoch: 1, n: 4 }, child, '65/6531'),
      receiptOf({ epoch: 1, n: 2 }), receiptOf({ epoch: 1, n: 3 }),
      { ...receiptOf({ epoch: 1, n: 4 }), sig: signerOf(9).sign(receiptText(receiptOf({ epoch: 1, n: 4 }).text)) },
    ]
    for (const receipt of lies) expect(joinedChecking({ receipt }, memory).low.asked('own-future')).toBeUndefined()
    // Signed before a recovery that has ended: the same receipt does not silence us again and again.
    expect(joinedChecking({ receipt: receiptOf({ epoch: 1000, n: 1 }) }, memory).low.asked('own-future')).toBeDefined()
    expect(joinedChecking({ receipt: receiptOf({ epoch: 1000, n: 1 }) }, { ...memory, recoveredAt: 2 ** 50 }).low.asked('own-future')).toBeUndefined()

    const card = { keys: [{ publicKey: keys[child]!.publicKey, fromSeq: 1, untilSeq: 5 }, { publicKey: signerOf(9).publicKey, fromSeq: 6, untilSeq: null }] }
    const own = (seq: number, by = keys[child]!, station = child) => {
      const text = encode({ type: 'note.written.v1', subject: 'note/1', station, seq, prev: '', at: [1, 0], actor: { id: 'a', name: 'a' }, to: ['up'], mode: 'actual', body: {} })
      return madeBy(child, { text, sig: by.sign(text) }, card, fake)
    }
    expect(own(6, signerOf(9))).toMatchObject({ seq: 6 })
    // By a key that is no longer in use, not signed, signed beyond the bound of a stolen key, another's.
    for (const none of [own(5), own(5, signerOf(9)), own(6), own(5, keys[parent]!, parent), madeBy(child, { text: '{}', sig: '' }, card, fake)]) expect(none).toBeNull()
  })

  test('H6 R-25 epochs: bounded in every frame, one a session, and a child leads its parent on by little', () => {
    const huge = Number.MAX_SAFE_INTEGER
    for (const frame of [
      { k: 'epoch', epoch: huge, until: 0 }, { k: 'epoch', epoch: 1, until: huge }, { k: 'resume', taken: { epoch: huge, n: 0, head: '' }, renew: false },
      { k: 'facts', epoch: 1, first: huge, facts: [fact(1)] }, { k: 'resume', taken: { epoch: 1, n: huge, head: 'a'.repeat(64) }, renew: false },
    ]) expect(decodeFrame(JSON.stringify(frame))).toHaveProperty('fault')
    const opened = (epochs: number[], at: 'top' | 'low' = 'top') => {
      const both = joined()
      for (const epoch of epochs) both[at].give({ kind: 'frame', session: both.met[at], frame: { k: 'epoch', epoch, until: 0 } })
      return both[at].status.stop?.code
    }
    expect(opened([2 ** 20])).toBeUndefined()
    expect(opened([2 ** 20 + 1])).toBe('malformed')
    expect(opened([1, 2])).toBe('malformed')
    // A machine that is keyed anew must be able to follow the parent to wherever a thief has led it.
    expect(opened([2 ** 40], 'low')).toBeUndefined()
    const top = end(planOf(parent))
    const met = meet(end(planOf(child)), top)
    top.give({ kind: 'checked', session: met.top, renew: false, taken: { epoch: 2 ** 20 + 2, n: 0, head: '' }, out: { epoch: 1, n: 0 }, headAt: null, fate: null, isRecovering: false })
    expect(top.status.stop).toEqual({ code: 'malformed', who: child })
  })

  test('R-25 a session says `resume` once, and a peer has its queue filled anew once in a while, however often it comes', () => {
    const top = end(planOf(parent))
    const { top: session } = meet(end(planOf(child)), top)
    top.give({ kind: 'frame', session, frame: { k: 'resume', taken: startCursor, renew: true } })
    expect([top.asked('check'), top.status.stop?.code]).toEqual([undefined, 'malformed'])
    const wants = (now: number) => {
      const { top: session } = meet(end(planOf(child)), top, now)
      top.give({ kind: 'checked', session, renew: true, taken: startCursor, out: { epoch: 1, n: 0 }, headAt: '', fate: null, isRecovering: false }, now)
      return [top.asked('open-epoch') !== undefined, top.frames().map((f) => f.k === 'stop' && f.code)]
    }
    const { refill } = defaultTiming
    expect(wants(0)).toEqual([true, []])
    for (const sooner of [1, refill / 2, refill - 1]) expect(wants(sooner)).toEqual([false, ['fault']])
    expect(wants(refill)).toEqual([true, []])
  })

  test('R-25 who left while its queue was being filled finds it filled; once it has been sent of, the next filling waits from the end of the last', () => {
    const { refill } = defaultTiming
    const top = end(planOf(parent))
    const wants = (now: number, epoch: number) => {
      const { top: session } = meet(end(planOf(child)), top, now)
      top.give({ kind: 'checked', session, renew: true, taken: startCursor, out: { epoch, n: 5 }, headAt: '', fate: null, isRecovering: false }, now)
      return session
    }
    const first = wants(0, 1)
    expect(top.asked('open-epoch')).toMatchObject({ epoch: 2 })
    top.give({ kind: 'closed', session: first }, 10)
    const second = wants(refill / 2, 2)
    expect([top.asked('open-epoch'), top.frames()]).toEqual([undefined, [expect.objectContaining({ k: 'epoch', epoch: 2, until: 5 })]])
    top.give({ kind: 'closed', session: second }, refill / 2)
    const third = wants(refill, 2)
    expect(top.asked('open-epoch')).toMatchObject({ epoch: 3 })
    top.give({ kind: 'epoch-opened', session: third, epoch: 3, n: 5 }, 2 * refill - 1)
    top.give({ kind: 'closed', session: third }, 2 * refill)
    wants(2 * refill + 1, 3)
    expect([top.asked('open-epoch'), top.frames().at(-1)]).toEqual([undefined, expect.objectContaining({ k: 'stop', code: 'fault' })])
  })

  test('C5 R-26 a receipt tells what waits and why, and a change is told', () => {
    const { low, top, met } = joined()
    top.give({ kind: 'frame', session: met.top, frame: { k: 'epoch', epoch: 1, until: 0 } })
    top.give({ kind: 'frame', session: met.top, frame: { k: 'facts', epoch: 1, first: 1, facts: [fact(1)] } })
    low.give({ kind: 'queued', epoch: 1, n: 1 })
    low.give({ kind: 'loaded', session: met.low, epoch: 1, after: 0, facts: [fact(1)], head: 'a'.repeat(64) })
    top.give({ kind: 'accepted', taken: { epoch: 1, n: 1, head: 'a'.repeat(64) }, forked: false, waits: { n: 1, why: 'future-clock' } })
    for (const frame of top.frames()) low.give({ kind: 'frame', session: met.low, frame })
    expect(low.status).toMatchObject({ queued: 0, waitsThere: { n: 1, why: 'future-clock' } })
    top.give({ kind: 'waits', waits: { n: 0, why: null } })
    expect(top.frames()).toEqual([{ k: 'waits', n: 0, why: null }])
    low.give({ kind: 'frame', session: met.low, frame: top.frames()[0]! })
    expect(low.status.waitsThere.n).toBe(0)
    expect(top.give({ kind: 'waits', waits: { n: 0, why: null } })).toEqual([])
  })

  test('C5 R-27 a child notes how far its clock is ahead of its parent’s: the least of what hellos and receipts show', () => {
    const wall = 1_700_000_000_000
    const ahead = end(planOf(child, { wall: () => wall + 60_000 }))
    const top = end(planOf(parent, { wall: () => wall }))
    const met = meet(ahead, top)
    expect([ahead.status.clockAheadMs, top.status.clockAheadMs]).toEqual([60_000, 60_000])
    ahead.give({ kind: 'checked', session: met.low, renew: false, taken: { epoch: 1, n: 0, head: '' }, out: { epoch: 1, n: 1 }, headAt: '', fate: null, isRecovering: false })
    ahead.give({ kind: 'loaded', session: met.low, epoch: 1, after: 0, facts: [fact(1)], head: 'a'.repeat(64) })
    ahead.give({ kind: 'frame', session: met.low, frame: { k: 'receipt', ...receiptOf({ epoch: 1, n: 1, at: wall + 1_000 }, parent) } })
    expect(ahead.asked('parent-clock')).toEqual({ kind: 'parent-clock', aheadMs: 59_000 })
  })

  test('R-27 a child that states nothing asks for its parent’s clock, whatever else comes from it', () => {
    let wall = 1_700_000_000_000
    const low = end(planOf(child, { wall: () => wall + 60_000 }))
    const top = end(planOf(parent, { wall: () => wall }))
    const met = meet(low, top)
    wall += 15_000
    low.give({ kind: 'frame', session: met.low, frame: { k: 'waits', n: 0, why: null } }, 14_999)
    low.give({ kind: 'tick' }, 15_000)
    expect(low.frames()).toEqual([{ k: 'ping', id: 1 }])
    top.give({ kind: 'frame', session: met.top, frame: { k: 'ping', id: 1 } }, 15_000)
    expect(top.frames()).toEqual([{ k: 'pong', id: 1, at: wall }])
    low.give({ kind: 'frame', session: met.low, frame: { k: 'pong', id: 1, at: wall + 1_000 } }, 15_000)
    expect(low.asked('parent-clock')).toEqual({ kind: 'parent-clock', aheadMs: 59_000 })
    expect(wakeAt(low.plan, low.state)).toBe(30_000)
  })

  test('R-27 what was compared before our own clock was set, or before the link was down for a minute, counts no longer', () => {
    const [start, at] = [1_700_000_000_000, { wall: 1_700_000_000_000 }]
    const low = end(planOf(child, { wall: () => at.wall }))
    const met = meet(low, end(planOf(parent, { wall: () => start - 60_000 })))
    expect(low.status.clockAheadMs).toBe(60_000)
    at.wall = start + 2_000
    expect(low.give({ kind: 'queued', epoch: 1, n: 0 }, 1_000)).toEqual([])
    at.wall = start - 57_000
    expect(low.give({ kind: 'tick' }, 3_000)[0]).toEqual({ kind: 'parent-clock', aheadMs: null })
    expect(low.status.clockAheadMs).toBeNull()
    low.give({ kind: 'frame', session: met.low, frame: { k: 'pong', id: 1, at: start - 57_000 } }, 3_000)
    expect(low.asked('parent-clock')).toEqual({ kind: 'parent-clock', aheadMs: 0 })

    low.give({ kind: 'closed', session: met.low }, 3_000)
    low.give({ kind: 'cut' }, 3_000)
    expect(wakeAt(low.plan, low.state)).toBe(63_000)
    at.wall = start + 3_000
    low.give({ kind: 'tick' }, 63_000)
    expect(low.asked('parent-clock')).toEqual({ kind: 'parent-clock', aheadMs: null })
    expect(wakeAt(low.plan, low.state)).toBe(Infinity)
  })

  test('R-12 forked chain: two facts with one number; stays stopped, restarts included, until an operator retries', () => {
    const { top } = joined()
    top.give({ kind: 'accepted', taken: { epoch: 1, n: 1, head: 'a'.repeat(64) }, forked: true })
    expect(top.frames()).toEqual([{ k: 'stop', code: 'forked', who: child }])
    const kept = top.asked('remember') as Extract<LinkOutput, { kind: 'remember' }>
    const again = end(planOf(parent), { stuck: kept.stuck })
    const low = end(planOf(child))
    meet(low, again)
    expect(low.status.stop).toEqual({ code: 'forked', who: child })
    again.give({ kind: 'retry' })
    const back = meet(end(planOf(child)), again)
    expect(back.toLow.at(-1)?.k).toBe('resume')
  })

  test('R-12 R-20 a link that waits for a retry still says why after it was cut and healed', () => {
    const { top } = joined()
    top.give({ kind: 'accepted', taken: { epoch: 1, n: 1, head: 'a'.repeat(64) }, forked: true })
    top.give({ kind: 'cut' })
    expect([top.status.stop?.code, top.asked('remember')]).toEqual(['cut', { kind: 'remember', cut: true, stuck: { code: 'forked', who: child }, recovery: null, recoveredAt: 0 }])
    top.give({ kind: 'heal' })
    expect(top.asked('remember')).toMatchObject({ cut: false, stuck: { code: 'forked', who: child } })
    expect(top.status.stop).toEqual({ code: 'forked', who: child })
  })

  test('R-13 clone: the older session answers, both stop', () => {
    const { top, met } = joined()
    const clone = meet(end(planOf(child, { boot: 'c'.repeat(32) })), top)
    const ping = clone.toLow.find((f) => f.k === 'ping') as Extract<Frame, { k: 'ping' }>
    top.give({ kind: 'frame', session: met.top, frame: { k: 'pong', id: ping.id } })
    expect(top.frames()).toEqual([{ k: 'stop', code: 'clone', who: child }, { k: 'stop', code: 'clone', who: child }])
    expect(top.status.stop?.code).toBe('clone')
  })

  test('R-13 no clone: the older process is dead, a late frame of its own proves nothing, the newer takes its place', () => {
    const { top, met } = joined()
    const next = meet(end(planOf(child, { boot: 'c'.repeat(32) })), top)
    top.give({ kind: 'frame', session: met.top, frame: { k: 'pong', id: 0 } }, 1)
    expect(top.state.sessions.map((s) => s.phase)).toEqual(['joined', 'probing'])
    top.give({ kind: 'tick' }, defaultTiming.probe)
    expect(top.state.sessions.map((s) => [s.id, s.phase])).toEqual([[next.top, 'joined']])
    // What the newer said while it waited is taken up.
    expect(top.asked('check')).toBeDefined()
  })

  test('R-13 the same process coming back replaces its old session at once', () => {
    const { top } = joined()
    const low = end(planOf(child))
    const again = meet(low, top)
    expect(top.state.sessions.map((s) => s.id)).toEqual([again.top])
  })

  test('R-6 R-7 R-8 facts go at once, at most four batches without a receipt; the receipt opens the window', () => {
    const { low, top, met } = joined()
    let head = ''
    const load = (n: number) => {
      head = nextHead(head, `id${n}`, fake)
      return low.give({ kind: 'loaded', session: met.low, epoch: 1, after: n - 1, facts: [fact(n)], head })
    }
    const asked = low.give({ kind: 'queued', epoch: 1, n: 9 })
    expect(asked).toEqual([{ kind: 'load', session: met.low, epoch: 1, after: 0 }])
    const heads = ['']
    for (let n = 1; n <= 4; n++) {
      load(n)
      heads.push(head)
      expect(low.frames()).toEqual([{ k: 'facts', epoch: 1, first: n, facts: [fact(n)] }])
    }
    expect(low.asked('load')).toBeUndefined()
    top.give({ kind: 'frame', session: met.top, frame: { k: 'epoch', epoch: 1, until: 0 } })
    top.give({ kind: 'frame', session: met.top, frame: { k: 'facts', epoch: 1, first: 1, facts: [fact(1)] } })
    expect(top.asked('accept')).toMatchObject({ after: 0, wires: [fact(1)] })
    // What arrives during the commit goes into the next one together.
    for (const n of [2, 3]) top.give({ kind: 'frame', session: met.top, frame: { k: 'facts', epoch: 1, first: n, facts: [fact(n)] } })
    const outputs = top.give({ kind: 'accepted', taken: { epoch: 1, n: 1, head: heads[1]! }, forked: false })
    expect(outputs.at(-1)).toMatchObject({ kind: 'accept', after: 1, wires: [fact(2), fact(3)] })
    const receipt = top.frames()[0]!
    low.give({ kind: 'frame', session: met.low, frame: receipt }, 5)
    expect(low.asked('receipt')).toMatchObject({ receipt: { from: parent, to: child, epoch: 1, n: 1, head: heads[1] } })
    expect(low.asked('load')).toMatchObject({ after: 4 })
    expect(low.status.queued).toBe(8)
  })

  test('R-32 an entry whose fact is gone: the queue begins anew, and so does the session', () => {
    const { low, met } = joined()
    low.give({ kind: 'queued', epoch: 1, n: 3 })
    low.give({ kind: 'loaded', session: met.low, epoch: 1, after: 0, facts: [fact(1)], head: 'a'.repeat(64) })
    low.give({ kind: 'loaded', session: met.low, epoch: 1, after: 1, facts: [], head: '' })
    expect(low.asked('open-epoch')).toEqual({ kind: 'open-epoch', session: met.low, epoch: 2, hole: 2 })
    expect(low.give({ kind: 'queued', epoch: 1, n: 4 })).toEqual([])
    low.give({ kind: 'epoch-opened', session: met.low, epoch: 2, n: 3 })
    expect(low.frames()).toEqual([{ k: 'stop', code: 'replaced', who: child }])
    expect([low.state.out, wakeAt(low.plan, low.state)]).toEqual([{ epoch: 2, n: 3 }, defaultTiming.backoffMin])
  })

  test('R-8 a receipt over another history, of another station, or for what was not sent is not taken', () => {
    const attempt = (change: (text: string) => string, signer = keys[parent]!) => {
      const { low, met } = joined()
      low.give({ kind: 'queued', epoch: 1, n: 1 })
      low.give({ kind: 'loaded', session: met.low, epoch: 1, after: 0, facts: [fact(1)], head: 'a'.repeat(64) })
      const text = change(JSON.stringify({ at: 1, epoch: 1, from: parent, head: 'a'.repeat(64), kind: 'link.receipt.v1', n: 1, to: child }))
      low.give({ kind: 'frame', session: met.low, frame: { k: 'receipt', text, sig: signer.sign(`fengsui link receipt v1\n${text}`) } })
      return low.status
    }
    expect(attempt((t) => t)).toMatchObject({ state: 'online', queued: 0 })
    expect(attempt((t) => t, signerOf(9)).stop?.code).toBe('malformed')
    expect(attempt((t) => t.replace('"n":1', '"n":2')).stop?.code).toBe('malformed')
    expect(attempt(() => '{}').stop?.code).toBe('malformed')
    expect(attempt((t) => t.replaceAll('a'.repeat(64), 'b'.repeat(64))).stop?.code).toBe('malformed')
  })

  test('R-7 a batch out of its place ends the session with a reason', () => {
    const { top, met } = joined()
    top.give({ kind: 'frame', session: met.top, frame: { k: 'epoch', epoch: 1, until: 0 } })
    top.give({ kind: 'frame', session: met.top, frame: { k: 'facts', epoch: 1, first: 2, facts: [fact(2)] } })
    expect(top.status.stop).toEqual({ code: 'malformed', who: child })
  })

  test('R-14 recovery asks for everything, fills, and says when it has all', () => {
    const low = end(planOf(child), { recovery: 'asking', taken: { epoch: 1, n: 5, head: 'a'.repeat(64) } })
    const met = meet(low, end(planOf(parent)))
    expect(met.toTop.at(-1)).toMatchObject({ k: 'resume', renew: true })
    low.give({ kind: 'frame', session: met.low, frame: { k: 'epoch', epoch: 2, until: 2 } })
    expect(low.asked('remember')).toMatchObject({ recovery: { epoch: 2, until: 2 } })
    low.give({ kind: 'accepted', taken: { epoch: 2, n: 1, head: 'b'.repeat(64) }, forked: false })
    expect(low.asked('recovered')).toBeUndefined()
    low.give({ kind: 'accepted', taken: { epoch: 2, n: 2, head: 'c'.repeat(64) }, forked: false })
    expect(low.asked('recovered')).toBeDefined()
  })

  test('R-15 every reason has a sentence and a way out in both languages', () => {
    for (const code of stopCodes) {
      const { reason, wayOut } = explain(parent, { code, who: child })
      for (const sentence of [reason, wayOut]) {
        expect(sentence.zh).toMatch(/[一-鿿]/)
        expect(sentence.en).toMatch(/[a-z]/)
      }
    }
  })

  test('R-16 R-17 back-off doubles from half a second to a minute; a stop for a person is retried slowly', () => {
    const low = end(planOf(child))
    low.give({ kind: 'start' }, 0)
    const waits: number[] = []
    let now = 0
    for (let i = 0; i < 10; i++) {
      const { session } = low.asked('dial') as { session: number }
      low.give({ kind: 'closed', session }, now)
      waits.push(wakeAt(low.plan, low.state) - now)
      now = wakeAt(low.plan, low.state)
      low.give({ kind: 'tick' }, now)
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
    expect(low.status.stop?.code).toBe('unreachable')
    const refused = end(planOf(child, { protocol: { min: 2, max: 2 } }))
    meet(refused, end(planOf(parent)))
    expect(isPersistent(refused.status.stop!.code)).toBe(true)
    expect(wakeAt(refused.plan, refused.state)).toBe(defaultTiming.stopped)
  })

  test('R-18 a ping after silence, dead after more; an owed receipt that does not come is death too', () => {
    const { low, met } = joined()
    expect(wakeAt(low.plan, low.state)).toBe(defaultTiming.ping)
    low.give({ kind: 'tick' }, defaultTiming.ping)
    expect(low.frames()).toEqual([{ k: 'ping', id: 1 }])
    low.give({ kind: 'frame', session: met.low, frame: { k: 'pong', id: 1 } }, 20_000)
    low.give({ kind: 'queued', epoch: 1, n: 1 }, 20_000)
    low.give({ kind: 'loaded', session: met.low, epoch: 1, after: 0, facts: [fact(1)], head: 'a'.repeat(64) }, 20_000)
    low.give({ kind: 'frame', session: met.low, frame: { k: 'ping', id: 1 } }, 60_000)
    low.give({ kind: 'tick' }, 64_999)
    expect(low.status.state).toBe('online')
    low.give({ kind: 'tick' }, 65_000)
    expect(low.status.stop?.code).toBe('silent')
  })

  test('R-20 cut refuses and stays, heal dials at once', () => {
    const low = end(planOf(child))
    low.give({ kind: 'cut' }, 0)
    expect(low.asked('remember')).toMatchObject({ cut: true })
    const again = end(planOf(child), { cut: true })
    expect(again.give({ kind: 'start' }, 0)).toEqual([])
    expect(again.status.stop?.code).toBe('cut')
    again.give({ kind: 'heal' }, 10)
    expect(again.asked('dial')).toBeDefined()
  })

  test('R-19 no text makes the decoder throw; what it takes it gives back', () => {
    const anything = fc.oneof(fc.string(), fc.json(), fc.record({ k: fc.constantFrom('hello', 'proof', 'resume', 'epoch', 'facts', 'receipt', 'ping', 'stop', 'want', 'chunk'), sig: fc.anything(), epoch: fc.anything(), facts: fc.anything(), data: fc.anything() }).map((v) => JSON.stringify(v)))
    fc.assert(fc.property(anything, (text) => {
      const decoded = decodeFrame(text)
      if ('frame' in decoded) expect(decodeFrame(encodeFrame(decoded.frame))).toEqual(decoded)
      else expect(decoded.fault).not.toBe('')
    }), { numRuns: 2000, seed: 20240123 })
  })

  test('R-7 a fact queued while the peer’s cursor is looked up goes with this session', () => {
    const low = end(planOf(child))
    const met = meet(low, end(planOf(parent)))
    low.give({ kind: 'frame', session: met.low, frame: { k: 'resume', taken: startCursor, renew: false } })
    low.give({ kind: 'queued', epoch: 1, n: 1 })
    low.give({ kind: 'checked', session: met.low, taken: { epoch: 1, n: 0, head: '' }, renew: false, out: { epoch: 1, n: 0 }, headAt: '', fate: null, isRecovering: false })
    expect(low.asked('load')).toBeDefined()
  })

  test('R-19 no order of well-formed frames makes the machine throw or keep more than a window', () => {
    const hex = fc.constantFrom('a'.repeat(64), 'b'.repeat(64))
    const small = fc.integer({ min: 0, max: 4 })
    const frame: fc.Arbitrary<Frame> = fc.oneof(
      fc.record({ k: fc.constant('proof' as const), sig: fc.constant('AA==') }),
      fc.record({ k: fc.constant('resume' as const), taken: fc.record({ epoch: small, n: small, head: hex }), renew: fc.boolean() }),
      fc.record({ k: fc.constant('epoch' as const), epoch: small.map((n) => n + 1), until: small }),
      fc.record({ k: fc.constant('facts' as const), epoch: small.map((n) => n + 1), first: small.map((n) => n + 1), facts: fc.constant(1).map((n) => [fact(n)]) }),
      fc.record({ k: fc.constant('receipt' as const), text: fc.string(), sig: fc.constant('AA==') }),
      fc.record({ k: fc.constantFrom('ping' as const, 'pong' as const), id: small }),
      fc.record({ k: fc.constant('stop' as const), code: fc.constantFrom(...stopCodes), who: fc.constantFrom(parent, child) }),
      fc.record({ k: fc.constant('got' as const), sha256: hex }),
    )
    fc.assert(fc.property(fc.array(frame, { maxLength: 30 }), fc.boolean(), (frames, isJoined) => {
      const { top, met } = isJoined ? joined() : (() => { const t = end(planOf(parent)); return { top: t, met: meet(end(planOf(child)), t) } })()
      for (const [i, f] of frames.entries()) top.give({ kind: 'frame', session: met.top, frame: f }, i * 1000)
      top.give({ kind: 'tick' }, 100_000)
      expect(top.state.sessions.length).toBeLessThanOrEqual(5)
      for (const s of top.state.sessions) expect(s.pending.length + s.inflight.length).toBeLessThanOrEqual(8)
    }), { numRuns: 300, seed: 20240123 })
  })
})

/** A receipt as `from` signs it; by the child to its parent unless said otherwise. */
function receiptOf(place: { epoch: number; n: number; head?: string; at?: number }, from: Address = child, to: Address = from === child ? parent : child) {
  const text = encode({ kind: 'link.receipt.v1', from, to, head: 'a'.repeat(64), at: 1, ...place })
  return { text, sig: keys[from]!.sign(receiptText(text)) }
}

/** The child's end, joined and having just looked the parent's cursor up in its queue. */
function joinedChecking(checked: Partial<Extract<LinkInput, { kind: 'checked' }>>, memory: Partial<LinkMemory> = {}) {
  const low = end(planOf(child), memory)
  const met = meet(low, end(planOf(parent)))
  low.give({ kind: 'checked', session: met.low, renew: false, taken: startCursor, out: { epoch: 1, n: 0 }, headAt: '', fate: null, isRecovering: false, ...checked })
  return { low, met }
}
