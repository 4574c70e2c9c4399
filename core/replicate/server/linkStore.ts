import { damaged, type WireFact } from '#core/ledger/index.ts'
import { outOfChain, standsInChain } from '#core/ledger/server/ledger.tables.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import type { Db, Dialect } from '#core/sql/server/database.ts'
import { statement } from '#core/sql/server/statement.ts'
import type { Fate, OwnFact } from '../evidence.ts'
import { batchLength, maxBatchFacts, type Cursor, type Receipt, type Waits } from '../frames.ts'
import type { LinkMemory, LinkOutput } from '../state.ts'
import type { OutRow, PeerRow, ReceiptRow } from './link.tables.ts'

/** Receipts kept for each peer; the newest covers all before it. */
const keptReceipts = 1000
const rowsPerInsert = 100

/** A neighbour with the end of our queue to it and its running hash: the queue itself says where it ends, so no second row changes with every entry. */
export type PeerLine = PeerRow & { n: number; head: string }
const peerLines = 'select p.*, coalesce(o.n, 0) as n, coalesce(o.head, \'\') as head from link_peers p left join link_out o on o.peer = p.peer and o.epoch = p.epoch'
  + ' and o.n = (select max(e.n) from link_out e where e.peer = p.peer and e.epoch = p.epoch)'

/** A damaged fact is in no queue until it is mended. */
const isWhole = `(reason is null or reason != '${damaged}')`

/** Put together once: most writes queue one entry. */
const appendSome = (count: number) => `insert into link_out (peer, epoch, n, fact_id, position, head, queued_at) values ${Array.from({ length: count }, () => '(?, ?, ?, ?, ?, ?, ?)').join(', ')}`
const appendOne = appendSome(1)

/** The links' SQL. */
export function linkStore(dialect: Dialect) {
  const run = <Row>(db: Db, sql: string, parameters: readonly unknown[] = []) => statement<Row>(db, sql, parameters, dialect)

  return {
    peers: (db: Db) => run<PeerLine>(db, `${peerLines} order by p.peer`),

    async peer(db: Db, peer: string): Promise<PeerLine | undefined> {
      return (await run<PeerLine>(db, `${peerLines} where p.peer = ?`, [peer]))[0]
    },

    async addPeer(db: Db, peer: string, direction: 'up' | 'down'): Promise<void> {
      await run(db, 'insert into link_peers (peer, direction, epoch, taken_epoch, taken_n, taken_head, cut, stuck_code, stuck_who, recovery)'
        + ' values (?, ?, 1, 0, 0, \'\', 0, null, null, null)', [peer, direction])
    },

    async openEpoch(db: Db, peer: string, epoch: number): Promise<void> {
      await run(db, 'delete from link_out where peer = ?', [peer])
      await run(db, 'update link_peers set epoch = ? where peer = ?', [epoch, peer])
    },

    async setTaken(db: Db, peer: string, taken: Cursor): Promise<void> {
      await run(db, 'update link_peers set taken_epoch = ?, taken_n = ?, taken_head = ? where peer = ?', [taken.epoch, taken.n, taken.head, peer])
    },

    async remember(db: Db, peer: string, kept: Extract<LinkOutput, { kind: 'remember' }>): Promise<void> {
      await run(db, 'update link_peers set cut = ?, stuck_code = ?, stuck_who = ?, recovery = ?, recovered_at = ? where peer = ?',
        [kept.cut ? 1 : 0, kept.stuck?.code ?? null, kept.stuck?.who ?? null, kept.recovery === null ? null : JSON.stringify(kept.recovery), kept.recoveredAt, peer])
    },

    /** Of one peer, or of all. */
    async askRecovery(db: Db, peer?: string): Promise<void> {
      const asking = JSON.stringify('asking')
      if (peer === undefined) await run(db, 'update link_peers set recovery = ?', [asking])
      else await run(db, 'update link_peers set recovery = ? where peer = ?', [asking, peer])
    },

    /** Positions already queued to a peer in this epoch. */
    async queued(db: Db, peer: string, epoch: number, positions: number[]): Promise<Set<number>> {
      const found = new Set<number>()
      for (let i = 0; i < positions.length; i += rowsPerInsert) {
        const some = positions.slice(i, i + rowsPerInsert)
        const rows = await run<{ position: number }>(db, `select position from link_out where peer = ? and epoch = ? and position in (${some.map(() => '?').join(', ')})`, [peer, epoch, ...some])
        for (const row of rows) found.add(row.position)
      }
      return found
    },

    async append(db: Db, rows: OutRow[]): Promise<void> {
      for (let i = 0; i < rows.length; i += rowsPerInsert) {
        const some = rows.slice(i, i + rowsPerInsert)
        await run(db, some.length === 1 ? appendOne : appendSome(some.length),
          some.flatMap((r) => [r.peer, r.epoch, r.n, r.fact_id, r.position, r.head, r.queued_at]))
      }
    },

    /** The running hash at an entry; null when there is none. */
    async headAt(db: Db, peer: string, epoch: number, n: number): Promise<string | null> {
      if (n === 0) return ''
      const rows = await run<{ head: string }>(db, 'select head from link_out where peer = ? and epoch = ? and n = ?', [peer, epoch, n])
      return rows[0]?.head ?? null
    },

    /** What follows an entry, up to where one is missing. A damaged fact ends it too: what it says now, nobody has stated. */
    async batch(db: Db, peer: string, epoch: number, after: number): Promise<{ facts: WireFact[]; head: string; hurt?: string }> {
      const rows = await run<WireFact & { n: number; id: string; subject: string; head: string }>(db,
        `select o.n as n, f.id as id, f.subject as subject, f.text as text, f.sig as sig, o.head as head from link_out o join facts f on f.position = o.position
          where o.peer = ? and o.epoch = ? and o.n > ? and ${isWhole} order by o.n limit ?`, [peer, epoch, after, maxBatchFacts])
      const end = rows.findIndex((row, i) => row.n !== after + 1 + i || nodeCrypto.sha256(row.text) !== row.id)
      const taken = rows.slice(0, batchLength(end === -1 ? rows : rows.slice(0, end)))
      const hurt = end === 0 && rows[0]!.n === after + 1 ? rows[0]!.subject : undefined
      return { facts: taken.map(({ text, sig }) => ({ text, sig })), head: taken.at(-1)?.head ?? '', hurt }
    },

    async queuedAt(db: Db, peer: string, epoch: number, n: number): Promise<number | undefined> {
      const rows = await run<{ queued_at: number }>(db, 'select queued_at from link_out where peer = ? and epoch = ? and n = ?', [peer, epoch, n])
      return rows[0]?.queued_at
    },

    async addReceipt(db: Db, peer: string, receipt: Receipt, text: string, sig: string): Promise<void> {
      await run(db, 'insert into link_receipts (peer, epoch, n, head, at, text, sig) values (?, ?, ?, ?, ?, ?, ?)', [peer, receipt.epoch, receipt.n, receipt.head, receipt.at, text, sig])
      await run(db, 'delete from link_receipts where peer = ? and number <= (select number from link_receipts where peer = ? order by number desc limit 1 offset ?)', [peer, peer, keptReceipts])
    },

    receipts: (db: Db, peer: string, limit: number) =>
      run<ReceiptRow>(db, 'select * from link_receipts where peer = ? order by number desc limit ?', [peer, limit]),

    /** The facts of a station's own chain with the highest numbers: the one that counts here, and the one that waits for its clock. */
    async newestOf(db: Db, station: string): Promise<{ held?: WireFact; ahead?: WireFact }> {
      const newest = async (which: string) =>
        (await run<WireFact>(db, `select text, sig from facts where station = ? and ${which} order by seq desc limit 1`, [station]))[0]
      return {
        held: await newest(standsInChain),
        ahead: await newest(`${outOfChain} and status = 'waiting' and reason = 'future-clock'`),
      }
    },

    /** What a fact of our own is to us. One that a recovery has brought and found no place for was looked at then. */
    async fateOf(db: Db, self: string, { id, seq }: OwnFact): Promise<Fate> {
      const rows = await run<{ held: number; same: number }>(db,
        'select (select count(*) from facts where id = ?) + (select count(*) from turned_away where id = ? and reason in (\'forked\', \'backdated\', \'unread-full\')) as held,'
          + ` (select count(*) from facts where station = ? and seq = ? and ${standsInChain}) as same`, [id, id, self, seq])
      return rows[0]!.held > 0 ? 'held' : rows[0]!.same > 0 ? 'forked' : 'lost'
    },

    /** How many facts that came from a peer wait, and why most of them do. */
    async waits(db: Db, peer: string): Promise<Waits> {
      const rows = await run<{ reason: NonNullable<Waits['why']>; n: number }>(db,
        'select reason, count(*) as n from facts where status = \'waiting\' and from_peer = ? group by reason order by n desc', [peer])
      return { n: rows.reduce((sum, row) => sum + row.n, 0), why: rows[0]?.reason ?? null }
    },

    /** The first receipt that covers a fact towards a peer: proof that it has arrived there. */
    async receiptFor(db: Db, peer: string, factId: string): Promise<ReceiptRow | undefined> {
      const rows = await run<ReceiptRow>(db,
        'select r.* from link_out o join facts f on f.position = o.position join link_receipts r on r.peer = o.peer and r.epoch = o.epoch and r.n >= o.n'
          + ' where f.id = ? and o.peer = ? order by r.number limit 1', [factId, peer])
      return rows[0]
    },

    /**
     * A page of what a newly opened epoch is filled from: the directory first, then by position. Waiting facts travel when released;
     * but a peer that has lost its own facts gets back also those that wait here, or it would use their numbers again.
     */
    factsForFill: (db: Db, peer: string, directory: boolean, after: number, limit: number) =>
      run<{ position: number; id: string; subject: string; station: string; status: string; from_peer: string | null }>(db,
        'select position, id, subject, station, status, from_peer from facts'
          + ` where position > ? and (status != 'waiting' or station = ?) and ${isWhole} and subject ${directory ? '' : 'not '}like 'station/%' order by position limit ?`, [after, peer, limit]),

    /** Where a subject is to be known; empty where nothing of it counts. */
    reachOf: async (db: Db, subject: string) => JSON.parse((await run<{ reach: string }>(db, 'select reach from subjects where subject = ?', [subject]))[0]?.reach ?? '[]') as string[],

    textAt: async (db: Db, position: number) => (await run<{ text: string }>(db, 'select text from facts where position = ?', [position]))[0]?.text ?? '{}',
  }
}

export type LinkStore = ReturnType<typeof linkStore>

export function memoryOf(row: PeerLine, acked: { epoch: number; n: number }): LinkMemory {
  return {
    taken: { epoch: row.taken_epoch, n: row.taken_n, head: row.taken_head },
    out: { epoch: row.epoch, n: row.n },
    acked,
    cut: row.cut === 1,
    stuck: row.stuck_code === null ? null : { code: row.stuck_code as 'forked', who: row.stuck_who ?? row.peer },
    recovery: row.recovery === null ? null : JSON.parse(row.recovery) as LinkMemory['recovery'],
    recoveredAt: row.recovered_at,
  }
}
