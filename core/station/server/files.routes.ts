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
const missingFile = z.object({ sha256: z.string(), size: z.int().nullable(), since: z.int(), state: z.enum(['lost', 'awaited', 'too-large']) })
/** Of the missing files the first ones are shown. */
const mostMissing = 500

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

  app.get('/api/files/missing', {
    schema: {
      tags, summary: 'Files that are not here: lost from the disk, named by facts and still awaited, or larger than this station takes',
      response: { 200: z.object({ items: z.array(missingFile), total: z.int() }) },
    },
    config: { permission: 'audit.read' },
  }, async () => {
    const lost = (await station.files.lost()).map(({ sha256, size, lostAt }) => ({ sha256, size, since: lostAt, state: 'lost' as const }))
    const known = new Set(lost.map((file) => file.sha256))
    const wanted = await station.links.wantedFiles(mostMissing)
    const awaited = wanted.filter((file) => !known.has(file.sha256))
      .map(({ sha256, size, wanted_at }) => ({ sha256, size, since: wanted_at, state: size !== null && size > limit ? 'too-large' as const : 'awaited' as const }))
    return { items: [...lost, ...awaited].slice(0, mostMissing), total: lost.length + awaited.length + Math.max(0, (wanted[0]?.total ?? 0) - wanted.length) }
  })

  /** Why a file that somebody asks for is not here. */
  async function missing(sha256: string): Promise<Error> {
    if ((await station.files.lost()).some((file) => file.sha256 === sha256)) {
      return new HttpProblem(410, 'file.lost', '文件在本机磁盘上缺失或损坏，正在向其他平台取回；也可重新上传同一文件', 'This file is missing or damaged on this station’s disk and is being fetched again from other stations; you may also upload the same file again')
    }
    const [wanted] = await station.links.wantedFiles(1, sha256)
    return wanted && (wanted.size ?? 0) > limit
      ? new HttpProblem(404, 'file.over-limit', `文件超过本平台上限 ${Math.floor(limit / 1024 / 1024)} MiB，未取到本平台；请向上传的平台索取，或调高上限后重启`, `This file is over this station’s limit of ${Math.floor(limit / 1024 / 1024)} MiB and is not fetched; ask the station that has it, or raise the limit and restart`)
      : refuse('file.not-found', '文件还没有到达本平台，正在路上；稍后再试', 'The file is not here yet, it is on its way; try again later')
  }

  app.get('/api/files/:sha256', {
    schema: {
      tags, summary: 'Download; Range is honoured',
      params: z.object({ sha256: z.string().regex(sha256Pattern, '应为 64 位十六进制 SHA-256|must be 64 hex digits of a SHA-256') }),
      querystring: z.object({ name: z.string().max(200).optional() }),
    },
    config: { permission: 'file.read' },
  }, async (request, reply) => {
    const { sha256 } = request.params
    const card = await station.files.sound(sha256)
    if (!card) throw await missing(sha256)
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
