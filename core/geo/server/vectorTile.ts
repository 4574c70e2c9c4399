import { geoJSONToTile } from '@maplibre/geojson-vt'
import type { Feature, Geometry } from '../geojson.ts'
import { mercatorX, mercatorY, type TileAddress } from '../tiles.ts'
import { encodeMvt, tileExtent, type MvtFeature, type MvtLayer } from './mvt.ts'

/** How far a tile's content reaches over its edge, in units of its 4096: symbols and lines must not be cut at the seam. */
export const tileBuffer = 128
export const bufferShare = tileBuffer / tileExtent

/** What is written of a feature: geometry in degrees and flat properties. */
export type TileFeature = Pick<Feature, 'geometry' | 'properties'>

export interface TileContent {
  name: string
  features: readonly TileFeature[]
}

/** Features in degrees as one vector tile: clipped, simplified for its zoom, encoded. No bytes where nothing falls into it. */
export function vectorTile(layers: readonly TileContent[], address: TileAddress): Uint8Array {
  return encodeMvt(layers.map(({ name, features }) => layerOf(name, features, address)))
}

export function layerOf(name: string, features: readonly TileFeature[], address: TileAddress): MvtLayer {
  const shapes: TileFeature[] = []
  const found: MvtFeature[] = []
  const size = tileExtent * 2 ** address.z
  const [left, top] = [address.x * tileExtent, address.y * tileExtent]
  for (const feature of features) {
    if (feature.geometry.type !== 'Point') {
      shapes.push(feature)
      continue
    }
    const [lon, lat] = feature.geometry.coordinates
    const x = Math.round(mercatorX(lon) * size) - left
    const y = Math.round(mercatorY(lat) * size) - top
    if (x >= -tileBuffer && x <= tileExtent + tileBuffer && y >= -tileBuffer && y <= tileExtent + tileBuffer) found.push({ type: 1, geometry: [[x, y]], tags: feature.properties })
  }
  return { name, features: shapes.length === 0 ? found : [...found, ...clipped(shapes, address)] }
}

function clipped(shapes: readonly TileFeature[], { z, x, y }: TileAddress): MvtFeature[] {
  const features = shapes.flatMap((shape) => plain(shape.geometry).map((geometry) => ({ type: 'Feature' as const, geometry, properties: shape.properties })))
  const tile = geoJSONToTile({ type: 'FeatureCollection', features } as GeoJSON.FeatureCollection, z, x, y, { clip: true, extent: tileExtent, buffer: tileBuffer, tolerance: 3, maxZoom: 16 })
  return tile.features as MvtFeature[]
}

/** geojson-vt takes collections apart by itself, but loses their properties on the way. */
function plain(geometry: Geometry): Geometry[] {
  return geometry.type === 'GeometryCollection' ? geometry.geometries.flatMap(plain) : [geometry]
}

/** Whether a box shows as more than about a pixel at a zoom: what does not is left out of a tile. */
export function leastDegrees(z: number): number {
  return 360 / 2 ** z / 512
}

