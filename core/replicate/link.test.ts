import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address } from '#core/kernel/index.ts'
import { webCrypto, webSigner } from '#core/ledger/webCrypto.ts'
import { decodeFrame, encodeFrame, type Frame, type Shown } from './frames.ts'
import { commonVersion, transcript } from './handshake.ts'
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

const fresh: LinkMemory = { taken: startCursor, out: { epoch: 1, n: 0 }, acked: { epoch: 1, n: 0 }, cut: false, stuck: null, recovery: null }

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

  test('R-11 restored backup: the peer took more than we have', () => {
    const { low } = joinedChecking({ taken: { epoch: 1, n: 9, head: 'f'.repeat(64) }, out: { epoch: 1, n: 3 }, headAt: null })
    expect(low.frames()).toEqual([{ k: 'stop', code: 'restored-backup', who: child }])
    expect(low.asked('own-future')).toBeDefined()
    const newer = joinedChecking({ taken: { epoch: 4, n: 1, head: 'f'.repeat(64) }, out: { epoch: 1, n: 3 }, headAt: null })
    expect(newer.low.status.stop?.code).toBe('restored-backup')
    const top = end(planOf(parent))
    const met = meet(end(planOf(child)), top)
    top.give({ kind: 'frame', session: met.top, frame: { k: 'stop', code: 'restored-backup', who: child } })
    expect(top.status.stop).toEqual({ code: 'restored-backup', who: child })
    expect(top.asked('own-future')).toBeUndefined()
  })

  test('R-12 forked chain: the hashes differ at the same number', () => {
    const { low } = joinedChecking({ taken: { epoch: 1, n: 3, head: 'f'.repeat(64) }, out: { epoch: 1, n: 5 }, headAt: 'e'.repeat(64) })
    expect(low.status.stop).toEqual({ code: 'forked', who: child })
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
    expect(attempt((t) => t.replaceAll('a'.repeat(64), 'b'.repeat(64))).stop?.code).toBe('forked')
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

/** The child's end, joined and having just looked the parent's cursor up in its queue. */
function joinedChecking(checked: Partial<Extract<LinkInput, { kind: 'checked' }>>, memory: Partial<LinkMemory> = {}) {
  const low = end(planOf(child), memory)
  const met = meet(low, end(planOf(parent)))
  low.give({ kind: 'checked', session: met.low, renew: false, taken: startCursor, out: { epoch: 1, n: 0 }, headAt: '', fate: null, isRecovering: false, ...checked })
  return { low, met }
}
