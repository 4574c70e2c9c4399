import { turnTooLate } from './oneAtATime.ts'

/** SQLite's primary result codes for a database that cannot serve: busy, locked, out of memory, read-only, I/O, damaged, full, cannot open, not a database. */
const sqlite = new Set([5, 6, 7, 8, 10, 11, 13, 14, 26])
/** PostgreSQL's classes: connection, transaction state, account, database, transaction rolled back, insufficient resources, lock not got, operator intervention, system error, damaged. */
const postgres = /^(08|25|28|3D|40|53|55|57|58|XX)/

/** What `pg` and its pool say without a code when no connection is to be had or one has gone. */
export function hasNoConnection(error: object): boolean {
  return error instanceof Error && /^(timeout exceeded when trying to connect|Connection terminated)/.test(error.message)
}

/** Whether the database, its disk or its server failed, rather than what we asked of it. */
export function isStorageFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  // The extended codes carry the primary one in their lowest byte.
  if (code === 'ERR_SQLITE_ERROR') return typeof errcode === 'number' && sqlite.has(errcode & 0xff)
  if (hasNoConnection(error)) return true
  if (typeof code !== 'string') return false
  if (code === turnTooLate) return true
  // Node's own begin with E, as no class of PostgreSQL does.
  return code.startsWith('E') ? !code.startsWith('ERR_') : code.length === 5 && postgres.test(code)
}
