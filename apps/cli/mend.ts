import type { Database } from '#core/sql/server/database.ts'
import { statement } from '#core/sql/server/statement.ts'
import { alone, openFolder } from './dataFolder.ts'
import { OperatorFault, say } from './language.ts'

/** What SQLite finds wrong with its own file, in its words. */
export async function fileFaults(database: Database): Promise<string[]> {
  const rows = await statement<{ integrity_check: string }>(database.read, 'pragma integrity_check')
  return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok')
}

/** Whether nothing but indexes is hurt, which are made from the tables. A page is named by the tree it belongs to. */
export async function areOnlyOfIndexes(database: Database, faults: readonly string[]): Promise<boolean> {
  const indexes = await statement<{ rootpage: number }>(database.read, 'select rootpage from sqlite_master where type = \'index\'')
  const roots = new Set(indexes.map((index) => index.rootpage))
  return faults.every((line) => / index [A-Za-z0-9_]+$/.test(line) || roots.has(Number(/^Tree (\d+) /.exec(line)?.[1])))
}

/** `fengsui doctor --mend`: makes the indexes of a stopped station's database anew from its tables. */
export async function mend(data: string, print: (text: string) => void): Promise<void> {
  const folder = await openFolder(data)
  try {
    if (folder.database.dialect === 'postgres') throw new OperatorFault('PostgreSQL 的索引由数据库自己重建：在 psql 中执行 REINDEX DATABASE', 'PostgreSQL makes its indexes anew itself: REINDEX DATABASE in psql')
    await alone(folder.path, folder.config, async () => {
      const cannot = (why: string) => new OperatorFault(`重建索引不能修复：${why}；保留此目录，从备份恢复`, `Making the indexes anew does not mend it: ${why}; keep this folder and restore a backup`)
      await folder.database.write((tx) => statement(tx, 'reindex')).catch((fault: unknown) => { throw cannot(String(fault)) })
      const faults = await fileFaults(folder.database)
      if (faults.length > 0) throw cannot(faults[0]!)
    })
    print(say('✓ 索引已由数据重建，数据库完整', '✓ The indexes are made anew from the data; the database is sound'))
  } finally {
    await folder.close()
  }
}
