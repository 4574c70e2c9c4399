import { Readable } from 'node:stream'
import { z } from 'zod'
import type { RawRequestDefaultExpression } from 'fastify'
import { refuse } from '#core/kernel/index.ts'
import { fileTooLarge, sha256Pattern } from '#core/files/server/folderFiles.ts'
import { pacedBody, uploadPace, type Pace } from '#core/http/server/body.ts'
import type { App } from '#core/http/server/app.ts'
import { HttpProblem } from '#core/http/server/problem.ts'
import { invalid } from '#core/http/server/validation.ts'
import type { Station } from './module.ts'

const tags = ['files']
const fileCard = z.object({ sha256: z.string(), size: z.int(), mediaType: z.string() })

/** Upload by streaming, download by hash. Bytes are always a download, never a page of ours. */
export function fileRoutes(app: App, station: Station, limit: number, pace: Pace = uploadPace): void {
  // The body is the file, whatever its type says, so these parsers must not leave this route.
  void app.register(async (uploads: App) => {
    uploads.removeAllContentTypeParsers()
    uploads.addContentTypeParser('*', async (_request: unknown, payload: RawRequestDefaultExpression) => payload)
    uploads.post('/api/files', {
      bodyLimit: Number.MAX_SAFE_INTEGER,
      schema: { tags, summary: 'Upload: the raw bytes as body, their name percent-encoded in X-File-Name', headers: z.object({ 'x-file-name': z.string().max(1_000).optional() }), response: { 201: fileCard } },
      config: { permission: 'file.write' },
    }, async (request, reply) => {
      readName(request.headers['x-file-name'])
      if (!(request.body instanceof Readable)) throw new HttpProblem(400, 'file.empty', '没有内容；请以文件字节作为请求正文', 'There is nothing in it; send the bytes of the file as the body')
      if (Number(request.headers['content-length'] ?? 0) > limit) throw fileTooLarge(limit)
      const card = await station.files.put(Readable.from(pacedBody(request.body, pace)), limit)
      return reply.status(201).send(card)
    })
  })

  app.get('/api/files/:sha256', {
    schema: {
      tags, summary: 'Download; Range is honoured',
      params: z.object({ sha256: z.string().regex(sha256Pattern, '应为 64 位十六进制 SHA-256|must be 64 hex digits of a SHA-256') }),
      querystring: z.object({ name: z.string().max(200).optional() }),
    },
    config: { permission: 'file.read' },
  }, async (request, reply) => {
    const { sha256 } = request.params
    const card = await station.files.card(sha256)
    if (!card) throw refuse('file.not-found', '文件还没有到达本平台，正在路上；稍后再试', 'The file is not here yet, it is on its way; try again later')
    void reply.headers({
      etag: `"${sha256}"`,
      'accept-ranges': 'bytes',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-type': card.mediaType === 'text/plain' ? 'text/plain; charset=utf-8' : card.mediaType,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(safeName(request.query.name ?? sha256.slice(0, 12)))}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    })
    if (request.headers['if-none-match'] === `"${sha256}"`) return reply.status(304).send()
    const range = rangeOf(request.headers.range, card.size)
    if (range === 'bad') {
      void reply.header('content-range', `bytes */${card.size}`)
      throw new HttpProblem(416, 'file.range', `范围无效，文件共 ${card.size} 字节`, `This range is not in the file of ${card.size} bytes`)
    }
    const { start, end } = range ?? { start: 0, end: card.size - 1 }
    if (range) void reply.status(206).header('content-range', `bytes ${start}-${end}/${card.size}`)
    void reply.header('content-length', end - start + 1)
    if (request.method === 'HEAD' || card.size === 0) return reply.send('')
    return reply.send(station.files.open(sha256, start, end))
  })
}

function readName(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  try {
    return safeName(decodeURIComponent(header))
  } catch {
    throw invalid([{ field: 'x-file-name', message: { zh: '须为百分号编码的 UTF-8', en: 'must be percent-encoded UTF-8' } }])
  }
}

/** A name for a save dialog: no folders, no control characters. */
function safeName(name: string): string {
  // oxlint-disable-next-line no-control-regex
  return name.replace(/[\u0000-\u001f\u007f/\\:*?"<>|]/g, '_').slice(0, 200) || 'file'
}

/** One range only, as players and resumed downloads ask; several are answered whole (RFC 9110 allows it). */
export function rangeOf(header: string | undefined, size: number): { start: number; end: number } | 'bad' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const [first, last] = [match[1], match[2]]
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return start > end || start >= size ? 'bad' : { start, end }
}
