import { refuse, type Address, type Refusal } from '#core/kernel/index.ts'
import { isMadeAt, reaches, type Directory, type FactDraft } from '#core/ledger/index.ts'
import type { Limit } from '#core/live/card.ts'
import type { IncidentState } from '#modules/incident/index.ts'
import { plotSubject, type PlotBody, type PlotFactType } from './plot.facts.ts'
import { layerIdOf, parseLayerId } from './layerIds.ts'
import { isStation, mayState } from './plot.rules.ts'
import { plainLayer, type PlotState } from './plot.state.ts'

type Drafts = FactDraft[] | Refusal

function draft<T extends PlotFactType>(type: T, plotId: string, body: PlotBody<T>, to: string[] = []): FactDraft<PlotBody<T>> {
  return { type, subject: plotSubject(plotId), to, body }
}

/**
 * What a station states of a plot because something became of its incident here. Safe to ask again: it looks at what is
 * stated already, so a recovered station that sees old facts anew adds nothing.
 *
 * `named`: stations that this incident was just offered or shared to by this station.
 */
export function followIncident(plot: PlotState, incident: IncidentState, self: Address, named: readonly string[] = []): FactDraft[] {
  if (!incident.opened) return []
  if (!plot.opened) {
    return isMadeAt(plotSubject(plot.id), self) ? [draft('plot.opened.v1', plot.id, { incident: plot.id })] : []
  }
  if (!reaches(plot.reach, self)) return []
  const isKnown = incident.assessments.length > 0 || incident.leads.length > 1
  const leads = incident.lead === self && isKnown && !plot.sharedBy.includes(self)
  const reason = incident.leads.length > 1 ? 'lead-changed' : 'reported'
  const strangers = named.filter((to) => isStation(to) && !reaches(plot.reach, to))
  return [
    ...(leads ? [draft('plot.shared.v1', plot.id, { reason }, ['ancestors', 'subtree'])] : []),
    ...(strangers.length > 0 ? [draft('plot.shared.v1', plot.id, { reason: 'shared' }, strangers)] : []),
  ]
}

export function addLayer(state: PlotState, name: string, further: string, self: Address): Drafts {
  return stated('plot.layerAdded.v1', state, { layer: layerIdOf(state.id, self, further), name }, self)
}

export function renameLayer(state: PlotState, layer: string, name: string, self: Address): Drafts {
  return stated('plot.layerRenamed.v1', state, { layer, name }, self)
}

export function grantLayer(state: PlotState, layer: string, station: Address, self: Address, directory: Pick<Directory, 'station'>): Drafts {
  const drafts = stated('plot.granted.v1', state, { layer, station }, self)
  if (directory.station(station)?.state === 'active') return drafts
  const [zh, en] = ['目录中没有该在用单位', 'There is no such active station in the directory']
  return refuse('plot.unknown-station', zh, en, [{ field: 'station', message: { zh: '请从目录中选择', en: 'Choose one from the directory' } }])
}

/** `held`: how far that station's entries reach here, so what the owner has seen stays and what comes later does not count. */
export function withdrawGrant(state: PlotState, layer: string, station: Address, held: Limit, self: Address): Drafts {
  return stated('plot.withdrawn.v1', state, { layer, station, upTo: held }, self)
}

/** `held`: how far each writer's entries reach here. A grant that was withdrawn keeps its own, earlier limit. */
export function sealLayer(state: PlotState, seal: Omit<PlotBody<'plot.sealed.v1'>, 'upTo'>, held: Readonly<Record<Address, Limit>>, self: Address): Drafts {
  const { grants } = state.layers[seal.layer] ?? plainLayer
  const writers = [...new Set([self, ...Object.keys(grants)])]
  const upTo = Object.fromEntries(writers.map((station) => [station, grants[station] ?? held[station] ?? {}]))
  return stated('plot.sealed.v1', state, { ...seal, upTo }, self)
}

export function addFiles(state: PlotState, body: PlotBody<'plot.filesAdded.v1'>, self: Address): Drafts {
  return stated('plot.filesAdded.v1', state, body, self)
}

/** Whose entries a layer's document may hold: its owner's and those of everybody it was ever granted to. */
export function writersEver(state: PlotState, layer: string): Address[] {
  const owner = parseLayerId(layer)?.owner
  return [...new Set([...(owner ? [owner] : []), ...Object.keys(state.layers[layer]?.grants ?? {})])]
}

function stated<T extends PlotFactType>(type: T, state: PlotState, body: PlotBody<T>, self: Address): Drafts {
  return mayState(type, body, self, state) ?? [draft(type, state.id, body)]
}
