import { isRefusal } from '#core/kernel/index.ts'
import type { FileCard } from '#core/files/server/files.ts'
import type { Station } from '#core/station/server/module.ts'
import { parseLayerId } from '../layerIds.ts'
import { addFiles } from '../plot.commands.ts'
import { plotSubject } from '../plot.facts.ts'
import { strokesOf } from '../plot.features.ts'
import { plotType } from '../plot.rules.ts'

/** How long a stroke may be here before the file it refers to. */
const patienceMs = 10 * 60_000
const mostInOneFact = 64
const machine = { id: 'system', name: '系统' }

/**
 * Photos travel with facts, strokes do not: what people here attach to strokes this station names in a fact, and the
 * stations of the plot pull it. Looked at a little later and again, for a stroke may come before its file is uploaded.
 */
export class Photos {
  readonly #station: Station
  /** Layers on which something changed, and until when to look at them. */
  readonly #waiting = new Map<string, number>()

  constructor(station: Station) {
    this.#station = station
    station.live.onChange(({ doc }) => {
      if (doc.startsWith('layer/')) this.#waiting.set(doc, station.clock.now() + patienceMs)
    })
  }

  async look(now: number): Promise<void> {
    // A copy: what waits again must not be met again in this look.
    const due = [...this.#waiting]
    const faults: Error[] = []
    for (const [doc, until] of due) {
      this.#waiting.delete(doc)
      let isComplete = false
      try {
        isComplete = await this.#name(doc)
      } catch (fault) {
        faults.push(new Error(`${doc}: ${String(fault)}`, { cause: fault }))
      }
      if (!isComplete && until > now && !this.#waiting.has(doc)) this.#waiting.set(doc, until)
    }
    if (faults.length > 0) throw new AggregateError(faults, faults.map(({ message }) => message).join('; '))
  }

  /** Names what is here and not yet named; false while a file is missing. */
  async #name(doc: string): Promise<boolean> {
    const { ledger, live, files, self } = this.#station
    const layer = doc.slice('layer/'.length)
    const subject = plotSubject(parseLayerId(layer)?.plotId ?? '-')
    const known = new Set((await ledger.state(plotType, subject)).files)
    const own = strokesOf((await live.values(doc)) ?? new Map()).filter(([, stroke]) => stroke.station === self).flatMap(([, stroke]) => stroke.photos)
    const wanted = [...new Set(own)].filter((sha256) => !known.has(sha256))
    if (wanted.length === 0) return true
    const here = (await Promise.all(wanted.map((sha256) => files.card(sha256)))).filter((card): card is FileCard => card !== undefined)
    if (here.length === 0) return false
    await ledger.write(machine, async (writer) => {
      const state = await writer.state(plotType, subject)
      for (let i = 0; i < here.length; i += mostInOneFact) {
        const drafts = addFiles(state, { layer, attachments: here.slice(i, i + mostInOneFact).map((card) => ({ ...card, name: card.sha256.slice(0, 12) })) }, self)
        // A bound was reached, or the layer is no longer ours to name files for: the strokes stay, the files do not travel.
        if (isRefusal(drafts)) return
        for (const draft of drafts) await writer.append(draft)
      }
    })
    return here.length === wanted.length
  }
}
