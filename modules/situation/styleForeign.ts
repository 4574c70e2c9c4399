import type { Inks, StyleLayer } from './styleInks.ts'

const zhName = ['coalesce', ['get', 'name:zh-Hans'], ['get', 'name:zh'], ['get', 'name_zh'], ['get', 'name'], ['get', 'NAME'], ['get', '名称'], '']

type Draw = (layer: string, ink: Inks) => StyleLayer[]

const fill = (color: (ink: Inks) => string, group: string): Draw => (layer, ink) => [
  { id: `foreign-${layer}`, type: 'fill', source: 'base', 'source-layer': layer, filter: ['==', ['geometry-type'], 'Polygon'], metadata: { group }, paint: { 'fill-color': color(ink) } },
]
const line = (color: (ink: Inks) => string, group: string, width: number): Draw => (layer, ink) => [
  {
    id: `foreign-${layer}`, type: 'line', source: 'base', 'source-layer': layer, filter: ['!=', ['geometry-type'], 'Point'], metadata: { group },
    layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': color(ink), 'line-width': ['interpolate', ['linear'], ['zoom'], 5, width * 0.6, 10, width, 15, width * 4] },
  },
]
const named = (group: string): Draw => (layer, ink) => [
  {
    id: `foreign-${layer}-name`, type: 'symbol', source: 'base', 'source-layer': layer, metadata: { group },
    layout: { 'text-field': zhName, 'text-font': ['Noto Sans CJK SC Regular'], 'text-size': 13, 'text-padding': 4, 'symbol-placement': 'point' },
    paint: { 'text-color': ink.ink, 'text-halo-color': ink.halo, 'text-halo-width': 1.4 },
  },
]

/** How layers of archives others made are drawn, by the names that OpenMapTiles, Protomaps, Shortbread and we use; in the order of drawing. */
const known: readonly [names: RegExp, Draw][] = [
  [/^(land|earth)$/, fill((ink) => ink.land, 'other')],
  [/^(landcover|landuse|natural|land_?use|park|vegetation)$/, fill((ink) => ink.own, 'terrain')],
  [/^(water|ocean|lakes?|water_polygons|hydro.*area)$/, fill((ink) => ink.water, 'water')],
  [/^(waterway|rivers?|water_lines|hydro.*)$/, line((ink) => ink.river, 'water', 1.4)],
  [/^(buildings?)$/, fill((ink) => ink.own, 'other')],
  [/^(transportation|roads?|streets|railways?|transit)$/, line((ink) => ink.road, 'roads', 1.2)],
  [/^(boundar(y|ies)|admin.*|area)$/, line((ink) => ink.regionLine, 'boundaries', 1.2)],
  [/^(water_name|physical.*)$/, named('water')],
  [/^(places?|place_labels?|label|seats?|settlements?|poi.*name)$/, named('places')],
]

export function foreignLayers(layers: readonly string[], ink: Inks): StyleLayer[] {
  const drawn: StyleLayer[] = []
  const taken = new Set<string>()
  for (const [names, draw] of known) {
    for (const layer of layers) {
      if (taken.has(layer) || !names.test(layer)) continue
      taken.add(layer)
      drawn.push(...draw(layer, ink))
    }
  }
  // What we know nothing of is shown as it is: lines and outlines, below nothing important.
  const others = layers.filter((layer) => !taken.has(layer)).flatMap((layer) => line((inks) => inks.countyLine, 'other', 0.8)(layer, ink))
  return [...others, ...drawn]
}
