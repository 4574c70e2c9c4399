import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { isRefusal, refuse, type Address } from '#core/kernel/index.ts'
import type { Actor } from '#core/ledger/index.ts'
import type { Limit } from '#core/live/card.ts'
import type { Station } from '#core/station/server/module.ts'
import { canonicalGeoJson, canonicalHistory } from '../canonical.ts'
import { sealLayer, writersEver } from '../plot.commands.ts'
import { plotSubject } from '../plot.facts.ts'
import { mayState, plotType } from '../plot.rules.ts'
import { historyOf, loadLayer, valuesOf } from './plot.reading.ts'

/** More strokes than anyone draws by hand; what links carry for one seal. */
const mostBytes = 64 * 1024 * 1024
const attempts = 5

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * 定稿. The file is written before the fact that names it, and the fact is stated only if nobody drew meanwhile: what
 * the file shows, what the fact says counts, and what the document holds are then the same.
 */
export async function sealNow(station: Station, actor: Actor, layerId: string): Promise<void> {
  const { ledger, live, self } = station
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { plot, doc } = await loadLayer(station, layerId)
    // Asked before any work: whose it is, and whether it is sealed.
    const refusal = mayState('plot.sealed.v1', { layer: layerId }, self, plot)
    if (refusal) throw refusal
    const writers = writersEver(plot, layerId)
    const held = await live.limits(doc, writers)
    const values = await valuesOf(station, doc)
    const digest = sha256Of(canonicalHistory(await historyOf(station, doc)))
    const { sha256, size, mediaType } = await station.files.put(Readable.from([Buffer.from(canonicalGeoJson(layerId, values))]), mostBytes)
    const attachment = { sha256, size, mediaType, name: `${layerId}.geojson` }
    const isDone = await ledger.write(actor, async (writer) => {
      if (!sameLimits(held, await live.limits(doc, writers))) return false
      const drafts = sealLayer(await writer.state(plotType, plotSubject(plot.id)), { layer: layerId, attachments: [attachment], features: values.size, digest }, held, self)
      if (isRefusal(drafts)) throw drafts
      for (const draft of drafts) await writer.append(draft)
      return true
    })
    if (isDone) return
  }
  throw refuse('plot.busy', '图层正在修改，请停笔后再定稿', 'The layer is being drawn on; seal it when people have stopped')
}

function sameLimits(a: Readonly<Record<Address, Limit>>, b: Readonly<Record<Address, Limit>>): boolean {
  const lines = (limits: Readonly<Record<Address, Limit>>) => Object.entries(limits).flatMap(([station, runs]) => Object.entries(runs).map(([run, seq]) => `${station} ${run} ${seq}`)).sort().join('\n')
  return lines(a) === lines(b)
}
