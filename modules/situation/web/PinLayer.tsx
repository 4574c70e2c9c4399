import type { GeoJSONSource } from 'maplibre-gl'
import type { FeatureCollection } from '#core/geo/geojson.ts'
import { palettes } from '#core/ui/palette.ts'
import { useLook } from '#core/ui/web/look.tsx'
import { mapSlot, removeLayers, useMapLayers } from '#core/ui/web/map/mapContext.ts'
import { useMapParam } from '#core/ui/web/map/mapSearch.ts'
import { useMapSelection } from '#core/ui/web/map/mapSelection.ts'
import { fillPath } from './fillPath.ts'
import { pinText, readPin, type Pin } from './pin.ts'

const source = 'pin'
export const pinImage = 'pin'

/** The pin of the address, that one has searched for or set, and the place one asks about. */
export function PinLayer() {
  const [text] = useMapParam('pin')
  const [selection] = useMapSelection()
  const [theme] = useLook()
  useMapLayers((map) => {
    const pixels = drawPin()
    if (pixels && !map.hasImage(pinImage)) map.addImage(pinImage, pixels, { pixelRatio: 2 })
    map.addSource(source, { type: 'geojson', data: featuresOf([]) })
    map.addLayer({
      id: source, type: 'symbol', source,
      layout: { 'icon-image': pinImage, 'icon-anchor': 'bottom', 'icon-allow-overlap': true, 'text-field': ['get', 'name'], 'text-size': 14, 'text-anchor': 'top', 'text-offset': [0, 0.3], 'text-optional': true },
      paint: { 'text-color': palettes[theme].ink, 'text-halo-color': palettes[theme].ground, 'text-halo-width': 2 },
    }, mapSlot.tools)
    return () => { removeLayers(map, [source], [source]) }
  }, [theme])
  useMapLayers((map) => {
    const pin = readPin(text)
    const asked = selection?.kind === 'place' && pinText(selection) !== text ? selection : null
    void map.getSource<GeoJSONSource>(source)?.setData(featuresOf([pin, asked].filter((place) => place !== null)))
  }, [text, selection, theme])
  return null
}

function featuresOf(places: readonly Pin[]): FeatureCollection {
  return { type: 'FeatureCollection', features: places.map(({ name, lon, lat }) => ({ type: 'Feature', properties: { name }, geometry: { type: 'Point', coordinates: [lon, lat] } })) }
}

function drawPin(): ImageData | undefined {
  const canvas = document.createElement('canvas')
  canvas.width = 56
  canvas.height = 76
  const pen = canvas.getContext('2d')
  if (!pen) return undefined
  pen.scale(2, 2)
  const drop = 'M14 36C9 27 3 22 3 13.500a11 11 0 0 1 22 0C25 22 19 27 14 36z'
  pen.fillStyle = '#e2363d'
  pen.strokeStyle = '#ffffff'
  pen.lineWidth = 2
  fillPath(pen, drop)
  pen.stroke(new Path2D(drop))
  pen.beginPath()
  pen.arc(14, 13.5, 4.5, 0, 2 * Math.PI)
  pen.fillStyle = '#ffffff'
  pen.fill()
  return pen.getImageData(0, 0, 56, 76)
}
