import type { Map as MapLibre, MapMouseEvent } from 'maplibre-gl'
import { useEffect, useMemo, useRef } from 'react'
import { palettes } from '#core/ui/palette.ts'
import { useLook } from '#core/ui/web/look.tsx'
import { useAllLayerEntries, useLayerEntries, useLayerLooks, type LayerEntry } from '#core/ui/web/map/layerBoard.ts'
import { mapSlot, removeLayers, useMapLayers } from '#core/ui/web/map/mapContext.ts'
import { isGripped, useMapSelection } from '#core/ui/web/map/mapSelection.ts'
import type { LayerCard } from '../imported.api.ts'
import { useImportedLayers } from './situationApi.ts'

/** Told apart on both grounds; a layer keeps its colour as long as it keeps its id. */
const colours = ['#1fb5a8', '#b07cff', '#f06fae', '#7fb32a', '#d8893b', '#4fa3e0', '#c9a227', '#e0625a'] as const

export function colourOf(id: string): string {
  const sum = [...id].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 9973, 7)
  return colours[sum % colours.length]!
}

const sourceOf = (id: string) => `imported.${id}`
const partsOf = (id: string) => ({ fill: `${sourceOf(id)}.fill`, line: `${sourceOf(id)}.line`, point: `${sourceOf(id)}.point`, name: `${sourceOf(id)}.name` })

/** Data sets that somebody imported: lines in the layer tree that can be moved, and their tiles on the map. */
export function ImportedLayers() {
  const layers = useImportedLayers()
  const [theme] = useLook()
  const [selection, select] = useMapSelection()
  const lookOf = useLayerLooks()
  const order = useAllLayerEntries().filter((entry) => entry.group === 'imported').map((entry) => entry.id).join(' ')
  useLayerEntries(useMemo(() => layers.map((layer): LayerEntry => ({
    id: sourceOf(layer.id), group: 'imported', title: layer.title, fades: true, moves: true,
    legend: [{ label: layer.title, kind: layer.kind === 'polygon' ? 'area' : layer.kind === 'line' ? 'line' : 'point', color: colourOf(layer.id) }],
  })), [layers]))
  const latest = useRef({ selection, select })
  useEffect(() => { latest.current = { selection, select } })

  useMapLayers((map) => {
    for (const layer of layers) add(map, layer, theme)
    const click = (event: MapMouseEvent) => {
      if (isGripped() || event.defaultPrevented) return
      const drawn = layers.flatMap(({ id }) => Object.values(partsOf(id))).filter((id) => map.getLayer(id))
      const hit = drawn.length === 0 ? undefined : map.queryRenderedFeatures([[event.point.x - 3, event.point.y - 3], [event.point.x + 3, event.point.y + 3]], { layers: drawn })[0]
      if (hit) {
        event.preventDefault()
        latest.current.select({ kind: 'feature', layer: hit.source.slice('imported.'.length), properties: hit.properties, lon: event.lngLat.lng, lat: event.lngLat.lat })
      } else if (latest.current.selection?.kind === 'feature') latest.current.select(null)
    }
    map.on('click', click)
    return () => {
      map.off('click', click)
      for (const { id } of layers) removeLayers(map, Object.values(partsOf(id)), [sourceOf(id)])
    }
  }, [layers, theme])
  useMapLayers((map) => {
    for (const { id } of layers) {
      const { shown, opacity } = lookOf(sourceOf(id))
      const parts = partsOf(id)
      for (const part of Object.values(parts)) map.setLayoutProperty(part, 'visibility', shown ? 'visible' : 'none')
      map.setPaintProperty(parts.fill, 'fill-opacity', 0.25 * opacity)
      map.setPaintProperty(parts.line, 'line-opacity', opacity)
      map.setPaintProperty(parts.point, 'circle-opacity', opacity)
      map.setPaintProperty(parts.point, 'circle-stroke-opacity', opacity)
      map.setPaintProperty(parts.name, 'text-opacity', opacity)
    }
  }, [layers, theme, lookOf])
  useMapLayers((map) => {
    // From below upwards: the first line of the tree comes last and lies on top.
    for (const entry of order.split(' ').toReversed()) {
      for (const part of Object.values(partsOf(entry.slice('imported.'.length)))) if (map.getLayer(part)) map.moveLayer(part, mapSlot.imported)
    }
  }, [layers, theme, order])
  return null
}

function add(map: MapLibre, { id, bbox }: LayerCard, theme: keyof typeof palettes): void {
  const parts = partsOf(id)
  const color = colourOf(id)
  const from = { source: sourceOf(id), 'source-layer': id }
  const p = palettes[theme]
  map.addSource(sourceOf(id), { type: 'vector', tiles: [`/tiles/${id}/{z}/{x}/{y}.mvt`], minzoom: 0, maxzoom: 16, ...(bbox ? { bounds: bbox as [number, number, number, number] } : {}) })
  map.addLayer({ id: parts.fill, type: 'fill', ...from, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': color, 'fill-opacity': 0.25 } }, mapSlot.imported)
  map.addLayer({ id: parts.line, type: 'line', ...from, filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': color, 'line-width': ['interpolate', ['linear'], ['zoom'], 5, 1, 12, 2.5] } }, mapSlot.imported)
  map.addLayer({
    id: parts.point, type: 'circle', ...from, filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-color': color, 'circle-radius': ['interpolate', ['linear'], ['zoom'], 4, 3, 12, 7], 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 1 },
  }, mapSlot.imported)
  map.addLayer({
    id: parts.name, type: 'symbol', ...from, minzoom: 9,
    layout: { 'text-field': ['to-string', ['coalesce', ['get', 'name'], ['get', '名称'], ['get', 'NAME'], '']], 'text-size': 12, 'text-anchor': 'top', 'text-offset': [0, 0.7], 'text-optional': true },
    paint: { 'text-color': p.ink, 'text-halo-color': p.ground, 'text-halo-width': 1.4 },
  }, mapSlot.imported)
}
