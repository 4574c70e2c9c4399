import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely'
import type { Database, Db } from './database.ts'
import { oneAtATime } from './oneAtATime.ts'
import { answersAtOnce, statement } from './statement.ts'

const maxPrepared = 500

/** What Kysely's SqliteDialect needs of a database, over node:sqlite, with prepared statements kept by their text. */
function kyselyDatabase(db: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>()
  return {
    close: () => db.close(),
    prepare: (sql) => {
      const known = prepared.get(sql)
      if (known) return known
      const statement = kyselyStatement(db, sql)
      if (prepared.size >= maxPrepared) prepared.clear()
      prepared.set(sql, statement)
      return statement
    },
  }
}

function kyselyStatement(db: DatabaseSync, sql: string): SqliteStatement {
  const prepared: StatementSync = db.prepare(sql)
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => prepared.all(...values(parameters)),
    run: (parameters) => prepared.run(...values(parameters)),
    // A statement of its own: a kept one may be run again while this is being read.
    iterate: (parameters) => db.prepare(sql).iterate(...values(parameters)),
  }
}

/** SQLite would store a null character and hand back the text cut off there; PostgreSQL refuses it. So do we. */
function values(parameters: readonly unknown[]): readonly SQLInputValue[] {
  for (const value of parameters) if (typeof value === 'string' && value.includes('\0')) throw new TypeError('text with a null character cannot be stored')
  return parameters as readonly SQLInputValue[]
}

function open(path: string, readOnly: boolean): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly, timeout: 5000, enableForeignKeyConstraints: true })
  // FULL: a commit is on the disk before it is acknowledged, in WAL mode too.
  if (!readOnly) db.exec('pragma journal_mode = wal; pragma synchronous = full')
  // Not mapped into memory: a torn disk would end the process instead of failing a statement, and every mapped page counts as ours.
  db.exec('pragma cache_size = -8000; pragma temp_store = memory')
  // 16 MB of log between checkpoints: the same few pages are rewritten by every commit, and reach the file only once.
  if (!readOnly) db.exec('pragma wal_autocheckpoint = 4000')
  return db
}

/** One file, two connections: one writes (alone, one transaction at a time), one reads committed data meanwhile. */
export function openSqlite(path: string): Database {
  const kysely = (readOnly: boolean): Db => {
    const database = kyselyDatabase(open(path, readOnly))
    const db: Db = new Kysely({ dialect: new SqliteDialect({ database }) })
    answersAtOnce(db, (sql, parameters) => {
      const prepared = database.prepare(sql)
      if (prepared.reader) return prepared.all(parameters)
      prepared.run(parameters)
      return []
    })
    return db
  }
  const writer = kysely(false)
  const reader = kysely(true)
  const alone = oneAtATime()
  return {
    dialect: 'sqlite',
    read: reader,
    write: (work) => alone(async () => {
      await statement(writer, 'begin immediate')
      try {
        const result = await work(writer)
        await statement(writer, 'commit')
        return result
      } catch (error) {
        await statement(writer, 'rollback').catch(() => undefined)
        throw error
      }
    }),
    close: () => alone(async () => {
      await reader.destroy()
      await writer.destroy()
    }),
  }
}
