import type { z } from 'zod'
import type { FieldFault } from '#core/kernel/index.ts'
import { bboxOf, type BBox } from '#core/geo/bbox.ts'
import { geometrySchema, positionSchema, type Position } from '#core/geo/geojson.ts'
import { keyPattern, type Stamped } from '#core/live/stamped.ts'
import { isSameGeometry } from './exchange.same.ts'
import { isComplete, pointLimits, strokeGeometry } from './shapes.ts'
import { plainStroke, strokeBody, strokeSchema, type Shape, type Stroke, type StrokeBody } from './stroke.ts'

export { featureOf, type StrokeFeature } from './exchange.ts'

/** Said of a stroke by the station; what a caller sends of these is not looked at. */
const readOnly = new Set(['key', 'layer', 'layerName', 'symbolName', 'author', 'by', 'station', 'updatedAt'])

const boxes = new WeakMap<Stroke, BBox | null>()

/** The box of a stroke's figure. Values are never changed, so each is measured once. */
export function boxOfStroke(stroke: Stroke): BBox | null {
  let box = boxes.get(stroke)
  if (box === undefined) boxes.set(stroke, box = bboxOf(strokeGeometry(stroke)))
  return box
}

/** What was drawn, without who drew it. */
export function bodyOf(stroke: Stroke): StrokeBody {
  const { at: _at, by: _by, byName: _byName, station: _station, gone: _gone, ...body } = stroke
  return body
}

/** Values are never changed, so each is read once. */
const readings = new WeakMap<Stamped, Stroke | null>()

/** A layer's value as a stroke; null where a later version wrote what this one cannot read. */
export function strokeOf(value: Stamped): Stroke | null {
  const before = readings.get(value)
  if (before !== undefined) return before
  const read = strokeSchema.safeParse(value)
  const stroke = read.success ? read.data : null
  readings.set(value, stroke)
  return stroke
}

/** The strokes among a layer's values. */
export function strokesOf(values: ReadonlyMap<string, Stamped>): [key: string, stroke: Stroke][] {
  return [...values].flatMap(([key, value]): [string, Stroke][] => {
    const stroke = strokeOf(value)
    return stroke ? [[key, stroke]] : []
  })
}

interface FeatureInput {
  id?: unknown
  geometry?: unknown
  properties?: Record<string, unknown> | null
}

export type Read<T> = { value: T } | { faults: FieldFault[] }

/**
 * A feature as a stroke; `before` is what it changes. The property `points` holds the control points; where it does not
 * make the geometry that stands beside it, somebody moved one of the two, and that one counts.
 */
export function strokeOfFeature(feature: FeatureInput, before: StrokeBody | null = null): Read<StrokeBody> {
  const { geometry } = feature
  const { points, shape, ...given } = propertiesIn(feature)
  const byPoints = points !== undefined && (geometry === undefined || geometry === null || isMadeBy({ ...before, ...given, points, shape: shape ?? before?.shape }, geometry) || (before !== null && isMadeBy(before, geometry)))
  const drawn = !byPoints && geometry !== undefined ? pointsOf(geometry) : null
  if (drawn && 'faults' in drawn) return drawn
  const figure = drawn ? { shape: shapeFor(drawn.value.type, { ...given, shape }, before), points: drawn.value.points } : { shape: shape ?? before?.shape, points: points ?? before?.points }
  if (figure.points === undefined) return { faults: [{ field: 'geometry', message: { zh: '必填，应为 GeoJSON 几何', en: 'required: a GeoJSON geometry' } }] }
  const read = strokeBody.safeParse({ ...plainStroke, ...before, ...given, ...figure })
  if (!read.success) return { faults: read.error.issues.flatMap((issue) => faultsOf(issue, drawn !== null)).slice(0, 20) }
  return isComplete(read.data) && read.data.points.length <= pointLimits[read.data.shape].max ? { value: read.data } : { faults: [incomplete(read.data.shape)] }
}

/** Times may be ISO 8601, as they are given out, or epoch ms. */
function propertiesIn({ properties }: FeatureInput): Record<string, unknown> {
  const given = Object.fromEntries(Object.entries(properties ?? {}).filter(([name]) => !readOnly.has(name)))
  for (const name of ['from', 'until']) {
    const time = given[name]
    if (typeof time === 'string' && !Number.isNaN(Date.parse(time))) given[name] = Date.parse(time)
  }
  return given
}

/** Whether a stroke's control points make this geometry. */
function isMadeBy(figure: Record<string, unknown>, geometry: unknown): boolean {
  const [read, made] = [strokeBody.safeParse({ ...plainStroke, ...figure }), geometrySchema.safeParse(geometry)]
  return read.success && made.success && isSameGeometry(made.data, strokeGeometry(read.data))
}

/** The key a caller chose for a new feature, or undefined where it left that to the station. */
export function keyOfFeature({ id }: FeatureInput): Read<string | undefined> {
  if (id === undefined || id === null) return { value: undefined }
  if (typeof id === 'string' && keyPattern.test(id)) return { value: id }
  return { faults: [{ field: 'id', message: { zh: '至多 64 个字母、数字、_、-', en: 'at most 64 letters, digits, _ and -' } }] }
}

function pointsOf(geometry: unknown): Read<{ type: string; points: [number, number][] }> {
  const fault = (zh: string, en: string) => ({ faults: [{ field: 'geometry', message: { zh, en } }] })
  if (typeof geometry !== 'object' || geometry === null) return fault('应为 GeoJSON 几何', 'must be a GeoJSON geometry')
  const { type, coordinates } = geometry as { type?: unknown; coordinates?: unknown }
  const list = type === 'Point' ? [coordinates] : type === 'LineString' || type === 'MultiPoint' ? coordinates : type === 'Polygon' && Array.isArray(coordinates) && coordinates.length === 1 ? coordinates[0] as unknown : undefined
  if (type === 'Polygon' && list === undefined) return fault('面须只有一个外环', 'a polygon must have one ring')
  const positions = positionSchema.array().min(1).max(4_001).safeParse(list)
  if (!positions.success) return fault('应为 Point、LineString、MultiPoint 或 Polygon，经度在前，至多 4000 点', 'must be a Point, LineString, MultiPoint or Polygon, longitude first, at most 4000 positions')
  const points = positions.data.map(([lon, lat]: Position): [number, number] => [rounded(lon), rounded(lat)])
  return { value: { type: String(type), points: type === 'Polygon' ? opened(points) : points } }
}

/** About a centimetre: what documents hold. */
const rounded = (degrees: number) => Math.round(degrees * 1e7) / 1e7

function opened(ring: [number, number][]): [number, number][] {
  return ring.length > 1 && String(ring[0]) === String(ring.at(-1)) ? ring.slice(0, -1) : ring
}

const shapesByGeometry: Record<string, readonly Shape[]> = {
  Point: ['symbol', 'text'],
  LineString: ['line', 'freehand', 'curve', 'double-line', 'note'],
  Polygon: ['polygon', 'closed-curve'],
}

/** The shape that is named, the one it had, or the plainest: the first of them that can have this geometry. */
function shapeFor(type: string, given: Record<string, unknown>, before: StrokeBody | null): unknown {
  const fit = shapesByGeometry[type]
  if (!fit) return given.shape ?? before?.shape
  if (typeof given.shape === 'string' && !fit.includes(given.shape as Shape) && !before) return given.shape
  const named = [given.shape, before?.shape].find((shape) => fit.includes(shape as Shape))
  return named ?? (type === 'Point' && !given.symbol && given.label ? 'text' : fit[0])
}

function faultsOf(issue: z.core.$ZodIssue, fromGeometry: boolean): FieldFault[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ field: `properties.${key.slice(0, 60)}`, message: { zh: '没有这个属性', en: 'there is no such property' } }))
  const [first] = issue.path
  const field = first === 'points' && fromGeometry ? 'geometry' : `properties.${issue.path.map((part) => String(part).slice(0, 60)).join('.')}`
  return [{ field, message: { zh: '值不符合要求', en: 'is not acceptable' } }]
}

function incomplete(shape: Shape): FieldFault {
  const { min, max } = pointLimits[shape]
  return { field: 'geometry', message: { zh: `${shape} 须有 ${min} 至 ${max} 个控制点`, en: `${shape} takes ${min} to ${max} control points` } }
}
