import { ancestorsOf, isRefusal, levelOf, parentOf, refuse, type Level, type Refusal, type StationKind } from '#core/kernel/index.ts'
import type { FactDraft, WireFact } from '#core/ledger/index.ts'
import type { LedgerTables } from '#core/ledger/server/ledger.tables.ts'
import type { Writer } from '#core/ledger/server/ledger.ts'
import type { Station } from '#core/station/server/module.ts'
import type { Db } from '#core/sql/server/database.ts'
import type { Person } from '#core/http/roles.ts'
import { readEnrolmentToken, writeEnrolmentToken } from '../enrolment.ts'
import type { Rekeyed, StationBody } from '../directory.facts.ts'
import { enrol, mayOffer, orThrow, rekey, stationSubject, stationSubjectOf } from '../directory.rules.ts'
import type { LiveDirectory } from './liveDirectory.ts'
import type { PeopleTables } from './people.tables.ts'
import { hashSecret, newSecret } from './secrets.ts'

export interface Offer {
  purpose: 'enrol' | 'rekey'
  address: string
  name: string
  kind: StationKind
  level: Level
}

const answersAgainMs = 86_400_000

const stranger = { id: 'enrolment', name: '接入' }
const invalidToken = () => refuse('enrolment.token-invalid', '接入凭证无效、已用过或已过期，请向上级重新领取', 'This token is wrong, used or expired; ask the parent for a new one', [{ field: 'token', message: { zh: '无效', en: 'not valid' } }])

/** One-time tokens by which stations join or come back with a new key. */
export function enrolments(station: Station, directory: LiveDirectory) {
  const { ledger, database, clock } = station
  const type = stationSubject(directory.root)

  /** Only a hash of the secret stays here. */
  async function offer(person: Person, wanted: Offer, hours: number, url: string): Promise<{ token: string; address: string; expiresAt: number }> {
    const state = await ledger.state(type, stationSubjectOf(wanted.address))
    const no = wanted.purpose === 'enrol' ? mayOffer(state, station.self, wanted.address, wanted.kind) : rekey(state, station.self, wanted.address, { publicKey: '', fromSeq: 1 })
    if (isRefusal(no)) throw no
    orThrow(mayBegin(wanted))
    const secret = newSecret()
    const expires = clock.now() + hours * 3_600_000
    await database.write(async (tx) => {
      await tx.withTables<PeopleTables>().insertInto('one_time').values({ hash: hashSecret(secret), purpose: wanted.purpose, body: JSON.stringify(wanted), expires_at: expires, used_at: null, created_by: person.id }).execute()
    })
    return { token: writeEnrolmentToken({ v: 1, address: wanted.address, parent: station.self, url, root: directory.root, expires, secret }), address: wanted.address, expiresAt: expires }
  }

  /** States what the token promised, once. For a day the same key gets the same answer again: the first may have been lost on the way. */
  async function redeem(text: string, publicKey: string): Promise<{ address: string; facts: WireFact[] }> {
    const token = readEnrolmentToken(text)
    if (!token || token.parent !== station.self) throw invalidToken()
    const hash = hashSecret(token.secret)
    return ledger.write(stranger, async (w) => {
      const tables = w.tx.withTables<PeopleTables>()
      const row = await tables.selectFrom('one_time').selectAll().where('hash', '=', hash).where('purpose', 'in', ['enrol', 'rekey']).executeTakeFirst()
      if (!row) throw invalidToken()
      const wanted = JSON.parse(row.body) as Offer
      if (row.used_at !== null) {
        const again = w.directory.station(wanted.address)?.keys.at(-1)
        if (again?.publicKey !== publicKey || again.untilSeq !== null || w.now - row.used_at > answersAgainMs) throw invalidToken()
      } else {
        if (row.expires_at <= w.now) throw invalidToken()
        await tables.updateTable('one_time').set({ used_at: w.now }).where('hash', '=', hash).execute()
        await w.append(await promised(w, wanted, publicKey))
      }
      return { address: wanted.address, facts: await directoryFactsHeld(w.tx) }
    })
  }

  async function promised(w: Writer, wanted: Offer, publicKey: string): Promise<FactDraft<StationBody | Rekeyed>> {
    const state = await w.state(type, stationSubjectOf(wanted.address))
    const { address, name, kind, level } = wanted
    orThrow(mayBegin(wanted))
    return wanted.purpose === 'enrol'
      ? orThrow(enrol(state, w.self, { address, name, kind, level, publicKey }))
      : orThrow(rekey(state, w.self, address, { publicKey, fromSeq: await lastSeqOf(w.tx, address) + 1 }))
  }

  /** Again at redemption: another may have taken the name meanwhile. */
  function mayBegin(wanted: Offer): Refusal | null {
    return wanted.purpose === 'enrol' ? levelFits(wanted) ?? nameIsFree(directory, wanted.address, wanted.name) : null
  }

  return { offer, redeem, type }
}

/** The last number held here of a station's chain. */
export async function lastSeqOf(db: Db, address: string): Promise<number> {
  const row = await db.withTables<LedgerTables>().selectFrom('facts').select((e) => e.fn.max('seq').as('last')).where('station', '=', address).where('status', '!=', 'waiting').executeTakeFirst()
  return row?.last ?? 0
}

/**
 * What makes the directory, in the order it came here, which is an order in which each fact can be verified. What was
 * refused is not needed to begin with, nor are names that were changed since: a station may state any number of those.
 */
async function directoryFactsHeld(db: Db): Promise<WireFact[]> {
  const held = () => db.withTables<LedgerTables>().selectFrom('facts').where('subject', '>=', 'station/').where('subject', '<', 'station0').where('status', '=', 'admitted')
  const newest = held().where('type', '=', renamed).groupBy('subject').select((e) => e.fn.max('position').as('position'))
  return held().select(['text', 'sig']).where((e) => e.or([e('type', '!=', renamed), e('position', 'in', newest)])).orderBy('position').execute()
}
const renamed = 'station.renamed.v1'

/** A government's level is what its address says; departments and headquarters may stand at any. */
function levelFits({ address, kind, level }: Offer): Refusal | null {
  if (kind !== 'government' || level === levelOf(address)) return null
  return refuse('station.level-mismatch', `地址 ${address} 的层级应为 ${levelOf(address)}，不是 ${level}`, `The address ${address} is of the level ${levelOf(address)}, not ${level}`, [{ field: 'level', message: { zh: `应为 ${levelOf(address)}`, en: `must be ${levelOf(address)}` } }])
}

/** Nobody is called like a station above it or one beside it: people go by names. */
export function nameIsFree(directory: Pick<LiveDirectory, 'station' | 'stations'>, address: string, name: string): Refusal | null {
  const above = ancestorsOf(address)
  const same = directory.stations().find((card) => card.address !== address && card.state === 'active' && (above.includes(card.address) || parentOf(card.address) === parentOf(address)) && looksOf(card.name) === looksOf(name))
  if (!same) return null
  return refuse('station.name-taken', `名称“${same.name}”已由 ${same.address} 使用，请换一个`, `The name “${same.name}” belongs to ${same.address}; choose another`, [{ field: 'name', message: { zh: '换一个名称', en: 'choose another name' } }])
}

/** What a reader sees of a name: no blanks, no invisible characters, no difference of width or case. */
function looksOf(name: string): string {
  return name.normalize('NFKC').replaceAll(/[\s\p{Cf}]/gu, '').toLowerCase()
}

export function offerOf(body: { address: string; name: string; kind: StationKind; level?: Level }): Offer {
  return { purpose: 'enrol', address: body.address, name: body.name, kind: body.kind, level: body.level ?? levelOf(body.address) }
}
