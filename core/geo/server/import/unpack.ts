import { createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import yauzl from 'yauzl'
import { isRefusal, refuse } from '#core/kernel/index.ts'

export interface UnpackLimits {
  entries: number
  /** Of everything taken out, in bytes. */
  total: number
  /** Out over in, once more than `freely` bytes have come out: text packs to a twentieth, a bomb to a thousandth. */
  ratio: number
  freely: number
}

export const unpackLimits: UnpackLimits = { entries: 2000, total: 8 * 1024 ** 3, ratio: 200, freely: 100 * 1024 ** 2 }

/** What is taken out of a ZIP; archives within archives are left alone. */
const wanted = /\.(shp|shx|dbf|prj|cpg|geojson|json|geojsonl|gpkg)$/i

/**
 * Takes the map files out of a ZIP into a folder, under names of our own: an archive never decides where a file goes.
 * The whole archive is refused when one name leads out of it, one entry is a link, or more comes out than it admits.
 */
export async function unpack(path: string, folder: string, signal?: AbortSignal, limits: UnpackLimits = unpackLimits): Promise<string[]> {
  const size = (await stat(path)).size
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false }).catch((fault: unknown) => { throw damaged(fault) })
  const taken: string[] = []
  const stems = new Map<string, string>()
  let total = 0
  try {
    if (zip.entryCount > limits.entries) throw refuse('import.zip-entries', `压缩包内有 ${zip.entryCount} 个文件，超过 ${limits.entries} 个，不予打开`, `There are ${zip.entryCount} files in the archive, more than ${limits.entries}; it is not opened`)
    let stated = 0
    for await (const entry of zip.eachEntry()) {
      const kind = (entry.externalFileAttributes >>> 16) & 0o170000
      if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) throw refuse('import.zip-link', `压缩包内的“${shown(entry.fileName)}”是链接或设备，不予打开`, `“${shown(entry.fileName)}” in the archive is a link or a device; it is not opened`)
      stated += entry.uncompressedSize
      if (stated > limits.freely && stated > size * limits.ratio) throw bomb(stated, size)
      if (entry.fileName.endsWith('/') || !wanted.test(entry.fileName) || /(^|\/)(__MACOSX|\.)/.test(entry.fileName)) continue
      if (entry.isEncrypted()) throw refuse('import.zip-encrypted', '压缩包有密码，请先解压', 'The archive has a password: unpack it first')
      const room = Math.min(limits.total - total, Math.max(limits.freely, size * limits.ratio) - total)
      if (entry.uncompressedSize > room) throw bomb(total + entry.uncompressedSize, size)
      const target = join(folder, ourName(entry.fileName, stems))
      const counting = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          total += chunk.length
          if (total > limits.total || (total > limits.freely && total > size * limits.ratio)) done(bomb(total, size))
          else done(null, chunk)
        },
      })
      await pipeline(await zip.openReadStreamPromise(entry), counting, createWriteStream(target, { mode: 0o600, flags: 'wx' }), { signal })
      taken.push(target)
    }
  } catch (fault) {
    if (signal?.aborted) throw signal.reason
    throw isRefusal(fault) ? fault : damaged(fault)
  } finally {
    zip.close()
  }
  return taken
}

/** `f1.shp`: files that belong together keep one stem. */
function ourName(name: string, stems: Map<string, string>): string {
  const [, stem = '', ending = ''] = /^(.*)\.([^.]+)$/s.exec(name) ?? []
  const key = stem.toLowerCase()
  if (!stems.has(key)) stems.set(key, `f${stems.size + 1}`)
  return `${stems.get(key)}.${ending.toLowerCase()}`
}

function bomb(out: number, packed: number) {
  return refuse('import.zip-bomb', `压缩包 ${packed} 字节，解开至少 ${out} 字节，像是压缩炸弹，不予打开`, `The archive of ${packed} bytes holds at least ${out}: it looks like a zip bomb and is not opened`)
}

function damaged(fault: unknown) {
  const words = String(fault instanceof Error ? fault.message : fault).slice(0, 160)
  if (/invalid relative path|absolute path|invalid characters in fileName/i.test(words)) return refuse('import.zip-path', `压缩包内的文件名指向包外（${shown(words)}），不予打开`, `A name in the archive leads out of it (${shown(words)}); it is not opened`)
  return refuse('import.zip-damaged', `压缩包已损坏或不是 ZIP：${shown(words)}`, `The archive is damaged or no ZIP: ${shown(words)}`)
}

/** Names come from strangers: no control characters reach the terminal. */
// oxlint-disable-next-line no-control-regex
const shown = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, 160)
