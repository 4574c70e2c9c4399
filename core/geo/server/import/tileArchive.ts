import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readdir, readFile, rename, rm, mkdir, stat, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { z } from 'zod'
import { refuse } from '#core/kernel/index.ts'
import type { TileSource } from '../tileSource.ts'
import { openMbtiles } from './mbtiles.ts'
import { openPmtiles } from './pmtilesFile.ts'

/** `basemap/basemap.json` of a data folder: which archive is the base map. Written last, so it is the switch. */
const cardSchema = z.object({
  file: z.string().regex(/^[0-9a-f]{16}\.(pmtiles|mbtiles)$/),
  sourceName: z.string(),
  sha256: z.string().length(64),
  size: z.int(),
  format: z.enum(['PMTiles', 'MBTiles']),
  minzoom: z.int(),
  maxzoom: z.int(),
  layers: z.array(z.string()),
  attribution: z.string(),
  importedAt: z.int(),
})
export type BaseArchive = z.infer<typeof cardSchema>

export const isTileArchive = (path: string) => ['.pmtiles', '.mbtiles'].includes(extname(path).toLowerCase())

/** Opens an archive of vector tiles; refuses what is none, is damaged, or holds pictures. */
export async function openTileArchive(path: string): Promise<TileSource> {
  const found = await stat(path).catch(() => { throw refuse('import.no-file', `没有文件 ${path}`, `There is no file ${path}`) })
  if (!found.isFile()) throw refuse('import.no-file', `${path} 不是普通文件`, `${path} is not a regular file`)
  return extname(path).toLowerCase() === '.mbtiles' ? openMbtiles(path) : openPmtiles(path)
}

export interface KeepOptions {
  sourceName: string
  now: number
  signal: AbortSignal
  onProgress?(share: number): void
}

/** Copies an archive into the data folder and makes it the base map: all of it, checked, or nothing. */
export async function keepBaseArchive(path: string, folder: string, options: KeepOptions): Promise<BaseArchive> {
  const checked = await openTileArchive(path)
  await checked.close?.()
  const target = join(folder, 'basemap')
  await mkdir(target, { recursive: true, mode: 0o700 })
  const ending = extname(path).toLowerCase()
  const incoming = join(target, `incoming-${process.pid}${ending}`)
  try {
    const { sha256, size } = await copied(path, incoming, options)
    const file = `${sha256.slice(0, 16)}${ending}`
    // The copy is what will be served: the original may have changed while it was read.
    const copy = await openTileArchive(incoming)
    const { minzoom, maxzoom, layers, attribution } = copy
    await copy.close?.()
    const card = cardSchema.parse({
      file, sourceName: options.sourceName, sha256, size, format: ending === '.mbtiles' ? 'MBTiles' : 'PMTiles',
      minzoom, maxzoom, layers, attribution, importedAt: options.now,
    })
    await rename(incoming, join(target, file))
    await writeFile(join(target, 'basemap.json.new'), `${JSON.stringify(card, null, 2)}\n`, { mode: 0o600, flush: true })
    await rename(join(target, 'basemap.json.new'), join(target, 'basemap.json'))
    await removeOthers(target, file)
    return card
  } finally {
    await rm(incoming, { force: true })
  }
}

/** What archive is the base map, if any. */
export async function baseArchive(folder: string): Promise<BaseArchive | null> {
  const text = await readFile(join(folder, 'basemap', 'basemap.json'), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return cardSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Back to the base map that comes with the program. */
export async function removeBaseArchive(folder: string): Promise<boolean> {
  const card = await baseArchive(folder)
  await rm(join(folder, 'basemap', 'basemap.json'), { force: true })
  await removeOthers(join(folder, 'basemap'), '')
  return card !== null
}

/**
 * The imported base map of a running station, null while there is none. An import or removal by another process is
 * noticed at the next call.
 */
export function importedBaseMap(folder: string): { current(): Promise<TileSource | null>; close(): Promise<void> } {
  const path = join(folder, 'basemap', 'basemap.json')
  let open: { stamp: string; source: Promise<TileSource | null> } = { stamp: '', source: Promise.resolve(null) }
  return {
    async current() {
      const found = await stat(path).catch(() => null)
      const stamp = found ? `${found.mtimeMs}-${found.ino}` : ''
      if (stamp !== open.stamp) {
        const before = open.source
        open = { stamp, source: baseArchive(folder).then((card) => (card ? openTileArchive(join(folder, 'basemap', card.file)) : null)) }
        void before.then((source) => source?.close?.()).catch(() => undefined)
      }
      return open.source.catch(() => null)
    },
    close: async () => (await open.source.catch(() => null))?.close?.(),
  }
}

/** Copies with a hash and without ever stopping for longer than a piece. */
async function copied(from: string, to: string, { signal, onProgress }: KeepOptions): Promise<{ sha256: string; size: number }> {
  const source = await open(from, 'r')
  const target = await open(to, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600)
  const hash = createHash('sha256')
  try {
    const { size } = await source.stat()
    const buffer = Buffer.allocUnsafe(1024 * 1024)
    let done = 0
    for (;;) {
      if (signal.aborted) throw signal.reason
      const { bytesRead } = await source.read(buffer, 0, buffer.length, done)
      if (bytesRead === 0) break
      const piece = buffer.subarray(0, bytesRead)
      hash.update(piece)
      await target.write(piece)
      done += bytesRead
      onProgress?.(done / Math.max(1, size))
    }
    await target.sync()
    return { sha256: hash.digest('hex'), size: done }
  } finally {
    await source.close()
    await target.close()
  }
}

/** Archives that are base map no more, and what a crash left. An open one is read to its end by who has it open. */
async function removeOthers(folder: string, keep: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name !== keep && /^(incoming-\d+|[0-9a-f]{16})\.(pmtiles|mbtiles)$/.test(name)) await rm(join(folder, name), { force: true }).catch(() => undefined)
  }
}
