/**
 * For other modules: which layers an incident's plot has, and how to read them.
 *
 *   const plot = await ledger.state(plotType, plotSubject(incidentId))
 *   if (isParty(plot, station.self)) for (const layer of layersOf(plot, ledger.directory))
 *     for (const [key, stroke] of strokesOf(await live.values(layerDoc(layer.id)) ?? new Map())) featureOf({ key, layer: layer.id, layerName: titleOf(layer, ledger.directory), stroke })
 */
export { layerDoc, layerIdOf, parseLayerId, plotRoom, type LayerId } from './layerIds.ts'
export { plotDrawers, plotReaders } from './plot.access.ts'
export { plotSubject } from './plot.facts.ts'
export { featureOf, strokesOf, type StrokeFeature } from './plot.features.ts'
export { plotType } from './plot.rules.ts'
export { isParty, layerOf, layersOf, titleOf, type Layer, type PlotState } from './plot.state.ts'
export { strokeSchema, type Stroke, type StrokeBody } from './stroke.ts'
