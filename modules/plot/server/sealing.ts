import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { isRefusal, refuse, type Address } from '#core/kernel/index.ts'
import type { Actor } from '#core/ledger/index.ts'
import type { Limit } from '#core/live/card.ts'
import type { Station } from '#core/station/server/module.ts'
import { canonicalGeoJson, canonicalHistory } from '../canonical.ts'
import { sealLayer, writersEver } from '../plot.commands.ts'
import { plotSubject, type PlotBody } from '../plot.facts.ts'
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
  for (let attempt = 0; attempt < attempts; attempt++) if (await sealOnce(station, actor, layerId)) return
  throw refuse('plot.busy', '图层正在修改，请停笔后再定稿', 'The layer is being drawn on; seal it when people have stopped')
}

/** False when somebody drew while the layer was being read. */
async function sealOnce(station: Station, actor: Actor, layerId: string): Promise<boolean> {
  const { ledger, live, self } = station
  const { plot, doc } = await loadLayer(station, layerId)
  // Asked before any work: whose it is, and whether it is sealed.
  const refusal = mayState('plot.sealed.v1', { layer: layerId }, self, plot)
  if (refusal) throw refusal
  let isDrawnOn = false
  const forget = live.onChange((change) => { if (change.doc === doc) isDrawnOn = true })
  try {
    const writers = writersEver(plot, layerId)
    const held = await live.limits(doc, writers)
    const values = await valuesOf(station, doc)
    const digest = sha256Of(canonicalHistory(await historyOf(station, doc)))
    const { sha256, size, mediaType } = await station.files.put(Readable.from([Buffer.from(canonicalGeoJson(layerId, values))]), mostBytes)
    if (!sameLimits(held, await live.limits(doc, writers))) return false
    const seal = { layer: layerId, attachments: [{ sha256, size, mediaType, name: `${layerId}.geojson` }] as [PlotBody<'plot.sealed.v1'>['attachments'][0]], features: values.size, digest }
    return await ledger.write(actor, async (writer) => {
      const drafts = sealLayer(await writer.state(plotType, plotSubject(plot.id)), seal, held, self)
      if (isRefusal(drafts)) throw drafts
      if (isDrawnOn) return false
      for (const draft of drafts) await writer.append(draft)
      return true
    })
  } finally {
    forget()
  }
}

function sameLimits(a: Readonly<Record<Address, Limit>>, b: Readonly<Record<Address, Limit>>): boolean {
  const lines = (limits: Readonly<Record<Address, Limit>>) => Object.entries(limits).flatMap(([station, runs]) => Object.entries(runs).map(([run, seq]) => `${station} ${run} ${seq}`)).sort().join('\n')
  return lines(a) === lines(b)
}
