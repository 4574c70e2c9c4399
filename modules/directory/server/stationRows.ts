import type { StationCard } from '#core/ledger/index.ts'
import type { Db } from '#core/sql/server/database.ts'

export type StationTables = {
  station: { address: string; parent: string | null; name: string; level: string; kind: string; state: string; card: string }
}

export async function readCards(db: Db): Promise<StationCard[]> {
  const rows = await db.withTables<StationTables>().selectFrom('station').select('card').execute()
  return rows.map((row) => JSON.parse(row.card) as StationCard)
}
