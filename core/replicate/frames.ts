import { z } from 'zod'
import { isAddress, maxEpoch, maxPosition, moment } from '#core/kernel/index.ts'
import { maxFactLength, waitReasons, type WireFact } from '#core/ledger/index.ts'
import { stopCodes } from './reasons.ts'

/** Limits of one session (SPEC ). Lengths are UTF-16 units of JSON text. */
export const maxBatchFacts = 200
export const maxBatchLength = 256 * 1024
/** A batch may hold one fact of the largest size, and JSON escapes may double a text. */
export const maxFrameLength = 2 * (maxBatchLength + maxFactLength) + 64 * 1024
export const maxProofs = 8
/** Before the proof nobody has more to say: a hello with all its proofs fits (SPEC R-19). */
export const maxUnprovenLength = 64 * 1024
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
const count = z.int().min(0).max(maxPosition)
const place = count.min(1)
const epoch = z.int().min(1).max(maxEpoch)
const base64 = (max: number) => z.string().max(max).regex(/^[A-Za-z0-9+/]*={0,2}$/)
const nonce = z.string().regex(/^[0-9a-f]{32,64}$/)
const wireFact = z.strictObject({ text: z.string().min(2).max(maxFactLength), sig: base64(88) })
const protocol = z.strictObject({ min: z.int().min(1).max(1000), max: z.int().min(1).max(1000) })

export const cursorSchema = z.strictObject({ epoch: z.int().min(0).max(maxEpoch), n: count, head })

/** Not strict: a later version may say more in its hello, and must still be understood well enough to be refused politely. */
const hello = z.object({
  k: z.literal('hello'),
  protocol,
  from: address,
  to: address,
  publicKey: base64(44),
  nonce,
  boot: nonce,
  at: moment.optional(),
  /** Facts about `from` itself: a key rotated while the other end was away is proven by the key before it. */
  proofs: z.array(wireFact).max(maxProofs).optional(),
})

/** `text` is the canonical form of {@link Receipt}, signed by the receiving station. */
const signedReceipt = z.strictObject({ text: z.string().max(2000), sig: base64(88) })
/** What the speaker holds of the other's own making (SPEC R-24). */
const shown = z.strictObject({ fact: wireFact.optional(), receipt: signedReceipt.optional() })
const waitsSchema = z.strictObject({ n: count, why: z.enum(waitReasons).nullable() })

export const frameSchema = z.discriminatedUnion('k', [
  hello,
  z.strictObject({ k: z.literal('proof'), sig: base64(88) }),
  z.strictObject({ k: z.literal('resume'), taken: cursorSchema, renew: z.boolean(), shown: shown.optional() }),
  z.strictObject({ k: z.literal('epoch'), epoch, until: count }),
  z.strictObject({ k: z.literal('facts'), epoch, first: place, facts: z.array(wireFact).min(1).max(maxBatchFacts) }),
  signedReceipt.extend({ k: z.literal('receipt') }),
  waitsSchema.extend({ k: z.literal('waits') }),
  z.strictObject({ k: z.literal('ping'), id: count }),
  z.strictObject({ k: z.literal('pong'), id: count, at: moment.optional() }),
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
export type Shown = z.infer<typeof shown>
/** How many facts of the other end wait in quarantine, and why most of them do. */
export type Waits = z.infer<typeof waitsSchema>

export const receiptSchema = z.strictObject({
  kind: z.literal('link.receipt.v1'), from: address, to: address, epoch, n: place, head: hex, at: moment, waits: count.optional(), why: waitsSchema.shape.why.optional(),
})
/** What a receiving station signs after each commit: that it holds entry `n` of `to`'s queue, and everything before it. */
export type Receipt = z.infer<typeof receiptSchema>

/** The receipt in a signed text; null when there is none. Whose it is, and what it covers, is the reader's to judge. */
export function readReceipt(text: string): Receipt | null {
  try {
    return receiptSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

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
