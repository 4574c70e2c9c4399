import { z } from 'zod'
import { isAddress, maxPosition } from '#core/kernel/index.ts'
import { maxFactLength, type WireFact } from '#core/ledger/index.ts'
import { stopCodes } from './reasons.ts'

/** Limits of one session (SPEC ). Lengths are UTF-16 units of JSON text. */
export const maxBatchFacts = 200
export const maxBatchLength = 256 * 1024
/** A batch may hold one fact of the largest size, and JSON escapes may double a text. */
export const maxFrameLength = 2 * (maxBatchLength + maxFactLength) + 64 * 1024
export const maxProofs = 8
/** A third of a second of a 256 kbit/s line: what else goes over the link waits no longer behind one. */
export const chunkBytes = 8 * 1024
/** What a peer may send in one. */
export const maxChunkBytes = 64 * 1024
/** One message of the live plane (SPEC R-23). */
export const maxLiveBytes = 1024 * 1024

const hex = z.string().regex(/^[0-9a-f]{64}$/)
/** A place in a file, and its size. */
const bytes = z.int().min(0).max(maxPosition)
const head = z.string().regex(/^([0-9a-f]{64})?$/)
const address = z.string().max(240).refine(isAddress, 'not a station address')
const count = z.int().min(0)
const base64 = (max: number) => z.string().max(max).regex(/^[A-Za-z0-9+/]*={0,2}$/)
const nonce = z.string().regex(/^[0-9a-f]{32,64}$/)
const wireFact = z.strictObject({ text: z.string().min(2).max(maxFactLength), sig: base64(88) })
const protocol = z.strictObject({ min: z.int().min(1).max(1000), max: z.int().min(1).max(1000) })

export const cursorSchema = z.strictObject({ epoch: count, n: count, head })

/** Not strict: a later version may say more in its hello, and must still be understood well enough to be refused politely. */
const hello = z.object({
  k: z.literal('hello'),
  protocol,
  from: address,
  to: address,
  publicKey: base64(44),
  nonce,
  boot: nonce,
  /** Facts about `from` itself: a key rotated while the other end was away is proven by the key before it. */
  proofs: z.array(wireFact).max(maxProofs).optional(),
})

/** `text` is the canonical form of {@link Receipt}, signed by the receiving station. */
const receipt = z.strictObject({ k: z.literal('receipt'), text: z.string().max(2000), sig: base64(88) })

export const frameSchema = z.discriminatedUnion('k', [
  hello,
  z.strictObject({ k: z.literal('proof'), sig: base64(88) }),
  z.strictObject({ k: z.literal('resume'), taken: cursorSchema, renew: z.boolean() }),
  z.strictObject({ k: z.literal('epoch'), epoch: z.int().min(1), until: count }),
  z.strictObject({ k: z.literal('facts'), epoch: z.int().min(1), first: z.int().min(1), facts: z.array(wireFact).min(1).max(maxBatchFacts) }),
  receipt,
  z.strictObject({ k: z.literal('ping'), id: count }),
  z.strictObject({ k: z.literal('pong'), id: count }),
  z.strictObject({ k: z.literal('stop'), code: z.enum(stopCodes), who: address }),
  z.strictObject({ k: z.literal('want'), sha256: hex, offset: bytes }),
  z.strictObject({ k: z.literal('chunk'), sha256: hex, offset: bytes, size: bytes, data: base64(Math.ceil(maxChunkBytes / 3) * 4) }),
  z.strictObject({ k: z.literal('lack'), sha256: hex }),
  z.strictObject({ k: z.literal('got'), sha256: hex }),
])

export type Frame = z.infer<typeof frameSchema>
export type FrameOf<K extends Frame['k']> = Extract<Frame, { k: K }>
export type Hello = FrameOf<'hello'>
export type FactsFrame = FrameOf<'facts'>
export type FileFrame = FrameOf<'want' | 'chunk' | 'lack' | 'got'>
export type Cursor = z.infer<typeof cursorSchema>

export const receiptSchema = z.strictObject({
  kind: z.literal('link.receipt.v1'), from: address, to: address, epoch: z.int().min(1), n: z.int().min(1), head: hex, at: count,
})
/** What a receiving station signs after each commit: that it holds entry `n` of `to`'s queue, and everything before it. */
export type Receipt = z.infer<typeof receiptSchema>

/** One frame from the text of one message, or why it is none (SPEC R-19). */
export function decodeFrame(text: string): { frame: Frame } | { fault: string } {
  if (text.length > maxFrameLength) return { fault: `a frame of ${text.length} characters; at most ${maxFrameLength}` }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { fault: 'not JSON' }
  }
  const parsed = frameSchema.safeParse(value)
  if (!parsed.success) return { fault: parsed.error.issues.slice(0, 3).map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') }
  return { frame: parsed.data }
}

export function encodeFrame(frame: Frame): string {
  return JSON.stringify(frame)
}

/** How many of `wires` fit one batch; always at least one. */
export function batchLength(wires: readonly WireFact[]): number {
  let length = 0
  for (let i = 0; i < wires.length; i++) {
    length += wires[i]!.text.length + 128
    if (i > 0 && (i >= maxBatchFacts || length > maxBatchLength)) return i
  }
  return wires.length
}
