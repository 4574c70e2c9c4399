import { idOfSubject } from '#core/ledger/index.ts'
import type { LedgerPart } from '#core/ledger/server/ledger.ts'
import type { Db, Migration } from '#core/sql/server/database.ts'
import { isParty, type PlotState } from '#modules/plot/index.ts'

/** The plots that are this station's business: a list to begin with, for what is read in the documents themselves. */
export interface SituationPlotTable {
  plot: string
}
type Tables = { situation_plot: SituationPlotTable }

export const ogcTables: Migration[] = [
  {
    name: 'situation-ogc-001',
    up: async (db) => {
      await db.schema.createTable('situation_plot').addColumn('plot', 'text', (c) => c.primaryKey()).execute()
    },
  },
]

export const projectKnownPlot: NonNullable<LedgerPart['project']> = {
  plot: async ({ tx, self }, subject, state: PlotState) => {
    const db = tx.withTables<Tables>()
    const plot = idOfSubject(subject)
    await db.deleteFrom('situation_plot').where('plot', '=', plot).execute()
    if (isParty(state, self)) await db.insertInto('situation_plot').values({ plot }).execute()
  },
}

export async function knownPlots(db: Db): Promise<string[]> {
  const rows = await db.withTables<Tables>().selectFrom('situation_plot').select('plot').execute()
  return rows.map(({ plot }) => plot)
}
