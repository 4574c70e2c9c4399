import { z } from 'zod'
import { moment, passage, type Address } from '#core/kernel/index.ts'
import { subjectOf } from '#core/ledger/index.ts'
import { normsVersion } from './norms.observation.ts'

/**
 * One publication is everything its station sets, sparse over what stands above it: it replaces that station's
 * earlier publication wholly, so a single fact shows what a station demands. `null` withdraws a value, which only
 * the top of the tree may do. Values are checked by `admit`, so an unknown group is refused there with its name.
 */
export const publishedV1 = z.strictObject({
  version: normsVersion.min(1),
  effectiveFrom: moment,
  note: passage(2000),
  sets: z.record(z.string().min(1).max(120), z.json()),
})
export type PublishedV1 = z.infer<typeof publishedV1>

export const normsFacts = { 'norms.published.v1': publishedV1 }

/**
 * All norms of one tree are one subject, named after its top (`norms/65`): whether a county loosens what the region
 * demands can then be judged in the fold, by every station alike.
 */
export function normsSubject(address: Address): string {
  return subjectOf('norms', address.split('/')[0] ?? address)
}
