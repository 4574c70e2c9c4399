import type { Readable } from 'node:stream'
import type { FieldFault } from '#core/kernel/index.ts'
import { HttpProblem } from './problem.ts'
import { invalid } from './validation.ts'

const maxDepth = 32
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads a whole body within a size and a time: a client that drips bytes does not hold a handler.
 * On a *no* the stream is left paused, not destroyed, so the answer still goes out on the same socket.
 */
export function readBody(stream: Readable, limit: number, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
      settle()
    }
    const giveUp = (problem: Error) => {
      stream.pause()
      finish(() => reject(problem))
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) giveUp(tooLarge(limit))
      else chunks.push(chunk)
    }
    const onEnd = () => finish(() => resolve(Buffer.concat(chunks)))
    const onError = (error: Error) => finish(() => reject(error))
    const onClose = () => finish(() => reject(truncated()))
    const timer = setTimeout(() => giveUp(tooSlow()), timeoutMs)
    stream.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
  })
}

function tooSlow(): HttpProblem {
  return new HttpProblem(408, 'request.timeout', '请求内容传得太慢，已放弃', 'The request body came too slowly and was given up')
}

export function truncated(): HttpProblem {
  return new HttpProblem(400, 'request.truncated', '请求在传完之前中断', 'The request ended before it was complete')
}

export function tooLarge(limit: number): HttpProblem {
  return new HttpProblem(413, 'request.too-large', `内容超过上限 ${limit} 字节`, `The body is over the limit of ${limit} bytes`)
}

/** Strict JSON: valid UTF-8, no NUL, no lone surrogates, no prototype keys, finite numbers, bounded depth. Empty gives undefined. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new HttpProblem(400, 'request.malformed', '内容不是有效的 UTF-8 JSON', 'The body is not valid UTF-8 JSON')
  }
  const faults = faultsOfValue(value)
  if (faults.length > 0) throw invalid(faults)
  return value
}

/** What no database column and no signed fact could hold, wherever it stands in the input. Walks without recursion. */
export function faultsOfValue(root: unknown): FieldFault[] {
  const faults: FieldFault[] = []
  const pending: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }]
  for (let item = pending.pop(); item && faults.length < 20; item = pending.pop()) {
    const { value, path, depth } = item
    const fault = (zh: string, en: string) => faults.push({ field: path.slice(0, 200) || '(body)', message: { zh, en } })
    if (typeof value === 'string') {
      if (!isPlainText(value)) fault('含有不可用的字符（空字符或残缺的字符）', 'contains unusable characters (NUL or broken surrogates)')
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) fault('数字过大', 'the number is too large')
    } else if (typeof value === 'object' && value !== null) {
      if (depth >= maxDepth) fault(`嵌套超过 ${maxDepth} 层`, `nested deeper than ${maxDepth} levels`)
      else {
        for (const [key, inner] of Object.entries(value)) {
          const at = path ? `${path}.${key}` : key
          if (forbiddenKeys.has(key) || !isPlainText(key)) faults.push({ field: at.slice(0, 200), message: { zh: '字段名不可用', en: 'the field name is not allowed' } })
          else pending.push({ value: inner, path: at, depth: depth + 1 })
        }
      }
    }
  }
  return faults
}

export function isPlainText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** What a long upload must keep up: a pause no longer than `idleMs`, and after a minute at least `bytesPerSecond` on average. */
export interface Pace {
  idleMs: number
  graceMs: number
  bytesPerSecond: number
}

export const uploadPace: Pace = { idleMs: 30_000, graceMs: 60_000, bytesPerSecond: 256 }

/** Passes a body on chunk by chunk while it keeps the pace; like `readBody` it leaves the socket open for the answer. */
export async function* pacedBody(stream: Readable, pace: Pace): AsyncGenerator<Buffer> {
  const started = performance.now()
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  let size = 0
  for (;;) {
    const next = await withinTime(chunks.next(), pace.idleMs)
    if (next.done) return
    size += next.value.length
    const ms = performance.now() - started
    if (ms > pace.graceMs && size < (pace.bytesPerSecond * ms) / 1000) throw tooSlow()
    yield next.value
  }
}

async function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(tooSlow()), ms) })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}
