import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { testClock } from '#core/kernel/index.ts'
import { migrate } from '#core/sql/server/migrate.ts'
import { openDatabase } from '#core/sql/server/open.ts'
import { fileTables, openFolderFiles } from './folderFiles.ts'
import { mediaTypeOf } from './mediaType.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => { for (const close of closing.splice(0)) await close() })

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'fengsui-files-'))
  const database = openDatabase(join(folder, 'station.db'))
  await migrate(database, fileTables, 0)
  closing.push(async () => { await database.close(); await rm(folder, { recursive: true }) })
  const reopen = () => openFolderFiles(join(folder, 'files'), database, testClock())
  return { files: await reopen(), reopen, folder: join(folder, 'files') }
}
const peer = '65/6529'
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('a folder of files', () => {
  it('gives back what it was given, from any byte', async () => {
    const { files } = await open()
    const bytes = randomBytes(300_000)
    const card = await files.put(Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]), 1e6)
    expect(card).toEqual({ sha256: sha(bytes), size: 300_000, mediaType: 'application/octet-stream' })
    expect((await buffer(files.open(card.sha256))).equals(bytes)).toBe(true)
    expect((await buffer(files.open(card.sha256, 299_000))).equals(bytes.subarray(299_000))).toBe(true)
    expect(await files.card(card.sha256)).toEqual(card)
  })

  it('a fault in the stream leaves nothing', async () => {
    const { files, folder } = await open()
    async function* broken() {
      yield randomBytes(10)
      throw new Error('cut')
    }
    await expect(files.put(Readable.from(broken()), 1e6)).rejects.toThrow('cut')
    await expect(files.put(Readable.from([randomBytes(11)]), 10)).rejects.toThrow('file.too-large')
    expect(await readdir(join(folder, 'incoming'))).toEqual([])
  })

  it('what a crash left half-written is cleared at start', async () => {
    const { folder, reopen } = await open()
    await writeFile(join(folder, 'incoming', 'half'), 'x')
    await reopen()
    expect(await readdir(join(folder, 'incoming'))).toEqual([])
  })

  it('a download over a link goes on where it stopped, across a restart', async () => {
    const { files, reopen } = await open()
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(100_000)])
    const id = sha(bytes)
    expect(await files.partial(id, peer)).toBe(0)
    await files.appendPartial(id, peer, 0, bytes.subarray(0, 40_000))
    const again = await reopen()
    expect(await again.partial(id, peer)).toBe(40_000)
    await expect(again.appendPartial(id, peer, 39_999, bytes.subarray(39_999))).rejects.toThrow('file.wrong-offset')
    await again.appendPartial(id, peer, 40_000, bytes.subarray(40_000))
    expect(await again.finishPartial(id, peer)).toEqual({ sha256: id, size: bytes.length, mediaType: 'application/pdf' })
    expect((await buffer(again.open(id))).equals(bytes)).toBe(true)
    expect(await again.partial(id, peer)).toBe(0)
  })

  it('a download with a changed byte is thrown away', async () => {
    const { files } = await open()
    const bytes = randomBytes(1_000)
    const id = sha(bytes)
    await files.appendPartial(id, peer, 0, Buffer.concat([bytes.subarray(0, 999), Buffer.from([0x00 ^ ((bytes[999] ?? 0) ^ 1)])]))
    await expect(files.finishPartial(id, peer)).rejects.toThrow('file.bad-hash')
    expect(await files.card(id)).toBeUndefined()
    expect(await files.partial(id, peer)).toBe(0)
  })

  it.each(['../../etc/passwd', '..', '', 'A'.repeat(64), `${'a'.repeat(64)}/..`])('%j names no path', async (name) => {
    const { files } = await open()
    expect(await files.card(name)).toBeUndefined()
    expect(() => files.open(name)).toThrow('file.not-found')
    await expect(files.appendPartial(name, peer, 0, randomBytes(1))).rejects.toThrow('file.not-found')
    await expect(files.finishPartial(name, peer)).rejects.toThrow('file.not-found')
  })
})

describe('media types', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['a JPEG', '\xff\xd8\xff\xe0', 'image/jpeg'],
    ['a WebP', 'RIFF\x10\0\0\0WEBPVP8 ', 'image/webp'],
    ['a WAV', 'RIFF\x10\0\0\0WAVEfmt ', 'audio/wav'],
    ['a phone video', '\0\0\0\x18ftypmp42', 'video/mp4'],
    ['a Word document', 'PK\x03\x04....[Content_Types].xml....word/document.xml', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['a workbook', 'PK\x03\x04....xl/workbook.xml', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['an archive', 'PK\x03\x04....a.txt', 'application/zip'],
    ['a page with a script', '<html><script>', 'text/plain'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'text/plain'],
    ['a program', '\x7fELF\x02\x01\x01\0', 'application/octet-stream'],
    ['nothing', '', 'application/octet-stream'],
  ])('%s', (_name, bytes, type) => { expect(mediaTypeOf(Buffer.from(bytes as string, 'latin1'))).toBe(type) })

  it('Chinese text cut in the middle of a character is text', async () => {
    expect(mediaTypeOf(Buffer.from('乌什县地震灾情').subarray(0, 20))).toBe('text/plain')
    expect(mediaTypeOf(await readFile(new URL('mediaType.ts', import.meta.url)))).toBe('text/plain')
  })
})
