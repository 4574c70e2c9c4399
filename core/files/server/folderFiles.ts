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

export type FileTables = { file: { sha256: string; size: number; media_type: string; stored_at: number } }

export const fileTables: Migration = {
  name: 'files-001',
  up: async (db) => {
    await db.schema.createTable('file')
      .addColumn('sha256', 'text', (c) => c.primaryKey())
      .addColumn('size', bigInteger, (c) => c.notNull())
      .addColumn('media_type', 'text', (c) => c.notNull())
      .addColumn('stored_at', bigInteger, (c) => c.notNull())
      .execute()
  },
}

export const sha256Pattern = /^[0-9a-f]{64}$/
const headLength = 4_096

/** Files of a station in one folder: `ab/abcd…` stored, `incoming/` uploads on the way, `partial/` downloads over links. */
export async function openFolderFiles(folder: string, database: Database, clock: Clock): Promise<Files> {
  const incoming = join(folder, 'incoming')
  const partials = join(folder, 'partial')
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  await mkdir(partials, { recursive: true, mode: 0o700 })
  // What a crash cut short belongs to nobody.
  for (const name of await readdir(incoming)) await rm(join(incoming, name))

  const tables = () => database.read.withTables<FileTables>()
  const folderOf = (sha256: string) => join(folder, known(sha256).slice(0, 2))
  const pathOf = (sha256: string) => join(folderOf(sha256), sha256)
  const partialOf = (sha256: string) => join(partials, known(sha256))

  async function card(sha256: string): Promise<FileCard | undefined> {
    if (!sha256Pattern.test(sha256)) return undefined
    const row = await tables().selectFrom('file').selectAll().where('sha256', '=', sha256).executeTakeFirst()
    return row && { sha256, size: row.size, mediaType: row.media_type }
  }

  /** Moves finished bytes to their name, durable before the table says so. */
  async function keep(path: string, found: FileCard): Promise<FileCard> {
    const { sha256, size, mediaType } = found
    const there = await card(sha256)
    if (there) {
      await rm(path, { force: true })
      return there
    }
    await mkdir(folderOf(sha256), { recursive: true, mode: 0o700 })
    await rename(path, pathOf(sha256))
    await syncFolder(folderOf(sha256))
    await syncFolder(folder)
    await database.write(async (tx) => {
      await tx.withTables<FileTables>().insertInto('file').values({ sha256, size, media_type: mediaType, stored_at: clock.now() }).onConflict((c) => c.doNothing()).execute()
    })
    return found
  }

  return {
    card,
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
    partial: async (sha256) => (await stat(partialOf(sha256)).catch(() => undefined))?.size ?? 0,
    async appendPartial(sha256, offset, chunk) {
      const file = await open(partialOf(sha256), 'a', 0o600)
      try {
        const { size } = await file.stat()
        if (size !== offset) throw refuse('file.wrong-offset', `续传位置应为 ${size}`, `The next byte is ${size}`)
        await file.appendFile(chunk)
      } finally {
        await file.close()
      }
    },
    async finishPartial(sha256) {
      const path = partialOf(sha256)
      const found = await hashFile(path)
      if (found.sha256 !== sha256) {
        await rm(path, { force: true })
        throw refuse('file.bad-hash', '收到的文件与其指纹不符，已丢弃，将重新获取', 'The file received does not match its hash; it was thrown away and will be fetched again')
      }
      return keep(path, found)
    },
  }
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
