import { refuse } from '#core/kernel/index.ts'
import { converter, convertGeometry, crsOfName } from '#core/geo/crs.ts'
import type { Geometry, Position } from '#core/geo/geojson.ts'
import { addFeature, importLimits, newImport, type ImportResult } from './exchange.read.ts'

/** Strokes of a GeoJSON text: a FeatureCollection, a Feature or a bare geometry. A `crs` of the older form is honoured. */
export function importGeoJson(text: string): ImportResult {
  const root = parsed(text)
  const features = root.type === 'FeatureCollection' && Array.isArray(root.features) ? root.features as unknown[] : [root.type === 'Feature' ? root : { type: 'Feature', geometry: root, properties: {} }]
  if (features.length > importLimits.features) throw tooMany()
  const convert = converterOf(root)
  const result = newImport()
  const left = { positions: importLimits.positions }
  for (const feature of features) {
    const { geometry, properties } = isRecord(feature) ? feature : {}
    const read = geometry === null ? null : geometryOf(geometry, left)
    addFeature(result, {
      geometry: read && convertGeometry(read, convert), properties: isRecord(properties) ? properties : {}, layerName: typeof root.name === 'string' ? root.name.slice(0, 60) : '',
      unreadable: read || geometry === null ? undefined : 'geometry',
    })
  }
  return result
}

export const tooMany = () => refuse('plot.import-too-many', `要素或坐标点过多：至多 ${importLimits.features} 个要素、${importLimits.positions} 个坐标点`, `Too many features or positions: at most ${importLimits.features} features and ${importLimits.positions} positions`)

function parsed(text: string): Record<string, unknown> {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch (fault) {
    // The parser runs out of stack on arrays nested without end.
    throw notGeoJson(fault instanceof SyntaxError ? fault.message.slice(0, 120) : 'nested too deeply')
  }
  if (!isRecord(root) || typeof root.type !== 'string' || !(root.type === 'FeatureCollection' || root.type === 'Feature' || root.type in depths || root.type === 'GeometryCollection')) throw notGeoJson('type')
  return root
}

const notGeoJson = (why: string) => refuse('plot.import-unreadable', `不是 GeoJSON（${why}）`, `This is not GeoJSON (${why})`)

function converterOf({ crs }: Record<string, unknown>): (position: Position) => Position {
  if (crs === undefined || crs === null) return (position) => position
  const name = isRecord(crs) && isRecord(crs.properties) ? crs.properties.name : undefined
  return converter(knownCrs(String(name)), 'EPSG:4490')
}

export function knownCrs(name: string) {
  const crs = crsOfName(name)
  if (!crs) throw refuse('plot.import-crs', `不支持的坐标系：${name.slice(0, 80)}，请先转为 CGCS2000（EPSG:4490）`, `Coordinate system not supported: ${name.slice(0, 80)}; convert to CGCS2000 (EPSG:4490) first`)
  return crs
}

/** How deep the positions of each kind lie. */
const depths: Readonly<Record<string, number>> = { Point: 0, MultiPoint: 1, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 }

/** A stranger's geometry, or null where it is none; what it holds is taken off the budget of positions. */
function geometryOf(value: unknown, left: { positions: number }, depth = 0): Geometry | null {
  if (!isRecord(value)) return null
  if (value.type === 'GeometryCollection') {
    if (!Array.isArray(value.geometries) || depth > 3 || value.geometries.length > importLimits.parts) return null
    const geometries = value.geometries.map((part) => geometryOf(part, left, depth + 1))
    return geometries.every((part) => part !== null) ? { type: 'GeometryCollection', geometries } : null
  }
  const level = typeof value.type === 'string' && Object.hasOwn(depths, value.type) ? depths[value.type]! : -1
  return level >= 0 && isNested(value.coordinates, level, left) ? { type: value.type, coordinates: value.coordinates } as Geometry : null
}

function isNested(value: unknown, level: number, left: { positions: number }): boolean {
  if (!Array.isArray(value)) return false
  if (level > 0) return value.every((inner) => isNested(inner, level - 1, left))
  if (--left.positions < 0) throw tooMany()
  return value.length >= 2 && typeof value[0] === 'number' && typeof value[1] === 'number'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
