import { encode } from '#core/ledger/index.ts'
import type { Stamped } from '#core/live/stamped.ts'

export interface Written {
  key: string
  value: Stamped
}

/**
 * A layer as the file that a seal names: RFC 8785 GeoJSON, features by key. Geometry is the control points as they were
 * drawn, never what is computed from them: sines differ in their last digit between machines, and every station must
 * make the same bytes of the same document.
 */
export function canonicalGeoJson(layer: string, values: ReadonlyMap<string, Stamped>): string {
  const keys = [...values.keys()].sort()
  return encode({ type: 'FeatureCollection', layer, features: keys.map((key) => feature(key, values.get(key)!)) })
}

function feature(id: string, value: Stamped) {
  const { points, ...properties } = value
  return { type: 'Feature', id, geometry: controlGeometry(value.shape, points), properties }
}

function controlGeometry(shape: unknown, points: unknown) {
  if (!Array.isArray(points) || points.length === 0) return null
  if (points.length === 1) return { type: 'Point', coordinates: points[0] as unknown }
  if (shape === 'polygon' && points.length >= 3) return { type: 'Polygon', coordinates: [[...points as unknown[], points[0]]] }
  return { type: 'LineString', coordinates: points as unknown[] }
}

/** Every value ever written, as the text whose hash a seal holds: who drew what when is sealed with it. */
export function canonicalHistory(history: readonly Written[]): string {
  return encode(history.map(({ key, value }) => [key, value]))
}
