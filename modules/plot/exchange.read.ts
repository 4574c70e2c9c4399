import type { Sentence } from '#core/kernel/index.ts'
import type { Geometry, Position } from '#core/geo/geojson.ts'
import { partsOf } from '#core/geo/geometryParts.ts'
import { isSameGeometry } from './exchange.same.ts'
import { readProperties, type ReadProperties } from './exchange.properties.ts'
import { strokeGeometry } from './shapes.ts'
import { maxPoints, strokeBody, type Shape, type StrokeBody } from './stroke.ts'
import { symbolByCode, type SymbolGeometry } from './symbols.ts'

/** A feature of a file, in degrees; nothing in it is believed yet. */
export interface FeatureRead {
  geometry: Geometry | null
  properties: Record<string, unknown>
  /** The folder or table it stood in. */
  layerName: string
  unreadable?: string
}

export interface ImportedStroke {
  body: StrokeBody
  layerName: string
  /** The key it had where it was exported; null for what others wrote. */
  key: string | null
}

/** What was read of a file, and what of it was lost. */
export interface ImportResult {
  strokes: ImportedStroke[]
  features: number
  /** Strokes exactly as they were exported. */
  own: number
  /** Features that became several strokes. */
  split: number
  /** Holes of areas, that strokes do not have. */
  holes: number
  /** Strokes with too many points, thinned. */
  thinned: number
  /** Attribute values without a place in a stroke, and words cut to length. */
  droppedProperties: number
  shortened: number
  /** Features that became nothing, the first hundred named. */
  droppedFeatures: number
  faults: { feature: number; reason: Sentence }[]
}

export const importLimits = { features: 20_000, positions: 2_000_000, parts: 1_000, faults: 100 } as const

export function newImport(): ImportResult {
  return { strokes: [], features: 0, own: 0, split: 0, holes: 0, thinned: 0, droppedProperties: 0, shortened: 0, droppedFeatures: 0, faults: [] }
}

/**
 * One feature more. What our own export wrote comes back as it was, control points and all, unless somebody moved its
 * geometry since: then, as for every foreign feature, the geometry counts, and its parts become strokes of their own.
 */
export function addFeature(result: ImportResult, feature: FeatureRead): void {
  result.features++
  const properties = readProperties(Object.fromEntries(Object.entries(feature.properties).map(([name, value]) => [name, readable(value)])))
  const layerName = properties.layerName || feature.layerName
  const drop = (zh: string, en: string) => {
    result.droppedFeatures++
    if (result.faults.length < importLimits.faults) result.faults.push({ feature: result.features, reason: { zh, en } })
  }
  if (feature.unreadable !== undefined) return drop(`读不出：${feature.unreadable.slice(0, 120)}`, `unreadable: ${feature.unreadable.slice(0, 120)}`)
  const own = ownStroke(properties)
  if (own && (feature.geometry === null || isSameGeometry(feature.geometry, strokeGeometry(own)))) {
    result.own++
    result.strokes.push({ body: own, layerName, key: properties.key })
    return
  }
  if (!feature.geometry) return drop('没有几何', 'no geometry')
  const figures = partsIn(feature.geometry) > importLimits.parts ? null : figuresOf(feature.geometry)
  if (!figures) return drop(`多于 ${importLimits.parts} 个部分`, `more than ${importLimits.parts} parts`)
  const bodies = figures.map((figure) => bodyOf(figure, properties, result)).filter((body) => body !== null)
  if (bodies.length === 0) return drop('坐标越界、重合或不是数', 'coordinates out of range, all the same, or no numbers')
  if (bodies.length > 1) result.split++
  result.droppedProperties += properties.dropped
  result.shortened += properties.shortened
  result.holes += figures.reduce((sum, figure) => sum + figure.holes, 0)
  result.strokes.push(...bodies.map((body): ImportedStroke => ({ body, layerName, key: null })))
}

/** Text that every station reads the same: no null characters, no halves of a character. */
function readable(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value
}

function ownStroke({ shape, points, style }: ReadProperties): StrokeBody | null {
  if (shape === null || points === undefined) return null
  const read = strokeBody.safeParse({ ...style, shape, points })
  return read.success ? read.data : null
}

function partsIn(geometry: Geometry): number {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.reduce((sum, part) => sum + partsIn(part), 0)
  return geometry.type.startsWith('Multi') ? geometry.coordinates.length : 1
}

interface FigureRead { kind: SymbolGeometry; points: Position[]; holes: number }

function figuresOf(geometry: Geometry): FigureRead[] {
  const { points, lines, areas } = partsOf(geometry)
  return [
    ...points.map((point): FigureRead => ({ kind: 'point', points: [point], holes: 0 })),
    ...lines.map((line): FigureRead => ({ kind: 'line', points: line, holes: 0 })),
    ...areas.map(([outer = [], ...holes]): FigureRead => ({ kind: 'polygon', points: outer.slice(0, -1), holes: holes.length })),
  ]
}

const shapeOfKind: Readonly<Record<SymbolGeometry, Shape>> = { point: 'symbol', line: 'line', polygon: 'polygon' }
const least: Readonly<Record<SymbolGeometry, number>> = { point: 1, line: 2, polygon: 3 }

function bodyOf({ kind, points }: FigureRead, { shape, style }: ReadProperties, result: ImportResult): StrokeBody | null {
  const clean = points.map(([lon, lat]): [number, number] => [Math.round(lon * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7])
    .filter((p, i, all) => i === 0 || p[0] !== all[i - 1]![0] || p[1] !== all[i - 1]![1])
  if (clean.length < least[kind]) return null
  const thin = clean.length > maxPoints ? thinned(clean) : clean
  // A symbol of another geometry would be drawn as what it is not; a code we do not know is a newer station's.
  const symbol = (symbolByCode(style.symbol)?.geometry ?? kind) === kind ? style.symbol : ''
  const read = strokeBody.safeParse({ ...style, symbol, shape: kind === 'point' && shape === 'text' ? 'text' : shapeOfKind[kind], points: thin })
  if (!read.success) return null
  if (thin !== clean) result.thinned++
  return read.data
}

/**
 * As many points as a stroke takes. The points go into as many equal runs, and of each run the one stays that makes
 * the largest triangle with the one kept before and the middle of the run after: linear, however wild the line.
 */
function thinned(points: [number, number][]): [number, number][] {
  const run = (points.length - 2) / (maxPoints - 2)
  const kept = [points[0]!]
  for (let k = 0; k < maxPoints - 2; k++) {
    const [from, to] = [1 + Math.floor(k * run), 1 + Math.floor((k + 1) * run)]
    const next = middleOf(points, to, Math.min(points.length, 1 + Math.floor((k + 2) * run)))
    const [ax, ay] = kept.at(-1)!
    let [best, most] = [from, -1]
    for (let i = from; i < to; i++) {
      const area = Math.abs((points[i]![0] - ax) * (next[1] - ay) - (next[0] - ax) * (points[i]![1] - ay))
      if (area > most) [best, most] = [i, area]
    }
    kept.push(points[best]!)
  }
  return [...kept, points.at(-1)!]
}

function middleOf(points: readonly [number, number][], from: number, to: number): [number, number] {
  let [x, y] = [0, 0]
  for (let i = from; i < to; i++) {
    x += points[i]![0]
    y += points[i]![1]
  }
  return to > from ? [x / (to - from), y / (to - from)] : points.at(-1)!
}
