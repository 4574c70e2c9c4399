import { isoTime } from '#core/kernel/index.ts'
import type { Feature, Geometry } from '#core/geo/geojson.ts'
import { strokeGeometry } from './shapes.ts'
import type { Stroke, StrokeBody } from './stroke.ts'
import { symbolByCode } from './symbols.ts'

/** A stroke with where it stands, to be written to a file. */
export interface ExportItem {
  key: string
  layer: string
  layerName: string
  stroke: Stroke
}

/**
 * What files say of a stroke beside its geometry: all of its body, so that it comes back as it was, and who drew it
 * where and when. Times are ISO 8601; null is open. GeoJSON holds the lists as lists, KML and GeoPackage as JSON text.
 */
export interface ExchangeProperties extends Omit<StrokeBody, 'from' | 'until'> {
  key: string
  layer: string
  layerName: string
  symbolName: string
  author: string
  by: string
  station: string
  updatedAt: string
  from: string | null
  until: string | null
}

export function propertiesOf({ key, layer, layerName, stroke }: ExportItem): ExchangeProperties {
  const { at, by, byName, station, gone: _, from, until, symbol, label, ...rest } = stroke
  return {
    key, layer, layerName, symbol, symbolName: symbolByCode(symbol)?.zh ?? '', label,
    author: byName, by, station, updatedAt: isoOf(at)!, from: isoOf(from), until: isoOf(until), ...rest,
  }
}

function isoOf(at: number | null): string | null {
  return at === null ? null : isoTime(at)
}

/** RFC 7946, one feature a line, so that two exports can be compared. */
export function exportGeoJson(items: readonly ExportItem[], name = ''): string {
  const lines = items.map((item) => JSON.stringify(featureOf(item)))
  return `{"type":"FeatureCollection",${name ? `"name":${JSON.stringify(name)},` : ''}"features":[\n${lines.join(',\n')}\n]}\n`
}

/** A stroke as machines see it, in files and in answers. */
export type StrokeFeature = Feature<Geometry, ExchangeProperties> & { id: string }

export function featureOf(item: ExportItem): StrokeFeature {
  return { type: 'Feature', id: item.key, geometry: strokeGeometry(item.stroke), properties: propertiesOf(item) }
}
