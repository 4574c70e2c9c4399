import { Kysely } from 'kysely'
import pg from 'pg'
import type { Database, Db } from './database.ts'
import { oneAtATime } from './oneAtATime.ts'
import { OurPostgresDialect } from './postgresTypes.ts'
import { statement } from './statement.ts'

/** Any number will do, as long as every process of a station uses the same: writers of one database take turns. */
const writerLock = 0x66656e67

/**
 * Nobody waits without a limit: for a connection, for a lock that another holds (a VACUUM FULL, an ALTER, another writer),
 * for one statement, or for our own writers before us. Who has waited so long is told that nothing was stored.
 */
const limits = { connectionTimeoutMillis: 5_000, lock_timeout: 5_000, statement_timeout: 60_000 }
const longestTurnMs = 15_000

const int8 = 20
const numeric = 1700

/** PostgreSQL 15+. Integers are 8 bytes and come back as numbers; ours stay below 2^53. */
export function openPostgres(url: string): Database {
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === int8 || oid === numeric ? (value: string) => Number(value) : pg.types.getTypeParser(oid, format),
  } as pg.CustomTypesConfig
  const pool = new pg.Pool({ connectionString: url, max: 8, types, ...limits })
  // Without a listener a lost connection, idle or not, would end the process; the next query reports it where it matters.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => { client.on('error', () => undefined) })
  const db: Db = new Kysely({ dialect: new OurPostgresDialect({ pool }) })
  const alone = oneAtATime()
  return {
    dialect: 'postgres',
    read: db,
    write: (work) => alone(() =>
      db.transaction().execute(async (tx) => {
        await statement(tx, 'select pg_advisory_xact_lock(?)', [writerLock], 'postgres')
        const result = await work(tx)
        // After a failed statement PostgreSQL answers COMMIT by rolling back without an error: this asks, and throws.
        await statement(tx, 'select 1', [], 'postgres')
        return result
      }), longestTurnMs),
    close: () => alone(() => db.destroy()),
  }
}
