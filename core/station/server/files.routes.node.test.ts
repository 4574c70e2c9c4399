import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import type { App } from '#core/http/server/app.ts'
import { fileRoutes, rangeOf } from './files.routes.ts'
import { as, openTestCore } from './testCore.ts'

type Core = Awaited<ReturnType<typeof openTestCore>>
const opened: Core[] = []
afterEach(async () => { for (const one of opened.splice(0)) await one.close() })
async function open(options?: Parameters<typeof openTestCore>[0]): Promise<Core> {
  const core = await openTestCore(options)
  opened.push(core)
  return core
}
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const upload = (core: Core, payload: Buffer, headers: Record<string, string> = {}) =>
  core.app.inject({ method: 'POST', url: '/api/files', headers: { ...as('duty'), 'content-type': 'application/octet-stream', ...headers }, payload })
const left = (core: Core) => readdir(join(core.folder, 'files', 'incoming'))
const stored = async (core: Core) => (await readdir(join(core.folder, 'files'))).filter((name) => name.length === 2)
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(5_000)])

describe('upload', () => {
  it('is named by its hash and typed by its bytes, whatever it calls itself', async () => {
    const core = await open()
    const answer = await upload(core, png, { 'content-type': 'text/html', 'x-file-name': encodeURIComponent('现场照片.html') })
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toEqual({ sha256: sha(png), size: png.length, mediaType: 'image/png' })
  })

  it('JSON is a file here like any other bytes', async () => {
    const core = await open()
    const json = Buffer.from('{"a":')
    expect((await upload(core, json, { 'content-type': 'application/json' })).json()).toEqual({ sha256: sha(json), size: 5, mediaType: 'text/plain' })
  })

  it('the same bytes twice are stored once', async () => {
    const core = await open()
    expect((await upload(core, png)).json()).toEqual((await upload(core, png)).json())
    expect(await stored(core)).toEqual([sha(png).slice(0, 2)])
    expect(await left(core)).toEqual([])
  })

  it('oversized upload: 413 with the limit named, nothing left', async () => {
    const core = await open({ uploadLimit: 1024 * 1024 })
    const answer = await upload(core, randomBytes(1024 * 1024 + 1))
    expect(answer.statusCode).toBe(413)
    expect(answer.json()).toMatchObject({ code: 'file.too-large' })
    expect(answer.json().detail).toContain('1 MiB')
    const port = await core.listen()
    const chunked = await fetch(`http://127.0.0.1:${port}/api/files`, {
      method: 'POST', headers: { ...as('duty'), 'content-type': 'application/octet-stream' }, duplex: 'half',
      body: Readable.toWeb(Readable.from([randomBytes(700_000), randomBytes(700_000)])),
    } as RequestInit)
    expect(chunked.status).toBe(413)
    expect(await left(core)).toEqual([])
    expect(await stored(core)).toEqual([])
  })

  it('truncated upload: nothing left', async () => {
    const core = await open()
    const port = await core.listen()
    const socket = await begin(port, 100_000)
    socket.write(randomBytes(40_000))
    const files = core.station.files
    const before = await until(async () => (await left(core)).length === 1)
    expect(before).toBe(true)
    socket.destroy()
    expect(await until(async () => (await left(core)).length === 0)).toBe(true)
    expect(await stored(core)).toEqual([])
    expect(await files.card('0'.repeat(64))).toBeUndefined()
  })

  it('slow upload: given up with 408, nothing left', async () => {
    const core = await open()
    const slow = { idleMs: 120, graceMs: 60_000, bytesPerSecond: 1 }
    await core.app.register(async (scope: App) => fileRoutes(scope, core.station, 1024, slow), { prefix: '/slow' })
    const port = await core.listen()
    const socket = await begin(port, 1_000, '/slow/api/files')
    socket.write('a few bytes')
    expect(await text(socket)).toContain('HTTP/1.1 408')
    expect(await left(core)).toEqual([])
  })

  it('a bad name, no body and no sign-in are each refused', async () => {
    const core = await open()
    expect((await upload(core, png, { 'x-file-name': '%zz' })).json()).toMatchObject({ status: 400, errors: [{ field: 'x-file-name' }] })
    expect((await core.app.inject({ method: 'POST', url: '/api/files', headers: as('duty') })).json()).toMatchObject({ status: 400, code: 'file.empty' })
    expect((await core.app.inject({ method: 'POST', url: '/api/files', payload: png })).statusCode).toBe(401)
    expect((await core.app.inject({ method: 'POST', url: '/api/files', headers: as('audit'), payload: png })).statusCode).toBe(403)
    expect(await left(core)).toEqual([])
  })
})

describe('download', () => {
  it('is always an attachment, sandboxed, never sniffed', async () => {
    const core = await open()
    const page = Buffer.from('<!doctype html><script>alert(1)</script>')
    await upload(core, page)
    const answer = await core.app.inject({ url: `/api/files/${sha(page)}?name=${encodeURIComponent('报告/../x.html')}`, headers: as('duty') })
    expect(answer.rawPayload.equals(page)).toBe(true)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent('报告_.._x.html')}`, 'accept-ranges': 'bytes',
    })
  })

  it('resumes by Range', async () => {
    const core = await open()
    await upload(core, png)
    const get = (range: string) => core.app.inject({ url: `/api/files/${sha(png)}`, headers: { ...as('duty'), range } })
    const tail = await get('bytes=4000-')
    expect([tail.statusCode, tail.headers['content-range']]).toEqual([206, `bytes 4000-${png.length - 1}/${png.length}`])
    expect(tail.rawPayload.equals(png.subarray(4000))).toBe(true)
    expect((await get('bytes=0-7')).rawPayload.equals(png.subarray(0, 8))).toBe(true)
    expect((await get('bytes=-8')).rawPayload.equals(png.subarray(-8))).toBe(true)
    expect((await get('bytes=999999-')).statusCode).toBe(416)
    expect((await get('bytes=a-b')).statusCode).toBe(200)
    expect((await core.app.inject({ url: `/api/files/${sha(png)}`, headers: { ...as('duty'), 'if-none-match': `"${sha(png)}"` } })).statusCode).toBe(304)
  })

  it('an empty file is a file', async () => {
    const core = await open()
    const empty = Buffer.alloc(0)
    const card = await core.station.files.put(Readable.from([empty]), 10)
    expect(card).toEqual({ sha256: sha(empty), size: 0, mediaType: 'application/octet-stream' })
    expect((await core.app.inject({ url: `/api/files/${card.sha256}`, headers: as('duty') })).statusCode).toBe(200)
  })

  it('one that has not arrived says so', async () => {
    const core = await open()
    const answer = await core.app.inject({ url: `/api/files/${'a'.repeat(64)}`, headers: as('duty') })
    expect(answer.json()).toMatchObject({ status: 404, code: 'file.not-found', detail: '文件还没有到达本平台，正在路上；稍后再试' })
    expect((await core.app.inject({ url: '/api/files/..%2F..%2Fstation.db', headers: as('duty') })).statusCode).toBe(400)
  })
})

it.each([[undefined, undefined], ['bytes=0-0', { start: 0, end: 0 }], ['bytes=5-2', 'bad'], ['bytes=-0', 'bad'], ['bytes=0-1,3-4', undefined], ['bytes=-99', { start: 0, end: 9 }], ['bytes=8-99', { start: 8, end: 9 }]])('range %s of ten bytes', (header, range) => {
  expect(rangeOf(header, 10)).toEqual(range)
})

function begin(port: number, length: number, path = '/api/files'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer duty\r\nContent-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n`)
      resolve(socket)
    }).on('error', reject)
  })
}

function text(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let all = ''
    socket.on('data', (d) => { all += String(d) }).on('close', () => resolve(all)).on('error', () => resolve(all))
  })
}

/** Looks again until it holds, or gives up after five seconds. */
async function until(holds: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + 5_000
  while (performance.now() < end) {
    if (await holds()) return true
    await new Promise((resolve) => { setImmediate(resolve) })
  }
  return false
}
