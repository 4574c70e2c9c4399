import { refuse } from '#core/kernel/index.ts'
import { modeOfSubject, type SubjectType } from '#core/ledger/index.ts'
import type { Stamped } from '#core/live/stamped.ts'
import type { Station } from '#core/station/server/module.ts'
import { incidentSubject, incidentType, isParty as isIncidentParty } from '#modules/incident/index.ts'
import { layerDoc, parseLayerId } from '../layerIds.ts'
import type { Written } from '../canonical.ts'
import type { PlotAnswer, PlotsAnswer } from '../plot.api.ts'
import { plotSubject } from '../plot.facts.ts'
import { mergedHistory, valuesAt } from '../plot.history.ts'
import { plotType } from '../plot.rules.ts'
import { isParty, layerOf, layersOf, type Layer, type PlotState } from '../plot.state.ts'
import { plotView } from '../plot.view.ts'
import { readPlotIds } from './plot.tables.ts'

/** Whatever can tell folded state: the ledger outside a write, the writer inside. */
export interface StateReader {
  readonly self: string
  state<State>(type: SubjectType<State>, subject: string): Promise<State>
}

/** The plot, if it is this station's business. */
export async function loadPlot(reader: StateReader, id: string): Promise<PlotState> {
  const state = await reader.state(plotType, plotSubject(id))
  if (!isParty(state, reader.self)) throw refuse('plot.not-found', '没有这份标绘，或它还没有到达本平台', 'There is no such plot, or it is not here yet')
  return state
}

export interface LoadedLayer {
  plot: PlotState
  layer: Layer
  doc: string
}

export async function loadLayer({ ledger }: Pick<Station, 'ledger'>, id: string): Promise<LoadedLayer> {
  const plot = await loadPlot(ledger, parseLayerId(id)?.plotId ?? '-')
  const layer = layerOf(plot, id, ledger.directory)
  if (!layer) throw layerNotFound()
  return { plot, layer, doc: layerDoc(id) }
}

export const layerNotFound = () => refuse('plot.layer.not-found', '没有这个图层', 'There is no such layer')

export async function readPlot(station: Station, id: string): Promise<PlotAnswer> {
  const { ledger, live, self } = station
  const state = await loadPlot(ledger, id)
  const counts = new Map<string, number>()
  for (const layer of layersOf(state, ledger.directory)) counts.set(layer.id, (await live.values(layerDoc(layer.id)))?.size ?? 0)
  const view = plotView(state, counts, { self, directory: ledger.directory })
  if (!view) throw layerNotFound()
  return view
}

/** Every plot that is this station's business, the latest first. */
export async function listPlots({ ledger, database, self }: Station, { page, size }: { page: number; size: number }): Promise<PlotsAnswer> {
  const { items, total } = await readPlotIds(database.read, { page, size })
  const plots = await Promise.all(items.map(async (id): Promise<PlotsAnswer['items'][number] | null> => {
    const { opened } = await ledger.state(plotType, plotSubject(id))
    if (!opened) return null
    const incident = await ledger.state(incidentType, incidentSubject(id))
    const title = isIncidentParty(incident, self) ? incident.title : null
    return { plotId: id, title, mode: modeOfSubject(plotSubject(id)), openedBy: opened.station, openedByName: ledger.directory.station(opened.station)?.name ?? opened.station, openedAt: opened.at }
  }))
  return { items: plots.filter((plot) => plot !== null), total }
}

/** What stands on a layer now, or stood at a moment. */
export async function valuesOf({ live }: Pick<Station, 'live'>, doc: string, at?: number): Promise<ReadonlyMap<string, Stamped>> {
  const present = (await live.values(doc)) ?? new Map<string, Stamped>()
  return at === undefined ? present : valuesAt((await live.history(doc)) ?? [], present, at)
}

export async function historyOf({ live }: Pick<Station, 'live'>, doc: string): Promise<Written[]> {
  return (await live.history(doc)) ?? []
}

/** The histories of all layers of a plot as one. */
export async function playbackOf(station: Station, id: string): Promise<(Written & { layer: string })[]> {
  const state = await loadPlot(station.ledger, id)
  const layers: { layer: string; history: Written[] }[] = []
  for (const layer of layersOf(state, station.ledger.directory)) layers.push({ layer: layer.id, history: await historyOf(station, layerDoc(layer.id)) })
  return mergedHistory(layers)
}
