import type { Address } from '#core/kernel/index.ts'
import { modeOfSubject, type Directory } from '#core/ledger/index.ts'
import type { Stamped } from '#core/live/stamped.ts'
import type { Written } from './canonical.ts'
import type { LayerAnswer, PlotAnswer } from './plot.api.ts'
import { plotSubject } from './plot.facts.ts'
import type { Change } from './plot.history.ts'
import { layersOf, titleOf, type Layer, type PlotState } from './plot.state.ts'

/** A plot as its page shows it. Layers of stations no longer in use are shown while there is something on them. */
export function plotView(state: PlotState, counts: ReadonlyMap<string, number>, { self, directory }: { self: Address; directory: Directory }): PlotAnswer | null {
  if (!state.opened) return null
  const layers = layersOf(state, directory)
    .map((layer) => layerView(layer, counts.get(layer.id) ?? 0, { self, directory }))
    .filter(({ ownerStation, count }) => count > 0 || directory.station(ownerStation)?.state === 'active')
  return { plotId: state.id, incidentId: state.id, mode: modeOfSubject(plotSubject(state.id)), openedBy: state.opened.station, openedAt: state.opened.at, layers }
}

function layerView(layer: Layer, count: number, { self, directory }: { self: Address; directory: Directory }): LayerAnswer {
  const { sealed } = layer
  return {
    id: layer.id,
    name: titleOf(layer, directory),
    ownerStation: layer.owner,
    ownerName: directory.station(layer.owner)?.name ?? layer.owner,
    own: layer.owner === self,
    further: layer.added !== null,
    grants: layer.granted,
    mayWrite: !sealed && (layer.owner === self || layer.granted.includes(self)),
    sealed: sealed !== null,
    sealedAt: sealed?.at ?? null,
    sealedBy: sealed?.by ?? null,
    sealedFact: sealed?.fact ?? null,
    sealedFile: sealed?.attachments[0].sha256 ?? null,
    count,
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/** One line of a layer's history. */
export function changeView({ key, value, what }: Change) {
  return { at: value.at, station: value.station, by: value.by, author: value.byName, key, what, shape: textOf(value.shape), symbol: textOf(value.symbol), label: textOf(value.label) }
}

/** One step of a playback: a stroke as it was drawn, or null when it was taken away. */
export function stepView({ layer, key, value }: Written & { layer: string }) {
  return { at: value.at, station: value.station, by: value.by, author: value.byName, layer, key, stroke: value.gone === true ? null : (value as Record<string, unknown>) }
}

/** A stretch of a list, and how long the whole is. */
export function pageOf<T>(all: readonly T[], { page, size, order = 'asc' }: { page: number; size: number; order?: 'asc' | 'desc' }): { items: T[]; total: number } {
  const start = (page - 1) * size
  const items = order === 'asc' ? all.slice(start, start + size) : all.slice(Math.max(0, all.length - start - size), Math.max(0, all.length - start)).toReversed()
  return { items, total: all.length }
}

export function within<T extends { value: Stamped }>(all: readonly T[], { from = 0, until = Infinity }: { from?: number; until?: number }): T[] {
  return all.filter(({ value }) => value.at >= from && value.at <= until)
}
