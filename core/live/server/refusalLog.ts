import type { Database } from '#core/sql/server/database.ts'
import type { LiveRefusal } from './live.ts'
import type { LiveTables } from './live.tables.ts'

/** How many are kept for one origin, the newest: rubbish must not fill the disk. */
const keptPerOrigin = 500
const flushMs = 200
/** Written at most so many at once; more of the same within one moment are only counted. */
const maxWaiting = 200

/** What was turned away, for the auditor. */
export function refusalLog(database: Database, now: () => number, onFault: (fault: unknown) => void) {
  let waiting: Omit<LiveRefusal, 'at'>[] = []
  let dropped = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  async function flush(): Promise<void> {
    timer = undefined
    const lines = waiting
    const more = dropped
    waiting = []
    dropped = 0
    if (lines.length === 0) return
    const at = now()
    await database.write(async (tx) => {
      const db = tx.withTables<LiveTables>()
      if (more > 0) lines.push({ from: lines[0]!.from, doc: '', code: 'live.more', detail: String(more) })
      await db.insertInto('live_refusal').values(lines.map(({ from, doc, code, detail }) => ({ at, origin: from, doc, code, detail: detail.slice(0, 500) }))).execute()
      for (const origin of new Set(lines.map((l) => l.from))) {
        const oldest = await db.selectFrom('live_refusal').select('n').where('origin', '=', origin).orderBy('n', 'desc').offset(keptPerOrigin).limit(1).executeTakeFirst()
        if (oldest) await db.deleteFrom('live_refusal').where('origin', '=', origin).where('n', '<=', oldest.n).execute()
      }
    })
  }

  return {
    add(line: Omit<LiveRefusal, 'at'>): void {
      if (waiting.length >= maxWaiting) dropped++
      else waiting.push({ ...line, detail: line.detail.replaceAll('\0', '') })
      timer ??= setTimeout(() => { writing = writing.then(flush).catch(onFault) }, flushMs)
    },
    async list(limit: number): Promise<LiveRefusal[]> {
      const rows = await database.read.withTables<LiveTables>().selectFrom('live_refusal').selectAll().orderBy('n', 'desc').limit(limit).execute()
      return rows.map((row) => ({ at: Number(row.at), from: row.origin, doc: row.doc, code: row.code, detail: row.detail }))
    },
    async stop(): Promise<void> {
      clearTimeout(timer)
      writing = writing.then(flush).catch(onFault)
      await writing
    },
  }
}
