/** SQLite's primary result codes for a database that cannot serve: busy, locked, out of memory, read-only, I/O, damaged, full, cannot open, not a database. */
const sqlite = new Set([5, 6, 7, 8, 10, 11, 13, 14, 26])
/** PostgreSQL's classes: connection, transaction state, account, database, transaction rolled back, insufficient resources, operator intervention, system error, damaged. */
const postgres = /^(08|25|28|3D|40|53|57|58|XX)/

/** Whether the database, its disk or its server failed, rather than what we asked of it. */
export function isStorageFault(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  // The extended codes carry the primary one in their lowest byte.
  if (code === 'ERR_SQLITE_ERROR') return typeof errcode === 'number' && sqlite.has(errcode & 0xff)
  if (typeof code !== 'string') return false
  // Node's own begin with E, as no class of PostgreSQL does.
  return code.startsWith('E') ? !code.startsWith('ERR_') : code.length === 5 && postgres.test(code)
}
