import { StationInUse } from '#core/sql/server/lock.ts'
import { stationPaths } from './config.ts'

/** SQLite's primary result codes for a file that is not a sound database. */
const damaged = [11, 26]
/** What Node says of a server that cannot be reached; PostgreSQL's classes of an account and a database that it does not know. */
const notThere = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'EAI_AGAIN'])
const notLetIn = /^(28|3D)...$/

/** Why a station does not start, in words its operator can act on. */
export function startFault(fault: unknown, folder: string): string {
  if (!(fault instanceof Error)) return String(fault)
  if (fault instanceof StationInUse) return fault.message
  const { code, errcode, port } = fault as { code?: unknown; errcode?: unknown; port?: unknown }
  if (code === 'EADDRINUSE') {
    return `端口 ${String(port)} 已被其他程序占用，没有启动；请停止那个程序，或用 --port 换一个端口 · port ${String(port)} is taken by another program and nothing was started; stop that program, or choose another with --port`
  }
  const { key } = stationPaths(folder)
  if (code === 'ENOENT' && (fault as { path?: unknown }).path === key) {
    return `没有私钥 ${key}，没有启动；请从备份恢复，或请上级签发换钥令牌后运行 fengsui join · there is no private key ${key} and nothing was started; restore it from a backup, or get a re-key token from the parent and run fengsui join`
  }
  if (typeof code === 'string' && code.startsWith('ERR_OSSL')) {
    return `私钥 ${key} 已损坏（${fault.message}），没有启动；请从备份恢复，或请上级签发换钥令牌后运行 fengsui join · the private key ${key} is damaged (${fault.message}) and nothing was started; restore it from a backup, or get a re-key token from the parent and run fengsui join`
  }
  if (typeof code === 'string' && (notThere.has(code) || notLetIn.test(code))) {
    const why = notThere.has(code) ? ['数据库服务没有应答', 'the database server does not answer'] : ['数据库服务不接受本平台的账户或库名', 'the database server does not accept the account or the database']
    return `${why[0]}（${code}），没有启动；请检查 PostgreSQL 是否在运行，并核对 station.json 的 database 或环境变量 DATABASE_URL · ${why[1]} (${code}) and nothing was started; see that PostgreSQL runs, and check \`database\` in station.json or DATABASE_URL`
  }
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' && damaged.includes(errcode & 0xff)) {
    return [
      `数据库已损坏，没有启动（${fault.message}）。请保留数据目录原样（先另存一份），运行 fengsui doctor --data ${folder} 查看损坏情况，再用 fengsui restore 备份目录 --data 新目录 恢复最近的备份；恢复后运行 fengsui doctor --recover，由对端补回备份之后的数据`,
      `the database is damaged and nothing was started (${fault.message}). Keep the data folder as it is (copy it first), run fengsui doctor --data ${folder} to see the damage, then restore the latest backup with fengsui restore BACKUP --data NEW-FOLDER; after that fengsui doctor --recover fetches from the neighbours what was stated since`,
    ].join(' · ')
  }
  return fault.message
}
