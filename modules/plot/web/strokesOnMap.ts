import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl'
import { mapSlot, removeLayers } from '#core/ui/web/map/mapContext.ts'
import { drawnFeatures, isValidAt, mostParts, partId, type DrawnFeature } from '../strokeFeatures.ts'
import type { Stroke } from '../stroke.ts'
import { partsOf, type PlotDesk } from './desk.ts'
import { supplyPictures } from './pictures.ts'
import { strokeLayers } from './strokeLayers.ts'

export const strokeSource = 'plot-strokes'
const specs = strokeLayers('plot', strokeSource)
/** Where a click may find a stroke. */
export const strokeLayerIds: readonly string[] = specs.map(({ id }) => id)

const expiredAlpha = 0.3
const validityMs = 20_000

interface Drawn { stroke: Stroke; alpha: number; parts: number }

/**
 * Keeps the map's source the same as the plot's strokes. Only what changed goes to the map, once a frame, so that a plot
 * of 10,000 strokes costs no more per change than an empty one.
 */
export function strokesOnMap(map: MapLibre, desk: PlotDesk): () => void {
  let drawn = new Map<string, Drawn>()
  let ghosts: readonly string[] = []
  let frame = 0
  map.addSource(strokeSource, { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, promoteId: 'fid', tolerance: 0.3, maxzoom: 18 })
  for (const spec of specs) map.addLayer(spec, mapSlot.plot)
  const noPictures = supplyPictures(map)

  const draw = () => {
    frame = 0
    const next = new Map<string, Drawn>()
    const add: DrawnFeature[] = []
    const remove: string[] = []
    const now = Date.now()
    const { played, showsExpired } = desk.state.get()
    const lookOf = desk.looks.get()
    const looks = new Map([...desk.docs.get().keys()].map((layer) => [layer, lookOf(layer)]))
    for (const [id, stroke] of played ?? desk.strokes.get()) {
      const look = looks.get(partsOf(id).layer)
      const valid = played !== null || isValidAt(stroke, now)
      if (look?.shown === false || (!valid && !showsExpired)) continue
      const alpha = (look?.opacity ?? 1) * (valid ? 1 : expiredAlpha)
      const before = drawn.get(id)
      if (before?.stroke === stroke && before.alpha === alpha) {
        next.set(id, before)
        continue
      }
      const features = drawnFeatures(stroke, { id, alpha })
      for (let part = features.length; part < (before?.parts ?? 0); part++) remove.push(partId(id, part))
      add.push(...features)
      next.set(id, { stroke, alpha, parts: features.length })
    }
    for (const [id, { parts }] of drawn) if (!next.has(id)) for (let part = 0; part < parts; part++) remove.push(partId(id, part))
    drawn = next
    if (add.length > 0 || remove.length > 0) map.getSource<GeoJSONSource>(strokeSource)?.updateData({ add: add as never, remove })
  }
  const soon = () => { if (frame === 0) frame = requestAnimationFrame(draw) }

  const haunt = () => {
    const moved = [...desk.state.get().moving.map(({ id }) => id), ...desk.people.get().flatMap(({ hand }) => (hand.draft?.key ? [`${hand.draft.layer} ${hand.draft.key}`] : []))]
    if (moved.length === 0 && ghosts.length === 0) return
    for (const id of ghosts) if (!moved.includes(id)) setMoving(map, id, false)
    for (const id of moved) if (!ghosts.includes(id)) setMoving(map, id, true)
    ghosts = moved
  }
  const onState = () => { haunt(); soon() }
  const off = [desk.strokes.subscribe(soon), desk.looks.subscribe(soon), desk.docs.subscribe(soon), desk.state.subscribe(onState), desk.people.subscribe(haunt)]
  const timer = setInterval(soon, validityMs)
  draw()
  return () => {
    cancelAnimationFrame(frame)
    clearInterval(timer)
    for (const stop of off) stop()
    noPictures()
    removeLayers(map, strokeLayerIds, [strokeSource])
  }
}

function setMoving(map: MapLibre, id: string, moving: boolean): void {
  for (let part = 0; part < mostParts; part++) map.setFeatureState({ source: strokeSource, id: partId(id, part) }, { moving })
}
