import type { Address } from '#core/kernel/index.ts'
import { reaches, type Directory, type Reach } from '#core/ledger/index.ts'
import type { DocCard, Limit } from '#core/live/card.ts'
import type { PlotBody } from './plot.facts.ts'
import { layerIdOf, parseLayerId } from './layerIds.ts'

export interface Said {
  fact: string
  station: Address
  by: string
  at: number
}

export interface PlotState {
  /** That of the incident. */
  id: string
  opened: Said | null
  /** Whom the plot was made known to: the union over its facts. */
  reach: Reach
  /** Stations that have shared it with those above and below them. */
  sharedBy: Address[]
  /** Layers of which anything was stated; a station's first layer is there without. By id. */
  layers: Readonly<Record<string, LayerState>>
  /** Hashes of the files that were named for strokes. */
  files: readonly string[]
}

export interface LayerState {
  name: string
  /** Null for a station's first layer. */
  added: Said | null
  /** Who besides the owner writes: `null` without limit, or up to what counted when it was withdrawn. */
  grants: Readonly<Record<Address, Limit | null>>
  sealed: (Said & Omit<PlotBody<'plot.sealed.v1'>, 'layer'>) | null
}

export const plainLayer: LayerState = { name: '', added: null, grants: {}, sealed: null }

/** Whether a plot is this station's business: a station that only passes it on holds its facts, but shows nothing. */
export function isParty(state: PlotState, station: Address): boolean {
  return state.opened !== null && reaches(state.reach, station)
}

export interface Layer extends LayerState {
  id: string
  owner: Address
  /** Who writes now, the owner left out. */
  granted: Address[]
  /** Whether its owner is in use in the directory. */
  isActive: boolean
}

/** The layer as it is known, or null when there is none of this id. */
export function layerOf(state: PlotState, id: string, directory: Pick<Directory, 'station'>): Layer | null {
  const parsed = parseLayerId(id)
  if (!parsed || parsed.plotId !== state.id || !isParty(state, parsed.owner)) return null
  const stated = state.layers[id]
  const owner = directory.station(parsed.owner)
  if (!owner || (parsed.further !== '' && !stated?.added)) return null
  const layer = stated ?? plainLayer
  return { ...layer, id, owner: parsed.owner, isActive: owner.state === 'active', granted: layer.sealed ? [] : writingNow(layer) }
}

/** Every layer of a plot, from the top of the tree down, a station's first layer before its further ones. */
export function layersOf(state: PlotState, directory: Pick<Directory, 'station' | 'stations'>): Layer[] {
  if (!state.opened) return []
  const owners = directory.stations().map((card) => card.address).filter((address) => reaches(state.reach, address))
  const first = owners.map((owner) => layerIdOf(state.id, owner))
  const further = Object.keys(state.layers).filter((id) => state.layers[id]?.added)
  const found = [...first, ...further].map((id) => layerOf(state, id, directory)).filter((layer) => layer !== null)
  return found.sort((a, b) => depth(a) - depth(b) || compare(a.owner, b.owner) || (a.added?.at ?? 0) - (b.added?.at ?? 0) || compare(a.id, b.id))
}

/** What a layer is called; a first one that nobody named has its station's name. */
export function titleOf(layer: Layer, directory: Pick<Directory, 'station'>): string {
  return layer.name || (directory.station(layer.owner)?.name ?? layer.owner)
}

/** Who may write the layer's document, for core/live: from the facts alone, so the same wherever they are held. */
export function docCard(state: PlotState, id: string, directory: Pick<Directory, 'station'>): DocCard | undefined {
  const layer = layerOf(state, id, directory)
  if (!layer) return undefined
  const { owner, sealed, grants } = layer
  return { owner, reach: state.reach, sealed: sealed !== null, writers: sealed ? sealed.upTo : { ...grants, [owner]: null } }
}

export function writingNow({ grants }: LayerState): Address[] {
  return Object.keys(grants).filter((station) => grants[station] === null).sort()
}

const depth = ({ owner }: Layer) => owner.split('/').filter((segment) => !segment.startsWith('@')).length
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
