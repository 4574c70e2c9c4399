import { sql } from 'kysely'
import type { Db } from '#core/sql/server/database.ts'
import { tileBox, type TileAddress } from '../tiles.ts'
import type { SpatialCell, SpatialFilter, SpatialRow, SpatialTable } from './spatialTable.ts'
import { bufferShare, leastDegrees, vectorTile, type TileFeature } from './vectorTile.ts'

export interface SpatialTileOptions {
  /** The layer's name within the tile. */
  layer: string
  /**
   * Up to this zoom points are gathered by cells of the tile, so that 100,000 stay usable: a cell with more than one
   * becomes a point with `cluster: true`, `point_count` and the gravest `rank`. Default 11; −1 gathers nowhere.
   */
  gatherUntil?: number
  /** Cells along one side of a tile; a tile is shown 512 pixels wide. Default 8: 64 pixels, a cluster's disc and its air. */
  cells?: number
  /** Of one tile; the most important are kept. */
  maxFeatures?: number
  maxBytes?: number
  /** What is written of a row. Default: its properties, and its id. */
  propertiesOf?(row: SpatialRow): Record<string, unknown>
  /** What a cluster says besides its count. */
  clusterProperties?(cell: SpatialCell): Record<string, unknown>
}

const isPoint = sql`(west = east and south = north)`
const isShape = sql`(west < east or south < north)`

/** A tile of a live table: the points in it or their clusters, and the shapes that are large enough to be seen. */
export async function spatialTile(db: Db, table: SpatialTable, address: TileAddress, options: SpatialTileOptions, filter: SpatialFilter = {}): Promise<Uint8Array> {
  const { layer, gatherUntil = 11, maxFeatures = 5_000, maxBytes = 600_000 } = options
  const box = tileBox(address, bufferShare)
  const seen = leastDegrees(address.z)
  const shapes = await table.inView(db, box, maxFeatures, narrowed(filter, sql`${isShape} and (east - west > ${seen} or north - south > ${seen})`))
  const points = address.z <= gatherUntil
    ? await gathered(db, table, address, options, filter)
    : (await table.inView(db, box, maxFeatures, narrowed(filter, isPoint))).map((row) => featureOf(row, options))
  let features = [...shapes.map((row) => featureOf(row, options)), ...points]
  for (;;) {
    const bytes = vectorTile([{ name: layer, features }], address)
    if (bytes.length <= maxBytes || features.length < 2) return bytes
    features = features.slice(0, Math.floor(features.length / 2))
  }
}

/** Cells are counted from the world's west and south edges in steps of this tile's, so neighbouring tiles share none. */
async function gathered(db: Db, table: SpatialTable, address: TileAddress, options: SpatialTileOptions, filter: SpatialFilter): Promise<TileFeature[]> {
  const [west, south, east, north] = tileBox(address)
  const { cells = 8 } = options
  const found = await table.grid(db, [west, south, east, north], { lon: (east - west) / cells, lat: (north - south) / cells }, narrowed(filter, isPoint))
  return found.map((cell) => (cell.only ? featureOf(cell.only, options) : {
    geometry: { type: 'Point', coordinates: [cell.lon, cell.lat] },
    properties: { cluster: true, point_count: cell.count, ...options.clusterProperties?.(cell) },
  }))
}

function featureOf(row: SpatialRow, { propertiesOf }: SpatialTileOptions): TileFeature {
  if (propertiesOf) return { geometry: row.geometry, properties: propertiesOf(row) }
  // Read a moment ago for this tile alone; a copy of each would cost as much as encoding it.
  row.properties.id ??= row.id
  return row
}

function narrowed(filter: SpatialFilter, condition: ReturnType<typeof sql>): SpatialFilter {
  return { ...filter, where: filter.where ? sql`(${filter.where}) and ${condition}` : condition }
}

