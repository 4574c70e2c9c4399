import type { Sentence } from '#core/kernel/index.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

const oldestVersion = 150_000

/** A database server that a station cannot live on. */
export class DatabaseUnfit extends Error {
  readonly sentence: Sentence
  constructor(zh: string, en: string) {
    super(`${zh} · ${en}`)
    this.sentence = { zh, en }
  }
}

/** Looks at what cannot be mended later, before anything is made: the server's version, the encoding of the database, PostGIS. */
export async function requireFit({ dialect, read }: Database): Promise<void> {
  if (dialect === 'sqlite') return
  const [row] = await statement<{ version: number; encoding: string; has_postgis: boolean }>(read,
    'select current_setting(\'server_version_num\')::int as version, current_setting(\'server_encoding\') as encoding,'
      + ' exists (select from pg_extension where extname = \'postgis\') as has_postgis', [], 'postgres')
  const { version, encoding, has_postgis: hasPostgis } = row!
  if (version < oldestVersion) throw new DatabaseUnfit(`PostgreSQL 版本 ${Math.floor(version / 10_000)} 过旧，需要 15 以上`, `PostgreSQL ${Math.floor(version / 10_000)} is too old; 15 or later is needed`)
  if (encoding !== 'UTF8') throw new DatabaseUnfit(`数据库编码为 ${encoding}，存不下中文：请新建编码为 UTF8 的数据库（createdb --encoding UTF8 --template template0）`, `The database has the encoding ${encoding}, which cannot hold every text: make one with UTF8 (createdb --encoding UTF8 --template template0)`)
  if (hasPostgis) return
  await statement(read, 'create extension if not exists postgis', [], 'postgres').catch((fault: unknown) => {
    throw Object.assign(new DatabaseUnfit(`数据库缺少 PostGIS：请由管理员执行 CREATE EXTENSION postgis（${String(fault)}）`, `The database has no PostGIS: have its administrator run CREATE EXTENSION postgis (${String(fault)})`), { cause: fault })
  })
}
