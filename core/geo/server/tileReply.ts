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

/**
 * Answers with a tile: 304 when the client holds it, 204 where there is nothing to show. Tiles are asked for again each
 * time (`no-cache`): what is drawn from a live table may have changed a moment ago, and a 304 costs a few bytes.
 */
export async function replyTile(request: FastifyRequest, reply: FastifyReply, tag: string, make: () => Promise<TileBytes | null>): Promise<FastifyReply> {
  void reply.header('etag', tag).header('cache-control', 'private, no-cache').header('vary', 'accept-encoding')
  if (isHeld(request, tag)) return reply.status(304).send()
  const tile = await make()
  if (!tile || tile.bytes.length === 0) return reply.status(204).send()
  void reply.type('application/vnd.mapbox-vector-tile')
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?(\s|,|$))/.test(String(request.headers['accept-encoding'] ?? ''))
  if (!tile.gzip) return reply.send(asBuffer(tile.bytes))
  return takesGzip ? reply.header('content-encoding', 'gzip').send(asBuffer(tile.bytes)) : reply.send(await unpack(tile.bytes))
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
