import type { LayerSpecification } from 'maplibre-gl'
import type { LegendSign } from '#core/ui/web/map/layerBoard.ts'

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

interface BaseLayer {
  id: string
  type: LayerSpecification['type']
  /** Opacities as the style has them. */
  full: Record<string, unknown>
  colour: string | null
}
export type FoundBase = ReadonlyMap<BaseGroup, BaseLayer[]>

export const opacities: Partial<Record<LayerSpecification['type'], readonly string[]>> = {
  fill: ['fill-opacity'], line: ['line-opacity'], circle: ['circle-opacity', 'circle-stroke-opacity'], symbol: ['text-opacity', 'icon-opacity'], raster: ['raster-opacity'],
}

/** The base layers of a style by what they belong to. */
export function findBase(layers: readonly LayerSpecification[]): FoundBase {
  const found = new Map<BaseGroup, BaseLayer[]>()
  for (const layer of layers) {
    const group = baseGroupOf(layer)
    if (!group) continue
    const paint = (layer.paint ?? {}) as Record<string, unknown>
    const full = Object.fromEntries((opacities[layer.type] ?? []).map((property) => [property, paint[property]]))
    const colour = [paint[`${layer.type}-color`], paint['text-color']].find((value) => typeof value === 'string') ?? null
    found.set(group, [...found.get(group) ?? [], { id: layer.id, type: layer.type, full, colour }])
  }
  return found
}

/** How one of them looks in a legend. */
export function signOf(group: BaseGroup, layers: readonly BaseLayer[], label: string): LegendSign[] {
  const lines = group === 'boundaries' ? layers.filter(({ type }) => type === 'line').toReversed() : layers
  const first = lines.find((layer) => layer.colour !== null && layer.type !== 'symbol') ?? layers.find((layer) => layer.colour !== null)
  if (!first?.colour) return []
  return [{ label, kind: first.type === 'fill' ? 'area' : first.type === 'line' ? 'line' : 'point', color: first.colour, dashed: group === 'boundaries' }]
}
