import { ancestorsOf, isAddress, isRefusal, levelOf, parentOf, refuse, unknownType, type Address, type Level, type Refusal, type StationKind } from '#core/kernel/index.ts'
import { directoryKind, idOfSubject, keySpan, subjectOf, type Fact, type FactDraft, type StationCard, type StationKey, type SubjectType } from '#core/ledger/index.ts'
import type { ClockMended, KeyRotated, Rekeyed, Renamed, Revoked, StationBody } from './directory.facts.ts'

/** The top of the tree as every station pinned it at enrolment: all trust runs to this key. */
export interface PinnedRoot {
  address: Address
  publicKey: string
  name: string
}

export interface StationState {
  card: StationCard | null
}

export function stationSubjectOf(address: Address): string {
  return subjectOf(directoryKind, address)
}

/**
 * Who may say what of a station: the root founds itself with the pinned key; a parent enrols, renames and re-keys
 * its children; any ancestor revokes; a station rotates its own key and renames itself.
 */
export function stationSubject(root: PinnedRoot): SubjectType<StationState> {
  return {
    kind: directoryKind,
    start: () => ({ card: null }),
    admit: (fact, state) => admit(fact, state, root),
    evolve: (state, fact) => ({ card: evolve(state.card, fact) }),
  }
}

function admit(fact: Fact, { card }: StationState, root: PinnedRoot): Refusal | null {
  const address = idOfSubject(fact.subject)
  if (!isAddress(address)) return refuse('station.bad-address', '不是平台地址', 'Not a station address')
  // Two stations must not see two trees.
  if (!fact.to.includes('all')) return refuse('station.not-to-all', '目录事实须发往所有平台', 'A fact of the directory is for every station')
  switch (fact.type) {
    case 'station.founded.v1': {
      const body = fact.body as StationBody
      if (address !== root.address || fact.station !== root.address || body.publicKey !== root.publicKey) return refuse('station.not-root', '只有根平台能以约定的密钥设立自己', 'Only the root founds itself, with the pinned key')
      return mayBegin(card, body, address)
    }
    case 'station.enrolled.v1': {
      if (fact.station !== parentOf(address)) return notParent()
      const body = fact.body as StationBody
      if (body.kind === 'government' && body.level !== levelOf(address)) return refuse('station.wrong-level', '层级与地址不符', 'The level is not that of the address')
      return mayBegin(card, body, address)
    }
    case 'station.keyRotated.v1': {
      const body = fact.body as KeyRotated
      if (fact.station !== address) return refuse('station.not-itself', '只有本平台能更换自己的密钥', 'Only the station itself rotates its key')
      const key = card && currentKey(card)
      if (!key) return notActive()
      // A thief of an old key cannot rotate: it is no longer the one in use.
      if (fact.seq < key.fromSeq || body.previous !== key.publicKey) return refuse('station.old-key', '更换须用现用密钥签名', 'A rotation is signed with the key in use')
      if (card.keys.some((k) => k.publicKey === body.publicKey)) return usedKey()
      return card.keys.length < maxKeys ? null : refuse('station.rotated-too-often', '更换密钥次数过多，请由上级重新发钥', 'The key was rotated too often; have the parent re-key it')
    }
    case 'station.rekeyed.v1': {
      if (fact.station !== parentOf(address)) return notParent()
      if (!card) return unknown(address)
      if (card.keys.some((k) => k.publicKey === (fact.body as Rekeyed).publicKey)) return usedKey()
      return card.keys.length < 2 * maxKeys ? null : refuse('station.rekeyed-too-often', '该平台更换密钥次数过多', 'This station has had too many keys')
    }
    case 'station.revoked.v1':
      if (!ancestorsOf(address).includes(fact.station)) return refuse('station.not-above', '只有上级能吊销平台', 'Only a station above revokes')
      if (!card) return unknown(address)
      return card.state === 'active' ? null : notActive()
    case 'station.renamed.v1':
      if (fact.station !== address && fact.station !== parentOf(address)) return notParent()
      return card ? null : unknown(address)
    case 'station.clockMended.v1': {
      if (fact.station !== address) return refuse('station.not-itself', '只有本平台能修正自己的时钟', 'Only the station itself mends its clock')
      if (!card) return unknown(address)
      const { fromSeq } = fact.body as ClockMended
      // Its own place follows that of the facts it moves.
      if (fromSeq >= fact.seq || fact.at[1] !== fact.seq - fromSeq) return refuse('station.mending-misplaced', '时钟修正的编号与时间不符', 'The numbers and the time of this mending do not fit')
      return (card.mendings?.length ?? 0) < maxMendings ? null : refuse('station.mended-too-often', '时钟修正次数过多', 'The clock was mended too often')
    }
    default:
      return unknownType()
  }
}

/** Keys of one station, rotated by itself: one each month for forty years. As many again may be given by its parent. */
const maxKeys = 500
/** Mendings of one station's clock that are kept; more is not a clock but a game. */
const maxMendings = 64

function mayBegin(card: StationCard | null, body: StationBody, address: Address): Refusal | null {
  if (body.address !== address) return refuse('station.wrong-subject', '地址与所述平台不符', 'The address is not the one this is about')
  return card ? taken(card) : null
}

function evolve(card: StationCard | null, fact: Fact): StationCard | null {
  switch (fact.type) {
    case 'station.founded.v1':
    case 'station.enrolled.v1': {
      const { publicKey, ...named } = fact.body as StationBody
      return { ...named, keys: [{ publicKey, fromSeq: 1, untilSeq: null }], state: 'active' }
    }
    case 'station.keyRotated.v1':
      return card && withKey(card, (fact.body as KeyRotated).publicKey, fact.seq + 1, lastSeqOf(currentKey(card) ?? card.keys.at(-1)))
    case 'station.rekeyed.v1': {
      const { publicKey, fromSeq } = fact.body as Rekeyed
      return card && { ...withKey(card, publicKey, fromSeq), state: 'active' }
    }
    case 'station.revoked.v1':
      return card && { ...card, keys: card.keys.map((k) => endAt(k, (fact.body as Revoked).untilSeq)), state: 'revoked' }
    case 'station.renamed.v1':
      return card && { ...card, name: (fact.body as Renamed).name }
    case 'station.clockMended.v1':
      return card && { ...card, mendings: [...(card.mendings ?? []), { fromSeq: (fact.body as ClockMended).fromSeq, untilSeq: fact.seq - 1, ms: fact.at[0] }] }
    default:
      return card
  }
}

/** A key with `untilSeq` before `fromSeq` signs nothing; it stays so that the ledger sees where trust ended. */
function endAt(key: StationKey, seq: number): StationKey {
  return { ...key, untilSeq: key.untilSeq === null ? seq : Math.min(key.untilSeq, seq) }
}

function withKey(card: StationCard, publicKey: string, fromSeq: number, lastSeq?: number): StationCard {
  return { ...card, keys: [...card.keys.map((k) => endAt(k, fromSeq - 1)), { publicKey, fromSeq, untilSeq: null, ...(lastSeq === undefined ? {} : { lastSeq }) }] }
}

/** A thief who rotates a key gains no numbers: only a key from the parent begins a new span. */
function lastSeqOf(key: StationKey | undefined): number {
  return key?.lastSeq ?? (key?.fromSeq ?? 0) + keySpan
}

/** The key in use, or undefined for a revoked station. */
export function currentKey(card: StationCard): StationKey | undefined {
  return card.keys.find((k) => k.untilSeq === null)
}

// Commands: what a station's own people ask for, as drafts or a Refusal.

export function found(root: PinnedRoot, kind: StationKind = 'government', level: Level = levelOf(root.address)): FactDraft<StationBody> {
  return { type: 'station.founded.v1', subject: stationSubjectOf(root.address), to: ['all'], body: { address: root.address, name: root.name, level, kind, publicKey: root.publicKey } }
}

export function enrol(state: StationState, self: Address, body: StationBody): FactDraft<StationBody> | Refusal {
  const no = mayOffer(state, self, body.address, body.kind)
  if (no) return no
  return { type: 'station.enrolled.v1', subject: stationSubjectOf(body.address), to: ['all'], body }
}

/** Whether this station may hand out a token for that address at all. */
export function mayOffer(state: StationState, self: Address, address: Address, kind: StationKind): Refusal | null {
  if (parentOf(address) !== self) {
    return refuse('station.not-child', `只能接入本平台的直接下级，地址应为 ${self}/…`, `Only a direct child may be enrolled: the address must be ${self}/…`, [{ field: 'address', message: { zh: `应为 ${self}/…`, en: `must be ${self}/…` } }])
  }
  const beside = address.slice(self.length + 1).startsWith('@')
  if (beside !== (kind !== 'government')) {
    return refuse('station.kind-mismatch', '部门和指挥部的地址末段以 @ 开头，政府和现场的不带 @', 'The last part of the address begins with @ for departments and headquarters, and only for them', [{ field: 'address', message: { zh: '与类型不符', en: 'does not fit the kind' } }])
  }
  return state.card ? taken(state.card) : null
}

export function rekey(state: StationState, self: Address, address: Address, body: Rekeyed): FactDraft<Rekeyed> | Refusal {
  if (parentOf(address) !== self) return notParent()
  if (!state.card) return unknown(address)
  return { type: 'station.rekeyed.v1', subject: stationSubjectOf(address), to: ['all'], body }
}

export function revoke(state: StationState, self: Address, address: Address, body: Revoked): FactDraft<Revoked> | Refusal {
  if (!ancestorsOf(address).includes(self)) return refuse('station.not-above', '只有上级能吊销平台', 'Only a station above revokes')
  if (!state.card) return unknown(address)
  if (state.card.state !== 'active') return notActive()
  return { type: 'station.revoked.v1', subject: stationSubjectOf(address), to: ['all'], body }
}

export function rotate(state: StationState, self: Address, publicKey: string): FactDraft<KeyRotated> | Refusal {
  const key = state.card && currentKey(state.card)
  if (!key) return notActive()
  return { type: 'station.keyRotated.v1', subject: stationSubjectOf(self), to: ['all'], body: { publicKey, previous: key.publicKey } }
}

export function rename(state: StationState, self: Address, address: Address, name: string): FactDraft<Renamed> | Refusal {
  if (self !== address && self !== parentOf(address)) return notParent()
  if (!state.card) return unknown(address)
  return { type: 'station.renamed.v1', subject: stationSubjectOf(address), to: ['all'], body: { name } }
}

/** Throws what a `decide` refused; the write path rolls back and the caller gets the reason. */
export function orThrow<T>(decided: T | Refusal): T {
  if (isRefusal(decided)) throw decided
  return decided
}

const taken = (card: StationCard) => refuse('station.address-taken', `地址 ${card.address} 已由“${card.name}”使用；确需更换机器请用“重新发钥”`, `The address ${card.address} already belongs to “${card.name}”; to move it to another machine, re-key it`)
const notParent = () => refuse('station.not-parent', '只有它的直接上级能这样做', 'Only its direct parent may do this')
const notActive = () => refuse('station.not-active', '该平台已被吊销', 'This station has been revoked')
const unknown = (address: Address) => refuse('station.not-found', `没有平台 ${address}`, `There is no station ${address}`)
const usedKey = () => refuse('station.key-used', '密钥已用过，须生成新的', 'This key was used before; generate a new one')
