import type { Address, Sentence } from '#core/kernel/index.ts'
import type { Database, Db, Dialect, Migration } from '#core/sql/server/database.ts'
import { statement } from '#core/sql/server/statement.ts'

/** Whose a database is: a station, and the key that its tree is rooted in. */
export interface Owner {
  address: Address
  root: { publicKey: string }
}

/** A database that is another station's, or holds what a new station must not find. */
export class DatabaseOfAnother extends Error {
  readonly sentence: Sentence
  constructor(zh: string, en: string) {
    super(`${zh} · ${en}`)
    this.sentence = { zh, en }
  }
}

type OwnerTables = { owner: { id: number; address: string; root_key: string } }

export const ownerTables: Migration[] = [{
  name: 'ledger-005-owner',
  up: async (db) => {
    await db.schema.createTable('owner').addColumn('id', 'integer', (c) => c.primaryKey()).addColumn('address', 'text', (c) => c.notNull()).addColumn('root_key', 'text', (c) => c.notNull()).execute()
  },
}]

/**
 * Looks whose a database is before anything is changed in it. One of an earlier version does not say: then the facts that
 * were stated there do. `isNew`: for a station that is only being made, which may find nothing but a try of its own that was cut short.
 */
export async function requireOwn({ read, dialect }: Database, { address, root }: Owner, isNew = false): Promise<void> {
  const owner = await hasTable(read, dialect, 'owner') ? await read.withTables<OwnerTables>().selectFrom('owner').selectAll().executeTakeFirst() : undefined
  if (owner) {
    if (owner.address !== address || owner.root_key !== root.publicKey) throw ofAnother(owner.address, owner.root_key, address)
    return
  }
  if (!await hasTable(read, dialect, 'facts')) return
  const [stated] = await statement<{ station: string }>(read, 'select station from facts where from_peer is null order by position limit 1', [], dialect)
  if (stated && stated.station !== address) throw ofAnother(stated.station, '', address)
  if (isNew && (await statement(read, 'select 1 as n from facts limit 1', [], dialect)).length > 0) throw notEmpty()
}

/** Writes down whose a migrated database is, once. */
export async function noteOwner(database: Database, { address, root }: Owner): Promise<void> {
  await database.write(async (tx) => {
    await tx.withTables<OwnerTables>().insertInto('owner').values({ id: 1, address, root_key: root.publicKey }).onConflict((c) => c.doNothing()).execute()
  })
}

async function hasTable(db: Db, dialect: Dialect, name: string): Promise<boolean> {
  const [row] = dialect === 'sqlite'
    ? await statement<{ n: number }>(db, 'select count(*) as n from sqlite_master where type = \'table\' and name = ?', [name])
    : await statement<{ n: number }>(db, 'select count(*) as n from information_schema.tables where table_schema = current_schema() and table_name = ?', [name], dialect)
  return row!.n > 0
}

const wayOut = {
  zh: '没有改动任何内容。请检查数据目录中 station.json 的 database 和环境变量 DATABASE_URL：每个平台要有自己的数据库',
  en: 'Nothing was changed. Check `database` in station.json of the data folder and the variable DATABASE_URL: each station has a database of its own',
}

function ofAnother(owner: Address, rootKey: string, address: Address): DatabaseOfAnother {
  const root = rootKey && { zh: `（根公钥 ${rootKey.slice(0, 12)}…）`, en: ` (root key ${rootKey.slice(0, 12)}…)` }
  return new DatabaseOfAnother(
    `这个数据库属于平台 ${owner}${root && root.zh}，不是本平台 ${address} 的。${wayOut.zh}`,
    `This database is that of station ${owner}${root && root.en}, not that of ${address}. ${wayOut.en}`,
  )
}

function notEmpty(): DatabaseOfAnother {
  return new DatabaseOfAnother(`这个数据库中已有事实，新平台不能使用。${wayOut.zh}`, `This database holds facts already; a new station cannot use it. ${wayOut.en}`)
}
