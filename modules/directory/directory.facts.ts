import { z } from 'zod'
import { isAddress, levels, maxSeq, stationKinds } from '#core/kernel/index.ts'
import type { FactSchemas } from '#core/ledger/index.ts'

export const addressSchema = z.string().refine(isAddress, '不是平台地址，例如 65/6529|not a station address such as 65/6529')
/** Base64 of the raw 32 bytes. */
export const publicKeySchema = z.string().regex(/^[A-Za-z0-9+/]{43}=$/)
export const stationNameSchema = z.string().trim().min(1).max(64)

const stationBody = z.strictObject({
  address: addressSchema,
  name: stationNameSchema,
  level: z.enum(levels),
  kind: z.enum(stationKinds),
  publicKey: publicKeySchema,
})
export type StationBody = z.infer<typeof stationBody>

const keyRotated = z.strictObject({ publicKey: publicKeySchema, /** The key that signs this: it must be the one in use. */ previous: publicKeySchema })
const number = z.int().max(maxSeq)
const rekeyed = z.strictObject({ publicKey: publicKeySchema, fromSeq: number.min(1) })
const revoked = z.strictObject({ untilSeq: number.min(0), reason: z.string().trim().min(1).max(200) })
const renamed = z.strictObject({ name: stationNameSchema })
/** Facts from this number on, up to this one, that claim a later time than this one were stated by a wrong clock (SPEC L-20). */
const clockMended = z.strictObject({ fromSeq: number.min(1) })
export type ClockMended = z.infer<typeof clockMended>
export type KeyRotated = z.infer<typeof keyRotated>
export type Rekeyed = z.infer<typeof rekeyed>
export type Revoked = z.infer<typeof revoked>
export type Renamed = z.infer<typeof renamed>

/** All about one station, subject `station/<address>`, audience `all`: nothing can be addressed to what is not known. */
export const directoryFacts = {
  'station.founded.v1': stationBody,
  'station.enrolled.v1': stationBody,
  'station.keyRotated.v1': keyRotated,
  'station.rekeyed.v1': rekeyed,
  'station.revoked.v1': revoked,
  'station.renamed.v1': renamed,
  'station.clockMended.v1': clockMended,
} satisfies FactSchemas
