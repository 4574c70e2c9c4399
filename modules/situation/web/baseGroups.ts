import type { LayerSpecification } from 'maplibre-gl'

/** Kinds of things on a base map, as the layer tree lists them. */
export const baseGroups = ['places', 'boundaries', 'roads', 'water', 'terrain', 'other'] as const
export type BaseGroup = (typeof baseGroups)[number]

const words: readonly [BaseGroup, RegExp][] = [
  ['places', /label|seat|place|name|poi/],
  ['boundaries', /bound|border|prefecture|division|province|county/],
  ['roads', /road|rail|transport|bridge/],
  ['water', /water|river|lake|ocean|sea/],
  ['terrain', /terrain|hill|contour|relief|image|raster/],
]

/** What a style's layer belongs to: as its metadata says (`metadata: { group: 'water' }`), else by its names. The ground and what others put on the map belong to none. */
export function baseGroupOf(layer: LayerSpecification): BaseGroup | null {
  if (layer.type === 'background' || !('source' in layer)) return null
  const stated = (layer.metadata as { group?: unknown } | undefined)?.group
  const known = baseGroups.find((group) => group === stated)
  if (known) return known
  if (!layer.source.startsWith('base')) return null
  const names = `${layer.id} ${layer['source-layer'] ?? ''}`.toLowerCase()
  if (layer.type === 'symbol') return 'places'
  return words.find(([, pattern]) => pattern.test(names))?.[0] ?? (/land/.test(names) ? null : 'other')
}
