import type { Geometry, Position } from '#core/geo/geojson.ts'
import { areaArrows, strokeGeometry } from './shapes.ts'
import { areaStyle, lineStyle, noteFill } from './symbolArt.ts'
import { symbolByCode } from './symbols.ts'
import type { StrokeBody } from './stroke.ts'

/** One thing the map draws; a stroke is one to three of them. Everything a paint expression asks for is in the properties. */
export interface DrawnFeature {
  type: 'Feature'
  geometry: Geometry
  properties: DrawnProperties
}

export interface DrawnProperties {
  /** Unique in its source: the stroke's own and the part's number. */
  fid: string
  /** `layer key` */
  stroke: string
  kind: 'area' | 'line' | 'dot' | 'icon' | 'text' | 'box'
  color: string
  fill: string
  /** Of the fill. */
  opacity: number
  width: number
  dash: StrokeBody['dash']
  /** Of the whole: its layer's opacity, its validity, a draft. */
  alpha: number
  size: number
  rotation: number
  /** Picture of a symbol; '' for none. */
  image: string
  /** Picture repeated along the line; '' for none. */
  mark: string
  markTurns: boolean
  text: string
}

export interface Showing {
  /** `layer key` */
  id: string
  alpha: number
}

/** Of a free figure, and of text. */
export const freeColor = '#ff0000'
/** Parts a stroke may have; states of features are set for each. */
export const mostParts = 3
export const partId = (id: string, part: number): string => `${id}#${part}`

/** A stroke as the map draws it. */
export function drawnFeatures(stroke: StrokeBody, { id, alpha }: Showing): DrawnFeature[] {
  const geometry = strokeGeometry(stroke)
  const first: Geometry = { type: 'Point', coordinates: stroke.points[0] ?? [0, 0] }
  const area = areaStyle(stroke.symbol)
  const line = lineStyle(stroke.symbol)
  const color = stroke.color || area?.color || line?.color || symbolByCode(stroke.symbol)?.color || freeColor
  const base: DrawnProperties = {
    fid: partId(id, 0), stroke: id, kind: 'line', color, fill: stroke.fill || stroke.color || area?.fill || color, opacity: stroke.opacity, width: Math.max(2, stroke.width), dash: stroke.dash,
    alpha, size: stroke.size, rotation: stroke.rotation, image: '', mark: '', markTurns: false, text: '',
  }
  const parts = (list: { geometry: Geometry; properties: Partial<DrawnProperties> }[]) => list.map(({ geometry: shape, properties }, i): DrawnFeature => ({ type: 'Feature', geometry: shape, properties: { ...base, ...properties, fid: partId(id, i) } }))
  switch (stroke.shape) {
    case 'symbol':
      return parts([{ geometry: first, properties: stroke.symbol === '' ? { kind: 'dot', text: stroke.label } : { kind: 'icon', image: symbolImage(stroke.symbol, stroke.label) } }])
    case 'text':
      return parts([{ geometry: first, properties: { kind: 'text', text: stroke.label || ' ' } }])
    case 'note':
      return parts([{ geometry, properties: { kind: 'line' } }, { geometry: first, properties: { kind: 'box', text: stroke.label || ' ', fill: stroke.fill || noteFill } }])
    default: {
      if (geometry.type === 'Point') return parts([{ geometry, properties: { kind: 'dot' } }])
      const isArea = geometry.type === 'Polygon' || geometry.type === 'MultiPolygon'
      const arrows = isArea && area?.arrows ? areaArrows(geometry, area.arrows) : null
      return parts([
        { geometry, properties: { kind: isArea ? 'area' : 'line', ...(line?.decoration && !isArea ? { mark: markImage(stroke.symbol, stroke.color), markTurns: line.decoration.turns === 'line' } : {}) } },
        ...(arrows ? [{ geometry: arrows, properties: { kind: 'line' as const, dash: 'solid' as const } }] : []),
        ...(stroke.label ? [{ geometry: { type: 'Point' as const, coordinates: labelPlace(geometry, stroke) }, properties: { kind: 'text' as const, text: stroke.label, size: 15, rotation: 0 } }] : []),
      ])
    }
  }
}

/** What a new stroke of a symbol begins with: the standard's line and ground. */
export function styleOfSymbol(code: string): Partial<StrokeBody> {
  const area = areaStyle(code)
  if (area) return { width: area.width, dash: area.dash, opacity: area.opacity }
  const line = lineStyle(code)
  return line ? { width: line.width, dash: line.dash } : {}
}

/** Time of validity: before it begins and after it ends a stroke is shown dimmed, or not at all. */
export function isValidAt({ from, until }: Pick<StrokeBody, 'from' | 'until'>, now: number): boolean {
  return (from === null || from <= now) && (until === null || until > now)
}

const separator = '\u001f'
/** Names a picture, so that a map that misses it knows what to draw. */
export const symbolImage = (code: string, label: string): string => ['plot', code, label].join(separator)
export const markImage = (code: string, color: string): string => ['plotmark', code, color].join(separator)

/** Null for a picture that is none of ours. */
export function readImage(name: string): { kind: 'symbol'; code: string; label: string } | { kind: 'mark'; code: string; color: string } | null {
  const [kind, code = '', rest = ''] = name.split(separator)
  if (kind === 'plot') return { kind: 'symbol', code, label: rest }
  return kind === 'plotmark' ? { kind: 'mark', code, color: rest } : null
}

/** Areas that may lie one in another, as isoseismals do: their words stand at the northern edge, where they keep apart. */
const ringed = new Set<StrokeBody['shape']>(['circle', 'closed-curve', 'polygon', 'rectangle'])

function labelPlace(geometry: Geometry, { shape, points }: StrokeBody): Position {
  if (geometry.type === 'Polygon') {
    const ring = geometry.coordinates[0]!.slice(0, -1)
    if (ringed.has(shape)) return ring.reduce((north, p) => (p[1] > north[1] ? p : north), ring[0]!)
    return [ring.reduce((sum, p) => sum + p[0], 0) / ring.length, ring.reduce((sum, p) => sum + p[1], 0) / ring.length]
  }
  const path = geometry.type === 'LineString' ? geometry.coordinates : geometry.type === 'MultiLineString' ? geometry.coordinates[0]! : points
  return path[Math.floor(path.length / 2)] ?? points[0]!
}
