import type { BBox } from '../bbox.ts'

/** Bytes of one vector tile, as they are sent. */
export interface TileBytes {
  bytes: Uint8Array
  gzip: boolean
}

/** Something that gives vector tiles: the built base map, an imported PMTiles or MBTiles file, a spatial table. */
export interface TileSource {
  readonly minzoom: number
  /** Beyond it a map stretches the tiles of this zoom. */
  readonly maxzoom: number
  readonly bounds?: BBox
  readonly attribution: string
  /** Names of the layers within a tile. */
  readonly layers: readonly string[]
  /** Changes when the content does: ETags are made of it. */
  version(): Promise<string>
  /** Null where there is nothing to show. */
  tile(z: number, x: number, y: number): Promise<TileBytes | null>
  close?(): Promise<void>
}
