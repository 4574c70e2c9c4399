import { bigInteger } from '#core/sql/server/columns.ts'
import type { Db, Migration } from '#core/sql/server/database.ts'
import type { LedgerPart } from '#core/ledger/server/ledger.ts'
import { isParty, type PlotState } from '../plot.state.ts'

/** One plot held here, also one that is only passed on: who may write its layers is asked at every hop. */
export interface PlotTable {
  subject: string
  opened_at: number
  is_party: number
  /** The folded state, for the cards in memory at start. */
  state: string
}
export type PlotTables = { plot: PlotTable }

export const plotTables: Migration[] = [
  {
    name: 'plot-001',
    up: async (db) => {
      await db.schema.createTable('plot')
        .addColumn('subject', 'text', (c) => c.primaryKey())
        .addColumn('opened_at', bigInteger, (c) => c.notNull())
        .addColumn('is_party', bigInteger, (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .execute()
    },
  },
]

export const projectPlot: NonNullable<LedgerPart['project']> = {
  plot: async ({ tx, self }, subject, state: PlotState) => {
    const db = tx.withTables<PlotTables>()
    await db.deleteFrom('plot').where('subject', '=', subject).execute()
    if (!state.opened) return
    await db.insertInto('plot').values({ subject, opened_at: state.opened.at, is_party: isParty(state, self) ? 1 : 0, state: JSON.stringify(state) }).execute()
  },
}

/** Every plot; `fold` gives the state of one whose row cannot be read. */
export async function readPlots(db: Db, fold: (subject: string) => Promise<PlotState>): Promise<PlotState[]> {
  const rows = await db.withTables<PlotTables>().selectFrom('plot').select(['subject', 'state']).orderBy('subject').execute()
  return Promise.all(rows.map(async ({ subject, state }) => {
    try {
      return JSON.parse(state) as PlotState
    } catch {
      return fold(subject)
    }
  }))
}

/** Of plots that are this station's business, the latest first. */
export async function readPlotIds(db: Db, { page, size }: { page: number; size: number }): Promise<{ items: string[]; total: number }> {
  const ours = db.withTables<PlotTables>().selectFrom('plot').where('is_party', '=', 1)
  const rows = await ours.select('subject').orderBy('opened_at', 'desc').orderBy('subject').limit(size).offset((page - 1) * size).execute()
  const { n } = await ours.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
  return { items: rows.map(({ subject }) => subject.slice(subject.indexOf('/') + 1)), total: Number(n) }
}
