import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ancestorsOf, type Sentence } from '#core/kernel/index.ts'
import { directoryKind, fold, idOfSubject, keyFor, type Directory, type StationCard } from '#core/ledger/index.ts'
import { factStore } from '#core/ledger/server/factStore.ts'
import { nodeCrypto } from '#core/ledger/server/nodeCrypto.ts'
import { DatabaseOfAnother, requireOwn } from '#core/ledger/server/owner.ts'
import type { Verified } from '#core/ledger/server/ledger.ts'
import { verifyStored } from '#core/ledger/server/verify.ts'
import type { Database } from '#core/sql/server/database.ts'
import { lockStation, StationInUse } from '#core/sql/server/lock.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { statement } from '#core/sql/server/statement.ts'
import { stationSubject } from '#modules/directory/directory.rules.ts'
import { databaseUrl, readStationConfig, type StationConfig } from '#apps/station/config.ts'
import { OperatorFault, say } from './language.ts'

/** A station's data folder, opened beside the station itself, which may be running. */
export interface DataFolder {
  path: string
  config: StationConfig
  database: Database
  close(): Promise<void>
}

export async function openFolder(path: string): Promise<DataFolder> {
  const folder = resolve(path)
  const config = await readStationConfig(folder)
  const url = databaseUrl(folder, config)
  if (!url.startsWith('postgres') && !existsSync(url)) {
    throw new OperatorFault(`${folder} 中还没有数据库，请先启动平台：fengsui serve --data ${path}`, `There is no database in ${folder} yet; start the station first: fengsui serve --data ${path}`)
  }
  const database = openDatabase(url)
  await requireOwn(database, config).catch(async (fault: unknown) => {
    await database.close()
    throw fault instanceof DatabaseOfAnother ? new OperatorFault(fault.sentence.zh, fault.sentence.en) : fault
  })
  return { path: folder, config, database, close: () => database.close() }
}

/** Runs what must not be done beside a running station: it, or another such command, is refused in words. */
export async function alone<T>(folder: string, config: Pick<StationConfig, 'database'>, work: () => Promise<T>): Promise<T> {
  const lock = await lockStation(folder, databaseUrl(folder, config), () => undefined).catch((fault: unknown) => {
    throw fault instanceof StationInUse ? new OperatorFault(fault.sentence.zh, fault.sentence.en) : fault
  })
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

/** Makes sure that nothing in a folder could be overwritten. */
export async function requireEmpty(path: string): Promise<void> {
  const entries = (await readdir(path).catch(() => [])).filter((name) => name !== 'station.lock')
  if (entries.length > 0) throw new OperatorFault(`${path} 不是空目录，不会覆盖其中的数据`, `${path} is not empty; what is in it will not be overwritten`)
}

/**
 * The directory folded anew from the stored facts and the root's key pinned in `station.json`. The tables that the
 * running station keeps are not believed: who can change the database can change them too.
 */
export async function directoryFromFacts({ config, database }: DataFolder): Promise<Directory> {
  const store = factStore(database.dialect)
  const type = stationSubject(config.root)
  const cards = new Map<string, StationCard>()
  const directory: Directory = { self: config.address, station: (address) => cards.get(address), stations: () => [...cards.values()] }
  const rows = await statement<{ subject: string }>(database.read, 'select distinct subject from facts where subject like ?', [`${directoryKind}/%`], database.dialect)
  // Parents first: who may enrol whom is looked up in what is already folded.
  const subjects = rows.map((row) => row.subject).sort((a, b) => ancestorsOf(idOfSubject(a)).length - ancestorsOf(idOfSubject(b)).length || (a < b ? -1 : 1))
  for (const subject of subjects) {
    const { state } = fold(type, subject, await store.ofSubject(database.read, subject), directory)
    if (state.card) cards.set(state.card.address, state.card)
  }
  return directory
}

/** Every signature, hash and chain, from the bytes alone. */
export async function verifyFolder(folder: DataFolder): Promise<Verified & { directory: Directory }> {
  const directory = await directoryFromFacts(folder)
  const result = await verifyStored(folder.database.read, factStore(folder.database.dialect), directory, nodeCrypto)
  return { ...result, directory }
}

/** Numbers of our own that are gone, and the way out. */
export function gapWords({ from, to }: Verified['gaps'][number]): Sentence {
  return {
    zh: `本平台写下的第 ${from} 至 ${to} 号事实不在库中；运行 fengsui doctor --recover，由对端补回它们持有的部分，从未发出的找不回来`,
    en: `Facts ${from} to ${to} of this station are not in its database; fengsui doctor --recover fetches those that its neighbours hold, what has never left is lost`,
  }
}

/** The key that signed a stored fact, in words for a report. */
export function signedBy(directory: Directory, fact: { station: string; seq: number }): string {
  const card = directory.station(fact.station)
  const key = card && keyFor(card, fact.seq)
  return key ? `${card.name} ${fact.station}, ${say('公钥', 'public key')} ${key.publicKey}` : say(`${fact.station}：目录中没有可用的密钥`, `${fact.station}: no key in the directory`)
}
