import type { Address } from '#core/kernel/index.ts'
import { reachOf, type Reach, type Statement } from '#core/ledger/index.ts'
import type { Db, Dialect } from '#core/sql/server/database.ts'
import { statement } from '#core/sql/server/statement.ts'
import { attachmentsOf } from '../attachments.ts'

/** A file that some fact names and that is not here yet. */
export interface WantedFileRow {
  sha256: string
  /** Whom to ask next; empty when nobody is left that could be asked. */
  peer: string
  wanted_at: number
  /** The smallest that is declared; null where nothing is. */
  size: number | null
  /** JSON of the peers that were asked in vain in this round. */
  tried: string
  /** How often all of them were asked in vain. */
  rounds: number
  /** On the clock of the running process, which never jumps: not to be asked for earlier. */
  not_before: number
}

/** A fact names a file, whatever may become of the fact. */
export interface FileNameRow {
  sha256: string
  position: number
  size: number | null
}

/** Which neighbour gave us a file: it may have it back. */
export interface FileSourceRow {
  sha256: string
  peer: string
}

const rowsPerInsert = 100
const sizesLookedAt = 200
/** Facts that a file may be named by; what waits or was refused names nothing. */
const naming = 'from link_file_names n join facts f on f.position = n.position where n.sha256 = ? and f.status in (\'admitted\', \'unread\')'

/** A group of the facts that name a file: who stated them, and where their subject is to be known. */
interface Naming {
  station: Address
  reach: Reach
}

/** The SQL of the files that facts name: which fact names which, what is still wanted, and where what is here came from. */
export function fileStore(dialect: Dialect) {
  const run = <Row>(db: Db, sql: string, parameters: readonly unknown[] = []) => statement<Row>(db, sql, parameters, dialect)

  /** Notes what facts name; in the transaction that stores them. Gives what it has noted. */
  async function noteFacts(db: Db, facts: { position: number; text: string }[]) {
    const names = facts.flatMap(({ position, text }) => {
      const { station, to, body } = JSON.parse(text) as Statement
      return attachmentsOf(body).map((file) => ({ ...file, position, station, to }))
    })
    const asking = new Map(names.map(({ position, station, to }) => [position, JSON.stringify(reachOf(station, to))]))
    for (const [position, reach] of asking) await run(db, 'insert into link_naming_facts (position, reach) values (?, ?) on conflict (position) do nothing', [position, reach])
    for (let i = 0; i < names.length; i += rowsPerInsert) {
      const some = names.slice(i, i + rowsPerInsert)
      await run(db, `insert into link_file_names (sha256, position, size) values ${some.map(() => '(?, ?, ?)').join(', ')} on conflict (sha256, position) do nothing`,
        some.flatMap((n) => [n.sha256, n.position, n.size]))
    }
    return names
  }

  /** The smallest size that is declared for a file, and the largest, which is null too when one who names it declares none. */
  async function declared(db: Db, sha256: string): Promise<{ smallest: number | null; largest: number | null }> {
    const [row] = await run<{ smallest: number | null; largest: number | null; silent: number }>(db, `select min(n.size) as smallest, max(n.size) as largest, count(*) - count(n.size) as silent ${naming}`, [sha256])
    return { smallest: row?.smallest ?? null, largest: row?.silent === 0 ? row.largest : null }
  }

  return {
    note: noteFacts,

    /** What the facts of older versions name, a page of `size` positions after another. */
    async noteAll(db: Db, size: number): Promise<void> {
      const last = (await run<{ last: number | null }>(db, 'select max(position) as last from facts'))[0]?.last ?? 0
      for (let after = 0; after < last; after += size) {
        await noteFacts(db, await run(db, 'select position, text from facts where position > ? and position <= ? and text like \'%"attachments"%\'', [after, after + size]))
      }
    },

    /** Who names a file, the earliest first. */
    async namings(db: Db, sha256: string): Promise<Naming[]> {
      // A subject of which we can read nothing has no reach of its own: its facts go where they ask to.
      const rows = await run<{ station: string; reach: string }>(db,
        `select f.station as station, case when coalesce(s.reach, '[]') = '[]' then coalesce(asked.reach, '[]') else s.reach end as reach, min(n.position) as first
          ${naming.replace(' where ', ' left join subjects s on s.subject = f.subject left join link_naming_facts asked on asked.position = n.position where ')} group by 1, 2 order by first`, [sha256])
      return rows.map(({ station, reach }) => ({ station, reach: JSON.parse(reach) as Reach }))
    },

    declared,

    /** Hashes that facts name, after one of them. */
    named: (db: Db, after: string, limit: number) =>
      run<{ sha256: string }>(db, 'select distinct sha256 from link_file_names where sha256 > ? order by sha256 limit ?', [after, limit]),

    /** A file is to be pulled, or once more at once when it was wanted already. `peer` is whom to ask first, `size` what is declared now. */
    async want(db: Db, { sha256, size }: { sha256: string; size: number | null }, peer: Address, now: number): Promise<void> {
      const wanted = await run(db, 'update link_files set not_before = 0, size = case when size is null or ? < size then ? else size end where sha256 = ? returning sha256', [size, size, sha256])
      if (wanted.length > 0) return
      // What others declare counts too; however many do, the first of them are enough.
      const [first] = await run<{ smallest: number | null }>(db, `select min(size) as smallest from (select n.size as size ${naming} order by n.position limit ${sizesLookedAt}) as some`, [sha256])
      await run(db, 'insert into link_files (sha256, peer, wanted_at, size, tried, rounds, not_before) values (?, ?, ?, ?, \'[]\', 0, 0)', [sha256, peer, now, first?.smallest ?? size])
    },

    /** What is to be asked of a peer next: due, and not larger than this station takes. */
    async next(db: Db, peer: Address, elapsed: number, limit: number, count = 1, newestFirst = false): Promise<string[]> {
      const rows = await run<{ sha256: string }>(db,
        `select sha256 from link_files where peer = ? and not_before <= ? and (size is null or size <= ?) order by not_before, wanted_at${newestFirst ? ' desc' : ''}, sha256 limit ?`, [peer, elapsed, limit, count])
      return rows.map((row) => row.sha256)
    },

    async wanted(db: Db, sha256: string): Promise<WantedFileRow | undefined> {
      return (await run<WantedFileRow>(db, 'select * from link_files where sha256 = ?', [sha256]))[0]
    },

    /** The longest wanted first. */
    allWanted: (db: Db, limit: number) => run<WantedFileRow & { total: number }>(db, 'select w.*, count(*) over () as total from link_files w order by wanted_at, sha256 limit ?', [limit]),

    async ask(db: Db, sha256: string, next: Pick<WantedFileRow, 'peer' | 'rounds' | 'not_before'> & { tried: Address[] }): Promise<void> {
      await run(db, 'update link_files set peer = ?, tried = ?, rounds = ?, not_before = ? where sha256 = ?', [next.peer, JSON.stringify(next.tried), next.rounds, next.not_before, sha256])
    },

    /** Whatever is wanted of all, or of a peer that has come, is due now, and so is what the absent were to be asked for: it may have that. */
    async due(db: Db, come?: { peer: Address; absent: Address[] }): Promise<void> {
      const due = 'update link_files set not_before = 0, rounds = 0, tried = \'[]\' where (not_before > 0 or rounds > 0)'
      if (!come) return void await run(db, due)
      await run(db, `${due} and peer = ?`, [come.peer])
      for (const peer of come.absent) if (peer !== come.peer) await run(db, 'update link_files set not_before = 0 where not_before > 0 and peer = ?', [peer])
    },

    /** What would be asked of somebody who is no neighbour any more is asked of others. */
    async forget(db: Db, neighbours: Address[]): Promise<void> {
      await run(db, `update link_files set peer = '' where peer != '' ${neighbours.map(() => 'and peer != ?').join(' ')}`, neighbours)
    },

    async got(db: Db, sha256: string, from: Address | null): Promise<void> {
      await run(db, 'delete from link_files where sha256 = ?', [sha256])
      if (from !== null) await run(db, 'insert into link_file_sources (sha256, peer) values (?, ?) on conflict (sha256) do update set peer = excluded.peer', [sha256, from])
    },

    /** The neighbour that gave us a file's bytes. */
    async source(db: Db, sha256: string): Promise<Address | undefined> {
      return (await run<{ peer: string }>(db, 'select peer from link_file_sources where sha256 = ?', [sha256]))[0]?.peer
    },
  }
}

export type FileStore = ReturnType<typeof fileStore>
