import { z } from 'zod'
import { attachmentSchema, label, maxSeq, sha256Hex, stationAddress } from '#core/kernel/index.ts'
import { layerIdPattern, plotIdPattern } from './layerIds.ts'

const layer = z.string().max(320).regex(layerIdPattern)
export const layerName = label(40).trim().min(1)

/** How far a station's chains of entries count; see `Limit` in core/live. */
const limit = z.record(z.string().min(1).max(80), z.int().min(0).max(maxSeq)).refine((runs) => Object.keys(runs).length <= 1_000, 'at most 1000 runs')

/** Begins a plot; stays at home until a share. A plot has the id of its incident. */
export const openedV1 = z.strictObject({ incident: z.string().regex(plotIdPattern) })

/** Makes the plot known: its envelope's `to` says to whom. */
export const sharedV1 = z.strictObject({ reason: z.enum(['reported', 'lead-changed', 'shared']) })

/** A further layer of the stating station; its first one needs no fact. */
export const layerAddedV1 = z.strictObject({ layer, name: layerName })
export const layerRenamedV1 = z.strictObject({ layer, name: layerName })

/** Lets another station write on the stating station's layer. */
export const grantedV1 = z.strictObject({ layer, station: stationAddress })
/** Ends it: what that station wrote counts up to here, so what the owner had seen stays. */
export const withdrawnV1 = z.strictObject({ layer, station: stationAddress, upTo: limit })

/** Files that strokes of a layer refer to. Documents carry hashes only; stations pull what facts name. */
export const filesAddedV1 = z.strictObject({ layer, attachments: z.array(attachmentSchema).min(1).max(64) })

/** 定稿: the layer as a file, and how far each writer's entries count for ever. */
export const sealedV1 = z.strictObject({
  layer,
  upTo: z.record(stationAddress, limit).refine((stations) => Object.keys(stations).length <= 200, 'at most 200 stations'),
  /** The canonical GeoJSON of the layer; stations pull it by its hash. */
  attachments: z.tuple([attachmentSchema]),
  features: z.int().min(0).max(maxSeq),
  /** SHA-256 over every value ever written that counts: the seal covers who drew what when, not only what is left. */
  digest: sha256Hex,
})

export const plotFacts = {
  'plot.opened.v1': openedV1,
  'plot.shared.v1': sharedV1,
  'plot.layerAdded.v1': layerAddedV1,
  'plot.layerRenamed.v1': layerRenamedV1,
  'plot.granted.v1': grantedV1,
  'plot.withdrawn.v1': withdrawnV1,
  'plot.filesAdded.v1': filesAddedV1,
  'plot.sealed.v1': sealedV1,
}
export type PlotFactType = keyof typeof plotFacts
export type PlotBody<T extends PlotFactType> = z.infer<(typeof plotFacts)[T]>

/** `plot/<incident id>`, mode ending included. */
export const plotSubject = (plotId: string): string => `plot/${plotId}`
