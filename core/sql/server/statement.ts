import { CompiledQuery } from 'kysely'
import type { Db, Dialect } from './database.ts'

const dollars = new Map<string, string>()

/**
 * Runs one statement written by hand with `?` for parameters, on either database. For the few hot paths where
 * building the same query again for every fact would cost more than running it; everything else uses Kysely's builder.
 */
export async function statement<Row>(db: Db, sql: string, parameters: readonly unknown[] = [], dialect: Dialect = 'sqlite'): Promise<Row[]> {
  const text = dialect === 'postgres' ? withDollars(sql) : sql
  const result = await db.executeQuery<Row>(CompiledQuery.raw(text, parameters as unknown[]))
  return result.rows
}

/** PostgreSQL numbers its parameters: `? ?` → `$1 $2`. The statements have no `?` in literals. */
function withDollars(sql: string): string {
  let text = dollars.get(sql)
  if (text === undefined) {
    let n = 0
    text = sql.replace(/\?/g, () => `$${++n}`)
    dollars.set(sql, text)
  }
  return text
}
