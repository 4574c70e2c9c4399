import { z } from 'zod'
import { label } from '#core/kernel/index.ts'
import { roles } from '#core/http/roles.ts'

export const roleSchema = z.enum(roles)
export const accountSchema = z.string().trim().min(2).max(64).regex(/^[\p{L}\p{N}._@-]+$/u, '账号只能用文字、数字和 . _ @ -|an account is letters, digits and . _ @ -')
export const passwordSchema = z.string().min(1).max(200)
export const nameSchema = label(64).trim().min(1)

export const personSchema = z.object({ id: z.string(), account: z.string(), name: z.string(), roles: z.array(roleSchema) })
export const personRowSchema = personSchema.extend({ unit: z.string().nullable(), state: z.enum(['active', 'disabled']), createdAt: z.int() })
export type PersonRow = z.infer<typeof personRowSchema>

export const pageQuery = { page: z.coerce.number().int().min(1).max(1_000_000).default(1), size: z.coerce.number().int().min(1).max(200).default(50) }

export const signInBody = z.object({ account: z.string().min(1).max(64), password: passwordSchema })
export const signedInSchema = z.object({ token: z.string(), person: personSchema, /** What the screen must say at once. */ notice: z.string().optional() })
export const setupBody = z.object({ token: z.string().min(1).max(200), account: accountSchema, name: nameSchema, password: passwordSchema })

export const newPersonBody = z.strictObject({ account: accountSchema, name: nameSchema, roles: z.array(roleSchema).max(roles.length), password: passwordSchema, unit: z.string().max(64).nullable().default(null) })
export const personChange = z.strictObject({ name: nameSchema, roles: z.array(roleSchema).max(roles.length), state: z.enum(['active', 'disabled']), password: passwordSchema, unit: z.string().max(64).nullable() }).partial()
export const passwordChange = z.strictObject({ current: passwordSchema, password: passwordSchema })

export const newTokenBody = z.strictObject({ name: nameSchema, roles: z.array(roleSchema).min(1).max(roles.length), expiresInDays: z.int().min(1).max(730).default(365) })
export const tokenRowSchema = z.object({ id: z.string(), name: z.string(), roles: z.array(roleSchema), createdAt: z.int(), seenAt: z.int(), expiresAt: z.int() })

export const unitSchema = z.object({ id: z.string(), name: z.string() })
export const deedSchema = z.object({ id: z.string(), at: z.int(), account: z.string(), deed: z.string(), about: z.string() })
