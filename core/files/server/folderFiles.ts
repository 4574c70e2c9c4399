import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Readable } from 'node:stream'
import { refuse, type Clock, type Refusal } from '#core/kernel/index.ts'
import { bigInteger } from '#core/sql/server/columns.ts'
import type { Database, Migration } from '#core/sql/server/database.ts'
import type { FileCard, Files } from './files.ts'
import { mediaTypeOf } from './mediaType.ts'
import { openPartials } from './partials.ts'

export type FileTables = { file: { sha256: string; size: number; media_type: string; stored_at: number; lost_at: number | null } }

export const fileTables: Migration[] = [
  {
    name: 'files-001',
    up: async (db) => {
      await db.schema.createTable('file')
        .addColumn('sha256', 'text', (c) => c.primaryKey())
        .addColumn('size', bigInteger, (c) => c.notNull())
        .addColumn('media_type', 'text', (c) => c.notNull())
        .addColumn('stored_at', bigInteger, (c) => c.notNull())
        .execute()
    },
  },
  { name: 'files-002', up: async (db) => { await db.schema.alterTable('file').addColumn('lost_at', bigInteger).execute() } },
]

export const sha256Pattern = /^[0-9a-f]{64}$/
const headLength = 4_096

/** Files whose bytes were read through are remembered, so many of them. */
const maxSeen = 10_000

/** Files of a station in one folder: `ab/abcd…` stored, `incoming/` uploads on the way, `partial/` downloads over links. */
export async function openFolderFiles(folder: string, database: Database, clock: Clock): Promise<Files> {
  const incoming = join(folder, 'incoming')
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  // What a crash cut short belongs to nobody.
  for (const name of await readdir(incoming)) await rm(join(incoming, name))
  const partials = await openPartials(join(folder, 'partial'), clock.now())

  const tables = () => database.read.withTables<FileTables>()
  const folderOf = (sha256: string) => join(folder, known(sha256).slice(0, 2))
  const pathOf = (sha256: string) => join(folderOf(sha256), sha256)
  const listeners = new Set<(sha256: string, isHere: boolean) => void>()
  /** What a file looked like on the disk when its bytes were last found to be right. */
  const seen = new Map<string, string>()
  const checking = new Map<string, Promise<FileCard | undefined>>()

  async function rowOf(sha256: string) {
    if (!sha256Pattern.test(sha256)) return undefined
    return tables().selectFrom('file').selectAll().where('sha256', '=', sha256).executeTakeFirst()
  }

  async function mark(sha256: string, lostAt: number | null): Promise<void> {
    await database.write(async (tx) => { await tx.withTables<FileTables>().updateTable('file').set({ lost_at: lostAt }).where('sha256', '=', sha256).execute() })
    if (lostAt !== null) seen.delete(sha256)
    for (const listener of listeners) listener(sha256, lostAt === null)
  }

  async function card(sha256: string): Promise<FileCard | undefined> {
    const row = await rowOf(sha256)
    if (!row || row.lost_at !== null) return undefined
    if (await look(pathOf(sha256), row.size) === 'gone') {
      await mark(sha256, clock.now())
      return undefined
    }
    return { sha256, size: row.size, mediaType: row.media_type }
  }

  async function check(sha256: string, again: boolean): Promise<FileCard | undefined> {
    const row = await rowOf(sha256)
    if (!row) return undefined
    const path = pathOf(sha256)
    const print = await look(path, row.size)
    const isRight = print !== 'gone' && ((!again && seen.get(sha256) === print) || await bytesAre(path, sha256))
    if (!isRight) {
      if (row.lost_at === null) await mark(sha256, clock.now())
      return undefined
    }
    remember(sha256, print)
    // Somebody has put the bytes back by hand.
    if (row.lost_at !== null) await mark(sha256, null)
    return { sha256, size: row.size, mediaType: row.media_type }
  }

  function remember(sha256: string, print: string): void {
    seen.delete(sha256)
    seen.set(sha256, print)
    if (seen.size > maxSeen) for (const oldest of seen.keys()) { seen.delete(oldest); break }
  }

  /** Many may ask for one file at once; its bytes are read once. */
  function sound(sha256: string, again = false): Promise<FileCard | undefined> {
    const found = checking.get(sha256) ?? check(sha256, again).finally(() => { checking.delete(sha256) })
    checking.set(sha256, found)
    return found
  }

  /** Moves finished bytes to their name, durable before the table says so. They take the place of bytes that are not right. */
  async function keep(path: string, found: FileCard): Promise<FileCard> {
    const { sha256, size, mediaType } = found
    const there = await sound(sha256)
    await (there ? rm(path, { force: true }) : place(path, found))
    await partials.dropAll(sha256)
    return there ?? { sha256, size, mediaType }
  }

  async function place(path: string, { sha256, size, mediaType }: FileCard): Promise<void> {
    await mkdir(folderOf(sha256), { recursive: true, mode: 0o700 })
    await rename(path, pathOf(sha256))
    await syncFolder(folderOf(sha256))
    await syncFolder(folder)
    await database.write(async (tx) => {
      await tx.withTables<FileTables>().insertInto('file').values({ sha256, size, media_type: mediaType, stored_at: clock.now(), lost_at: null })
        .onConflict((c) => c.column('sha256').doUpdateSet({ size, media_type: mediaType, lost_at: null })).execute()
    })
    remember(sha256, await look(pathOf(sha256), size))
    for (const listener of listeners) listener(sha256, true)
  }

  return {
    card, sound,
    lost: async () => (await tables().selectFrom('file').select(['sha256', 'size', 'lost_at']).where('lost_at', 'is not', null).orderBy('lost_at').execute())
      .map(({ sha256, size, lost_at }) => ({ sha256, size, lostAt: lost_at ?? 0 })),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async put(stream, limit) {
      const path = join(incoming, randomUUID())
      try {
        const found = await writeHashed(stream, path, limit)
        return await keep(path, found)
      } catch (error) {
        await rm(path, { force: true })
        throw error
      }
    },
    open: (sha256, start = 0, end) => createReadStream(pathOf(sha256), { start, ...(end === undefined ? {} : { end }) }),
    partial: (sha256, source) => partials.size(known(sha256), source),
    appendPartial: async (sha256, source, offset, chunk) => partials.append(known(sha256), source, offset, chunk),
    dropPartial: async (sha256, source) => partials.drop(known(sha256), source),
    async finishPartial(sha256, source) {
      const path = partials.pathOf(known(sha256), source)
      const found = await hashFile(path)
      if (found.sha256 !== sha256) {
        await rm(path, { force: true })
        throw refuse('file.bad-hash', '收到的文件与其指纹不符，已丢弃，将重新获取', 'The file received does not match its hash; it was thrown away and will be fetched again')
      }
      return keep(path, found)
    },
  }
}

/** Files that the table names and the disk does not hold in their full size, for whoever looks in from outside. */
export async function missingOnDisk(folder: string, database: Database): Promise<string[]> {
  const rows = await database.read.withTables<FileTables>().selectFrom('file').select(['sha256', 'size']).execute()
  const missing: string[] = []
  for (const { sha256, size } of rows) if (await look(join(folder, sha256.slice(0, 2), sha256), size) === 'gone') missing.push(sha256)
  return missing
}

/**
 * Reads every file that the disk holds in its full size, and sets aside (`….damaged`) those whose bytes are not what their
 * name says: a running station then finds them gone and fetches them again.
 */
export async function setDamagedAside(folder: string, database: Database): Promise<{ checked: number; damaged: string[] }> {
  const rows = await database.read.withTables<FileTables>().selectFrom('file').select(['sha256', 'size']).execute()
  const damaged: string[] = []
  let checked = 0
  for (const { sha256, size } of rows) {
    const path = join(folder, sha256.slice(0, 2), sha256)
    if (await look(path, size) === 'gone') continue
    checked++
    if (await bytesAre(path, sha256)) continue
    await rename(path, `${path}.damaged`)
    damaged.push(sha256)
  }
  return { checked, damaged }
}

/** What a file looks like on the disk without reading it; `gone` when it is not there in its full size. */
async function look(path: string, size: number): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() && found.size === size ? `${found.ino} ${found.mtimeMs}` : 'gone'
}

/** Too many open files say nothing of this one; any other fault in reading means that its bytes are gone. */
async function bytesAre(path: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) hash.update(chunk)
  } catch (fault) {
    if (['EMFILE', 'ENFILE', 'ENOMEM'].includes((fault as NodeJS.ErrnoException).code ?? '')) throw fault
    return false
  }
  return hash.digest('hex') === sha256
}

export function fileTooLarge(limit: number): Refusal {
  return refuse('file.too-large', `文件超过上限 ${Math.floor(limit / 1024 / 1024)} MiB（${limit} 字节）`, `The file is over the limit of ${Math.floor(limit / 1024 / 1024)} MiB (${limit} bytes)`)
}

/** A hash names a path here, so nothing else may. */
function known(sha256: string): string {
  if (!sha256Pattern.test(sha256)) throw refuse('file.not-found', '不是文件指纹', 'Not the hash of a file')
  return sha256
}

async function writeHashed(stream: Readable, path: string, limit: number): Promise<FileCard> {
  const file = await open(path, 'wx', 0o600)
  const taster = taste()
  try {
    await pipeline(stream, async (source: AsyncIterable<Uint8Array>) => {
      for await (const chunk of source) {
        taster.add(chunk)
        if (taster.size() > limit) throw fileTooLarge(limit)
        await writeAll(file, chunk)
      }
    })
    await file.sync()
  } finally {
    await file.close()
  }
  return taster.card()
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
}

/** Also makes the bytes durable: they came in unsynced pieces. */
async function hashFile(path: string): Promise<FileCard> {
  const file = await open(path, 'r+').catch(() => undefined)
  if (!file) throw refuse('file.not-found', '没有这个文件的下载', 'No download of this file is under way')
  const taster = taste()
  try {
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>) taster.add(chunk)
    await file.sync()
  } finally {
    await file.close()
  }
  return taster.card()
}

/** Hash, size and head of bytes as they pass by. */
function taste() {
  const hash = createHash('sha256')
  const head: Uint8Array[] = []
  let size = 0
  return {
    add(chunk: Uint8Array) {
      if (size < headLength) head.push(chunk.slice(0, headLength - size))
      size += chunk.length
      hash.update(chunk)
    },
    size: () => size,
    card: (): FileCard => ({ sha256: hash.digest('hex'), size, mediaType: mediaTypeOf(Buffer.concat(head)) }),
  }
}

/** A rename is durable once its folder is; Windows has no such call and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
