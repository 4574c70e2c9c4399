import { areaSquareMetres, areaText, lengthMetres, lengthText } from '#core/geo/measure.ts'
import type { Feature, FeatureCollection } from '#core/geo/geojson.ts'
import { greatCircles } from './greatCircles.ts'

export type MeasureKind = 'distance' | 'area'
export type LonLat = [lon: number, lat: number]

export interface Measured {
  kind: MeasureKind
  points: LonLat[]
  /** Where the pointer is: the next point, if it is clicked. */
  next?: LonLat
  done: boolean
}

/** What is drawn of it: the ways as they lie on the ground, the points, the length so far at each, the size in the middle. */
export function measureFeatures({ kind, points, next, done }: Measured, language: 'zh' | 'en'): FeatureCollection {
  const all = next ? [...points, next] : points
  const features: Feature[] = []
  const closes = kind === 'area' && all.length >= 3
  const path = closes ? [...all, all[0]!] : all
  if (closes) features.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [greatCircles(path, 20_000)] } })
  if (path.length >= 2) features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: greatCircles(path, 20_000) } })
  for (const [i, point] of points.entries()) {
    const isLast = i === points.length - 1
    const label = kind === 'distance' && i > 0 && (isLast || points.length <= 12) ? lengthText(lengthMetres(points.slice(0, i + 1)), language) : kind === 'area' && done && isLast ? areaText(areaSquareMetres({ type: 'Polygon', coordinates: [[...points, points[0]!]] }), language) : undefined
    features.push({ type: 'Feature', properties: label === undefined ? {} : { label }, geometry: { type: 'Point', coordinates: point } })
  }
  return { type: 'FeatureCollection', features }
}
