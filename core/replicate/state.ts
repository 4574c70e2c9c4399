import type { Address } from '#core/kernel/index.ts'
import type { Signer, StationCard, WireFact } from '#core/ledger/index.ts'
import type { Fate, OwnFact } from './evidence.ts'
import type { Cursor, FactsFrame, FileFrame, Frame, Hello, Receipt, Shown, Waits } from './frames.ts'
import type { LinkCrypto, ProtocolRange, Told, Verdict } from './handshake.ts'

/** All in milliseconds. */
export interface LinkTiming {
  /** A ping when nothing was heard for this long. */
  ping: number
  /** Dead when nothing was heard for this long. */
  dead: number
  /** The whole of dialling and proving must be done in this. */
  handshake: number
  /** How long the older of two sessions of one key has to answer before it counts as dead. */
  probe: number
  backoffMin: number
  backoffMax: number
  /** Between attempts while stopped for a reason that needs a person. */
  stopped: number
  /** Between attempts while the other end is cut by hand. */
  cutByPeer: number
  /** A peer's queue begins anew at most once in this. */
  refill: number
}

export const defaultTiming: LinkTiming = {
  ping: 15_000, dead: 45_000, handshake: 20_000, probe: 5_000, backoffMin: 500, backoffMax: 60_000, stopped: 30_000, cutByPeer: 1_000, refill: 30_000,
}

/** What one end of one link is, fixed while the process lives. Functions are pure or repeatable sources. */
export interface LinkPlan {
  self: Address
  peer: Address
  /** `up`: the peer is our parent and we dial it; `down`: the peer is our child and dials us. */
  direction: 'up' | 'down'
  protocol: ProtocolRange
  /** Names this process; a second process with the same key has another. */
  boot: string
  signer: Signer
  crypto: LinkCrypto
  station: (address: Address) => Pick<StationCard, 'keys' | 'state'> | undefined
  /** 0 ≤ x < 1, for jitter. */
  random(): number
  nonce(): string
  /** Facts that prove our present key to a peer who missed its rotation. */
  proofs?: () => WireFact[]
  /** The station's own clock, for receipts and the links page. Steps take a clock that never jumps instead: no clock being set may delay or kill a link. */
  wall(): number
  timing: LinkTiming
  /** Unproven connections kept at a time: anybody may send a child's hello. */
  maxUnproven?: number
}

/** One connection. `dialling → greeting → proving → joined`; `probing` while an older session of another process is asked whether it lives. */
export interface Session {
  readonly id: number
  readonly dialled: boolean
  phase: 'dialling' | 'greeting' | 'proving' | 'probing' | 'joined'
  deadline: number
  mine: Hello | null
  theirs: Hello | null
  heardAt: number
  pingedAt: number
  /** Pings sent; a pong names the one it answers. */
  pings: number
  /** What we hold of the peer's making; null until it is looked up. */
  shown: Shown | null
  /** How far the lower end's clock was ahead when the hello came; counts once it is proven. */
  clock: number | null
  /** We have told what we took. */
  resumed: boolean
  /** The peer has told what it took: once in a session. */
  told: boolean
  /** The peer has begun its queue anew: once in a session. */
  renewed: boolean
  /** We have asked for a full resend. */
  renewing: boolean
  /** The peer's cursor fits our queue: we may send from `sent` on. */
  sending: boolean
  sent: number
  loading: boolean
  inflight: { last: number; head: string }[]
  /** When it joined, or when a receipt last came or a batch first went: no progress for too long ends it. */
  progressAt: number
  /** The last entry that has arrived (stored or waiting to be). */
  arrived: number
  pending: FactsFrame[]
  /** What came while an older session was being asked; taken up on joining. */
  held: Frame[]
}

/** A recovery under way: asked for a full resend, or filling up to entry `until` of `epoch`. */
export type Recovery = 'asking' | { epoch: number; until: number } | null

export interface LinkState {
  /** What we have taken from the peer: the durable cursor's mirror. */
  taken: Cursor
  /** The last entry of our queue to the peer, as far as we were told. */
  out: { epoch: number; n: number }
  /** The last entry the peer has signed for. */
  acked: { epoch: number; n: number }
  sessions: Session[]
  nextSession: number
  attempts: number
  /** When to dial next; Infinity while there is nothing to dial. */
  dialAt: number
  stop: Verdict
  told: Told
  /** Why it is stopped until an operator says `retry`. */
  stuck: Verdict | null
  cut: boolean
  accepting: boolean
  /** When our queue to the peer last began anew. */
  refilledAt: number
  /** The epoch that then began, until something of it is sent; 0 otherwise. */
  refilledTo: number
  recovery: Recovery
  /** When a recovery from this peer last ended, in our wall clock: what we signed before is no evidence any more. */
  recoveredAt: number
  lastExchangeAt: number | null
  /** Facts of the peer that wait here, as we have told it. */
  waitsHere: Waits
  /** Facts of ours that wait at the peer, as it says. */
  waitsThere: Waits
  /** How far the lower end's clock is ahead of the upper end's: the last samples, each off by a delay. */
  clocks: number[]
  clockAheadMs: number | null
  /** When the last of them came. */
  clockAt: number
  /** Our own clock against the one that never jumps; when that changes, the samples say nothing any more. */
  clockBase: number
  /** When the last session that had joined ended. */
  downAt: number
}

/** What survives a restart. */
export interface LinkMemory {
  taken: Cursor
  out: { epoch: number; n: number }
  acked: { epoch: number; n: number }
  cut: boolean
  stuck: Verdict | null
  recovery: Recovery
  /** When a recovery from this peer last ended, in our wall clock: what we signed before is no evidence any more. */
  recoveredAt: number
}

export type LinkInput =
  | { kind: 'start' }
  | { kind: 'tick' }
  /** The connection asked for by `dial` stands. */
  | { kind: 'connected'; session: number }
  /** A child's connection, with the hello it began with; the machine names the session in `taken-in`. */
  | { kind: 'incoming'; hello: Hello }
  | { kind: 'frame'; session: number; frame: Frame }
  | { kind: 'malformed'; session: number }
  | { kind: 'closed'; session: number }
  /** The queue has grown to entry `n`. Said after the commit. */
  | { kind: 'queued'; epoch: number; n: number }
  /** Answer to `check`. `headAt` is our running hash at the entry asked for, null when we have no such entry. */
  | { kind: 'checked'; session: number; taken: Cursor; renew: boolean; out: { epoch: number; n: number }; headAt: string | null; receipt?: Shown['receipt']
    /** What the fact of ours that was shown is to us; null when none was. */
    fate: Fate | null
    /** This station is fetching back what it lost: it looks for no evidence. */
    isRecovering: boolean
  }
  /** Answer to `recall`. */
  | { kind: 'recalled'; session: number; shown: Shown; waits: Waits }
  /** The number of the peer's facts that wait here has changed. */
  | { kind: 'waits'; waits: Waits }
  /** Answer to `load`: entries `after + 1 …`, `head` at the last of them. */
  | { kind: 'loaded'; session: number; epoch: number; after: number; facts: WireFact[]; head: string }
  | { kind: 'epoch-opened'; session: number; epoch: number; n: number }
  /** Answer to `accept`: committed. `forked`: the peer's own chain showed two facts at one place. */
  | { kind: 'accepted'; taken: Cursor; forked: boolean; waits?: Waits }
  /** Not committed. Otherwise than by a fault: the batch held a fact of ours that we have lost, or whose number stands here for another. */
  | { kind: 'accept-failed'; why: 'fault' | Exclude<Fate, 'held'>; about?: Address[] }
  | { kind: 'cut' }
  | { kind: 'heal' }
  | { kind: 'retry' }
  | { kind: 'recover' }
  /** The operator gives up on the lost part that only this peer could send. */
  | { kind: 'abandon-recovery' }
  | { kind: 'stopping' }

export type LinkOutput =
  | { kind: 'dial'; session: number }
  | { kind: 'taken-in'; session: number }
  | { kind: 'send'; session: number; frame: Frame }
  | { kind: 'close'; session: number }
  | { kind: 'check'; session: number; taken: Cursor; renew: boolean; ours: OwnFact | null; receipt?: Shown['receipt'] }
  /** Look up what we hold of the peer's making, and what of it waits. */
  | { kind: 'recall'; session: number }
  | { kind: 'load'; session: number; epoch: number; after: number }
  /** Verify, append, fold and set the cursor in one transaction; answer `accepted`. */
  | { kind: 'accept'; epoch: number; after: number; head: string; wires: WireFact[] }
  /** Open an epoch and fill it with everything in scope, what came from the peer included (it may have lost it). `hole`: the entry that was to be sent and is gone. */
  | { kind: 'open-epoch'; session: number; epoch: number; hole?: number }
  | { kind: 'receipt'; receipt: Receipt; text: string; sig: string }
  | { kind: 'files'; session: number; frame: FileFrame }
  | { kind: 'joined'; session: number }
  | { kind: 'remember'; cut: boolean; stuck: Verdict | null; recovery: Recovery; recoveredAt: number }
  /** The backfill from this peer is complete. */
  | { kind: 'recovered' }
  /** We are the station restored from an old backup: state nothing until recovered. */
  | { kind: 'own-future' }
  /** Null: there is no sample of the present. */
  | { kind: 'parent-clock'; aheadMs: number | null }

export interface LinkStatus {
  state: 'online' | 'offline'
  stop: Verdict | null
  told: Told
  queued: number
  lastExchangeAt: number | null
  waitsThere: Waits
  clockAheadMs: number | null
}
