import { isAddress, refuse, unknownType, type Address, type Refusal } from '#core/kernel/index.ts'
import { idOfSubject, isMadeAt, reaches, reachOf, unite, wallOf, type Fact, type SubjectType } from '#core/ledger/index.ts'
import { plotFacts, type PlotBody, type PlotFactType } from './plot.facts.ts'
import { parseLayerId } from './layerIds.ts'
import { plainLayer, writingNow, type LayerState, type PlotState, type Said } from './plot.state.ts'

export const plotType: SubjectType<PlotState> = {
  kind: 'plot',
  start: (subject) => ({ id: idOfSubject(subject), opened: null, reach: [], sharedBy: [], layers: {}, files: [] }),
  admit: admitPlot,
  evolve: evolvePlot,
}

/** More than a station draws with at one incident; a broken one cannot fill every map with layers. */
export const maxFurtherLayers = 20
/** Photos of one plot; what every station in it may be made to pull. */
export const maxFiles = 4_000

export function admitPlot(fact: Fact, state: PlotState): Refusal | null {
  if (!Object.hasOwn(plotFacts, fact.type)) return unknownType()
  if (fact.type === 'plot.opened.v1') {
    if (state.opened) return refuse('plot.already-open', '标绘已建立', 'The plot is already open')
    if (fact.to.length > 0) return wrongAudience()
    return isMadeAt(fact.subject, fact.station) && (fact.body as PlotBody<'plot.opened.v1'>).incident === state.id ? null : notYours()
  }
  return mayState(fact.type as PlotFactType, fact.body, fact.station, state) ?? mayReach(fact)
}

/** Only a share makes a plot known to more, and never to everybody. */
function mayReach({ type, to }: Fact): Refusal | null {
  if (type !== 'plot.shared.v1') return to.length === 0 ? null : wrongAudience()
  return to.length > 0 && to.every((audience) => audience === 'ancestors' || audience === 'subtree' || isStation(audience)) ? null : wrongAudience()
}

/** One station of an audience: the words for many read like addresses too. */
export function isStation(audience: string): boolean {
  return isAddress(audience) && !['all', 'public', 'up', 'ancestors', 'subtree'].includes(audience)
}

/** The authority to state something about a plot as it now stands; shared by the commands and the fold. A layer is its owner's. */
export function mayState(type: PlotFactType, body: unknown, station: Address, state: PlotState): Refusal | null {
  if (!state.opened) return refuse('plot.not-found', '没有这份标绘', 'There is no such plot')
  if (!reaches(state.reach, station)) return refuse('plot.not-concerned', '该标绘不涉及本单位', 'This station has no part in the plot')
  if (type === 'plot.opened.v1' || type === 'plot.shared.v1') return null
  const { layer: id } = body as { layer: string }
  const named = parseLayerId(id)
  if (!named || named.plotId !== state.id) return noLayer()
  const layer = state.layers[id] ?? plainLayer
  if (type === 'plot.filesAdded.v1') return mayAddFiles(state, body as PlotBody<'plot.filesAdded.v1'>, named.owner === station || Object.hasOwn(layer.grants, station))
  if (named.owner !== station) return notYours()
  if (type === 'plot.layerAdded.v1') return mayAdd(state, station, named.further, layer)
  if (named.further !== '' && !layer.added) return noLayer()
  if (layer.sealed) return refuse('plot.sealed', '图层已定稿，不能再改', 'The layer is sealed and cannot change any more')
  return type === 'plot.granted.v1' || type === 'plot.withdrawn.v1' ? mayGrant(type, (body as { station: string }).station, layer, station, state) : null
}

function mayAdd(state: PlotState, station: Address, further: string, layer: LayerState): Refusal | null {
  if (further === '' || layer.added) return refuse('plot.layer-known', '已有这个图层', 'There is such a layer already')
  const own = Object.entries(state.layers).filter(([id, { added }]) => added && parseLayerId(id)?.owner === station)
  return own.length < maxFurtherLayers ? null : refuse('plot.too-many-layers', `每个单位至多另建 ${maxFurtherLayers} 个图层`, `A station may add at most ${maxFurtherLayers} layers`)
}

/** Whoever draws on the layer, or did: its strokes stay. */
function mayAddFiles(state: PlotState, { attachments }: PlotBody<'plot.filesAdded.v1'>, draws: boolean): Refusal | null {
  if (!draws) return notYours()
  return state.files.length + attachments.length <= maxFiles ? null : refuse('plot.too-many-files', `一份标绘至多 ${maxFiles} 个附件`, `A plot takes at most ${maxFiles} files`)
}

function mayGrant(type: 'plot.granted.v1' | 'plot.withdrawn.v1', to: Address, layer: LayerState, owner: Address, state: PlotState): Refusal | null {
  const fault = (code: string, zh: string, en: string) => refuse(code, zh, en, [{ field: 'station', message: { zh, en } }])
  if (to === owner) return fault('plot.own-layer', '这是该单位自己的图层', 'It is that station\'s own layer')
  const writes = writingNow(layer).includes(to)
  if (type === 'plot.withdrawn.v1') return writes ? null : fault('plot.not-granted', '该单位没有这个图层的授权', 'That station holds no grant for this layer')
  if (writes) return fault('plot.already-granted', '已授权给该单位', 'That station holds this grant already')
  return reaches(state.reach, to) ? null : fault('plot.not-concerned', '该标绘不涉及该单位，请先把事件转报或抄送给它', 'That station has no part in the plot; share the incident with it first')
}

const notYours = () => refuse('plot.not-yours', '只有图层或标绘的所属单位可以这样做', 'Only the station whose plot or layer it is may do this')
const noLayer = () => refuse('plot.layer.not-found', '没有这个图层', 'There is no such layer')
const wrongAudience = () => refuse('plot.wrong-audience', '标绘的发送范围有误', 'That is no audience for a plot')

export function evolvePlot(before: PlotState, fact: Fact): PlotState {
  const said: Said = { fact: fact.id, station: fact.station, by: fact.actor.name, at: wallOf(fact) }
  const state = { ...before, reach: unite(before.reach, reachOf(fact.station, fact.to)) }
  switch (fact.type as PlotFactType) {
    case 'plot.opened.v1':
      return { ...state, opened: said }
    case 'plot.shared.v1':
      return isWhole(fact.to) && !state.sharedBy.includes(fact.station) ? { ...state, sharedBy: [...state.sharedBy, fact.station].sort() } : state
    case 'plot.layerAdded.v1': {
      const { layer, name } = fact.body as PlotBody<'plot.layerAdded.v1'>
      return withLayer(state, layer, () => ({ name, added: said }))
    }
    case 'plot.layerRenamed.v1': {
      const { layer, name } = fact.body as PlotBody<'plot.layerRenamed.v1'>
      return withLayer(state, layer, () => ({ name }))
    }
    case 'plot.granted.v1': {
      const { layer, station } = fact.body as PlotBody<'plot.granted.v1'>
      return withLayer(state, layer, ({ grants }) => ({ grants: { ...grants, [station]: null } }))
    }
    case 'plot.withdrawn.v1': {
      const { layer, station, upTo } = fact.body as PlotBody<'plot.withdrawn.v1'>
      return withLayer(state, layer, ({ grants }) => ({ grants: { ...grants, [station]: upTo } }))
    }
    case 'plot.filesAdded.v1': {
      const named = (fact.body as PlotBody<'plot.filesAdded.v1'>).attachments.map(({ sha256 }) => sha256)
      return { ...state, files: [...new Set([...state.files, ...named])].sort() }
    }
    case 'plot.sealed.v1': {
      const { layer, ...seal } = fact.body as PlotBody<'plot.sealed.v1'>
      return withLayer(state, layer, () => ({ sealed: { ...said, ...seal } }))
    }
    default:
      return state
  }
}

/** Whether a share was for those above and below, not for single stations. */
export function isWhole(to: readonly string[]): boolean {
  return to.includes('ancestors') && to.includes('subtree')
}

function withLayer(state: PlotState, id: string, change: (layer: LayerState) => Partial<LayerState>): PlotState {
  const layer = state.layers[id] ?? plainLayer
  return { ...state, layers: { ...state.layers, [id]: { ...layer, ...change(layer) } } }
}
