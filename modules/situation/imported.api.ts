import { z } from 'zod'
import { importReportSchema, layerKinds } from '#core/geo/importReport.ts'

/** What an imported layer is to the map: one layer among others, or part of the base map. */
export const layerRoles = ['overlay', 'boundary', 'place', 'water', 'land'] as const
export type LayerRole = (typeof layerRoles)[number]
export const baseRoles = layerRoles.filter((role) => role !== 'overlay')

/** An id goes into addresses: `/tiles/{layer}/…`. */
export const layerIdPattern = /^[a-z][a-z0-9-]{0,39}$/
/** Layers that the station makes itself. */
export const reservedLayerIds = ['base', 'incidents', 'divisions', 'plots', 'layers']

export const layerCardSchema = z.object({
  id: z.string(),
  title: z.string(),
  role: z.enum(layerRoles),
  kind: z.enum(layerKinds),
  count: z.int(),
  bbox: z.array(z.number()).length(4).nullable(),
  /** Name of the file it came from. */
  file: z.string(),
  sha256: z.string(),
  crs: z.string(),
  encoding: z.string().nullable(),
  importedAt: z.int(),
})
export type LayerCard = z.infer<typeof layerCardSchema>

export const layersResponse = z.object({ items: z.array(layerCardSchema), total: z.int() })
export const layerResponse = layerCardSchema.extend({ report: importReportSchema })
export type LayerDetail = z.infer<typeof layerResponse>
export const layerParams = z.object({ id: z.string().regex(layerIdPattern, '图层编号为小写字母、数字和连字符|a layer id is of small letters, digits and hyphens') })
