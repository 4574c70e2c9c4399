import { z } from 'zod'
import { line, moment, stationAddress } from '#core/kernel/index.ts'
import { publicKeySchema } from './directory.facts.ts'
import { fromBase64, toBase64 } from '#core/ledger/webCrypto.ts'

/** What a child must know to join: where its parent is, whom to trust at the top, and a secret that works once. */
export const enrolmentTokenSchema = z.strictObject({
  v: z.literal(1),
  address: stationAddress,
  parent: stationAddress,
  url: z.url({ protocol: /^https?$/ }),
  root: z.strictObject({ address: stationAddress, publicKey: publicKeySchema, name: line(64) }),
  expires: moment,
  secret: z.string().min(20).max(100),
})
export type EnrolmentToken = z.infer<typeof enrolmentTokenSchema>

const prefix = 'fengsui1.'
const utf8 = { to: new TextEncoder(), from: new TextDecoder('utf-8', { fatal: true }) }

/** One line to copy by hand: `fengsui1.` and base64url of JSON. */
export function writeEnrolmentToken(token: EnrolmentToken): string {
  return prefix + toBase64(utf8.to.encode(JSON.stringify(token))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Undefined for anything that is not a token of ours. */
export function readEnrolmentToken(text: string): EnrolmentToken | undefined {
  try {
    const base64 = text.trim().slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/')
    if (!text.trim().startsWith(prefix)) return undefined
    return enrolmentTokenSchema.parse(JSON.parse(utf8.from.decode(fromBase64(base64 + '='.repeat((4 - (base64.length % 4)) % 4)))))
  } catch {
    return undefined
  }
}
