import { z } from 'zod'
import { divisionCode, label, latitude, longitude, maxAmount, maxTick, stationAddress } from '#core/kernel/index.ts'
import { grades } from './grade.ts'
import { measureNames, type FigureName } from './norms.values.ts'

/** What reports state and incidents are assessed by, in one form: what a report may say an assessment may repeat. */

export const gradeSchema = z.enum(grades)
/** An event code, or the beginning of one. */
export const eventCode = z.string().regex(/^[0-9A-Z]{2,8}$/)

/** `null` is 不详 (asked and unknown, which is not 0), absent is not stated. `lossWan` is direct loss in 万元 (10,000 CNY). */
export const figuresSchema = z.strictObject(Object.fromEntries(
  measureNames.map((name) => [name, (name === 'lossWan' ? z.number() : z.int()).min(0).max(maxAmount).nullable().optional()]),
) as Record<FigureName, z.ZodOptional<z.ZodNullable<z.ZodNumber>>>)

/** The measures that grading rules use besides the figures: `{ magnitude: 7.1 }`. */
export const attributesSchema = z
  .record(z.string().regex(/^[a-zA-Z][A-Za-z0-9]{0,39}$/), z.union([z.number().min(-maxAmount).max(maxAmount), label(80), z.boolean()]))
  .refine((attributes) => Object.keys(attributes).length <= 60, '最多 60 项|at most 60')

/** Where: a division, and what is known beyond it. */
export const placeSchema = z.strictObject({ division: divisionCode, address: label(200).optional(), lon: longitude.optional(), lat: latitude.optional() })
  .superRefine(({ lon, lat }, context) => {
    if ((lon === undefined) !== (lat === undefined)) context.addIssue({ code: 'custom', path: [lon === undefined ? 'lon' : 'lat'], message: '经度和纬度须同时填写|give both lon and lat, or neither' })
  })
export type Place = z.infer<typeof placeSchema>

/** A publication's number at its station. */
export const normsVersion = z.int().min(0).max(maxTick)
/** Which version of each station's norms something was judged by. */
export const stampSchema = z.record(stationAddress, normsVersion)
