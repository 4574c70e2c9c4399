import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { bytes, count, flag, list, record, text, type Field } from './codec.ts'
import { maxUpdateBytes } from './inspectUpdate.ts'

/** First byte of every message (SPEC V-10). A station that hears another version says so and goes on without live documents. */
export const encodingVersion = 1
export const maxPresenceLength = 8_192
/** Whole messages, both ends. */
export const maxMessageBytes = 1024 * 1024

/** Updates that one entry may hold (SPEC V-9). */
export const maxPacked = 256

export const maxDocLength = 200
const doc = text(maxDocLength)
const room = text(200)
const station = text(240)
const run = text(32)
const chain = record({ station, run, seq: count })
const entry = record({ station, run, first: count, seq: count, at: count, updates: list(bytes(maxUpdateBytes), maxPacked), sig: text(88) })
const present = record({ id: text(40), station, name: text(64), person: text(120), n: count, body: text(maxPresenceLength) })

/** One list for browsers and for links; the number is the second byte. Numbers are never reused. */
const layouts = {
  // A browser and its station.
  open: [1, record({ doc, state: bytes(maxUpdateBytes) })],
  opened: [2, record({ doc, update: bytes(64 * maxMessageBytes), mayWrite: flag, now: count })],
  update: [3, record({ doc, n: count, update: bytes(maxUpdateBytes) })],
  ack: [4, record({ doc, n: count })],
  refused: [5, record({ doc, n: count, code: text(60), zh: text(400), en: text(400) })],
  close: [6, record({ doc })],
  reset: [7, record({ doc })],
  enter: [8, record({ room })],
  leave: [9, record({ room })],
  tell: [10, record({ room, body: text(maxPresenceLength) })],
  others: [11, record({ room, here: list(present, 2_000), gone: list(text(40), 2_000) })],
  // Two stations.
  have: [20, record({ docs: list(record({ doc, digest: text(24) }), 2_000), last: flag })],
  vector: [21, record({ doc, chains: list(chain, 20_000), isAnswer: flag })],
  entries: [22, record({ doc, entries: list(entry, 500) })],
  took: [23, record({ doc, chains: list(chain, 20_000) })],
  presence: [24, record({ room, here: list(present, 2_000), gone: list(text(40), 2_000) })],
} as const satisfies Record<string, readonly [number, Field<unknown>]>

type Layouts = typeof layouts
export type MessageKind = keyof Layouts
type Body<K extends MessageKind> = Layouts[K][1] extends Field<infer T> ? T : never
export type MessageOf<K extends MessageKind> = K extends MessageKind ? { k: K } & Body<K> : never
export type Message = MessageOf<MessageKind>

export type WireEntry = MessageOf<'entries'>['entries'][number]
export type Present = MessageOf<'others'>['here'][number]
export type ChainPlace = MessageOf<'vector'>['chains'][number]

const byNumber = new Map(Object.entries(layouts).map(([kind, [number, field]]) => [number as number, { kind: kind as MessageKind, field: field as unknown as Field<object> }]))

export function encodeMessage(message: Message): Uint8Array {
  const to = encoding.createEncoder()
  const [number, field] = layouts[message.k]
  encoding.writeUint8(to, encodingVersion)
  encoding.writeUint8(to, number)
  ;(field as unknown as Field<object>).write(to, message)
  return encoding.toUint8Array(to)
}

/** One message from its bytes; null for a kind of a later version, which is passed over; or why it is none. Never throws. */
export function decodeMessage(data: Uint8Array): { message: Message | null } | { fault: string } {
  if (data.length < 2) return { fault: 'too short' }
  if (data[0] !== encodingVersion) return { fault: `encoding version ${data[0]}; this station speaks ${encodingVersion}` }
  const layout = byNumber.get(data[1]!)
  if (!layout) return { message: null }
  const from = decoding.createDecoder(data)
  from.pos = 2
  try {
    const body = layout.field.read(from)
    if (from.pos !== data.length) return { fault: 'bytes left over' }
    return { message: { k: layout.kind, ...body } as Message }
  } catch (error) {
    return { fault: String(error).slice(0, 200) }
  }
}
