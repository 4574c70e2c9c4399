import { CompiledQuery } from 'kysely'
import type { Db, Dialect } from './database.ts'

const dollars = new Map<string, string>()
const direct = new WeakMap<Db, (sql: string, parameters: readonly unknown[]) => unknown[]>()

/** A database in this very process answers at once: the way through Kysely would cost more than most statements. */
export function answersAtOnce(db: Db, run: (sql: string, parameters: readonly unknown[]) => unknown[]): void {
  direct.set(db, run)
}

/**
 * Runs one statement written by hand with `?` for parameters, on either database. For the few hot paths where
 * building the same query again for every fact would cost more than running it; everything else uses Kysely's builder.
 */
export async function statement<Row>(db: Db, sql: string, parameters: readonly unknown[] = [], dialect: Dialect = 'sqlite'): Promise<Row[]> {
  const run = direct.get(db)
  if (run) return run(sql, parameters) as Row[]
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
