import { z } from 'zod'
import { label, levels, maxSeq, stationAddress, stationKinds } from '#core/kernel/index.ts'
import type { FactSchemas } from '#core/ledger/index.ts'

/** Base64 of the raw 32 bytes. */
export const publicKeySchema = z.string().regex(/^[A-Za-z0-9+/]{43}=$/)
export const stationNameSchema = label(64).trim().min(1)

const stationBody = z.strictObject({
  address: stationAddress,
  name: stationNameSchema,
  level: z.enum(levels),
  kind: z.enum(stationKinds),
  publicKey: publicKeySchema,
})
export type StationBody = z.infer<typeof stationBody>

const keyRotated = z.strictObject({ publicKey: publicKeySchema, /** The key that signs this: it must be the one in use. */ previous: publicKeySchema })
const number = z.int().max(maxSeq)
const rekeyed = z.strictObject({ publicKey: publicKeySchema, fromSeq: number.min(1) })
const revoked = z.strictObject({ untilSeq: number.min(0), reason: label(200).trim().min(1) })
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
