import type { LayerRole } from './imported.api.ts'
import { foreignLayers } from './styleForeign.ts'
import { inks, type Inks, type Look, type StyleLayer } from './styleInks.ts'

/** What a style is made for: where the tiles come from and what the base map holds. */
export interface StyleGround {
  /** `http://127.0.0.1:7001` */
  origin: string
  base: {
    version: string
    minzoom: number
    maxzoom: number
    bounds?: readonly number[]
    attribution: string
    layers: readonly string[]
    /** An imported archive, whose layers may be anybody's. */
    imported: boolean
  }
  /** Imported layers that take the place of a part of the base map. */
  parts: readonly { id: string; role: LayerRole; title: string; kind: string }[]
}

const ownLayers = ['land', 'water', 'river', 'area', 'boundary', 'place', 'label']

/**
 * Our own MapLibre style. Names are written by level: the region over all of it, prefectures over their area, seats with
 * a mark, each from the zoom where there is room; the weight of letters says the level. The built base map's borders
 * are broken lines and its attribution says 示意. No sprite, no glyphs, no address but the station's own.
 */
export function styleOf(look: Look, { origin, base, parts }: StyleGround): Record<string, unknown> & { version: 8 } {
  const ink = inks[look]
  const source = (path: string, more: object) => ({ type: 'vector', tiles: [`${origin}${path}`], ...more })
  const replaced = new Set(parts.map(({ role }) => role))
  // Many archives draw the seas on a ground that is land.
  const hasLand = base.layers.some((name) => name === 'land' || name === 'earth') || replaced.has('land')
  const isOurs = base.layers.every((name) => ownLayers.includes(name))
  return {
    version: 8,
    name: look === 'dark' ? '烽燧 · 深色' : '烽燧 · 浅色',
    metadata: { 'fengsui:schematic': !base.imported && !replaced.has('boundary') },
    center: [84.5, 41.5],
    zoom: 4.6,
    sources: {
      base: source(`/tiles/base/{z}/{x}/{y}.mvt?v=${encodeURIComponent(base.version)}`, {
        minzoom: base.minzoom, maxzoom: base.maxzoom, attribution: base.attribution, ...(base.bounds ? { bounds: base.bounds } : {}),
      }),
      ...Object.fromEntries(parts.map(({ id, title }) => [`base.${id}`, source(`/tiles/${id}/{z}/{x}/{y}.mvt`, { minzoom: 0, maxzoom: 16, attribution: title })])),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': hasLand ? ink.sea : ink.land } },
      ...(isOurs ? surface(ink, replaced) : foreignLayers(base.layers, ink)),
      ...parts.filter(({ role }) => role === 'land' || role === 'water').map((part) => filled(part.id, part.role === 'land' ? ink.land : ink.water, part.role)),
      ...(isOurs && !replaced.has('boundary') ? boundaries(ink) : []),
      ...parts.filter(({ role }) => role === 'boundary').flatMap((part) => officialBoundary(part.id, ink)),
      ...(isOurs && !replaced.has('place') ? names(ink) : []),
      ...parts.filter(({ role }) => role === 'place').map((part) => officialPlace(part.id, ink)),
    ],
  }
}

function surface(ink: Inks, replaced: ReadonlySet<LayerRole>): StyleLayer[] {
  const layers: StyleLayer[] = []
  if (!replaced.has('land')) {
    layers.push({ id: 'land', type: 'fill', source: 'base', 'source-layer': 'land', paint: { 'fill-color': ink.land, 'fill-antialias': true } })
    layers.push({ id: 'coast', type: 'line', source: 'base', 'source-layer': 'land', metadata: { group: 'water' }, paint: { 'line-color': ink.coast, 'line-width': 0.8 } })
  }
  if (!replaced.has('boundary')) layers.push({ id: 'own-area', type: 'fill', source: 'base', 'source-layer': 'area', metadata: { group: 'boundaries' }, paint: { 'fill-color': ink.own, 'fill-antialias': false } })
  if (!replaced.has('water')) {
    layers.push({ id: 'lake', type: 'fill', source: 'base', 'source-layer': 'water', metadata: { group: 'water' }, paint: { 'fill-color': ink.water, 'fill-outline-color': ink.coast } })
    layers.push({
      id: 'river', type: 'line', source: 'base', 'source-layer': 'river', minzoom: 3.5, metadata: { group: 'water' }, layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': ink.river, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 0.6, 8, 1.6, 12, 3] },
    })
  }
  return layers
}

function boundaries(ink: Inks): StyleLayer[] {
  const line = (kind: string, minzoom: number, color: string, width: number, dash: number[], casing?: string): StyleLayer[] => {
    const common = { type: 'line', source: 'base', 'source-layer': 'boundary', minzoom, filter: ['==', ['get', 'class'], kind], metadata: { group: 'boundaries', note: '示意' }, layout: { 'line-join': 'round' } } as const
    const broad = (px: number) => ['interpolate', ['linear'], ['zoom'], 4, px * 0.7, 8, px * 1.5, 12, px * 2.2]
    return [
      ...(casing ? [{ ...common, id: `boundary-${kind}-band`, paint: { 'line-color': casing, 'line-width': broad(width * 4), 'line-opacity': 0.5, 'line-blur': 1 } }] : []),
      { ...common, id: `boundary-${kind}`, paint: { 'line-color': color, 'line-width': broad(width), 'line-dasharray': dash } },
    ]
  }
  return [
    ...line('county', 7, ink.countyLine, 0.6, [1, 2]),
    ...line('prefecture', 4, ink.prefectureLine, 1.1, [3, 2]),
    ...line('region', 2.5, ink.regionLine, 1.3, [5, 2, 1, 2], ink.band),
    ...line('national', 1.5, ink.nationalLine, 1.7, [7, 2, 1.5, 2], ink.band),
  ]
}

const bold = ['Noto Sans CJK SC Bold']
const regular = ['Noto Sans CJK SC Regular']

function names(ink: Inks): StyleLayer[] {
  const halo = { 'text-halo-color': ink.halo, 'text-halo-width': 1.4 }
  const label = (kind: string, minzoom: number, maxzoom: number, layout: object, paint: object): StyleLayer => ({
    id: `label-${kind}`, type: 'symbol', source: 'base', 'source-layer': 'label', minzoom, maxzoom, filter: ['==', ['get', 'class'], kind], metadata: { group: 'places' },
    layout: { 'text-field': ['get', 'name'], 'text-font': bold, 'text-max-width': 20, 'text-padding': 6, ...layout }, paint: { ...halo, ...paint },
  })
  const mark = (id: string, filter: unknown, minzoom: number, radius: number, color: string): StyleLayer => ({
    id: `mark-${id}`, type: 'circle', source: 'base', 'source-layer': 'place', minzoom, filter, metadata: { group: 'places' },
    paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], minzoom, radius, 11, radius * 1.7], 'circle-color': ink.halo, 'circle-stroke-color': color, 'circle-stroke-width': 1.5 },
  })
  const seat = (id: string, filter: unknown, minzoom: number, font: string[], sizes: [number, number], color: string): StyleLayer => ({
    id: `place-${id}`, type: 'symbol', source: 'base', 'source-layer': 'place', minzoom, filter, metadata: { group: 'places' },
    layout: {
      'text-field': ['get', 'name'], 'text-font': font, 'text-size': ['interpolate', ['linear'], ['zoom'], minzoom, sizes[0], 11, sizes[1]], 'symbol-sort-key': ['get', 'rank'],
      'text-variable-anchor': ['top', 'bottom', 'left', 'right'], 'text-radial-offset': 0.65, 'text-justify': 'auto', 'text-padding': 3, 'text-max-width': 12,
    },
    paint: { ...halo, 'text-color': color },
  })
  const prefecture = ['==', ['get', 'class'], 'prefecture']
  const county = ['all', ['==', ['get', 'class'], 'county'], ['<=', ['get', 'rank'], 3]]
  const district = ['==', ['get', 'rank'], 4]
  const province = ['==', ['get', 'class'], 'region']
  return [
    mark('district', district, 9.5, 2, ink.soft),
    mark('county', county, 6, 2, ink.soft),
    mark('prefecture', prefecture, 4.5, 2.8, ink.seat),
    // Drawn from the last to the first: the higher level takes its room before the lower.
    seat('district', district, 9.5, regular, [12, 14], ink.soft),
    label('physical', 4.6, 8.5, { 'text-size': ['interpolate', ['linear'], ['zoom'], 4.6, 11, 8, 15], 'text-letter-spacing': 0.35, 'text-font': regular }, { 'text-color': ink.physical, 'text-halo-width': 1 }),
    seat('county', county, 6, regular, [12, 16], ink.ink),
    seat('province', province, 3, regular, [11, 15], ink.soft),
    label('prefecture', 4.8, 8, { 'text-size': ['interpolate', ['linear'], ['zoom'], 4.8, 12, 8, 18], 'text-letter-spacing': 0.25 }, { 'text-color': ink.area }),
    seat('prefecture', prefecture, 4.8, bold, [12, 18], ink.ink),
    label('region', 2.5, 4.8, { 'text-size': ['interpolate', ['linear'], ['zoom'], 2.5, 12, 4.8, 18], 'text-letter-spacing': 0.2 }, { 'text-color': ink.area }),
  ]
}

function filled(id: string, color: string, role: string): StyleLayer {
  return { id: `official-${id}`, type: 'fill', source: `base.${id}`, 'source-layer': id, metadata: { group: role === 'water' ? 'water' : 'other' }, paint: { 'fill-color': color } }
}

/** From the office's own survey: whole lines, for nothing about them is schematic. */
function officialBoundary(id: string, ink: Inks): StyleLayer[] {
  const common = { source: `base.${id}`, 'source-layer': id, metadata: { group: 'boundaries' } }
  return [
    { ...common, id: `official-${id}-area`, type: 'fill', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ink.own, 'fill-opacity': 0.35, 'fill-antialias': false } },
    { ...common, id: `official-${id}`, type: 'line', filter: ['!=', ['geometry-type'], 'Point'], layout: { 'line-join': 'round' }, paint: { 'line-color': ink.regionLine, 'line-width': ['interpolate', ['linear'], ['zoom'], 4, 0.8, 10, 2.2] } },
  ]
}

const ownName = ['coalesce', ['get', 'name'], ['get', 'NAME'], ['get', '名称'], ['get', 'mc'], ['get', 'MC'], '']

function officialPlace(id: string, ink: Inks): StyleLayer {
  return {
    id: `official-${id}`, type: 'symbol', source: `base.${id}`, 'source-layer': id, metadata: { group: 'places' },
    layout: { 'text-field': ownName, 'text-font': regular, 'text-size': 13, 'text-padding': 4 }, paint: { 'text-color': ink.ink, 'text-halo-color': ink.halo, 'text-halo-width': 1.4 },
  }
}
