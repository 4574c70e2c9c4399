import { idOfSubject, kindOfSubject, directoryKind, type Directory, type Reach } from '#core/ledger/index.ts'
import type { LedgerNews } from '#core/ledger/server/ledger.ts'
import type { DocCard } from '#core/live/card.ts'
import { layerDoc, parseLayerId } from '../layerIds.ts'
import { docCard, layersOf, type PlotState } from '../plot.state.ts'

interface Held {
  state: PlotState
  cards: Map<string, DocCard | undefined>
}

/** Who may write which layer, in memory: core/live asks at every stroke. Follows the plots and the directory after each commit. */
export class LayerCards {
  readonly #plots = new Map<string, Held>()
  readonly #directory: Directory

  constructor(directory: Directory) {
    this.#directory = directory
  }

  card(layerId: string): DocCard | undefined {
    const plot = this.#plots.get(layerId.slice(0, layerId.indexOf('~')))
    if (!plot) return undefined
    const known = plot.cards.get(layerId)
    if (known) return known
    const card = docCard(plot.state, layerId, this.#directory)
    if (card) plot.cards.set(layerId, card)
    return card
  }

  reach(plotId: string): Reach | undefined {
    return this.#plots.get(plotId)?.state.reach
  }

  /** Takes in what a plot has become; the documents whose authority is another now. */
  put(state: PlotState): string[] {
    if (!state.opened) return []
    const before = this.#plots.get(state.id)?.state
    this.#plots.set(state.id, { state, cards: new Map() })
    const layers = layersOf(state, this.#directory)
    const changed = before?.reach.length === state.reach.length ? layers.filter(({ id }) => JSON.stringify(before.layers[id]) !== JSON.stringify(state.layers[id])) : layers
    return changed.map(({ id }) => layerDoc(id))
  }

  /** A station that became known, or was revoked: its layers in every plot. */
  forgetOwner(address: string): string[] {
    const docs: string[] = []
    for (const { state, cards } of this.#plots.values()) {
      for (const { id } of layersOf(state, this.#directory)) {
        if (parseLayerId(id)?.owner !== address) continue
        cards.delete(id)
        docs.push(layerDoc(id))
      }
    }
    return docs
  }

  /** Which plots and which stations a commit was about. */
  static subjectsOf(news: LedgerNews): { plots: string[]; stations: string[] } {
    const of = (kind: string) => [...new Set(news.facts.map((fact) => fact.subject).filter((subject) => kindOfSubject(subject) === kind))]
    return { plots: of('plot'), stations: of(directoryKind).map(idOfSubject) }
  }
}
