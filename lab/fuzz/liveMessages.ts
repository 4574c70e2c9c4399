import { encodeMessage, type Message } from '#core/live/messages.ts'

const stamp = { id: 'a1', station: '65/6529', name: '某人', person: 'p', n: 1, body: '{}' }
const entry = { station: '65/6529/652927', run: 'r', first: 1, seq: 1, at: 1, updates: [new Uint8Array([0, 0])], sig: 'AAAA' }

/** Every kind of message, well-formed and about nothing there is. */
const sound: Message[] = [
  { k: 'open', doc: 'layer/x~65', state: new Uint8Array() }, { k: 'update', doc: 'layer/x~65', n: 1, update: new Uint8Array([0, 0]) }, { k: 'close', doc: 'layer/x~65' },
  { k: 'enter', room: 'plot/x' }, { k: 'leave', room: 'plot/x' }, { k: 'tell', room: 'plot/x', body: '{"at":[1,2]}' }, { k: 'ack', doc: 'layer/x~65', n: 1 }, { k: 'reset', doc: 'nothing' },
  { k: 'have', docs: [{ doc: 'layer/x~65', digest: 'ff' }], last: true }, { k: 'vector', doc: 'layer/x~65', chains: [{ station: '65', run: 'r', seq: 3 }], isAnswer: false },
  { k: 'entries', doc: 'layer/x~65', entries: [entry] }, { k: 'took', doc: 'layer/x~65', chains: [] }, { k: 'presence', room: 'plot/x', here: [stamp], gone: ['b2'] },
]

/** A message of the live plane, or one bent, cut, stretched or made up. */
export function nastyLive(random: () => number): Buffer {
  const bytes = Buffer.from(encodeMessage(sound[Math.floor(random() * sound.length)]!))
  const fate = random()
  if (fate < 0.3) return bytes
  if (fate < 0.7) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  if (fate >= 0.7 && fate < 0.8) return bytes.subarray(0, Math.floor(random() * bytes.length))
  if (fate >= 0.8 && fate < 0.9) return Buffer.concat([bytes, Buffer.alloc(Math.floor(random() * 2000), 255)])
  if (fate >= 0.9) return Buffer.from(Array.from({ length: Math.floor(random() * 200) }, (_, i) => (i === 0 ? 1 : Math.floor(random() * 256))))
  return bytes
}
