import type { Database, Db, Migration } from './database.ts'
import { statement } from './statement.ts'

type MigrationTables = {
  migration: { name: string; applied_at: number }
}

/** Brings a database up to date: runs each step not yet recorded, in the order given, each in its own transaction. */
export async function migrate(database: Database, steps: readonly Migration[], now: number): Promise<string[]> {
  await database.write(async (tx) => {
    await tx.schema.createTable('migration').ifNotExists()
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('applied_at', 'bigint', (c) => c.notNull())
      .execute()
  })
  const done = new Set((await tables(database.read).selectFrom('migration').select('name').execute()).map((row) => row.name))
  const applied: string[] = []
  for (const step of steps) {
    if (!done.has(step.name) && (await apply(database, step, now))) applied.push(step.name)
  }
  return applied
}

/** Runs one step, unless another process of this station has run it since we looked. */
function apply(database: Database, step: Migration, now: number): Promise<boolean> {
  return database.write(async (tx) => {
    const done = await tables(tx).selectFrom('migration').select('name').where('name', '=', step.name).executeTakeFirst()
    if (done) return false
    // A new index over a large table takes its time.
    if (database.dialect === 'postgres') await statement(tx, 'set local statement_timeout = 0', [], 'postgres')
    await step.up(tx, database.dialect)
    await tables(tx).insertInto('migration').values({ name: step.name, applied_at: now }).execute()
    return true
  })
}

function tables(db: Db) {
  return db.withTables<MigrationTables>()
}
