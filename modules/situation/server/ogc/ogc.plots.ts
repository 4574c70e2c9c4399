import type { Station } from '#core/station/server/module.ts'
import type { Cql } from '#core/geo/cql.ts'
import { featureOf, isParty, layerDoc, layersOf, parseLayerId, plotSubject, plotType, strokesOf, titleOf, type Layer } from '#modules/plot/index.ts'
import { extentOf, pageOfFeatures } from '../../ogc.memory.ts'
import { geometryQueryable, type FeatureSource, type OgcFeature, type Queryable } from '../../ogc.source.ts'
import { knownPlots } from './ogc.tables.ts'

/** Strokes kept ready between two requests, over all layers; beyond that, layers asked for longest ago are read again. */
const maxKept = 50_000

const text = (zh: string, en: string): Queryable => ({ type: 'text', title: { zh, en } })
const moment = (zh: string, en: string): Queryable => ({ type: 'instant', title: { zh, en } })

const about: Omit<FeatureSource, 'extent' | 'items' | 'item'> = {
  id: 'plots',
  title: { zh: '标绘', en: 'Plots' },
  description: { zh: '本平台可见的全部标绘图层上的图元（GB/T 35649-2017），与 /api/layers/{id}/features 一致', en: 'What is drawn on all layers known here (GB/T 35649-2017); the same as /api/layers/{id}/features' },
  example: `symbol = 'A10300' AND label LIKE '%点%'`,
  time: 'updatedAt',
  queryables: {
    geometry: geometryQueryable,
    label: text('标注', 'Label'), symbol: text('图元代码', 'Symbol'), symbolName: text('图元名称', 'Name of the symbol'), shape: text('图形', 'Shape'), remark: text('备注', 'Remark'),
    author: text('作者', 'Author'), station: text('作者所在平台', 'Station of the author'), updatedAt: moment('更新时间', 'Updated at'), from: moment('有效期起', 'Valid from'), until: moment('有效期止', 'Valid until'),
    layerName: text('图层名称', 'Name of the layer'), ownerStation: text('图层所属平台', 'Owner of the layer'), layer: text('图层', 'Layer'), plot: text('标绘（事件）编号', 'Plot, which is the incident'), key: text('图元编号', 'Key'),
  },
}

/** Every stroke of every layer known here, read from the live documents and kept until they change. */
export function plotsSource(station: Pick<Station, 'ledger' | 'self' | 'database' | 'live'>): FeatureSource {
  const { ledger, self } = station
  /** By document. */
  const kept = new Map<string, Promise<OgcFeature[]>>()
  const sizes = new Map<string, number>()
  const layersByPlot = new Map<string, Promise<Layer[]>>()
  let isListening = false

  /** What a document or a plot has become is read again. `station.live` is there only once the station runs. */
  function listen(): void {
    if (isListening) return
    isListening = true
    station.live.onChange(({ doc }) => forget(doc))
    ledger.onNews(({ facts }) => {
      const subjects = new Set(facts.map(({ subject }) => subject))
      // Names of stations stand in names of layers, and layers of new stations in every plot.
      const isDirectory = facts.some(({ type }) => type.startsWith('station.'))
      for (const plot of layersByPlot.keys()) if (isDirectory || subjects.has(plotSubject(plot))) layersByPlot.delete(plot)
      for (const doc of kept.keys()) if (isDirectory || subjects.has(plotSubject(plotOf(doc)))) forget(doc)
    })
  }

  function forget(doc: string): void {
    kept.delete(doc)
    sizes.delete(doc)
  }

  function strokesOn(layer: Layer): Promise<OgcFeature[]> {
    const doc = layerDoc(layer.id)
    const found = kept.get(doc) ?? read(layer)
    kept.delete(doc)
    kept.set(doc, found)
    return found
  }

  async function read(layer: Layer): Promise<OgcFeature[]> {
    const values = (await station.live.values(layerDoc(layer.id))) ?? new Map()
    const named = { plot: parseLayerId(layer.id)!.plotId, ownerStation: layer.owner }
    const layerName = titleOf(layer, ledger.directory)
    const features = strokesOf(values).map(([key, stroke]): OgcFeature => {
      const { geometry, properties } = featureOf({ key, layer: layer.id, layerName, stroke })
      return { type: 'Feature', id: featureId(layer.id, key), geometry, properties: { ...named, ...properties } }
    })
    sizes.set(layerDoc(layer.id), features.length)
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
    for (const oldest of kept.keys()) {
      if (total <= maxKept || oldest === layerDoc(layer.id)) break
      total -= sizes.get(oldest) ?? 0
      forget(oldest)
    }
    return features
  }

  function layersIn(plot: string): Promise<Layer[]> {
    const found = layersByPlot.get(plot) ?? readLayers(plot)
    layersByPlot.set(plot, found)
    return found
  }

  async function readLayers(plot: string): Promise<Layer[]> {
    const state = await ledger.state(plotType, plotSubject(plot))
    return isParty(state, self) ? layersOf(state, ledger.directory) : []
  }

  /** Of a filter that names a plot or a layer only these are read. */
  async function load(filter: Cql | null): Promise<OgcFeature[]> {
    listen()
    const [layer, plot] = [valueOf(filter, 'layer'), valueOf(filter, 'plot')]
    const plots = layer !== null ? [parseLayerId(layer)?.plotId ?? ''] : plot !== null ? [plot] : await knownPlots(station.database.read)
    const features: OgcFeature[] = []
    for (const id of plots.filter((known) => known !== '')) {
      for (const found of await layersIn(id)) if (layer === null || found.id === layer) features.push(...await strokesOn(found))
    }
    return features.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  return {
    ...about,
    extent: async () => extentOf(await load(null), about.time),
    items: async (query) => pageOfFeatures(await load(query.filter), query, about.time),
    item: async (id) => {
      const layer = id.slice(0, id.indexOf(':'))
      return parseLayerId(layer) ? (await load(equals('layer', layer))).find((feature) => feature.id === id) ?? null : null
    },
  }
}

/** `layer/<plot>~<owner>` → the plot. */
const plotOf = (doc: string): string => doc.slice(layerDoc('').length).split('~')[0] ?? ''
/** Keys are each layer's own; a colon is in neither. */
const featureId = (layer: string, key: string): string => `${layer}:${key}`
const equals = (name: string, value: string): Cql => ({ op: '=', left: { kind: 'property', name, at: 0 }, right: { kind: 'text', value, at: 0 }, at: 0 })

/** The one value that a filter demands of a property, if it does. */
function valueOf(filter: Cql | null, name: string): string | null {
  if (filter?.op === 'and') return filter.args.map((arg) => valueOf(arg, name)).find((value) => value !== null) ?? null
  if (filter?.op !== '=') return null
  const [property, value] = filter.left.kind === 'property' ? [filter.left, filter.right] : [filter.right, filter.left]
  return property.kind === 'property' && property.name === name && value.kind === 'text' ? value.value : null
}
