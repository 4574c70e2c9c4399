import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { Sentence } from '#core/kernel/index.ts'
import type { Database } from './database.ts'

/** Held by the one process that runs a station, or changes what a running one must not see changed. */
export interface StationLock {
  /** The database as long as the lock is held: a process that has lost it writes nothing more. */
  guard(database: Database): Database
  release(): Promise<void>
}

/** Another process has the station. */
export class StationInUse extends Error {
  readonly sentence: Sentence
  constructor(what: Sentence, holder: string) {
    super('the station is in use')
    this.sentence = {
      zh: `${what.zh}正由另一个进程使用（${holder || '进程号不详'}）；本次没有启动，也没有改动任何内容。请先停止那个进程`,
      en: `${what.en} is in use by another process (${holder || 'its number is not known'}); this one has ended and changed nothing. Stop the other first`,
    }
    this.message = `${this.sentence.zh} · ${this.sentence.en}`
  }
}

/** Any number will do, as long as every process of a station uses the same. */
const stationLock = 0x66656e68
const sqliteBusy = 5
/** How often the server is asked whether the lock is still ours; an answer that is not there by the next time is a no. */
const askEveryMs = 15_000

/**
 * Takes the data folder, and on PostgreSQL the database too. Neither outlives its process: the operating system ends the
 * one, the server the other. `onLost`: the server has ended our session, and another process may have the station now.
 */
export async function lockStation(folder: string, databaseUrl: string, onLost: () => void, everyMs = askEveryMs): Promise<StationLock> {
  const unlockFolder = lockFolder(folder)
  let lost = false
  const held = () => {
    if (lost) throw new Error('the lock on the database is lost; this station has stopped writing')
  }
  try {
    const unlockServer = /^postgres(ql)?:\/\//.test(databaseUrl) ? await lockServer(databaseUrl, () => { lost = true; onLost() }, everyMs) : undefined
    return {
      guard: (database) => ({
        ...database,
        // Looked at thrice: when asked, when its turn comes, and before it is committed.
        write: async (work) => {
          held()
          return database.write(async (tx) => {
            held()
            const result = await work(tx)
            held()
            return result
          })
        },
      }),
      release: async () => {
        await unlockServer?.()
        unlockFolder()
      },
    }
  } catch (fault) {
    unlockFolder()
    throw fault
  }
}

/** An open write transaction on an empty database beside the real one. Who holds it stands in a file that anyone may read. */
function lockFolder(folder: string): () => void {
  const pidFile = join(folder, 'station.pid')
  const db = new DatabaseSync(join(folder, 'station.lock'))
  try {
    db.exec('begin immediate')
  } catch (fault) {
    db.close()
    if ((fault as { errcode?: number }).errcode !== sqliteBusy) throw fault
    throw new StationInUse({ zh: `数据目录 ${folder} `, en: `The data folder ${folder}` }, holderIn(pidFile))
  }
  writeFileSync(pidFile, `pid ${process.pid}, ${hostname()}, ${new Date().toISOString()}\n`)
  return () => {
    // By now the file may be another holder's.
    if (!db.isOpen) return
    rmSync(pidFile, { force: true })
    db.close()
  }
}

function holderIn(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').slice(0, 200).trim()
  } catch {
    return ''
  }
}

/** A lock of a connection of its own. The server looks after a machine that has lost power, so that another may take over; and we after the server. */
async function lockServer(url: string, onLost: () => void, everyMs: number): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url, keepAlive: true, keepAliveInitialDelayMillis: 10_000, application_name: `fengsui pid ${process.pid}, ${hostname()}`.slice(0, 63) })
  let ended = false
  let asking: NodeJS.Timeout | undefined
  const end = () => {
    clearInterval(asking)
    if (!ended) onLost()
    ended = true
  }
  client.on('error', end)
  await client.connect()
  const { rows: [row] } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1, hashtext(current_schema())) as got', [stationLock])
  if (!row?.got) {
    ended = true
    const { rows: [holder] } = await client.query<{ name: string; since: Date }>(
      `select a.application_name as name, a.backend_start as since from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and l.granted and l.classid = $1 and l.objid::bigint = hashtext(current_schema())::bigint & 4294967295
         and l.database = (select oid from pg_database where datname = current_database())`, [stationLock])
    await client.end()
    throw new StationInUse({ zh: 'PostgreSQL 数据库', en: 'The PostgreSQL database' }, holder ? `${holder.name}, ${holder.since.toISOString()}` : '')
  }
  client.on('end', end)
  await client.query('set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3')
  let isAsked = false
  asking = setInterval(() => {
    if (isAsked) return end()
    isAsked = true
    client.query<{ held: boolean }>(`select exists (select from pg_locks where pid = pg_backend_pid() and locktype = 'advisory' and granted and classid = $1) as held`, [stationLock])
      .then(({ rows: [row] }) => {
        isAsked = false
        if (!row?.held) end()
      }).catch(end)
  }, everyMs).unref()
  return async () => {
    clearInterval(asking)
    ended = true
    await client.end().catch(() => undefined)
  }
}
