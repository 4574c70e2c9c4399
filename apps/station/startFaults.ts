import { StationInUse } from '#core/sql/server/lock.ts'

/** SQLite's primary result codes for a file that is not a sound database. */
const damaged = [11, 26]

/** Why a station does not start, in words its operator can act on. */
export function startFault(fault: unknown, folder: string): string {
  if (!(fault instanceof Error)) return String(fault)
  if (fault instanceof StationInUse) return fault.message
  const { code, errcode, port } = fault as { code?: unknown; errcode?: unknown; port?: unknown }
  if (code === 'EADDRINUSE') {
    return `端口 ${String(port)} 已被其他程序占用，没有启动；请停止那个程序，或用 --port 换一个端口 · port ${String(port)} is taken by another program and nothing was started; stop that program, or choose another with --port`
  }
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' && damaged.includes(errcode & 0xff)) {
    return [
      `数据库已损坏，没有启动（${fault.message}）。请保留数据目录原样（先另存一份），运行 fengsui doctor --data ${folder} 查看损坏情况，再用 fengsui restore 备份目录 --data 新目录 恢复最近的备份；恢复后运行 fengsui doctor --recover，由对端补回备份之后的数据`,
      `the database is damaged and nothing was started (${fault.message}). Keep the data folder as it is (copy it first), run fengsui doctor --data ${folder} to see the damage, then restore the latest backup with fengsui restore BACKUP --data NEW-FOLDER; after that fengsui doctor --recover fetches from the neighbours what was stated since`,
    ].join(' · ')
  }
  return fault.message
}
