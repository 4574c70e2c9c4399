import { encodeFrame, type Frame } from '#core/replicate/frames.ts'
import { nastyBodies, nastyTexts, nastyValues, pick } from './nastyValues.ts'

/** One message on a socket: text or binary. */
export type Message = string | Buffer

const hex = '0123456789abcdef'.repeat(4)
const sig = `${'A'.repeat(86)}==`

/** One of every kind of frame, well formed. */
export function soundFrames(from: string, to: string, publicKey: string): Frame[] {
  const wire = { text: '{"a":1}', sig }
  return [
    { k: 'hello', protocol: { min: 1, max: 1 }, from, to, publicKey, nonce: hex.slice(0, 32), boot: hex.slice(0, 32) },
    { k: 'hello', protocol: { min: 1, max: 1 }, from, to, publicKey, nonce: hex.slice(0, 32), boot: hex.slice(0, 32), proofs: [wire, wire] },
    { k: 'proof', sig },
    { k: 'resume', taken: { epoch: 0, n: 0, head: '' }, renew: false },
    { k: 'resume', taken: { epoch: 1, n: 5, head: hex }, renew: true },
    { k: 'epoch', epoch: 1, until: 0 },
    { k: 'facts', epoch: 1, first: 1, facts: [wire, wire] },
    { k: 'receipt', text: '{}', sig },
    { k: 'ping', id: 1 },
    { k: 'pong', id: 1 },
    { k: 'stop', code: 'stopping', who: to },
    { k: 'want', sha256: hex, offset: 0 },
    { k: 'chunk', sha256: hex, offset: 0, size: 10, data: 'AAAA' },
    { k: 'lack', sha256: hex },
    { k: 'got', sha256: hex },
  ]
}

/** A sound frame, or what an enemy or a broken disk makes of it: a field spoilt, bytes changed, cut short, grown huge, or noise. */
export function nastyMessage(sound: readonly Frame[], random: () => number): Message {
  const text = encodeFrame(pick(random, sound))
  const at = () => Math.floor(random() * text.length)
  switch (Math.floor(random() * 10)) {
    case 0: return text
    case 1: return text.slice(0, at())
    case 2: {
      const cut = at()
      return text.slice(0, cut) + String.fromCharCode(Math.floor(random() * 0x500)) + text.slice(cut + 1)
    }
    case 3: return pick(random, nastyBodies)
    case 4: return Buffer.from(Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256)))
    case 5: return Buffer.from(text)
    case 6: return text + text
    case 7: return `${text.slice(0, -1)},"x":"${'长'.repeat(Math.floor(random() * 20_000))}"}`
    case 8: return pick(random, nastyTexts)
    default: return JSON.stringify(spoil(JSON.parse(text) as Record<string, unknown>, random))
  }
}

function spoil(value: Record<string, unknown>, random: () => number): Record<string, unknown> {
  const name = pick(random, Object.keys(value))
  const inner = value[name]
  if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && random() < 0.7) return { ...value, [name]: spoil(inner as Record<string, unknown>, random) }
  const { [name]: _gone, ...rest } = value
  return random() < 0.3 ? rest : { ...value, [name]: pick(random, nastyValues) }
}
