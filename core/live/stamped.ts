import { z } from 'zod'
import { line, moment, stationAddress } from '#core/kernel/index.ts'

/**
 * What every value in a live document says of itself. A value is written whole and never changed: an edit is a new
 * value under the same key, so the document keeps its own history, and `gone` is how something is removed.
 */
export const stampSchema = z.strictObject({
  /** When it was written, epoch ms, by the clock of the station that took it. */
  at: moment,
  /** The person's local id at `station`, and the name shown. */
  by: line(120),
  byName: line(64),
  station: stationAddress,
  /** True in the value that removes the key; the other fields are then those of what was removed. */
  gone: z.boolean().optional(),
})
export type Stamp = z.infer<typeof stampSchema>
/** Module fields beside the stamp; JSON only, flat. */
export type Stamped = Stamp & Record<string, unknown>

/** Keys of a document: made by the writer's browser or station. */
export const keyPattern = /^[A-Za-z0-9_-]{1,64}$/
