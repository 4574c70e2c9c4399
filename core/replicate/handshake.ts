import { latestMoment, parentOf, type Address } from '#core/kernel/index.ts'
import { encode, type StationCard } from '#core/ledger/index.ts'
import type { Hello } from './frames.ts'
import type { StopCode } from './reasons.ts'

/** Hashing and checking as a link needs them: pure and at once. Texts are signed as their UTF-8 bytes. */
export interface LinkCrypto {
  sha256(text: string): string
  verify(text: string, sig: string, publicKey: string): boolean
}

export interface ProtocolRange { min: number; max: number }

/** What this program speaks: 2 adds live documents (SPEC R-23). */
export const protocol: ProtocolRange = { min: 1, max: 2 }
export const liveSince = 2

/** The highest version both speak, or null. */
export function commonVersion(a: ProtocolRange, b: ProtocolRange): number | null {
  const version = Math.min(a.max, b.max)
  return version >= Math.max(a.min, b.min) ? version : null
}

export interface Verdict {
  code: StopCode
  /** The station at fault. */
  who: Address
}

/** What else is known of why a link is down. */
export interface Told {
  /** The peer whose word it is; without it we have seen it ourselves. */
  saidBy?: Address
  /** The stations whose facts the batch held that could not be stored. */
  about?: Address[]
}

/** Who may stand at the other end. `expected` is the parent we dialled; null when we were dialled. */
export interface Gate {
  self: Address
  protocol: ProtocolRange
  expected: Address | null
  station: (address: Address) => Pick<StationCard, 'keys' | 'state'> | undefined
}

/** Judges a hello before any signature is looked at: place, version, key (SPEC ). Null means go on. */
export function judgeHello(hello: Hello, gate: Gate): Verdict | null {
  if (gate.expected === null) {
    if (hello.to !== gate.self || parentOf(hello.from) !== gate.self) return { code: 'wrong-parent', who: gate.self }
  } else if (hello.from !== gate.expected || hello.to !== gate.self) return { code: 'wrong-parent', who: hello.from }
  if (commonVersion(hello.protocol, gate.protocol) === null) return { code: 'incompatible-version', who: hello.from }
  const key = judgeKey(hello.from, hello.publicKey, gate)
  if (key === null) return null
  return { code: key === 'unknown-station' && gate.expected !== null ? 'wrong-parent' : key, who: hello.from }
}

/** Whether a station signs with this key now. Looked at again while a session lives: a revocation ends it. */
export function judgeKey(address: Address, publicKey: string, gate: Pick<Gate, 'station'>): 'unknown-station' | 'revoked-key' | null {
  const card = gate.station(address)
  if (!card) return 'unknown-station'
  const key = card.keys.find((k) => k.publicKey === publicKey)
  if (card.state === 'revoked') return 'revoked-key'
  if (!key) return 'unknown-station'
  return key.untilSeq === null ? null : 'revoked-key'
}

/**
 * What each side signs to prove its key. Both hellos are in it, so a proof fits one session, one pair of
 * stations, one role and one negotiated version only; the first words keep it from being a fact or a receipt.
 */
export function transcript(role: 'dialler' | 'acceptor', dialler: Hello, acceptor: Hello): string {
  return `fengsui link proof v1\n${role}\n${encode({ dialler: known(dialler), acceptor: known(acceptor) })}`
}

/** Receipts are signed apart from facts and proofs too. */
export function receiptText(canonical: string): string {
  return `fengsui link receipt v1\n${canonical}`
}

function known(h: Hello) {
  return { protocol: { min: h.protocol.min, max: h.protocol.max }, from: h.from, to: h.to, publicKey: h.publicKey, nonce: h.nonce, boot: h.boot, ...(h.at === undefined ? {} : { at: h.at }) }
}

/** A clock's reading as frames may carry it, however wrong the clock. */
export function clampMoment(ms: number): number {
  return Math.min(latestMoment, Math.max(0, Math.floor(ms)))
}
