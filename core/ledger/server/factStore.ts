import { setImmediate } from 'node:timers/promises'
import type { Db, Dialect } from '#core/sql/server/database.ts'
import { statement } from '#core/sql/server/statement.ts'
import { asMended, damaged, type ChainPlace, type ClockMending, type Fact, type HybridTime, type StationCard, type Statement } from '../index.ts'
import { outOfChain, standsInChain, type FactRow, type FaultRow, type LedgerTables, type SubjectRow } from './ledger.tables.ts'
import type { StoredFact } from './ledger.ts'
import { nodeCrypto } from './nodeCrypto.ts'

/** How much of a fact turned away is kept for the auditor. */
const keptTextLength = 4096
/** How many of a peer's facts turned away are kept, the newest: rubbish must not fill the disk, nor push out what others sent. */
const keptTurnedAway = 2000
/** After so many more turned away. */
const prunedEvery = 500
const restampPage = 500
const idsAsked = Array.from({ length: 50 }, () => '?')
const heldAmong = `select id, reason from facts where id in (${idsAsked.join(', ')})`

/** Put together once, as the statements of every write are. */
const insertFact = 'insert into facts (id, type, subject, station, seq, at_ms, at_n, mode, text, sig, received_at, from_peer, status, reason, reacted)'
  + ' values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning position'
/** A station's facts above a number, in the order of their numbers: its chain, and what a key signed beyond its end. Each part has an index of its own. */
const signedAfter = (columns: string, where = '') => `select ${columns} from facts where station = ? and seq > ? and ${standsInChain} ${where}
  union all select ${columns} from facts where station = ? and seq > ? and ${outOfChain} and status != 'waiting' ${where} order by seq`
const headOf = `select * from facts where station = ? and ${standsInChain} order by seq desc limit 1`

/** The ledger's SQL: hot statements by hand, the rest through the builder. */
export function factStore(dialect: Dialect) {
  const run = <Row>(db: Db, sql: string, parameters: readonly unknown[]) => statement<Row>(db, sql, parameters, dialect)
  const tables = (db: Db) => db.withTables<LedgerTables>()

  return {
    async insert(db: Db, fact: Fact, kept: { receivedAt: number; from: string | null; status: StoredFact['status']; reason: string | null }): Promise<number> {
      const rows = await run<{ position: number }>(
        db,
        insertFact,
        [fact.id, fact.type, fact.subject, fact.station, fact.seq, fact.at[0], fact.at[1], fact.mode, fact.text, fact.sig,
          kept.receivedAt, kept.from, kept.status, kept.reason, kept.status === 'admitted' ? 1 : 0],
      )
      return rows[0]!.position
    },

    /** Those of some ids that are held; `damaged`: only by their name. */
    async idsHeld(db: Db, ids: string[]): Promise<{ held: Set<string>; hurt: Set<string> }> {
      const [held, hurt] = [new Set<string>(), new Set<string>()]
      // Always as many parameters: one prepared statement, whatever the size of the batch.
      for (let i = 0; i < ids.length; i += idsAsked.length) {
        const some = idsAsked.map((_, n) => ids[i + n] ?? '')
        for (const row of await run<{ id: string; reason: string | null }>(db, heldAmong, some)) (row.reason === damaged ? hurt : held).add(row.id)
      }
      return { held, hurt }
    },

    /** Puts a fact's own bytes in the place of damaged ones, and what its columns say of it. Gives it as it is stored now. */
    async mend(db: Db, fact: Fact): Promise<StoredFact> {
      await run(db, 'update facts set type = ?, subject = ?, station = ?, seq = ?, at_ms = ?, at_n = ?, mode = ?, text = ?, sig = ?, status = \'refused\', reason = null where id = ?',
        [fact.type, fact.subject, fact.station, fact.seq, fact.at[0], fact.at[1], fact.mode, fact.text, fact.sig, fact.id])
      return (await this.byId(db, fact.id))!
    },

    /** The id held for a number of a station's chain, the waiting ones aside. */
    async idAt(db: Db, station: string, seq: number): Promise<string | undefined> {
      const rows = await run<{ id: string }>(db, `select id from facts where station = ? and seq = ? and ${standsInChain}`, [station, seq])
      return rows[0]?.id
    },

    /** The end of what is held of a chain. */
    async head(db: Db, station: string): Promise<ChainPlace | undefined> {
      const rows = await run<FactRow>(db, headOf, [station])
      return rows[0] && toStored(rows[0])
    },

    /** The nearest facts of a chain below and above a number. */
    async around(db: Db, station: string, seq: number): Promise<{ below: ChainPlace | undefined; above: ChainPlace | undefined }> {
      const nearest = async (side: string) => {
        const rows = await run<FactRow>(db, `select * from facts where station = ? and seq ${side} limit 1`, [station, seq])
        return rows[0] && toStored(rows[0])
      }
      return { below: await nearest(`< ? and ${standsInChain} order by seq desc`), above: await nearest(`> ? and ${standsInChain} order by seq`) }
    },

    /** The latest time among the facts stored last, none after `notAfter`: what was seen under a wrong clock counts no more. */
    async latestTime(db: Db, notAfter: number): Promise<HybridTime> {
      const rows = await run<{ at_ms: number; at_n: number }>(db,
        'select at_ms, at_n from (select at_ms, at_n, status from facts order by position desc limit 1000) as newest where status != \'waiting\' and at_ms <= ? order by at_ms desc, at_n desc limit 1', [notAfter])
      return rows[0] ? [rows[0].at_ms, rows[0].at_n] : [0, 0]
    },

    /** The first fact of a chain that is later than `ms`, and the time of the one before it. */
    async firstAfter(db: Db, station: string, ms: number): Promise<{ seq: number; before: number } | undefined> {
      const own = `from facts where station = ? and ${standsInChain}`
      const [first] = await run<{ seq: number | null }>(db, `select min(seq) as seq ${own} and at_ms > ?`, [station, ms])
      if (!first || first.seq === null) return undefined
      const [before] = await run<{ at_ms: number }>(db, `select at_ms ${own} and seq < ? order by seq desc limit 1`, [station, first.seq])
      return { seq: first.seq, before: before?.at_ms ?? 0 }
    },

    /** Gives a station's facts within these mendings the times that its card says now; the subjects of those that moved. None that counts before a mending's time is moved by it. */
    async restamp(db: Db, card: StationCard, mendings: ClockMending[]): Promise<Set<string>> {
      const subjects = new Set<string>()
      for (const { fromSeq, untilSeq, ms } of mendings) {
        for (let after = fromSeq - 1; ;) {
          const rows = await run<FactRow>(db, signedAfter('*', 'and seq <= ? and at_ms >= ?') + ' limit ?', [card.address, after, untilSeq, ms, card.address, after, untilSeq, ms, restampPage])
          for (const row of rows) {
            const { at } = asMended(JSON.parse(row.text) as Statement, card)
            if (at[0] === row.at_ms && at[1] === row.at_n) continue
            await run(db, 'update facts set at_ms = ?, at_n = ? where id = ?', [...at, row.id])
            subjects.add(row.subject)
          }
          if (rows.length < restampPage) break
          after = rows.at(-1)!.seq
          await setImmediate()
        }
      }
      return subjects
    },

    /** Facts of the future, of all others or of one station, wait as they should have; their subjects. */
    async waitAgain(db: Db, after: number, whose: { notOf: string } | { of: string }): Promise<string[]> {
      const [is, station] = 'of' in whose ? ['=', whose.of] : ['!=', whose.notOf]
      const early = `where at_ms > ? and station ${is} ? and status != 'waiting'`
      const rows = await run<{ subject: string }>(db, `select distinct subject from facts ${early}`, [after, station])
      await run(db, `update facts set status = 'waiting', reason = 'future-clock' ${early}`, [after, station])
      return rows.map((row) => row.subject)
    },

    async byId(db: Db, id: string): Promise<StoredFact | undefined> {
      const rows = await run<FactRow>(db, 'select * from facts where id = ?', [id])
      return rows[0] && toStored(rows[0])
    },

    /** A subject's facts in the order they were stored here, the waiting ones aside. */
    async ofSubject(db: Db, subject: string): Promise<StoredFact[]> {
      const rows = await run<FactRow>(db, 'select * from facts where subject = ? and status != \'waiting\' order by position', [subject])
      return rows.map(toStored)
    },

    /** Facts whose time has come. Those of unknown stations are not looked at until the directory names one: `waitingOf`. */
    async waitingUntil(db: Db, latest: number, limit: number): Promise<StoredFact[]> {
      const rows = await run<FactRow>(db, 'select * from facts where status = \'waiting\' and reason = \'future-clock\' and at_ms <= ? order by at_ms limit ?', [latest, limit])
      return rows.map(toStored)
    },

    async waitingOf(db: Db, station: string, after: number, limit: number): Promise<StoredFact[]> {
      const rows = await run<FactRow>(db, 'select * from facts where status = \'waiting\' and station = ? and position > ? order by position limit ?', [station, after, limit])
      return rows.map(toStored)
    },

    async stationsWaiting(db: Db): Promise<string[]> {
      return (await run<{ station: string }>(db, 'select distinct station from facts where status = \'waiting\' and reason = \'unknown-station\'', [])).map((row) => row.station)
    },

    /** Characters of the facts kept for a peer or a station in one of the ways that are bounded. */
    async heldFor(db: Db, what: 'strangersFrom' | 'waitingOf' | 'unreadOf', name: string): Promise<number> {
      const where = {
        strangersFrom: 'status = \'waiting\' and reason = \'unknown-station\' and from_peer = ?',
        waitingOf: 'status = \'waiting\' and reason = \'future-clock\' and station = ?',
        unreadOf: '(status = \'unread\' or (status = \'refused\' and reason = \'fact.bad-body\')) and station = ?',
      }[what]
      const rows = await run<{ length: number | null }>(db, `select sum(length(text)) as length from facts where ${where}`, [name])
      return Number(rows[0]?.length ?? 0)
    },

    /** Facts of types that were unknown when they came and are among `types` now, in the order they came. */
    async unread(db: Db, types: readonly string[], limit: number): Promise<StoredFact[]> {
      if (types.length === 0) return []
      const rows = await run<FactRow>(db, `select * from facts where status = 'unread' and type in (${types.map(() => '?').join(', ')}) order by position limit ?`, [...types, limit])
      return rows.map(toStored)
    },

    async unreadTypes(db: Db): Promise<string[]> {
      return (await run<{ type: string }>(db, 'select distinct type from facts where status = \'unread\'', [])).map((row) => row.type)
    },

    /** Admitted and refused facts of a station from a number on: what a moved key bound may touch. */
    async signedFrom(db: Db, station: string, seq: number): Promise<Pick<FactRow, 'id' | 'seq' | 'subject' | 'reason' | 'signed_by'>[]> {
      return run(db, signedAfter('id, seq, subject, reason, signed_by'), [station, seq - 1, station, seq - 1])
    },

    async setSigner(db: Db, id: string, publicKey: string): Promise<void> {
      await run(db, 'update facts set signed_by = ? where id = ?', [publicKey, id])
    },

    async setStatus(db: Db, id: string, status: StoredFact['status'], reason: string | null): Promise<void> {
      await run(db, 'update facts set status = ?, reason = ? where id = ?', [status, reason, id])
    },

    /** A fact that waited counts from now on, at the time that its station's mendings give it. */
    async letIn(db: Db, fact: Fact, status: StoredFact['status'], reason: string | null): Promise<void> {
      await run(db, 'update facts set status = ?, reason = ?, at_ms = ?, at_n = ? where id = ?', [status, reason, ...fact.at, fact.id])
    },

    async remove(db: Db, id: string): Promise<void> {
      await run(db, 'delete from facts where id = ?', [id])
    },

    async setReacted(db: Db, id: string, done: boolean): Promise<void> {
      await run(db, 'update facts set reacted = ? where id = ?', [done ? 1 : 0, id])
    },

    /** Admitted facts whose reactions have not run yet, left over from a time without authoring; those that failed wait for another try. */
    async unreacted(db: Db, limit: number): Promise<StoredFact[]> {
      const rows = await run<FactRow>(db, 'select * from facts where reacted = 0 and status = \'admitted\''
        + ' and not exists (select 1 from ledger_faults as f where f.subject = facts.subject and f.fact = facts.id) order by position limit ?', [limit])
      return rows.map(toStored)
    },

    async addFault(db: Db, fault: Omit<FaultRow, 'number'>): Promise<void> {
      await tables(db).insertInto('ledger_faults').values({ ...fault, reason: fault.reason.slice(0, keptTextLength) } as never).execute()
    },
    async faults(db: Db): Promise<FaultRow[]> {
      return tables(db).selectFrom('ledger_faults').selectAll().orderBy('number', 'desc').execute()
    },
    async removeFaults(db: Db, subject: string): Promise<void> {
      await tables(db).deleteFrom('ledger_faults').where('subject', '=', subject).execute()
    },

    /** Runs `work` so that what it wrote can be undone without the rest of the transaction. */
    async fence(db: Db, work: () => Promise<void>): Promise<void> {
      await run(db, 'savepoint fence', [])
      try {
        await work()
        await run(db, 'release savepoint fence', [])
      } catch (error) {
        await run(db, 'rollback to savepoint fence', [])
        await run(db, 'release savepoint fence', [])
        throw error
      }
    },

    async putSubject(db: Db, row: SubjectRow): Promise<void> {
      await run(
        db,
        'insert into subjects (subject, kind, reach) values (?, ?, ?) on conflict (subject) do update set reach = excluded.reach',
        [row.subject, row.kind, row.reach],
      )
    },

    async turnAway(db: Db, turned: { id: string; reason: string; detail: string; text: string; from: string; at: number; isOwn: boolean }): Promise<void> {
      const known = await run<{ n: number }>(db, 'select 1 as n from turned_away where id = ? and reason = ? limit 1', [turned.id, turned.reason])
      if (known.length > 0) return
      const { number } = await tables(db).insertInto('turned_away').values({
        id: turned.id, reason: turned.reason, detail: turned.detail.slice(0, keptTextLength),
        text: turned.text.slice(0, keptTextLength).replaceAll('\u0000', '\uFFFD'), from_peer: turned.from, at: turned.at, is_own: turned.isOwn ? 1 : 0,
      } as never).returning('number').executeTakeFirstOrThrow()
      if (number % prunedEvery !== 0) return
      for (const { peer } of await run<{ peer: string }>(db, 'select from_peer as peer from turned_away where is_own = 0 group by from_peer having count(*) > ?', [keptTurnedAway])) {
        const eldest = await tables(db).selectFrom('turned_away').select('number').where('from_peer', '=', peer).where('is_own', '=', 0).orderBy('number', 'desc').offset(keptTurnedAway).limit(1).executeTakeFirst()
        if (eldest) await tables(db).deleteFrom('turned_away').where('from_peer', '=', peer).where('is_own', '=', 0).where('number', '<=', eldest.number).execute()
      }
    },

    /** Every stored fact, a page at a time: by chain, then those that hold no number. */
    async *pages(db: Db, size: number): AsyncGenerator<StoredFact[]> {
      for (const which of [standsInChain, outOfChain]) {
        for (let after: [string, number, number] = ['', 0, 0]; ;) {
          const rows = await run<FactRow>(db, `select * from facts where (station, seq, position) > (?, ?, ?) and ${which} order by station, seq, position limit ?`, [...after, size])
          if (rows.length > 0) yield rows.map(toStored)
          const last = rows.at(-1)
          if (!last || rows.length < size) break
          after = [last.station, last.seq, last.position]
          // A station goes on living while it is looked through.
          await setImmediate()
        }
      }
    },
  }
}

export type FactStore = ReturnType<typeof factStore>

export function toStored(row: FactRow): StoredFact {
  const kept = { id: row.id, text: row.text, sig: row.sig, position: row.position, receivedAt: row.received_at, from: row.from_peer, reacted: row.reacted === 1 }
  if (nodeCrypto.sha256(row.text) !== row.id) return { ...asColumnsSay(row), ...kept, status: 'refused', reason: damaged }
  const statement = JSON.parse(row.text) as Statement
  const isMended = row.at_ms !== statement.at[0] || row.at_n !== statement.at[1]
  return { ...statement, ...(isMended ? { at: [row.at_ms, row.at_n] as const, wall: row.at_ms } : {}), ...kept, status: row.status, reason: row.reason }
}

/** What is left of a fact whose bytes are not its own any more: nothing that it says. */
function asColumnsSay(row: FactRow): Statement {
  return { type: row.type, subject: row.subject, station: row.station, seq: row.seq, prev: '', at: [row.at_ms, row.at_n], actor: { id: '?', name: '?' }, to: [], mode: row.mode as Statement['mode'], body: {} }
}
