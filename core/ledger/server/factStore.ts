import type { Db, Dialect } from '#core/sql/server/database.ts'
import { statement } from '#core/sql/server/statement.ts'
import type { ChainPlace, Fact, Statement } from '../index.ts'
import type { FactRow, LedgerTables, SubjectRow } from './ledger.tables.ts'
import type { StoredFact } from './ledger.ts'

/** How much of a fact turned away is kept for the auditor. */
const keptTextLength = 4096
/** How many of a peer's facts turned away are kept, the newest: rubbish must not fill the disk, nor push out what others sent. */
const keptTurnedAway = 2000
const idsAsked = Array.from({ length: 50 }, () => '?')
const heldAmong = `select id from facts where id in (${idsAsked.join(', ')})`

/** The ledger's SQL: hot statements by hand, the rest through the builder. */
export function factStore(dialect: Dialect) {
  const run = <Row>(db: Db, sql: string, parameters: readonly unknown[]) => statement<Row>(db, sql, parameters, dialect)
  const tables = (db: Db) => db.withTables<LedgerTables>()

  return {
    async insert(db: Db, fact: Fact, kept: { receivedAt: number; from: string | null; status: StoredFact['status']; reason: string | null; reacted: boolean }): Promise<number> {
      const rows = await run<{ position: number }>(
        db,
        'insert into facts (id, type, subject, station, seq, at_ms, at_n, mode, text, sig, received_at, from_peer, status, reason, reacted)'
          + ' values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning position',
        [fact.id, fact.type, fact.subject, fact.station, fact.seq, fact.at[0], fact.at[1], fact.mode, fact.text, fact.sig,
          kept.receivedAt, kept.from, kept.status, kept.reason, kept.reacted ? 1 : 0],
      )
      return rows[0]!.position
    },

    async idsHeld(db: Db, ids: string[]): Promise<Set<string>> {
      const held = new Set<string>()
      // Always as many parameters: one prepared statement, whatever the size of the batch.
      for (let i = 0; i < ids.length; i += idsAsked.length) {
        const some = idsAsked.map((_, n) => ids[i + n] ?? '')
        for (const row of await run<{ id: string }>(db, heldAmong, some)) held.add(row.id)
      }
      return held
    },

    /** The id held for a number of a station's chain, the waiting ones aside. */
    async idAt(db: Db, station: string, seq: number): Promise<string | undefined> {
      const rows = await run<{ id: string }>(db, 'select id from facts where station = ? and seq = ? and status != \'waiting\'', [station, seq])
      return rows[0]?.id
    },

    async head(db: Db, station: string): Promise<{ seq: number; id: string } | undefined> {
      const rows = await run<{ seq: number; id: string }>(db, 'select seq, id from facts where station = ? and status != \'waiting\' order by seq desc limit 1', [station])
      return rows[0]
    },

    /** The nearest facts of a chain below and above a number; those whose key was revoked since prove nothing and are passed over. */
    async around(db: Db, station: string, seq: number): Promise<{ below: ChainPlace | undefined; above: ChainPlace | undefined }> {
      const nearest = async (side: string) => {
        const rows = await run<FactRow>(db, `select * from facts where station = ? and seq ${side} limit 1`, [station, seq])
        return rows[0] && toStored(rows[0])
      }
      const counts = 'and status != \'waiting\' and (reason is null or reason != \'fact.revoked-key\')'
      return { below: await nearest(`< ? ${counts} order by seq desc`), above: await nearest(`> ? ${counts} order by seq`) }
    },

    async latestTime(db: Db): Promise<[number, number]> {
      const rows = await run<{ at_ms: number; at_n: number }>(db, 'select at_ms, at_n from facts where status != \'waiting\' order by at_ms desc, at_n desc limit 1', [])
      return rows[0] ? [rows[0].at_ms, rows[0].at_n] : [0, 0]
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

    /** Facts in quarantine from a position on; those whose time is still to come are left out. */
    async waiting(db: Db, after: number, latest: number, limit: number): Promise<StoredFact[]> {
      const rows = await run<FactRow>(db, 'select * from facts where status = \'waiting\' and position > ? and at_ms <= ? order by position limit ?', [after, latest, limit])
      return rows.map(toStored)
    },

    /** Admitted and refused facts of a station from a number on: what a moved key bound may touch. */
    async subjectsFrom(db: Db, station: string, seq: number): Promise<string[]> {
      const rows = await run<{ subject: string }>(db, 'select distinct subject from facts where station = ? and seq >= ? and status != \'waiting\'', [station, seq])
      return rows.map((row) => row.subject)
    },

    async setStatus(db: Db, id: string, status: StoredFact['status'], reason: string | null): Promise<void> {
      await run(db, 'update facts set status = ?, reason = ? where id = ?', [status, reason, id])
    },

    async remove(db: Db, id: string): Promise<void> {
      await run(db, 'delete from facts where id = ?', [id])
    },

    async setReacted(db: Db, id: string): Promise<void> {
      await run(db, 'update facts set reacted = 1 where id = ?', [id])
    },

    /** Admitted facts whose reactions have not run yet: left over from a time without authoring. */
    async unreacted(db: Db): Promise<StoredFact[]> {
      const rows = await run<FactRow>(db, 'select * from facts where reacted = 0 and status = \'admitted\' order by position', [])
      return rows.map(toStored)
    },

    async putSubject(db: Db, row: SubjectRow): Promise<void> {
      await run(
        db,
        'insert into subjects (subject, kind, reach) values (?, ?, ?) on conflict (subject) do update set reach = excluded.reach',
        [row.subject, row.kind, row.reach],
      )
    },

    async turnAway(db: Db, turned: { id: string; reason: string; detail: string; text: string; from: string; at: number }): Promise<void> {
      const known = await run<{ n: number }>(db, 'select 1 as n from turned_away where id = ? and reason = ? limit 1', [turned.id, turned.reason])
      if (known.length > 0) return
      const { number } = await tables(db).insertInto('turned_away').values({
        id: turned.id, reason: turned.reason, detail: turned.detail.slice(0, keptTextLength),
        text: turned.text.slice(0, keptTextLength).replaceAll('\u0000', '\uFFFD'), from_peer: turned.from, at: turned.at,
      } as never).returning('number').executeTakeFirstOrThrow()
      if (number % keptTurnedAway !== 0) return
      const eldest = await tables(db).selectFrom('turned_away').select('number').where('from_peer', '=', turned.from).orderBy('number', 'desc').offset(keptTurnedAway).limit(1).executeTakeFirst()
      if (eldest) await tables(db).deleteFrom('turned_away').where('from_peer', '=', turned.from).where('number', '<=', eldest.number).execute()
    },

    /** Every stored fact by chain, a page at a time, for verification. */
    async chainPage(db: Db, after: { station: string; seq: number; position: number }, limit: number): Promise<StoredFact[]> {
      const rows = await run<FactRow>(
        db,
        'select * from facts where (station, seq, position) > (?, ?, ?) order by station, seq, position limit ?',
        [after.station, after.seq, after.position, limit],
      )
      return rows.map(toStored)
    },
  }
}

export type FactStore = ReturnType<typeof factStore>

export function toStored(row: FactRow): StoredFact {
  const statement = JSON.parse(row.text) as Statement
  return {
    ...statement, id: row.id, text: row.text, sig: row.sig,
    position: row.position, receivedAt: row.received_at, from: row.from_peer, status: row.status, reason: row.reason,
  }
}
