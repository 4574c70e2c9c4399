import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { Database } from '#core/sql/server/database.ts'
import { partsOfChain, type Entry, type Vector } from '../entry.ts'
import type { EntryStore } from '../entryStore.ts'
import type { LiveEntryTable, LiveTables } from './live.tables.ts'

/** Entries in the station's database. */
export function databaseStore(database: Database): EntryStore {
  const read = database.read.withTables<LiveTables>()
  const ofDoc = (doc: string) => read.selectFrom('live_entry').selectAll().where('doc', '=', doc)

  async function vector(doc: string): Promise<Vector> {
    const rows = await read.selectFrom('live_entry').select(['station', 'run']).select((e) => e.fn.max<number>('seq').as('seq')).where('doc', '=', doc).groupBy(['station', 'run']).execute()
    return new Map(rows.map((row) => [`${row.station} ${row.run}`, Number(row.seq)]))
  }

  return {
    vector,
    docs: async () => (await read.selectFrom('live_entry').select('doc').distinct().execute()).map((row) => row.doc),
    all: async (doc) => (await ofDoc(doc).orderBy('station').orderBy('run').orderBy('seq').execute()).map(toEntry),
    async after(doc, after, limit, maxBytes) {
      const found: Entry[] = []
      let size = 0
      for (const [chain, seq] of await vector(doc)) {
        const from = after.get(chain) ?? 0
        if (seq <= from) continue
        const { station, run } = partsOfChain(chain)
        const rows = await ofDoc(doc).where('station', '=', station).where('run', '=', run).where('seq', '>', from).orderBy('seq').limit(limit - found.length).execute()
        for (const row of rows) {
          size += row.updates.length + 200
          if (found.length > 0 && size > maxBytes) return found
          found.push(toEntry(row))
        }
        if (found.length >= limit) return found
      }
      return found
    },
    append: (entries) => database.write(async (tx) => {
      const db = tx.withTables<LiveTables>()
      for (const entry of entries) {
        if (entry.updates.length > 1) await db.deleteFrom('live_entry').where('doc', '=', entry.doc).where('station', '=', entry.station).where('run', '=', entry.run).where('first_seq', '>=', entry.first).where('seq', '<=', entry.seq).execute()
      }
      const rows = entries.map(toRow)
      for (let i = 0; i < rows.length; i += 100) await db.insertInto('live_entry').values(rows.slice(i, i + 100)).onConflict((c) => c.doNothing()).execute()
    }),
    within: async (doc, station, run, first, seq) => (await ofDoc(doc).where('station', '=', station).where('run', '=', run).where('first_seq', '>=', first).where('seq', '<=', seq).orderBy('seq').execute()).map(toEntry),
  }
}

function toRow(entry: Entry): LiveEntryTable {
  const to = encoding.createEncoder()
  for (const update of entry.updates) encoding.writeVarUint8Array(to, update)
  return { doc: entry.doc, station: entry.station, run: entry.run, first_seq: entry.first, seq: entry.seq, at: entry.at, updates: encoding.toUint8Array(to), sig: entry.sig }
}

function toEntry(row: LiveEntryTable): Entry {
  const from = decoding.createDecoder(new Uint8Array(row.updates))
  const updates: Uint8Array[] = []
  while (decoding.hasContent(from)) updates.push(decoding.readVarUint8Array(from).slice())
  return { doc: row.doc, station: row.station, run: row.run, first: Number(row.first_seq), seq: Number(row.seq), at: Number(row.at), updates, sig: row.sig }
}
