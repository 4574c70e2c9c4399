import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { GeoJSONVT } from '@maplibre/geojson-vt'
import { encodeMvt, tileExtent, type MvtFeature } from '../mvt.ts'
import { tileBuffer } from '../vectorTile.ts'
import { baseLayers, readBaseContent } from './content.ts'
import { writeTileFile } from './tileFile.ts'

/** Beyond it a map stretches what this zoom has: the sources know no more than 60 m. */
export const baseMaxzoom = 7

/** Builds the base map into one file. `onProgress` hears of each zoom. */
export function buildBaseMap(path: string, onProgress: (done: { zoom: number; of: number; tiles: number }) => void): void {
  const content = readBaseContent()
  const indexes = baseLayers.map((name) => ({
    name,
    index: new GeoJSONVT({ type: 'FeatureCollection', features: content[name] } as GeoJSON.FeatureCollection, {
      maxZoom: baseMaxzoom, indexMaxZoom: baseMaxzoom, indexMaxPoints: 0, extent: tileExtent, buffer: tileBuffer,
      tolerance: name === 'boundary' || name === 'area' ? 4 : 3,
    }),
  }))
  writeTileFile(path, (put) => {
    for (let zoom = 0; zoom <= baseMaxzoom; zoom++) {
      let tiles = 0
      for (let x = 0; x < 2 ** zoom; x++) {
        for (let y = 0; y < 2 ** zoom; y++) {
          const layers = indexes.map(({ name, index }) => ({ name, features: (index.getTile(zoom, x, y)?.features ?? []) as MvtFeature[] }))
          const bytes = encodeMvt(layers)
          if (bytes.length === 0) continue
          tiles++
          put(zoom, x, y, createHash('sha1').update(bytes).digest('base64'), () => gzipSync(bytes))
        }
      }
      onProgress({ zoom, of: baseMaxzoom, tiles })
    }
  })
}
