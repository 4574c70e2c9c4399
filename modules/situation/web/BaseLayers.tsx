import type { LayerSpecification, Map as MapLibre } from 'maplibre-gl'
import { useEffect, useMemo, useState } from 'react'
import { useLayerEntries, useLayerLooks, type LayerEntry, type LegendSign } from '#core/ui/web/map/layerBoard.ts'
import { useMap, useMapLayers } from '#core/ui/web/map/mapContext.ts'
import { useText } from '#core/ui/web/texts.ts'
import { baseGroupOf, baseGroups, type BaseGroup } from './baseGroups.ts'
import { situationTexts } from './situationTexts.ts'

/** The base map's own layers in the layer tree, a line for each kind. */
export function BaseLayers() {
  const say = useText(situationTexts)
  const map = useMap()
  const lookOf = useLayerLooks()
  const [found, setFound] = useState<Found>(new Map())
  useMapLayers((styled) => { setFound(find(styled)) }, [])
  useLayerEntries(useMemo(() => baseGroups.filter((group) => found.has(group)).map((group): LayerEntry => ({ id: `base.${group}`, group: 'base', title: say(`base.${group}`), fades: true, legend: signOf(group, found.get(group)!, say(`base.${group}`)) })), [found, say]))
  useEffect(() => {
    for (const [group, layers] of found) {
      const { shown, opacity } = lookOf(`base.${group}`)
      for (const { id, type, full } of layers) {
        if (!map.getLayer(id)) continue
        map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none')
        for (const property of opacities[type] ?? []) map.setPaintProperty(id, property, opacity === 1 ? full[property] : opacity * (typeof full[property] === 'number' ? full[property] : 1))
      }
    }
  }, [map, found, lookOf])
  return null
}

interface BaseLayer {
  id: string
  type: LayerSpecification['type']
  /** Opacities as the style has them. */
  full: Record<string, unknown>
  colour: string | null
}
type Found = ReadonlyMap<BaseGroup, BaseLayer[]>

const opacities: Partial<Record<LayerSpecification['type'], readonly string[]>> = {
  fill: ['fill-opacity'], line: ['line-opacity'], circle: ['circle-opacity', 'circle-stroke-opacity'], symbol: ['text-opacity', 'icon-opacity'], raster: ['raster-opacity'],
}

function find(map: MapLibre): Found {
  const found = new Map<BaseGroup, BaseLayer[]>()
  for (const layer of map.getStyle().layers) {
    const group = baseGroupOf(layer)
    if (!group) continue
    const paint = (layer.paint ?? {}) as Record<string, unknown>
    const full = Object.fromEntries((opacities[layer.type] ?? []).map((property) => [property, paint[property]]))
    const colour = [paint[`${layer.type}-color`], paint['text-color']].find((value) => typeof value === 'string') ?? null
    found.set(group, [...found.get(group) ?? [], { id: layer.id, type: layer.type, full, colour }])
  }
  return found
}

function signOf(group: BaseGroup, layers: readonly BaseLayer[], label: string): LegendSign[] {
  const lines = group === 'boundaries' ? layers.filter(({ type }) => type === 'line').toReversed() : layers
  const first = lines.find((layer) => layer.colour !== null && layer.type !== 'symbol') ?? layers.find((layer) => layer.colour !== null)
  if (!first?.colour) return []
  return [{ label, kind: first.type === 'fill' ? 'area' : first.type === 'line' ? 'line' : 'point', color: first.colour, dashed: group === 'boundaries' }]
}
