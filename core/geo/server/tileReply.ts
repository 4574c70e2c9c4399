import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TileBytes } from './tileSource.ts'

const unpack = promisify(gunzip)

/** What a tile's ETag is made of: its content's version and everything of the address that shapes it. */
export function tagOf(...parts: (string | number)[]): string {
  return `"${createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 22)}"`
}

/** Whether the client holds this very content: then the answer is 304 and nothing need be made. */
export function isHeld(request: FastifyRequest, tag: string): boolean {
  return (request.headers['if-none-match'] ?? '').split(',').some((held) => held.trim().replace(/^W\//, '') === tag)
}

export interface TileAnswer {
  status: 200 | 204 | 304
  headers: Record<string, string>
  body?: Buffer
}

/**
 * The answer to a request for a tile: 304 when the client holds it, 204 where there is nothing to show. Tiles are asked
 * for again each time (`no-cache`): what is drawn from a live table may have changed a moment ago, and a 304 costs a few
 * bytes. Not the reply itself, for to await a reply is to wait until it is sent.
 */
export async function tileAnswer(request: FastifyRequest, tag: string, make: () => Promise<TileBytes | null>, cacheControl = 'private, no-cache'): Promise<TileAnswer> {
  const headers = { etag: tag, 'cache-control': cacheControl, vary: 'accept-encoding' }
  if (isHeld(request, tag)) return { status: 304, headers }
  const tile = await make()
  if (!tile || tile.bytes.length === 0) return { status: 204, headers }
  const type = { 'content-type': 'application/vnd.mapbox-vector-tile' }
  if (!tile.gzip) return { status: 200, headers: { ...headers, ...type }, body: asBuffer(tile.bytes) }
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?(\s|,|$))/.test(String(request.headers['accept-encoding'] ?? ''))
  if (takesGzip) return { status: 200, headers: { ...headers, ...type, 'content-encoding': 'gzip' }, body: asBuffer(tile.bytes) }
  return { status: 200, headers: { ...headers, ...type }, body: await unpack(tile.bytes) }
}

export function sendTile(reply: FastifyReply, { status, headers, body }: TileAnswer): FastifyReply {
  return reply.status(status).headers(headers).send(body)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
