import { useEffect, useMemo, useState } from 'react'
import { useLayerEntries, useLayerLooks, type LayerEntry } from '#core/ui/web/map/layerBoard.ts'
import { useMap, useMapLayers } from '#core/ui/web/map/mapContext.ts'
import { useText } from '#core/ui/web/texts.ts'
import { baseGroups, findBase, opacities, signOf, type FoundBase } from './baseGroups.ts'
import { situationTexts } from './situationTexts.ts'

/** The base map's own layers in the layer tree, a line for each kind. */
export function BaseLayers() {
  const say = useText(situationTexts)
  const map = useMap()
  const lookOf = useLayerLooks()
  const [found, setFound] = useState<FoundBase>(new Map())
  useMapLayers((styled) => { setFound(findBase(styled.getStyle().layers)) }, [])
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
