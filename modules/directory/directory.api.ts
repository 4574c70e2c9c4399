import { z } from 'zod'
import { label, levels, maxSeq, stationAddress, stationKinds } from '#core/kernel/index.ts'
import { publicKeySchema, stationNameSchema } from './directory.facts.ts'
import { pageQuery } from './people.api.ts'

export const stationFaceSchema = z.object({
  address: z.string(), name: z.string(), level: z.enum(levels), kind: z.enum(stationKinds),
  mode: z.enum(['demo', 'test', 'production']), version: z.string(),
  parent: z.string().nullable(),
  root: z.object({ address: z.string(), publicKey: z.string() }),
})

export const stationCardSchema = z.object({
  address: z.string(), name: z.string(), level: z.enum(levels), kind: z.enum(stationKinds),
  state: z.enum(['active', 'revoked']), parent: z.string().nullable(),
  keys: z.array(z.object({ publicKey: z.string(), fromSeq: z.int(), untilSeq: z.int().nullable() })),
})
export type StationRow = z.infer<typeof stationCardSchema>

export const stationQuery = z.object({ q: z.string().trim().max(64).optional(), ...pageQuery, size: z.coerce.number().int().min(1).max(200).default(200) })

export const hoursSchema = z.int().min(1).max(24 * 30).default(72)
/** Where children reach this station, when it is not the address of this very request. */
const urlSchema = z.url({ protocol: /^https?$/ }).max(300).optional()
export const newEnrolmentBody = z.strictObject({
  address: stationAddress, name: stationNameSchema, kind: z.enum(stationKinds), level: z.enum(levels).optional(), expiresInHours: hoursSchema, url: urlSchema,
})
export const offerSchema = z.object({ token: z.string(), address: z.string(), expiresAt: z.int() })
export const enrolmentBody = z.strictObject({ token: z.string().min(1).max(4_000), publicKey: publicKeySchema })
export const wireFactSchema = z.object({ text: z.string(), sig: z.string() })
export const enrolledSchema = z.object({ station: stationCardSchema, parent: z.string(), facts: z.array(wireFactSchema) })

export const revokeBody = z.strictObject({ reason: label(200).trim().min(1), untilSeq: z.int().min(0).max(maxSeq).optional() })
export const rekeyBody = z.strictObject({ expiresInHours: hoursSchema, url: urlSchema })
export const renameBody = z.strictObject({ name: stationNameSchema })
export const addressParams = z.object({ address: stationAddress })
